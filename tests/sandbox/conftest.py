"""A sandbox on a real socket, with a clock that only tests move."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.clock import FakeClock
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox

APPID = "wx1111111111111111"
COMPONENT = "wx2222222222222222"
AUTHORIZER = "wx3333333333333333"
SECRET = "sandbox-secret"


class WeChat:
    """Calls of the sandbox, and the JSON that it answers."""

    def __init__(self, http: TestClient[Any, Any], clock: FakeClock) -> None:
        self.http = http
        self.clock = clock
        self.sandbox: Sandbox = http.app[SANDBOX]
        self.bearer = ""

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        async with self.http.get(path, params=query) as response:
            assert response.status == 200
            return dict(await response.json(content_type=None))

    async def post(self, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        async with self.http.post(path, params=query, json=body) as response:
            assert response.status == 200
            return dict(await response.json(content_type=None))

    async def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.http.request(method, f"/_sandbox/{path}", json=body) as response:
            return response.status, await response.json()

    async def token(self, appid: str = APPID, **changes: str) -> dict[str, Any]:
        query = {"grant_type": "client_credential", "appid": appid, "secret": SECRET} | changes
        return await self.get("/cgi-bin/token", **query)

    async def stable(self, *, force: bool = False, appid: str = APPID) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": appid, "secret": SECRET}
        return await self.post("/cgi-bin/stable_token", body | {"force_refresh": force})

    async def component_token(self, ticket: str | None = None) -> dict[str, Any]:
        body = {
            "component_appid": COMPONENT,
            "component_appsecret": SECRET,
            "component_verify_ticket": ticket or self.sandbox.ticket(COMPONENT).value,
        }
        return await self.post("/cgi-bin/component/api_component_token", body)

    async def on_component(self, name: str, token: str, **fields: Any) -> dict[str, Any]:
        body = {"component_appid": COMPONENT} | fields
        return await self.post(f"/cgi-bin/component/{name}", body, component_access_token=token)

    async def call(self, path: str, body: Any, appid: str = APPID) -> dict[str, Any]:
        """A call of the account's own, with its living token."""
        self.bearer = self.bearer or (await self.stable(appid=appid))["access_token"]
        return await self.post(f"/cgi-bin/{path}", body, access_token=self.bearer)

    async def ask(self, path: str) -> dict[str, Any]:
        """A GET of the account's own, with its living token."""
        self.bearer = self.bearer or (await self.stable())["access_token"]
        return await self.get(path, access_token=self.bearer)

    async def use(self, token: str) -> int:
        """Make a business call with a token; its errcode, 0 if it was served."""
        answer = await self.get("/cgi-bin/user/info", access_token=token, openid="o-reader")
        return int(answer.get("errcode", 0))

    def advance(self, **delay: float) -> None:
        self.clock.advance(timedelta(**delay))


Start = Callable[..., Awaitable[WeChat]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def start(aiohttp_client: Any, clock: FakeClock) -> Start:
    """Starts a sandbox with the given options."""

    async def start(**options: Any) -> WeChat:
        app = create_sandbox(SandboxOptions(**options), clock=clock, rng=random.Random(7))
        return WeChat(await aiohttp_client(app), clock)

    return start


@pytest.fixture
async def wechat(start: Start) -> WeChat:
    return await start()
