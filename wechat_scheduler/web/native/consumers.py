"""Makes, lists and ends consumers: the business systems that call WeChat through the gateway."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.audit import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.gateway.consumers import ConsumerDraft, MadeConsumer
from wechat_scheduler.gateway.model import NAME, Consumer
from wechat_scheduler.gateway.paths import RULE
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import WeChatId, check_wechat_id, schema_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES, Services
from wechat_scheduler.web.kit.texts import read_networks
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.route import NativeRoute, Success

log = structlog.get_logger(__name__)

# More calls are no limit: WeChat allows fewer.
MOST_CALLS: Final = 100_000_000

MOST_RULES: Final = 100

OFF: Final = "the setting gateway.enabled is off, so no consumer can call yet"
# Of a consumer that gets WeChat's own tokens.
REAL_TOKENS: Final = (
    "it gets WeChat's own tokens, which do not tell whose call it is: its networks hold when it shows its secret, not "
    "for calls with a token, and a token that it has goes on after its revocation; with stand_in neither is so"
)
STILL_VALID: Final = (
    "a token of WeChat's that it has fetched stays valid until WeChat replaces it, two hours at most; "
    "`wechat-scheduler jobs refresh APPID access_token` replaces it now"
)

Calls = Annotated[int, msgspec.Meta(ge=0, le=MOST_CALLS)]
PathRule = Annotated[str, msgspec.Meta(extra_json_schema=schema_of(RULE))]


class ConsumerBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new consumer. An empty `networks` or `allow_paths` and a limit of 0 do not limit it; limits to paths and
    numbers of calls need `stand_in`."""

    name: Annotated[str, msgspec.Meta(extra_json_schema=schema_of(NAME))]
    appids: Annotated[list[WeChatId], msgspec.Meta(extra_json_schema={"minItems": 1})]
    networks: list[str] = []
    per_minute: Calls = 0
    per_day: Calls = 0
    allow_paths: list[PathRule] = []
    deny_paths: list[PathRule] = []
    stand_in: bool = False


class ConsumerResult(msgspec.Struct, kw_only=True):
    """A consumer without its secret. `state` is active or revoked; instants are RFC 3339 in UTC."""

    name: str
    appids: list[str]
    networks: list[str]
    per_minute: int
    per_day: int
    allow_paths: list[str]
    deny_paths: list[str]
    stand_in: bool
    state: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class MadeConsumerResult(ConsumerResult, kw_only=True):
    """`secret` is shown this once."""

    secret: str


async def create(request: web.Request) -> web.Response:
    draft = _draft(decode(await request.read(), ConsumerBody))
    with noting(request, Action.CONSUMER_CREATED, f"consumer/{draft.name}"):
        made = await request.app[SERVICES].consumers.make(draft)
    log.info("consumer.created", name=draft.name, by=request[CALLER].id)
    return envelope.success(_made(made), note=await _note(request.app[SERVICES], made.consumer))


async def listed(request: web.Request) -> web.Response:
    found = await request.app[SERVICES].consumers.all_consumers()
    return envelope.success([_result(consumer) for consumer in found])


async def show(request: web.Request) -> web.Response:
    name = request.match_info["consumer"]
    return envelope.success(_result(await request.app[SERVICES].consumers.consumer(name)))


async def rotate(request: web.Request) -> web.Response:
    name = request.match_info["consumer"]
    with noting(request, Action.CONSUMER_ROTATED, f"consumer/{name}"):
        made = await request.app[SERVICES].consumers.rotate(name)
    log.info("consumer.rotated", name=name, by=request[CALLER].id)
    return envelope.success(_made(made), note=_left_over(made.consumer))


async def revoke(request: web.Request) -> web.Response:
    name = request.match_info["consumer"]
    with noting(request, Action.CONSUMER_REVOKED, f"consumer/{name}"):
        was_active = await request.app[SERVICES].consumers.revoke(name)
    log.info("consumer.revoked", name=name, by=request[CALLER].id)
    if not was_active:
        note = f"the consumer {name} was revoked before: nothing has changed"
    else:
        note = _left_over(await request.app[SERVICES].consumers.consumer(name))
    return envelope.success("success", note=note)


async def _note(services: Services, consumer: Consumer) -> str:
    """What the maker of a consumer has to know."""
    notes = [] if services.running.config.gateway.enabled else [OFF]
    if missing := [appid for appid in sorted(consumer.appids) if not await _knows(services, appid)]:
        notes.append(f"not registered here yet, and so refused with 40013: {', '.join(missing)}")
    if not consumer.stand_in:
        notes.append(REAL_TOKENS)
    return "; ".join(notes)


async def _knows(services: Services, appid: str) -> bool:
    return await services.callers.knows(appid) or await services.accounts.keeps(appid)


def _left_over(consumer: Consumer) -> str:
    """What a consumer without its secret can still use."""
    return "" if consumer.stand_in else STILL_VALID


def _draft(body: ConsumerBody) -> ConsumerDraft:
    """Raises InvalidRequestError at the first thing that is wrong."""
    if not NAME.fullmatch(body.name):
        raise InvalidRequestError(
            "must be 1 to 32 small letters, digits and '-' between them, such as shop-1",
            field="name",
        )
    if not body.appids:
        raise InvalidRequestError("name the accounts that it may use", field="appids")
    _check_rules(body.allow_paths, "allow_paths")
    _check_rules(body.deny_paths, "deny_paths")
    limits = (body.allow_paths, body.deny_paths, body.per_minute, body.per_day)
    if any(limits) and not body.stand_in:
        raise InvalidRequestError(
            "is needed for a limit to paths or to a number of calls: a token of WeChat's does not tell whose call "
            "it is",
            field="stand_in",
        )
    return ConsumerDraft(
        name=body.name,
        appids=frozenset(_checked(body.appids)),
        networks=tuple(dict.fromkeys(read_networks(body.networks))),
        per_minute=body.per_minute,
        per_day=body.per_day,
        allow_paths=tuple(body.allow_paths),
        deny_paths=tuple(body.deny_paths),
        stand_in=body.stand_in,
    )


def _checked(appids: list[str]) -> Iterator[str]:
    for number, appid in enumerate(appids):
        check_wechat_id(appid, f"appids[{number}]")
        yield appid


def _check_rules(rules: list[str], field: str) -> None:
    if len(rules) > MOST_RULES:
        raise InvalidRequestError(f"takes at most {MOST_RULES} rules", field=field)
    for number, rule in enumerate(rules):
        if not RULE.fullmatch(rule):
            raise InvalidRequestError(
                "must be a path such as /cgi-bin/menu/* or GET /cgi-bin/menu/get",
                field=f"{field}[{number}]",
            )


def _made(made: MadeConsumer) -> MadeConsumerResult:
    shown = msgspec.structs.asdict(_result(made.consumer))
    return MadeConsumerResult(**shown, secret=made.secret)


def _result(consumer: Consumer) -> ConsumerResult:
    return envelope.result_of(
        ConsumerResult,
        consumer,
        appids=sorted(consumer.appids),
        networks=[str(network) for network in consumer.networks],
        allow_paths=list(consumer.allow_paths),
        deny_paths=list(consumer.deny_paths),
        state="active" if consumer.revoked_at is None else "revoked",
    )


ROUTES = (
    NativeRoute(
        "POST", "/v1/consumers", create, Scope.ADMIN,
        "Makes a consumer of the gateway and its secret, which is shown this once.",
        body=ConsumerBody, result=MadeConsumerResult, errors=(409,),
    ),
    NativeRoute(
        "GET", "/v1/consumers", listed, Scope.ADMIN,
        "Lists all consumers, revoked ones too, without their secrets.",
        result=list[ConsumerResult],
    ),
    NativeRoute(
        "GET", "/v1/consumers/{consumer}", show, Scope.ADMIN,
        "Shows a consumer without its secret.",
        result=ConsumerResult,
    ),
    NativeRoute(
        "POST", "/v1/consumers/{consumer}/secret", rotate, Scope.ADMIN,
        "Gives a consumer a new secret; the former one and its stand-in tokens end at once.",
        result=MadeConsumerResult,
    ),
    NativeRoute(
        "DELETE", "/v1/consumers/{consumer}", revoke, Scope.ADMIN,
        "Ends a consumer, its secret and its stand-in tokens at once.",
        result=Success,
    ),
)  # fmt: skip
