"""Signing out."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import NotFoundError, StorageError
from wechat_scheduler.web.console.door import SIGN_IN, door
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.layout import SIGN_OUT, layout
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.session_cookies import COOKIE
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.responses import redirected

W = Words

HINT = W("The session of this browser ends.", "此浏览器的会话将结束。")
STAYS = W(
    "You are signed out in this browser, but the store does not answer. The session itself ends within eight hours.",
    "此浏览器已退出，但数据库没有响应。会话本身会在 8 小时内结束。",
)
PATH: Final = "/console/sign-out"


async def ask(visit: Visit) -> web.StreamResponse:
    """The same button as in the frame, for those who open the address."""
    out = form(visit, PATH, Html(), SIGN_OUT)
    body = fill("<section><p>{hint}</p>{out}</section>", hint=visit.say(HINT), out=out)
    return layout(visit, SIGN_OUT, body)


async def sign_out(visit: Visit) -> web.StreamResponse:
    """The form's POST. The browser gives its session up in any case."""
    response = redirected(f"{SIGN_IN}?because=signed_out")
    try:
        if visit.session.id:
            await visit.api.delete("/v1/sessions/{session}", str, session=visit.session.id)
    except NotFoundError:  # it has ended meanwhile
        pass
    except StorageError:
        response = door(visit.request, "/", error=visit.say(STAYS), status=503)
    response.del_cookie(COOKIE, path="/")
    return response


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PATH, ask),
    ConsoleRoute(hdrs.METH_POST, PATH, sign_out),
)
