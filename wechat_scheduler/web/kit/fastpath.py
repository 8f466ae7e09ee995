"""A server that asks the memo first. This file, `head_connection.py`, `known_heads.py`, `known_requests.py` and
`known_responses.py` alone use private parts of aiohttp's server.

If no request on a connection waits for its response, and the bytes that arrive equal a request whose
response is remembered, that response is written at once; everything else takes the normal path. This is
correct because:

* a connection is served from memory only while its chunks were whole requests, each in a chunk of its own
  or in one for the head and more for the body; anything else could be request smuggling behind a shared
  proxy;
* a slow reader, a closing connection and one with an access log take the normal path;
* the keep-alive deadline moves as it does on the normal path.

With another version of aiohttp, `runner` returns aiohttp's own runner.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeAlias

import aiohttp
import structlog
from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError, RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDictProxy

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.web.kit.headers import add_headers
from wechat_scheduler.web.kit.known_heads import END
from wechat_scheduler.web.kit.known_requests import ATTRIBUTES
from wechat_scheduler.web.kit.memo import Memo

log = structlog.get_logger(__name__)

# Private parts may change with any minor version; the code below was written for this one.
AIOHTTP: Final = "3.14."
PRIVATE: Final = (
    *("_buffer_paused", "_close", "_force_close", "_handle_request", "_keepalive_handle"),
    *("_keepalive_timeout", "_logging_enabled", "_loop", "_messages", "_next_keepalive_close_time"),
    *("_parser", "_pause_reading_for_buffer", "_paused", "_payload_parser", "_process_keepalive"),
    *("_reading_paused", "_request_count", "_request_factory", "_request_in_progress"),
    *("_resume_reading_for_buffer", "_task_handler", "_upgraded", "_waiter", "finish_response"),
    *("_handler_waiter", "peername", "sockname", "ssl_context"),
)
# Requests with longer bodies take the ordinary way.
LONGEST: Final = 64 * 1024

# What comes before the bytes that aiohttp's sentences about them repeat.
_QUOTED: Final = pattern(r":?\n|: b?['\"]")

MakeConnection: TypeAlias = "Callable[..., MemoConnection]"


def runner(
    app: web.Application,
    memo: Memo,
    *,
    connection: "MakeConnection | None" = None,
    version: str = aiohttp.__version__,
    **options: Any,
) -> web.AppRunner:
    """An AppRunner with these `options` that asks `memo` first, if aiohttp's `version` fits.
    `connection` may make a subclass of MemoConnection."""
    missing = [name for name in PRIVATE if not hasattr(web.RequestHandler, name)]
    missing += [name for name in ATTRIBUTES if name not in web.Request.ATTRS]
    if version.startswith(AIOHTTP) and not missing:
        return _Runner(app, memo, connection or MemoConnection, **options)
    log.warning("memo.unavailable", aiohttp=version, needed=AIOHTTP, missing=missing)
    return web.AppRunner(app, **options)


class _Runner(web.AppRunner):
    __slots__ = ("_connection", "_memo")

    def __init__(
        self, app: web.Application, memo: Memo, connection: MakeConnection, **options: Any
    ) -> None:
        super().__init__(app, **options)
        self._memo = memo
        self._connection = connection

    async def _make_server(self) -> web.Server:
        return _MemoServer(self._memo, self._connection, await super()._make_server())


class _MemoServer(web.Server):
    """Like `plain`, with connections that ask the memo."""

    def __init__(self, memo: Memo, connection: MakeConnection, plain: web.Server) -> None:
        super().__init__(
            plain.request_handler,
            request_factory=plain.request_factory,
            handler_cancellation=plain.handler_cancellation,
            loop=plain._loop,
            **plain._kwargs,
        )
        self._memo = memo
        self._connection = connection

    def __call__(self) -> web.RequestHandler:
        return self._connection(self._memo, self, loop=self._loop, **self._kwargs)


class WholeRequest(NamedTuple):
    """The bytes of exactly one request; the identity of `headers` tells which."""

    chunk: bytes
    headers: "CIMultiDictProxy[str]"
    epoch: int


class _Begun(NamedTuple):
    """A request, the bytes of it that came, and its body, which is not whole yet."""

    chunk: bytes
    message: RawRequestMessage
    payload: StreamReader


class MemoConnection(web.RequestHandler):
    """`_clean` is true where the next byte begins a request; subclasses may read it."""

    __slots__ = ("_arrival", "_begun", "_clean", "_memo", "_waiting")

    def __init__(self, memo: Memo, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self._memo = memo
        self._arrival: WholeRequest | None = None
        self._begun: _Begun | None = None
        # All that came so far were whole requests. An access log has to see each request.
        self._clean = not self._logging_enabled
        self._waiting = 0

    def data_received(self, data: bytes) -> None:
        response = self._memo.response(data) if self._is_ready() else None
        if response is None or self.transport is None:
            self._not_remembered(data)
            return
        self.transport.write(response)
        self._request_count += 1
        # aiohttp does this after each request; without it a busy connection is closed as idle.
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout

    def _not_remembered(self, data: bytes) -> None:
        self._take(data)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        arrival, self._arrival = self._arrival, None
        sent, reset = await super().finish_response(request, resp, start_time)
        if arrival is not None and arrival.headers is request.headers:
            self._keep(arrival, request, sent)
        if sent.keep_alive and not reset:
            self._waiting -= 1
        return sent, reset

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The response to bytes that are no HTTP request; no application completes it. aiohttp would repeat the
        bytes, with a token or a key among them."""
        said = _QUOTED.split(message, maxsplit=1)[0] if message else message
        response = super().handle_error(request, status, exc, said)
        add_headers(response)
        return response

    def _keep(
        self, arrival: WholeRequest, request: web.BaseRequest, response: web.StreamResponse
    ) -> None:
        """`response` was sent to the request that arrived as these bytes."""
        self._memo.keep(arrival.chunk, arrival.epoch, request, response)

    def _is_ready(self) -> bool:
        return (
            self._clean
            # Not aiohttp's own notion of idle: it comes some turns of the loop after a response, and
            # a faster client would stay on the ordinary way.
            and not self._waiting
            # Only the ordinary way waits for a slow reader.
            and not self._paused
            and not self._close
            and not self._force_close
            # A deadline can be moved only where there is one.
            and self._keepalive_handle is not None
        )

    def _take(self, data: bytes) -> None:
        if self._close or self._force_close:
            self._take_last(data)
            return
        before, begun = self._request_count, self._begun
        super().data_received(data)
        came = self._request_count - before
        if not data and not came:
            return  # aiohttp calls this when it resumes reading
        self._waiting += came
        if begun and not came:
            begun = begun._replace(chunk=begun.chunk + data)
        elif self._clean and came == 1:
            begun = self._as_begun(data)
        else:
            begun = None
        self._begun, self._arrival, self._clean = None, None, False
        if begun is None:
            return
        if begun.payload.is_eof():
            self._arrival = self._as_arrival(begun)
            self._clean = self._arrival is not None
        elif len(begun.chunk) <= LONGEST:
            self._begun = begun

    def _take_last(self, data: bytes) -> None:
        """A request whose body is under way when the server ends is finished; aiohttp drops the rest of the
        body, and its handler waits for it. Further requests are not answered."""
        if self._parser is not None and self._payload_parser is None and not self._upgraded:
            with suppress(HttpProcessingError):
                self._parser.feed_data(data)

    def _as_begun(self, data: bytes) -> _Begun | None:
        message, payload = self._messages[-1]
        if not isinstance(message, RawRequestMessage) or self._upgraded or message.chunked:
            return None
        return _Begun(data, message, payload)

    def _as_arrival(self, begun: _Begun) -> WholeRequest | None:
        _, end, body = begun.chunk.partition(END)
        lengths = begun.message.headers.getall(hdrs.CONTENT_LENGTH, ["0"])
        if not end or lengths != [str(len(body))]:
            return None
        return WholeRequest(begun.chunk, begun.message.headers, self._memo.epoch)
