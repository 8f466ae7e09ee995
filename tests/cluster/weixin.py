"""A sandbox in a process of its own, which keeps account of what it issued, and to which daemon.

`python -m tests.cluster.weixin DAEMONS LIFE OVERLAP APPID PEOPLE` prints `ready` and a port for each daemon. Tokens
live for LIFE seconds, and one that was replaced for OVERLAP more. APPID has PEOPLE followers, `o-0` and so on.
"""

import asyncio
import json
import random
import sys
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop
from aiohttp import web

from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.phones import By
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox
from wechat_scheduler.sandbox.tokens import IssuedKind
from wechat_scheduler.web.kit.route import Handler

# The setting of a daemon.
ENDPOINT = "WECHAT_SCHEDULER_WECHAT_ACCESS_TOKEN_ENDPOINT"
# By the name that a daemon's setting gives it.
ENDPOINTS = {"token": "/cgi-bin/token", "stable_token": "/cgi-bin/stable_token"}
SENDS = "/cgi-bin/message/template/send"
# Calls of daemons in a day: more than any storm makes.
ENOUGH = 1_000_000


@dataclass(slots=True, kw_only=True)
class Books:
    """`issued` has the time, the daemon, the appid and the value of each token: of one that WeChat gave again,
    the first time."""

    sandbox: Sandbox
    appid: str
    ports: list[int] = field(default_factory=list)
    issued: list[tuple[float, int, str, str]] = field(default_factory=list)
    newest: dict[str, str] = field(default_factory=dict)

    def middleware(self) -> Any:
        @web.middleware
        async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await handler(request)
            if request.path in ENDPOINTS.values() and isinstance(response, web.Response):
                value = json.loads(response.text or "{}").get("access_token")
                if value and request.transport is not None:
                    self._note(value, await _appid(request), request.transport)
            return response

        return watched

    def _note(self, value: str, appid: str, transport: asyncio.Transport) -> None:
        if self.newest.get(appid) != value:
            self.newest[appid] = value
            daemon = self.ports.index(transport.get_extra_info("sockname")[1])
            self.issued.append((self.sandbox.now().timestamp(), daemon, appid, value))

    async def all_issued(self, request: web.Request) -> web.Response:
        return web.json_response(self.issued)

    async def dead(self, request: web.Request) -> web.Response:
        """For each value and time: how long it had been dead then, in seconds. 0 if it lived, -1 if it is
        not known."""
        return web.json_response([self._dead(*asked) for asked in await request.json()])

    def _dead(self, value: str, at: float) -> float:
        token = self.sandbox._world.tokens.find(value, self.sandbox.now(), *IssuedKind)
        if token is None:
            return -1.0
        end = min(token.expires_at, token.ends_at or token.expires_at)
        return max(0.0, (datetime.fromtimestamp(at, UTC) - end).total_seconds())

    async def shown(self, request: web.Request) -> web.Response:
        """The text and the time of each template on each phone."""
        return web.json_response(
            {
                person.openid: [
                    (one.fields["keyword2"], one.at.timestamp())
                    for one in person.phone.shown
                    if one.by is By.ACCOUNT
                ]
                for person in self.sandbox.people.all()
            }
        )


async def _appid(request: web.Request) -> str:
    return request.query.get("appid") or (await request.json())["appid"]


async def serve(daemons: int, life: float, overlap: float, appid: str, people: int) -> None:
    options = SandboxOptions(
        token_lifetime=timedelta(hours=2),
        users=tuple((appid, f"o-{number}") for number in range(people)),
        history=10_000,
        quotas=dict.fromkeys((*ENDPOINTS.values(), SENDS), ENOUGH),
    )
    app = create_sandbox(options, clock=SystemClock(), rng=random.Random(5))
    sandbox = app[SANDBOX]
    _shorten(sandbox, timedelta(seconds=life), timedelta(seconds=overlap))
    books = Books(sandbox=sandbox, appid=appid)
    app.middlewares.append(books.middleware())
    app.router.add_get("/storm/issued", books.all_issued)
    app.router.add_post("/storm/dead", books.dead)
    app.router.add_get("/storm/shown", books.shown)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for _ in range(daemons):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    books.ports = [address[1] for address in runner.addresses]
    print("ready", *books.ports, flush=True)
    await asyncio.Event().wait()


def _shorten(sandbox: Sandbox, life: timedelta, overlap: timedelta) -> None:
    """Tokens alone live shorter: a repeated message is known as long as in WeChat."""
    world = sandbox._world
    world.periods = replace(world.periods, token=life, overlap=overlap)
    shorter = {IssuedKind.ACCESS: life, IssuedKind.STABLE: life}
    world.tokens._lifetimes = {**world.tokens._lifetimes, **shorter}


if __name__ == "__main__":
    words = deque(sys.argv[1:])
    uvloop.run(serve(int(words[0]), float(words[1]), float(words[2]), words[3], int(words[4])))
