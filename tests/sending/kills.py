"""A daemon that is killed in the middle of sending, and what the phones show in the end."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.house import APPID, SECRET, served
from tests.program import SHORT_CLAIMS, Program, warm_program
from tests.sending.town import TEMPLATE, TEMPLATES
from wechat_scheduler.delivery.refused_messages import (
    AT_MOST_ONCE,
    SENT_AGAIN,
    may_have_arrived,
)
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox
from wechat_scheduler.web.kit.route import Handler

# Receivers of one message, and people bound or deliveries looked at in one request.
EACH = 20
PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What became of everybody's one message: `shown` by openid, `deliveries` as the API shows them
    by openid, `kills` the shots that fell."""

    shown: Mapping[str, int]
    deliveries: Mapping[str, Mapping[str, Any]]
    kills: int

    @property
    def twice(self) -> list[str]:
        return [openid for openid, times in self.shown.items() if times > 1]

    @property
    def never(self) -> list[str]:
        return [openid for openid in self.deliveries if openid not in self.shown]


class Post:
    """A WeChat with followers, and a business system that sends each of them one message.

    `kills` times the daemon dies, at a random call that sends: before WeChat heard it or after.
    """

    def __init__(
        self, folder: Path, *, people: int, kills: int, seed: int, database: str = ""
    ) -> None:
        self._folder = folder
        self._database = ["--database", database] if database else []
        self._environ = SHORT_CLAIMS if database else {}
        self._openids = [f"o-{number}" for number in range(people)]
        self._rng = random.Random(seed)
        self._shots = frozenset(self._rng.sample(range(1, people), kills))
        self._calls = itertools.count(1)
        self._called = asyncio.Event()
        self._shoot: Callable[[], Awaitable[None]] | None = None
        self._stack = AsyncExitStack()
        self._app = 0
        self._token = ""
        self.kills = 0

    async def __aenter__(self) -> "Post":
        options = SandboxOptions(users=tuple((APPID, openid) for openid in self._openids))
        app = create_sandbox(options, clock=SystemClock(), rng=self._rng)
        app.middlewares.append(self._watched())
        self.sandbox: Sandbox = app[SANDBOX]
        self._wechat = await self._stack.enter_async_context(served(app))
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        for openid in self._openids:
            self.sandbox.people.write(APPID, openid, "hello")
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._stack.aclose()

    def start(self) -> Any:
        return warm_program(
            self._folder, "--wechat-api", self._wechat, *self._database, environ=self._environ
        )

    async def open_shop(self, daemon: Program, **settings: Any) -> None:
        """An account, an app, and everybody as its subscriber under their openid."""
        tasks = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}
        await self._call(daemon, "POST", "/register", tasks)
        templates = {
            purpose: {"template_id": one.template_id, "fields": dict(one.fields)}
            for purpose, one in TEMPLATES.items()
        }
        shop = {"name": "shop", "appid": APPID, "templates": templates} | settings
        made = await self._call(daemon, "POST", "/v1/apps", shop)
        self._app, self._token = made["id"], made["token"]
        for part in _parts(self._openids, PAGE):
            people = [{"external_id": openid, "openid": openid} for openid in part]
            await self._call(daemon, "POST", f"/v1/apps/{self._app}/subscribers", people)

    async def send_through_kills(self, *channels: str) -> Ending:
        """By each channel in turn. The daemon is started as often as it dies, until everybody's message
        is done with."""
        while True:
            async with self.start() as daemon:
                self._shoot = daemon.kill
                with suppress(aiohttp.ClientError, ConnectionError):
                    for number, part in enumerate(_parts(self._openids, EACH)):
                        await self._post(daemon, channels[number % len(channels)], number, part)
                    return await self._ending(daemon)

    async def notice(self, daemon: Program) -> timedelta:
        """How long a notice takes from the request to the phone."""
        openid = self._openids[0]
        before = len(self.sandbox.people.received(APPID))
        began = time.perf_counter()
        with self.sandbox.watch() as watcher:
            await self._call(
                daemon, "POST", "/message/v2/notices",
                {"to": openid, "template": TEMPLATE, "data": {"k": {"value": "v"}}},
                key=self._token,
            )  # fmt: skip
            while len(self.sandbox.people.received(APPID)) == before:
                watcher.bell.clear()
                await watcher.bell.wait()
        return timedelta(seconds=time.perf_counter() - began)

    async def _post(
        self, daemon: Program, channel: str, number: int, openids: Sequence[str]
    ) -> None:
        """Under the same key whenever it is said again: nobody knows whether it was heard."""
        body = {"app": self._app, "to": openids, "channel": channel, "text": "hello"}
        headers = {"Idempotency-Key": f"{channel}-{number}"}
        await self._call(daemon, "POST", "/v1/messages", body, headers=headers)

    async def _ending(self, daemon: Program) -> Ending:
        while any(one["state"] in ("pending", "sending") for one in await self._listed(daemon)):
            self._called.clear()
            with suppress(TimeoutError):  # what ends without a call ends within a moment, too
                async with asyncio.timeout(0.2):
                    await self._called.wait()
        uids = {uid: openid for openid, uid in (await self._uids(daemon)).items()}
        return Ending(
            shown=Counter(one.openid for one in self.sandbox.people.received(APPID)),
            deliveries={uids[one["to"]]: one for one in await self._listed(daemon)},
            kills=self.kills,
        )

    async def _listed(self, daemon: Program) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page: list[dict[str, Any]] = []
        while not found or len(page) == PAGE:
            after = found[-1]["id"] if found else 0
            query = f"?app={self._app}&limit={PAGE}&after={after}"
            page = await self._call(daemon, "GET", f"/v1/deliveries{query}")
            found += page
        return found

    async def _uids(self, daemon: Program) -> dict[str, str]:
        uids: dict[str, str] = {}
        for part in _parts(self._openids, PAGE):
            people = [{"external_id": openid, "openid": openid} for openid in part]
            path = f"/v1/apps/{self._app}/subscribers"
            for one in await self._call(daemon, "POST", path, people):
                uids[one["external_id"]] = one["uid"]
        return uids

    async def _call(
        self,
        daemon: Program,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        sent = {"Authorization": f"Bearer {key or daemon.admin_key}"} | dict(headers or {})
        async with self._http.request(
            method, daemon.url + path, json=body, headers=sent
        ) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer.get("result")

    def _watched(self) -> Any:
        @web.middleware
        async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith("/cgi-bin/message/"):
                return await handler(request)
            is_last = next(self._calls) in self._shots
            if is_last and self._rng.random() < 0.5:
                await self._kill()
                return web.Response(status=500)  # to nobody, and WeChat never heard it
            response: web.StreamResponse = await handler(request)
            self._called.set()
            if is_last:
                await self._kill()
            return response

        return watched

    async def _kill(self) -> None:
        assert self._shoot is not None
        self.kills += 1
        await self._shoot()


def _parts(whole: Sequence[str], size: int) -> list[Sequence[str]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


async def survives(
    folder: Path,
    *channels: str,
    people: int,
    kills: int,
    seed: int,
    at_most_once: bool = False,
    database: str = "",
) -> Ending:
    """Check what must not have happened to messages that went by `channels` while the daemon died."""
    async with Post(folder, people=people, kills=kills, seed=seed, database=database) as post:
        async with post.start() as daemon:
            await post.open_shop(daemon, at_most_once=at_most_once)
        ending = await post.send_through_kills(*channels)
    assert ending.kills == kills
    assert len(ending.deliveries) == people
    why = AT_MOST_ONCE if at_most_once else SENT_AGAIN  # the latter after two kills
    for openid in ending.never:
        reason = ending.deliveries[openid]["reason"]
        assert str(may_have_arrived(why)) in reason, f"{openid} was lost: {reason}"
    assert at_most_once or kills > 1 or not ending.never
    for openid in ending.twice:
        delivery = ending.deliveries[openid]
        assert not at_most_once, f"{openid} saw it twice"
        assert ending.shown[openid] == 2
        # A template is not, since WeChat recognises a repeat.
        assert delivery["possibly_duplicate"], f"{openid} saw it twice, and is not marked"
    return ending
