"""A platform's server: takes what WeChat pushes and answers as it is told."""

from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web


class Pushed(NamedTuple):
    query: Mapping[str, str]
    body: str


class Receiver:
    def __init__(self) -> None:
        self.pushed: list[Pushed] = []
        self.answer = "success"
        self.status = 200
        self.app = web.Application()
        self.app.router.add_post("/events", self._receive)

    async def _receive(self, request: web.Request) -> web.Response:
        self.pushed.append(Pushed(dict(request.query), await request.text()))
        return web.Response(text=self.answer, status=self.status)
