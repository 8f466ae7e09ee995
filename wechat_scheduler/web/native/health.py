"""Says whether the process lives, and whether it can do its work."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.errors import StorageError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_scope
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.native.route import NativeRoute

T = TypeVar("T")

NOT_READY: Final = "not ready"
# The store has this long to answer; monitoring systems usually give up a little later.
PATIENCE: Final = 2.0  # seconds
# A person does not read more names than that.
MOST_NAMES: Final = 1000


class NotFresh(msgspec.Struct):
    """A job without a fresh credential; `state` is pending, stale or expired."""

    appid: str
    kind: str
    subject: str
    state: str


class Readiness(msgspec.Struct, omit_defaults=True):
    """`store` says whether the store is readable and writable, `loops` which loops run; `store_error`
    why the store is not writable. `clock_ahead_seconds` is how far this machine's clock is ahead
    of the database's, which decides. Credentials that are not fresh do not make the daemon unready:
    another daemon on the same store has no fresher ones."""

    ready: bool
    store: bool
    loops: Mapping[str, bool]
    not_fresh: list[NotFresh]
    store_error: str = ""
    clock_ahead_seconds: float = 0.0


async def healthz(request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    if not services.authenticator.is_named(request):
        return await _yes_or_no(services)
    key = (await services.authenticator.identify(request, None)).key
    require_scope(key, Scope.READ, looks=True)
    found = await patiently(services.health.not_fresh(limit=MOST_NAMES))
    loops, store_error = services.turning(), services.health.store_error()
    store = found is not None and not store_error
    readiness = Readiness(
        ready=store and all(loops.values()),
        store=store,
        store_error=store_error,
        loops=loops,
        clock_ahead_seconds=round(services.health.clock_ahead().total_seconds(), 3),
        not_fresh=[_named(*one) for one in found or () if key.reaches(one[0].appid, one[0].kind)],
    )
    if not readiness.ready:
        return envelope.refusal(Reason.DAEMON_UNREADY, NOT_READY, result=readiness)
    return envelope.success(readiness)


async def _yes_or_no(services: Services) -> web.Response:
    """The cheap answer, without names, for callers without a key."""
    answers = await patiently(services.health.store_answers())
    store = bool(answers) and not services.health.store_error()
    ready = store and all(services.turning().values())
    return web.Response(text="ready\n" if ready else f"{NOT_READY}\n", status=200 if ready else 503)


async def patiently(question: Awaitable[T]) -> T | None:
    """The census; None if the store does not respond in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await question
    except (StorageError, TimeoutError):
        return None


def _named(job: JobKey, state: Freshness) -> NotFresh:
    return NotFresh(appid=job.appid, kind=job.kind, subject=job.subject, state=state.value)


ROUTES = (
    NativeRoute(
        "GET", "/healthz", healthz, None,
        "Reports that the process is alive and its event loop runs.",
        plain="text/plain",
    ),
    NativeRoute(
        "GET", "/readyz", readyz, None,
        "Reports whether the daemon can do its work; callers with a key also see the reasons.",
        result=Readiness, results={503: Readiness}, plain="text/plain", errors=(401, 403, 429),
    ),
)  # fmt: skip
