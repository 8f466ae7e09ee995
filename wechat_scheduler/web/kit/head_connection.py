"""Answers requests whose heads came before, without parsing them again.

The handlers run as always, and every check with them: a key that ends, a limit that is reached and a body
that is wrong refuse the next request too. What is saved are the parser, the router and aiohttp's own
bookkeeping of a request, which cost as much as the rest of a durable create.

Like `known_heads.py`, it uses private parts of aiohttp's server; `fastpath.py` checks the version.
"""

import asyncio
from collections import deque
from functools import partial
from typing import Any, TypeGuard

from aiohttp import hdrs, web
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE
from aiohttp.http_writer import _serialize_headers

from wechat_scheduler.web.kit.fastpath import LONGEST, MemoConnection, WholeRequest
from wechat_scheduler.web.kit.known_heads import Head
from wechat_scheduler.web.kit.known_requests import KnownRequest
from wechat_scheduler.web.kit.known_responses import key_of
from wechat_scheduler.web.kit.memo import Memo


class HeadConnection(MemoConnection):
    """Asks `memo.heads`. What comes while a known request is answered waits: responses keep the order of
    requests."""

    __slots__ = (
        "_answer_task",
        "_answering",
        "_due",
        "_held",
        "_known",
        "_later",
        "_put_off_bytes",
    )

    def __init__(self, memo: Memo, manager: web.Server, **options: Any) -> None:
        super().__init__(memo, manager, **options)
        self._answering = False
        self._answer_task: asyncio.Task[None] | None = None
        self._known: tuple[Head, KnownRequest] | None = None
        # A known head and what came of its body, which is not whole yet.
        self._held = bytearray()
        self._due: Head | None = None
        # Those that came while a known request was answered.
        self._later: deque[bytes] = deque()
        self._put_off_bytes = 0

    def close(self) -> None:
        """Pass what came of a known request to the normal path, which waits for the rest."""
        if self._held:
            self._take(self._released())
        super().close()

    async def shutdown(self, timeout: float | None = 15.0) -> None:
        await super().shutdown(timeout)
        if self._answer_task is not None:
            self._answer_task.cancel()

    def is_between(self) -> bool:
        """Whether no request has come that was not answered."""
        return not (self._waiting or self._answering or self._held)

    def _process_keepalive(self) -> None:
        if self._answering or self._held:
            self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        super()._process_keepalive()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        if self._known is None or request is not self._known[1] or not _is_whole(resp):
            return await super().finish_response(request, resp, start_time)
        return resp, not await self._send(*self._known, resp)

    def _keep(
        self, arrival: WholeRequest, request: web.BaseRequest, response: web.StreamResponse
    ) -> None:
        super()._keep(arrival, request, response)
        if isinstance(request, web.Request) and response.keep_alive and response.status < 400:
            self._memo.heads.learn(arrival.chunk, request)

    def _not_remembered(self, data: bytes) -> None:
        if self._answering:
            self._put_off(data)
            return
        head = self._due or (self._memo.heads.find(data) if self._is_ready() else None)
        came = len(self._held) + len(data)
        if head is not None and came < head.size + head.length:
            self._hold(head, data)
            return
        held = self._released() if self._due is not None else b""
        if head is not None and came == head.size + head.length and self._is_ready():
            self._begin(head, (held + data)[head.size :])
            return
        if held:
            self._take(held)
        self._take(data)

    def _hold(self, head: Head, data: bytes) -> None:
        """A body may come byte by byte: its head is looked up once."""
        self._held += data
        self._due, self._clean = head, False

    def _released(self) -> bytes:
        """What was held. The next byte does not begin a request while something is."""
        held, self._held = bytes(self._held), bytearray()
        self._due, self._clean = None, True
        return held

    def _put_off(self, data: bytes) -> None:
        self._later.append(data)
        self._put_off_bytes += len(data)
        if not self._buffer_paused and self._put_off_bytes > LONGEST:
            self._pause_reading_for_buffer()

    def _begin(self, head: Head, body: bytes) -> None:
        self._request_count += 1
        self._request_in_progress = True  # a shutdown waits for it
        self._waiting += 1
        self._answering = True
        self._memo.heads.turns.give(partial(self._start, head, body))

    def _start(self, head: Head, body: bytes) -> None:
        if self.transport is not None:
            self._answer_task = self._loop.create_task(self._answer(head, body))
        else:
            self._hung_up()

    def _hung_up(self) -> None:
        """End a request that has not begun, because its client is gone. A shutdown may wait for it."""
        self._request_in_progress = False
        if self._handler_waiter is not None and not self._handler_waiter.done():
            self._handler_waiter.set_result(None)

    async def _answer(self, head: Head, body: bytes) -> None:
        goes_on = False
        try:
            request = KnownRequest.of(head.parts, body, self)
            self._known = head, request
            handler: Any = head.handler
            response, reset = await self._handle_request(request, None, handler)
            goes_on = bool(response.keep_alive) and not reset and not self._close
        except ConnectionError:
            pass  # the client is gone
        finally:
            self._answering, self._known = False, None
            if not goes_on and self.transport is not None:
                self.transport.close()
        if goes_on:
            self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
            self._go_on()

    def _go_on(self) -> None:
        """Hand the connection over with the bytes that arrived meanwhile."""
        if self._buffer_paused:
            self._resume_reading_for_buffer()
        while self._later and not self._answering:
            data = self._later.popleft()
            self._put_off_bytes -= len(data)
            self.data_received(data)

    async def _send(self, head: Head, request: KnownRequest, response: web.Response) -> bool:
        """Write the response at once, as aiohttp would. False if the client is gone."""
        body: Any = response._body
        known, key = head.responses, key_of(response)
        date = rfc822_formatted_time()
        sent = None if self._memo.heads.is_closed else known.head(key, len(body), date)
        response._keep_alive = True
        if sent is None:
            sent = await _completed(request, response, date)
            if response._keep_alive:
                known.learn(key, sent, len(body), date)
        if self.transport is None:
            return False
        self.transport.write(sent + body)
        self._waiting -= 1
        return True


async def _completed(request: KnownRequest, response: web.Response, date: str) -> bytes:
    """The head of the response, with what the application and aiohttp add to it."""
    body: Any = response._body
    headers = response.headers
    headers[hdrs.CONTENT_LENGTH] = str(len(body))
    headers.setdefault(hdrs.CONTENT_TYPE, "application/octet-stream")
    headers.setdefault(hdrs.DATE, date)
    headers.setdefault(hdrs.SERVER, SERVER_SOFTWARE)
    await request._prepare_hook(response)
    return _serialize_headers(f"HTTP/1.1 {response.status} {response.reason}", headers)


def _is_whole(response: web.StreamResponse) -> TypeGuard[web.Response]:
    """Whether it has all its bytes, and nothing that aiohttp would add to them."""
    return (
        type(response) is web.Response
        and type(response._body) is bytes
        and bool(response._body)
        and response._status >= 200
        and response._status not in (204, 304)
        and response._keep_alive is not False
        and hdrs.CONTENT_LENGTH not in response._headers
        and not response.prepared
        and not response._compression
        and not response._chunked
        and not response._cookies
    )
