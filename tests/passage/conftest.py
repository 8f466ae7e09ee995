"""A daemon whose gateway is on, between an SDK and a sandbox; time stands still unless the test moves it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from yarl import URL

from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon, in_memory, wechat

MENU = "/cgi-bin/menu/get"
CREATE = "/cgi-bin/menu/create"
BUTTONS = {"button": [{"type": "click", "name": "今日", "key": "today"}]}


class Got(NamedTuple):
    """A response, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Gate:
    """`call` calls the gateway as an SDK does, with the account's token unless another is given."""

    keeper: Caller
    weixin: WeChat
    clock: FakeClock
    session: aiohttp.ClientSession
    token: str = ""

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Got:
        """The path may have a query."""
        given = self.token if token is None else token
        joined = f"{path}{'&' if '?' in path else '?'}access_token={given}"
        url = URL(self.keeper.daemon.url + joined, encoded=True)
        async with self.session.request(method, url, headers=headers, **options) as response:
            body = await response.read()
            return Got(response.status, response.headers, body)

    async def said(self, method: str, path: str, **options: Any) -> Any:
        response = await self.call(method, path, **options)
        assert response.status == 200
        return json.loads(response.body)

    async def errcode(self, method: str, path: str, **options: Any) -> int:
        return int((await self.said(method, path, **options)).get("errcode", 0))

    def advance(self, **delay: float) -> None:
        self.clock.advance(timedelta(**delay))


@asynccontextmanager
async def gate(
    state: Path, *, options: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[Gate]:
    """Its account has a fresh token."""
    clock = FakeClock()
    async with (
        wechat(clock, **(options or {})) as weixin,
        daemon(
            state,
            weixin.url,
            clock=clock,
            opener=in_memory,
            loops=True,
            **{"gateway__enabled": "true", **settings},
        ) as keeper,
        aiohttp.ClientSession(
            auto_decompress=False, connector=aiohttp.TCPConnector(limit=0)
        ) as session,
    ):
        await keeper.register({"type": 0})
        opened = Gate(keeper=keeper, weixin=weixin, clock=clock, session=session)
        opened.token = await keeper.value(f"{APPID}/0")
        yield opened


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Gate]:
    async with gate(tmp_path / "state") as opened:
        yield opened
