"""Makes, lists, changes and ends consumers: the business systems that call WeChat through the gateway."""

from collections.abc import Callable, Sequence
from typing import Final

import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.records import replace
from wechat_scheduler.gateway.consumers import MadeConsumer
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.services import CALLER, SERVICES, Services
from wechat_scheduler.web.kit.tags import require_match, tagged
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.consumer_bodies import (
    ConsumerBody,
    ConsumerChange,
    ConsumerResult,
    MadeConsumerResult,
    consumer_result,
    made_consumer_result,
    read_change,
    read_consumer,
)
from wechat_scheduler.web.native.route import IF_MATCH, TAGGED, NativeRoute, Success

log = structlog.get_logger(__name__)

# Accounts that a note names.
NAMED: Final = 20

OFF: Final = "the setting gateway.enabled is off, so no consumer can call yet"
# Of a consumer that gets WeChat's own tokens.
REAL_TOKENS: Final = (
    "it gets WeChat's own tokens, which do not identify the caller: a token that it has still works after its "
    "revocation; stand_in (--stand-in) avoids that"
)
OF_NETWORKS: Final = "its networks are checked when it fetches a token, not for calls with one"
NOT_FORWARDED: Final = "the gateway forwards none of these paths, as gateway.allow stands: {paths}"
STILL_VALID: Final = (
    "a token of WeChat's that it has fetched stays valid for what is left of its two hours, here and at WeChat; "
    "only stand_in (--stand-in) avoids that"
)


async def create(request: web.Request) -> web.Response:
    services, body = request.app[SERVICES], await request.read()
    draft = read_consumer(body, now=services.clock.now())

    async def make(keep: KeepResult) -> None:
        with noting(request, Action.CONSUMER_CREATED, draft.label):
            await services.consumers.make(draft, once=_once(keep))
        log.info("consumer.created", name=draft.name, by=request[CALLER].id)

    return await created(request, body, make, note=await _note(services, draft))


async def listed(request: web.Request) -> web.Response:
    await request.app[SERVICES].auditor.settle_uses()
    found = await request.app[SERVICES].consumers.all_consumers()
    return envelope.success([consumer_result(consumer) for consumer in found])


async def show(request: web.Request) -> web.Response:
    name = request.match_info["consumer"]
    await request.app[SERVICES].auditor.settle_uses()
    consumer = await request.app[SERVICES].consumers.consumer(name)
    return envelope.success(consumer_result(consumer), headers=tagged(_settings(consumer)))


async def change(request: web.Request) -> web.Response:
    services, name, body = (
        request.app[SERVICES],
        request.match_info["consumer"],
        await request.read(),
    )

    def edit(stored: Consumer) -> Consumer:
        require_match(request, _settings(stored))
        return read_change(stored, body)

    before = await services.consumers.consumer(name)
    changed = edit(before)
    if changed != before or before.revoked_at:
        with noting(request, Action.CONSUMER_CHANGED, before.label):
            changed = await services.consumers.change(name, edit)
        log.info("consumer.changed", name=name, by=request[CALLER].id)
    note = await _note(services, changed, before)
    return envelope.success(consumer_result(changed), note=note, headers=tagged(_settings(changed)))


def _settings(consumer: Consumer) -> ConsumerResult:
    """What its tag stands for: its use changes nothing of it."""
    return consumer_result(replace(consumer, last_used_at=None))


async def rotate(request: web.Request) -> web.Response:
    services, name = request.app[SERVICES], request.match_info["consumer"]

    async def make(keep: KeepResult) -> None:
        with noting(request, Action.CONSUMER_ROTATED, f"consumer/{name}"):
            await services.consumers.rotate(name, once=_once(keep))
        log.info("consumer.rotated", name=name, by=request[CALLER].id)

    note = _left_over(services.consumers.named(name))
    return await created(request, await request.read(), make, note=note)


async def revoke(request: web.Request) -> web.Response:
    name = request.match_info["consumer"]
    consumers = request.app[SERVICES].consumers
    known = consumers.named(name)
    with noting(request, Action.CONSUMER_REVOKED, f"consumer/{name}"):
        was_active = await consumers.revoke(name)
    if not was_active:
        note = f"the consumer {name} was revoked before: nothing has changed"
        return envelope.success("success", note=note)
    log.info("consumer.revoked", name=name, by=request[CALLER].id)
    return envelope.success("success", note=_left_over(known))


def _once(keep: KeepResult) -> Callable[[MadeConsumer], Once | None]:
    return lambda made: keep(made_consumer_result(made.consumer, made.secret))


async def _note(services: Services, consumer: Consumer, before: Consumer | None = None) -> str:
    """What the maker of a consumer has to know; of one that was there before, what is new."""
    notes = [] if services.running.config.gateway.enabled else [OFF]
    added = consumer.appids - before.appids if before else consumer.appids
    if missing := [appid for appid in sorted(added) if not await _knows(services, appid)]:
        notes.append(f"not registered here yet, and so refused with 40013: {_some(missing)}")
    if not consumer.stand_in and (before is None or before.stand_in):
        notes += [REAL_TOKENS, OF_NETWORKS if consumer.networks else ""]
    if astray := [
        rule for rule in consumer.allow_paths if not services.passage.rules.touches(rule)
    ]:
        notes.append(NOT_FORWARDED.format(paths=", ".join(astray)))
    if before is not None and (consumer.stand_in or before.appids - consumer.appids):
        notes.append(_left_over(before))
    return "; ".join(filter(None, notes))


def _some(names: Sequence[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


async def _knows(services: Services, appid: str) -> bool:
    return await services.callers.knows(appid) or await services.accounts.keeps(appid)


def _left_over(consumer: Consumer | None) -> str:
    """What it can still use after its secret, its accounts or its real tokens were taken from it; None for one that
    cannot be read."""
    return "" if consumer and consumer.stand_in else STILL_VALID


ROUTES = (
    NativeRoute(
        "POST", "/v1/consumers", create, Scope.ADMIN,
        "Makes a consumer of the gateway and its secret, which is shown only once.",
        body=ConsumerBody, result=MadeConsumerResult, once=True, errors=(409,),
    ),
    NativeRoute(
        "GET", "/v1/consumers", listed, Scope.ADMIN,
        "Lists all consumers, revoked ones too, without their secrets.",
        result=list[ConsumerResult],
    ),
    NativeRoute(
        "GET", "/v1/consumers/{consumer}", show, Scope.ADMIN,
        "Shows a consumer without its secret.",
        result=ConsumerResult, gives=TAGGED,
    ),
    NativeRoute(
        "PATCH", "/v1/consumers/{consumer}", change, Scope.ADMIN,
        "Changes the given settings of a consumer at once; its secret and its stand-in tokens stay valid.",
        body=ConsumerChange, result=ConsumerResult, takes=(IF_MATCH,), gives=TAGGED, errors=(412,),
    ),
    NativeRoute(
        "POST", "/v1/consumers/{consumer}/secret", rotate, Scope.ADMIN,
        "Gives a consumer a new secret; the previous secret and its stand-in tokens stop working at once.",
        result=MadeConsumerResult, once=True,
    ),
    NativeRoute(
        "DELETE", "/v1/consumers/{consumer}", revoke, Scope.ADMIN,
        "Revokes a consumer, its secret and its stand-in tokens at once.",
        result=Success,
    ),
)  # fmt: skip
