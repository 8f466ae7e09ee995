"""`/`: the first page."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.parts import facts, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words

W = Words

TITLE = W("Overview", "总览")
KEY = W("Your key", "当前 key")
NAME, SCOPES = W("Name", "名称"), W("Scopes", "权限")


async def overview(visit: Visit) -> web.Response:
    key = visit.session.key
    body = facts(
        visit, [(NAME, key.name), (SCOPES, ", ".join(sorted(scope.value for scope in key.scopes)))]
    )
    return layout(visit, TITLE, section(visit, KEY, body, id="key", live=True), live=True)


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, "/", overview),)
