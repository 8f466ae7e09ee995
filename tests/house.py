"""The whole house on real sockets: a sandbox, a business system, and a daemon between them."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.business import Business
from tests.clock import FakeClock
from tests.stores.memory import MemoryDatabase, memory_database
from tests.template import lay_database
from wechat_scheduler.config import loading
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import emptied
from wechat_scheduler.daemon.opening import Daemon, open_daemon
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.web.kit.serving import FAREWELL

APPID = "wx1111111111111111"
COMPONENT = "wx2222222222222222"
AUTHORIZER = "wx3333333333333333"
SECRET = "sandbox-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChat:
    """A sandbox that is served at `url`."""

    url: str
    sandbox: Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response of the daemon."""

    status: int
    headers: Mapping[str, str]
    json: Any

    @property
    def result(self) -> Any:
        assert self.status == 200, self.json
        return self.json["result"]


class Caller:
    """A business system's side of the daemon's HTTP."""

    def __init__(self, daemon: Daemon, session: aiohttp.ClientSession) -> None:
        self.daemon = daemon
        self._session = session

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        data: bytes | BinaryIO | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
    ) -> Answer:
        """`key` is the admin key unless one is given; the empty one sends none. `follow` redirects."""
        key = self.daemon.admin_key if key is None else key
        sent = {**({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        async with self._session.request(
            method,
            f"{self.daemon.url}{path}",
            json=body,
            data=data,
            headers=sent,
            allow_redirects=follow,
        ) as response:
            is_stream = response.content_type == "text/event-stream"
            text = b"" if is_stream else await response.read()
            is_json = response.content_type == "application/json" and text
            return Answer(
                status=response.status,
                headers=response.headers.copy(),
                json=await response.json() if is_json else text.decode(errors="replace"),
            )

    async def register(
        self, *tasks: Mapping[str, Any], appid: str = APPID, **fields: Any
    ) -> Answer:
        body = {"appid": appid, "appsecret": SECRET, "tasks": list(tasks)} | fields
        return await self.call("POST", "/registe", body=body)

    async def fetch(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", f"/task/{path}", headers=headers)

    async def value(self, path: str) -> str:
        result = (await self.fetch(path)).result
        assert isinstance(result, str)
        return result

    async def jobs(self, query: str = "") -> list[dict[str, Any]]:
        result: list[dict[str, Any]] = (await self.call("GET", f"/tasks{query}")).result
        return result

    async def job(self, path: str = "") -> dict[str, Any]:
        (job,) = await self.jobs(f"?{path}")
        return job

    async def settle(self) -> None:
        """While the loops stand: turn them until nothing is due any more."""
        turns = [loop.turn for loop in self.daemon.loops if loop.turn is not None]
        while sum([await turn() for turn in turns]):
            pass


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """The URL of an application on a free port of loopback."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def wechat(
    clock: Clock, *, token_lifetime: timedelta = timedelta(hours=2), **options: Any
) -> AsyncIterator[WeChat]:
    app = create_sandbox(
        SandboxOptions(token_lifetime=token_lifetime, **options), clock=clock, rng=random.Random(7)
    )
    async with served(app) as url:
        yield WeChat(url=url, sandbox=app[SANDBOX])


def daemon_config(state: Path, wechat_url: str, **settings: Any) -> Config:
    """`settings` by path with `__` for the dot: `server__fetch_deadline="1s"`."""
    given = {path.replace("__", "."): value for path, value in settings.items()}
    if any(path.startswith(("state.", "wechat.api")) or "file" in path for path in given):
        return _config(state, wechat_url, given)
    key = repr(given)
    if key not in _configs:
        _configs[key] = _config(ANYWHERE, NOBODY, given)
    return _moved(_configs[key], state, wechat_url)


ANYWHERE, NOBODY = Path("/anywhere"), "http://127.0.0.1:9"
_configs: dict[str, Config] = {}


def _config(state: Path, wechat_url: str, given: Mapping[str, Any]) -> Config:
    flags = {"server.port": 0, "state.dir": str(state), "wechat.api": wechat_url, **given}
    return loading.load(file=None, flags=flags, environ={}).config


def _moved(config: Config, state: Path, wechat_url: str) -> Config:
    """The settings elsewhere: to read all takes as long as half of an opening."""
    place = replace(
        config.state,
        dir=state,
        database=f"sqlite://{state / loading.DATABASE_NAME}",
        sealing_key_file=state / "sealing.key",
    )
    return replace(config, state=place, wechat=replace(config.wechat, api=wechat_url))


async def in_memory(url: str, **_: Any) -> MemoryDatabase:
    """The `opener` for tests that ask nothing of SQLite's file and threads: the statements are the same."""
    return memory_database()


def opener_for(request: pytest.FixtureRequest) -> Callable[..., Awaitable[Database]]:
    """The `opener` of the test's daemon: in memory, unless the test is marked `on_disk`."""
    return open_database if request.node.get_closest_marker("on_disk") else in_memory


@asynccontextmanager
async def daemon(
    state: Path,
    wechat_url: str,
    *,
    clock: Clock | None = None,
    loops: bool | None = None,
    opener: Callable[..., Awaitable[Database]] = open_database,
    **settings: Any,
) -> AsyncIterator[Caller]:
    """A daemon and a caller. On a clock that tests move, its clockworks stand unless told to turn."""
    clock = clock or SystemClock()
    config = daemon_config(state, wechat_url, **settings)
    turning = not isinstance(clock, FakeClock) if loops is None else loops
    flowing: list[asyncio.Task[None]] = []
    is_new = not emptied(state, database=config.state.database)
    if (
        opener is open_database
        and is_new
        and config.state.database == f"sqlite://{state / loading.DATABASE_NAME}"
    ):
        await lay_database(state / loading.DATABASE_NAME)
    try:
        async with (
            open_daemon(
                config, clock=clock, rng=random.Random(11), run_loops=turning, opener=opener
            ) as opened,
            aiohttp.ClientSession() as session,
        ):
            try:
                yield Caller(opened, session)
            finally:
                if isinstance(clock, FakeClock):  # the end takes a moment, too
                    flowing.append(asyncio.create_task(clock.flow(FAREWELL)))  # noqa: TID251
    finally:
        for task in flowing:
            task.cancel()


__all__ = [
    "APPID", "AUTHORIZER", "COMPONENT", "SECRET", "Answer", "Business", "Caller", "WeChat",
    "daemon", "daemon_config", "in_memory", "opener_for", "served", "wechat",
]  # fmt: skip
