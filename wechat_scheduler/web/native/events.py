"""Streams what happens, as server-sent events."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from aiohttp import HttpVersion11, hdrs, web

from wechat_scheduler.errors import (
    ForbiddenError,
    InvalidRequestError,
    StorageError,
    UnauthorizedError,
)
from wechat_scheduler.feed.model import FeedEntry, FeedKind
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import event_streams
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.event_streams import EventFilter, EventStream, permitted
from wechat_scheduler.web.kit.event_texts import HEARTBEAT, RETRY, event
from wechat_scheduler.web.kit.ids import check_wechat_id
from wechat_scheduler.web.kit.route import Proof
from wechat_scheduler.web.kit.services import CALLER, SERVICES, SESSION
from wechat_scheduler.web.kit.waiting_requests import WaitingRequest
from wechat_scheduler.web.native.route import NativeRoute, Parameter, query

log = structlog.get_logger(__name__)

# Proxies close a connection that is silent for a minute.
HEARTBEAT_EVERY: Final = timedelta(seconds=15)
# The heartbeat of a stream that has one of its own.
OWN_HEARTBEAT: Final = web.RequestKey("OWN_HEARTBEAT", bytes)

LAST_EVENT_ID: Final = "Last-Event-ID"
_ID: Final = re.compile(r"[0-9]{1,16}", re.ASCII)
_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}


async def stream(request: web.Request) -> web.StreamResponse:
    services, caller = request.app[SERVICES], request[CALLER]
    wanted, after = _wanted(request), _last_event_id(request)
    with services.waiting.open(request, caller.id) as waiting:
        await services.events.begin(wanted, after or 0)
        events = EventStream(wanted, waiting, partial(_write, request), lambda: _drop(request))
        with services.events.joined(events):
            missed = () if after is None else services.events.since(wanted, after)
            texts = _texts(request, waiting, events, missed or (), _next_beat(request))
            response = web.StreamResponse(headers=_HEADERS)
            response.force_close()
            try:
                await response.prepare(request)
                await response.write(RETRY + _greeting(after, missed, events.position))
                async for text in texts:
                    await response.write(text)
                await response.write_eof()
            except (ConnectionError, StorageError, UnauthorizedError) as error:
                log.debug("events.ended", key_id=caller.id, error=type(error).__name__)
    return response


async def _texts(
    request: web.Request,
    waiting: WaitingRequest,
    events: EventStream,
    missed: Sequence[FeedEntry],
    beat_at: float,
) -> AsyncIterator[bytes]:
    """What the consumer missed, what happens from now on, and heartbeats, the first at `beat_at`.

    Raises UnauthorizedError once the key has ended, and StorageError.
    """
    services, caller = request.app[SERVICES], request[CALLER]
    clock, told = services.clock, 0
    while told < len(missed) and not waiting.is_over:
        some = missed[told : told + event_streams.SLICE]
        told += len(some)
        texts = [events.wanted.text(await services.events.texts.text(one)) for one in some]
        _require_still(request)
        yield b"".join(texts)
        await services.waiting.turns.take()
    while not waiting.is_over:
        waiting.rest()
        _require_still(request)
        if clock.boottime() >= beat_at:
            beat_at = _next_beat(request)
            yield request.get(OWN_HEARTBEAT, HEARTBEAT)
        elif text := events.take():
            yield text
        else:
            until = min(beat_at, services.keyring.ends(caller))
            if (session := request.get(SESSION)) is not None:
                until = min(until, services.sessions.ends(session))
            await events.wait(timedelta(seconds=until - clock.boottime()))


def _write(request: web.Request, text: bytes) -> bool:
    """Write it past the handler; False if the handler has to end, or what was written before is not sent."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return False
    if transport.get_write_buffer_size():
        return False
    try:
        _require_still(request)
    except UnauthorizedError:
        return False
    # This is how aiohttp decides it for what the handler writes.
    is_chunked = request.version >= HttpVersion11
    transport.write(b"%x\r\n%b\r\n" % (len(text), text) if is_chunked else text)
    return True


def _require_still(request: web.Request) -> None:
    """Raises UnauthorizedError once the caller's key or session has ended."""
    services, session = request.app[SERVICES], request.get(SESSION)
    services.authenticator.require_still(request[CALLER])
    if session is not None and not services.sessions.is_open(session):
        raise UnauthorizedError("this session has ended", reason=Reason.SESSION_MISSING)


def _greeting(after: int | None, missed: Sequence[FeedEntry] | None, last: int) -> bytes:
    if after is None:
        return event("hello", last, {})
    return event("resync", last, {}) if missed is None else b""


def _wanted(request: web.Request) -> EventFilter:
    """Raises InvalidRequestError, and ForbiddenError for what the key does not permit."""
    services, caller = request.app[SERVICES], request[CALLER]
    appid, kind = request.query.get("appid", ""), request.query.get("type", "")
    if appid:
        check_wechat_id(appid, "appid")
    if kind:
        kind = services.kinds.read(kind, "type").kind
    require_reach(caller, appid, kind, field="type" if kind else "appid")
    kinds = _kinds(request)
    if kinds and not kinds <= permitted(caller):
        raise ForbiddenError(
            "this API key lacks the scope push, which events of messages and users need, or read for those of alerts",
            reason=Reason.KEY_SCOPE,
            field="kinds",
        )
    return EventFilter(key=caller, kinds=kinds or permitted(caller), appid=appid, kind=kind)


def _kinds(request: web.Request) -> frozenset[FeedKind]:
    """Empty without the parameter."""
    text = request.query.get("kinds")
    names = [] if text is None else text.split(",")
    known = {kind.value for kind in FeedKind}
    for name in names:
        if name not in known:
            shown = name[:64] or '""'
            raise InvalidRequestError(
                f"unknown kind {shown}; use some of {', '.join(FeedKind)}", field="kinds"
            )
    return frozenset(map(FeedKind, names))


def _last_event_id(request: web.Request) -> int | None:
    """None if there is none; -1, which no event has, for a text that is no id."""
    header = request.headers.get(LAST_EVENT_ID, "")
    text = header or request.query.get("last_event_id", "")
    if not text:
        return None
    return int(text) if _ID.fullmatch(text) else -1


def _next_beat(request: web.Request) -> float:
    return request.app[SERVICES].clock.boottime() + HEARTBEAT_EVERY.total_seconds()


def _drop(request: web.Request) -> None:
    """End the connection at once."""
    if request.transport is not None and not request.transport.is_closing():
        log.info("events.dropped", key_id=request[CALLER].id)
        request.transport.abort()


ROUTES = (
    NativeRoute(
        "GET", "/v1/events", stream, Proof.KEY,
        "Streams what happens, as server-sent events; the value of a credential needs the scope read.",
        plain="text/event-stream",
        takes=(
            query("kinds", "Only these kinds of events, with commas between."),
            query("appid", "Only of this account."),
            query("type", "Only of credentials of this type."),
            query("last_event_id", "As the header `Last-Event-ID`."),
            Parameter("header", LAST_EVENT_ID, "Continue after the event with this id."),
        ),
    ),
)  # fmt: skip
