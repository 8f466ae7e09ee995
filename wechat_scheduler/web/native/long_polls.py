"""Lets a fetch wait for a newer version: `GET /task/{appid}/{type}?wait=30&version=7`."""

from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.query import refuse_misspelt, refuse_repeated
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.waiting_requests import WaitingRequest
from wechat_scheduler.web.native.route import query

# Seconds. Proxies give up on responses that take longer than a minute.
LONGEST_WAIT: Final = 60
_LONGEST_NUMBER: Final = 18
_ANY: Final = "*"

WAIT: Final = query(
    "wait",
    "How many seconds to wait for a version other than `version`, which is needed.",
    {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
)
VERSION: Final = query(
    "version",
    "The version that the caller has: the response is 304 while it is the current one.",
    {"type": "integer", "minimum": 0},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPoll:
    """`known` are the versions that the caller has; `*` stands for any."""

    known: frozenset[str]
    wait: timedelta

    def knows(self, version: int) -> bool:
        return not self.known.isdisjoint((str(version), _ANY))


def read(request: web.Request, *, reads_query: bool) -> LongPoll:
    """What the request asks for; `If-None-Match` stands for a missing version. Raises InvalidRequestError."""
    wait = version = None
    if reads_query and request.query:
        refuse_misspelt(request, (WAIT.name, VERSION.name))
        wait, version = _number(request, "wait", LONGEST_WAIT), _number(request, "version")
    known = _tags(request) if version is None else {str(version)}
    return LongPoll(known=frozenset(known), wait=timedelta(seconds=wait or 0))


async def until_other(request: web.Request, key: JobKey, poll: LongPoll) -> None:
    """Return once there is a valid version that the caller does not know, or at the end of its time.

    Raises as a fetch, but for UnavailableError; UnauthorizedError if the key ends meanwhile; ThrottledError.
    """
    services, caller = request.app[SERVICES], request[CALLER]
    clock = services.clock
    deadline = clock.boottime() + poll.wait.total_seconds()
    if _is_news(await services.manager.look(key, owner=caller.id), poll, clock.boottime()):
        return
    with services.waiting.open(request, caller.id) as waiting:
        while not waiting.is_over and clock.boottime() < deadline:
            waiting.rest()
            services.authenticator.require_still(caller)
            cell = await services.manager.look(key, owner=caller.id)
            if _is_news(cell, poll, clock.boottime()):
                return
            until = min(deadline, services.keyring.ends(caller))
            await _change(waiting, cell, timedelta(seconds=until - clock.boottime()))
    services.authenticator.require_still(caller)


async def _change(waiting: WaitingRequest, cell: Cell, longest: timedelta) -> None:
    with cell.watched(waiting.wake):
        await waiting.wait(longest)


def _is_news(cell: Cell, poll: LongPoll, boottime: float) -> bool:
    credential = cell.valid(boottime)
    return credential is not None and not poll.knows(credential.version)


def _tags(request: web.Request) -> set[str]:
    """Those of `If-None-Match`, whose comparison is weak (RFC 9110, 13.1.2)."""
    if request.headers.get(hdrs.IF_NONE_MATCH, "").strip() == _ANY:
        return {_ANY}
    return {tag.value for tag in request.if_none_match or ()} - {_ANY}


def _number(request: web.Request, name: str, most: int | None = None) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    refuse_repeated(request, name)
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    if not is_number or (most is not None and int(text) > most):
        limits = "" if most is None else f" from 0 to {most}"
        raise InvalidRequestError(f"must be a whole number{limits}", field=name)
    return int(text)
