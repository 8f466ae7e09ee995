"""Runs the demo in one process: a sandbox, a daemon and a business system, on loopback."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import aiohttp

from wechat_scheduler.client.admin import Admin
from wechat_scheduler.config import loading
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import ADMIN_KEY
from wechat_scheduler.daemon.opening import open_daemon
from wechat_scheduler.demo.business import BusinessSystem
from wechat_scheduler.demo.journal import Journal, LogReader
from wechat_scheduler.demo.observer import DemoObserver
from wechat_scheduler.demo.phone import PhoneOwner
from wechat_scheduler.demo.setup import SECRETS, set_up
from wechat_scheduler.demo.snapshot import DemoSnapshot, Places
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import StartError
from wechat_scheduler.log import setup as log
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.server import open_sandbox, served

FRAME = timedelta(milliseconds=250)
# Lifetimes of seconds need more calls than WeChat's quota for tickets, and the daemon's own, allow.
MANY = 500_000
QUOTAS = {"/cgi-bin/ticket/getticket": MANY}

Show: TypeAlias = Callable[[DemoSnapshot], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """The lifetime of WeChat's tokens, and how long the demo runs (None: until `stop`)."""

    token_lifetime: timedelta
    duration: timedelta | None = None


async def run(
    settings: DemoSettings, *, show: Show, stop: asyncio.Event, clock: Clock, rng: random.Random
) -> DemoSnapshot:
    """Shows a snapshot every quarter of a second until `stop`, or until the duration is over.

    Returns the last one, after its folder was deleted and its connections were closed. Raises
    StartError. The warnings in the log of this process go into the snapshots.
    """
    async with _open(settings, clock, rng) as observer:
        return await _watch(observer, settings.duration, show, stop, clock)


async def _watch(
    observer: DemoObserver,
    duration: timedelta | None,
    show: Show,
    stop: asyncio.Event,
    clock: Clock,
) -> DemoSnapshot:
    started = clock.boottime()
    while True:
        snapshot = await observer.look()
        show(snapshot)
        pause = FRAME
        if duration is not None:
            pause = min(FRAME, duration - timedelta(seconds=clock.boottime() - started))
        if pause <= timedelta(0) or await clock.wait(stop, pause):
            return snapshot


@asynccontextmanager
async def _open(
    settings: DemoSettings, clock: Clock, rng: random.Random
) -> AsyncIterator[DemoObserver]:
    journal = Journal(clock)
    log.configure(level="warning", format="json", stream=LogReader(journal))
    business = BusinessSystem(SECRETS, journal)
    options = SandboxOptions(token_lifetime=settings.token_lifetime, quotas=QUOTAS)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_temporary_folder())
        wechat = await stack.enter_async_context(open_sandbox(options, clock=clock, rng=rng))
        office = await stack.enter_async_context(served(business.app))
        config = _config(folder, wechat)
        daemon = await stack.enter_async_context(open_daemon(config, clock=clock, rng=rng))
        places = Places(
            sandbox=wechat,
            daemon=daemon.url,
            business=office,
            key_file=folder / ADMIN_KEY,
            token_lifetime=settings.token_lifetime,
        )
        client = Admin(daemon.url, daemon.admin_key, clock=clock)
        await stack.enter_async_context(client)
        await set_up(client, business, places)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        delay = settings.token_lifetime / 2
        phone = PhoneOwner(session, wechat, journal, clock=clock, delay=delay)
        yield DemoObserver(client, business, journal, phone, places=places, clock=clock)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    try:
        folder = TemporaryDirectory(prefix="wechat-demo-")
    except OSError as error:
        raise StartError(f"cannot make a temporary folder: {error.strerror}") from error
    with folder as path:
        yield Path(path)


def _config(folder: Path, wechat: str) -> Config:
    """Ignores the configuration file and the environment of this machine."""
    flags: dict[str, str | int | bool | None] = {
        "server.port": 0,
        "state.dir": str(folder),
        "wechat.api": wechat,
        "refresh.daily_calls": MANY,
    }
    return loading.load(file=Path(os.devnull), flags=flags, environ={}).config
