"""Serves the sandbox from this process."""

import errno
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from functools import cache

from aiohttp import hdrs, web

from wechat_scheduler.access.local import is_loopback
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StartError
from wechat_scheduler.sandbox.api import add_api
from wechat_scheduler.sandbox.control import add_control
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.jssdk_pages import FOR_ANY_PAGE, add_jssdk
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.origin_check import refusing_strangers
from wechat_scheduler.sandbox.phone_page import add_phone_page
from wechat_scheduler.sandbox.sandbox import Sandbox

NOT_OURS = "this machine has no such address; give one of its own with --host"
LOOPBACK = "127.0.0.1"
# More than the largest file that WeChat takes.
BODY_LIMIT = 24 * 1024 * 1024
# Requests that are being answered at the end have this many seconds.
GRACE = 1.0


def create_sandbox(
    options: SandboxOptions, *, clock: Clock, rng: random.Random, host: str = LOOPBACK
) -> web.Application:
    """An application with its `Sandbox` at `app[SANDBOX]`, for a server that listens at `host`.

    To push, run `app[SANDBOX].run()` as an essential service; it ends when the application shuts
    down. Raises ConfigError, InvalidRequestError.
    """
    # aiohttp would inflate a body even to throw it away.
    app = web.Application(
        client_max_size=BODY_LIMIT,
        handler_args={"auto_decompress": False},
        middlewares=[refusing_strangers(only_loopback=is_loopback(host), but=FOR_ANY_PAGE)],
    )
    app[SANDBOX] = Sandbox(options, clock=clock, rng=rng)
    app._router = _router()  # aiohttp has no other way that does not warn
    app.on_shutdown.append(_stop)
    app.on_response_prepare.append(_date)
    return app


@cache
def _router() -> web.UrlDispatcher:
    router = web.UrlDispatcher()
    add_control(router)
    add_phone_page(router)
    add_jssdk(router)
    add_api(router)
    return router


@asynccontextmanager
async def open_sandbox(
    options: SandboxOptions,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    clock: Clock,
    rng: random.Random,
) -> AsyncIterator[str]:
    """The URL of a sandbox that answers and pushes until the block ends.

    Port 0 chooses a free one. Raises ConfigError, InvalidRequestError, StartError.
    """
    app = create_sandbox(options, clock=clock, rng=rng, host=host)
    async with Supervisor() as supervisor, served(app, host=host, port=port) as url:
        supervisor.essential("sandbox", app[SANDBOX].run())
        yield url


@asynccontextmanager
async def served(
    app: web.Application, *, host: str = LOOPBACK, port: int = 0
) -> AsyncIterator[str]:
    """The URL of `app` until the block ends. Raises StartError if it cannot listen."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        address, number = runner.addresses[0][:2]
        yield f"http://[{address}]:{number}" if ":" in address else f"http://{address}:{number}"
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except socket.gaierror as error:
        raise StartError(f"cannot listen on {host}: there is no such address") from error
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise StartError(f"cannot listen on {host}: {NOT_OURS}") from error
        in_use = error.errno == errno.EADDRINUSE
        reason = "it is in use" if in_use else os.strerror(error.errno or 0).lower()
        raise StartError(
            f"cannot listen on {host} port {port}: {reason}; choose another with -p"
        ) from error


async def _date(request: web.Request, response: web.StreamResponse) -> None:
    """The date is that of the sandbox's clock, as all that it issues."""
    response.headers[hdrs.DATE] = format_datetime(request.app[SANDBOX].now(), usegmt=True)


async def _stop(app: web.Application) -> None:
    app[SANDBOX].stop()
