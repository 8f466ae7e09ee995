"""Applications served from this process: the demo's, and the sandbox of the command."""

import errno
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StartError
from wechat_scheduler.sandbox.server import SANDBOX, SandboxOptions, create_sandbox

LOOPBACK = "127.0.0.1"
# Whoever is still being answered at the end gets this many seconds.
GRACE = 1.0


@asynccontextmanager
async def open_sandbox(
    options: SandboxOptions,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    clock: Clock,
    rng: random.Random,
) -> AsyncIterator[str]:
    """The URL of a sandbox that answers and pushes until the end of the block.

    Port 0 takes a free one. Raises ConfigError, InvalidRequestError, StartError.
    """
    app = create_sandbox(options, clock=clock, rng=rng)
    async with Supervisor() as supervisor, served(app, host=host, port=port) as url:
        supervisor.essential("sandbox", app[SANDBOX].run())
        yield url


@asynccontextmanager
async def served(
    app: web.Application, *, host: str = LOOPBACK, port: int = 0
) -> AsyncIterator[str]:
    """The URL of `app` until the end of the block. Raises StartError if it cannot listen there."""
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
        in_use = error.errno == errno.EADDRINUSE
        reason = "it is in use" if in_use else os.strerror(error.errno or 0).lower()
        raise StartError(
            f"cannot listen on {host} port {port}: {reason}; choose another with -p"
        ) from error
