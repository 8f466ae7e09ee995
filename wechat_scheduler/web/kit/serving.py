"""Runs the HTTP server from its first connection to its last.

A restart that drops no request has to end in the right order. systemd keeps the listening socket, on
which new clients wait for the next process. Connected clients must learn from a response that their
connection ends, because a request that is under way when a connection closes is lost.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError
from aiohttp.log import server_logger

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.web.kit import fastpath
from wechat_scheduler.web.kit.connections import Connections, TimedConnection
from wechat_scheduler.web.kit.memo import Memo

log = structlog.get_logger(__name__)

# A GET may carry a message of 40,000 characters, which are nine bytes each when encoded.
LONGEST_LINE: Final = 400 * 1024

# For this long, clients that send further requests get responses, which tell them to reconnect. A
# client that is silent for longer is idle, and sees the close before it sends.
FAREWELL: Final = timedelta(milliseconds=50)

# A standstill, of this process or of the whole machine, ends one step of it and not all: in the others, what came is read.
STEPS: Final = 5


@asynccontextmanager
async def served(
    app: web.Application,
    memo: Memo,
    listener: socket.socket,
    connections: Connections,
    *,
    backlog: int,
    clock: Clock,
    grace: timedelta,
    on_end: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """Serve `app` on `listener` until the end of the block; then finish the requests in progress.
    `connections` are told of each connection; `on_end` is called when the end begins.

    Requests that take longer than `grace` are cut off. There is no access log: it would halve the
    rate and repeat the metrics.
    """
    farewell = _Farewell()
    app.on_response_prepare.append(farewell.say)
    runner = fastpath.runner(
        app,
        memo,
        connection=partial(TimedConnection, connections),
        access_log=None,
        logger=_ServerLog(server_logger),
        handle_signals=False,
        max_line_size=LONGEST_LINE,
        shutdown_timeout=grace.total_seconds(),
    )
    await runner.setup()
    try:
        site = web.SockSite(runner, listener, backlog=backlog)
        await site.start()
        try:
            yield
        finally:
            # Remembered responses say that the connection stays open.
            memo.close()
            farewell.is_due = True
            on_end()
            await _stop_accepting(site, listener)
            for _ in range(STEPS):
                await clock.sleep(FAREWELL / STEPS)
    finally:
        await runner.cleanup()


if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter


class _ServerLog(_Adapter):
    """Logs malformed requests at debug level and without their bytes. aiohttp logs an error with the
    bytes: callers without a key could fill the log, and a key beside a broken header would be in it."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **options: Any) -> None:
        if isinstance(exc_info, HttpProcessingError):
            log.debug("http.malformed", error=type(exc_info).__name__)
        else:
            super().exception(msg, *args, exc_info=exc_info, **options)


class _Farewell:
    """Once it is due, every response says that it is the last on its connection."""

    def __init__(self) -> None:
        self.is_due = False

    async def say(self, request: web.Request, response: web.StreamResponse) -> None:
        if self.is_due:
            # By now aiohttp has written the headers that `force_close` would have changed.
            response.headers[hdrs.CONNECTION] = "close"
            response.force_close()


async def _stop_accepting(site: web.BaseSite, listener: socket.socket) -> None:
    """Closing asyncio's server drops connections that it accepted in the same turn of the loop, so
    this only removes its reader. uvloop's server drops none, and owns the descriptor."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, asyncio.SelectorEventLoop):
        loop.remove_reader(listener)
    else:
        await site.stop()
