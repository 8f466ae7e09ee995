"""The robots of 企业微信, 钉钉 and 飞书 on a real socket: they answer 200 always, and check as theirs do."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from tests.house import served

SECRET = "SECabcdef0123456789"
LATEST = 3600


@dataclass(slots=True, kw_only=True)
class Robots:
    """`said` is what arrived, by robot. `now` is their clock, in seconds. `answer` replaces the next answers."""

    now: float = 0.0
    url: str = ""
    said: list[tuple[str, str]] = field(default_factory=list)
    answer: dict[str, Any] | None = None

    def target(self, kind: str, **wish: Any) -> dict[str, Any]:
        """As it stands in the settings."""
        path = {
            "wecom": "/cgi-bin/webhook/send?key=693a91f6-7xxx",
            "dingtalk": "/robot/send?access_token=b1946ac9",
            "feishu": "/open-apis/bot/v2/hook/d7a8fbb3-07d7",
        }[kind]
        return {"name": kind, "kind": kind, "url": f"{self.url}{path}"} | wish

    async def wecom(self, request: web.Request) -> web.Response:
        if request.query.get("key") != "693a91f6-7xxx":
            return self._answers({"errcode": 93000, "errmsg": "invalid webhook url"})
        body = await request.json()
        assert body["msgtype"] == "text"
        assert len(body["text"]["content"].encode()) <= 2048
        return self._hears("wecom", body["text"]["content"], {"errcode": 0, "errmsg": "ok"})

    async def dingtalk(self, request: web.Request) -> web.Response:
        query = parse_qs(request.rel_url.raw_query_string)
        timestamp = query.get("timestamp", ["0"])[0]
        code = hmac.new(
            SECRET.encode("utf-8"), f"{timestamp}\n{SECRET}".encode(), digestmod=hashlib.sha256
        ).digest()
        signed = query.get("sign") == [base64.b64encode(code).decode()]
        if not signed or abs(self.now - int(timestamp) / 1000) > LATEST:
            return self._answers({"errcode": 310000, "errmsg": "sign not match"})
        body = await request.json()
        return self._hears("dingtalk", body["text"]["content"], {"errcode": 0, "errmsg": "ok"})

    async def feishu(self, request: web.Request) -> web.Response:
        body = await request.json()
        timestamp = body.get("timestamp", "0")
        code = hmac.new(f"{timestamp}\n{SECRET}".encode(), digestmod=hashlib.sha256).digest()
        signed = body.get("sign") == base64.b64encode(code).decode("utf-8")
        if not signed or abs(self.now - int(timestamp)) > LATEST:
            return self._answers(
                {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
            )
        assert body["msg_type"] == "text"
        return self._hears(
            "feishu", body["content"]["text"], {"code": 0, "msg": "success", "data": {}}
        )

    def _hears(self, kind: str, text: str, answer: dict[str, Any]) -> web.Response:
        if self.answer is None:
            self.said.append((kind, text))
        return self._answers(self.answer or answer)

    def _answers(self, answer: dict[str, Any]) -> web.Response:
        # 飞书 answers in this type, 企业微信 in another.
        return web.Response(body=json.dumps(answer), content_type="text/plain")


@asynccontextmanager
async def robots(**wish: Any) -> AsyncIterator[Robots]:
    found = Robots(**wish)
    app = web.Application()
    app.router.add_post("/cgi-bin/webhook/send", found.wecom)
    app.router.add_post("/robot/send", found.dingtalk)
    app.router.add_post("/open-apis/bot/v2/hook/{token}", found.feishu)
    async with served(app) as url:
        found.url = url
        yield found
