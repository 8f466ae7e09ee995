"""The page for a key that may not do what was asked: which scope it lacks, and where keys are made."""

from typing import Final

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.parts import with_code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

TITLE = W("This key does not permit it", "当前 key 没有权限")
NEEDED = W(
    "This needs a key with the scope {scope}. Your key {name} has: {scopes}.",
    "这里需要有 {scope} 权限的 key。当前 key {name} 的权限：{scopes}。",
)
MORE_KEYS = W(
    "Who has an admin key makes keys on the page Access, or with `wechat-scheduler keys create`. "
    "To use another key, sign out and sign in with it.",
    "有管理员 key 的人在“权限”页创建 key，或者用 `wechat-scheduler keys create`。换用别的 key 请先退出，再用它登录。",
)
BACK = W("To the overview", "回到总览")
_BODY: Final = (
    """<section>{why}<p>{more}</p><p><a class="button" href="/">{back}</a></p></section>"""
)


def lacking(visit: Visit, scope: Scope) -> web.Response:
    words = needed(visit, scope)
    return lacking_page(visit, fill('<p class="error" role="alert">{words}</p>', words=words))


def needed(visit: Visit, scope: Scope) -> str:
    """The sentence about a scope that the key lacks, and about those that it has."""
    key = visit.session.key
    scopes = visit.listed(sorted(one.value for one in key.scopes))
    return visit.say(NEEDED, scope=scope.value, name=key.name, scopes=scopes)


def lacking_page(visit: Visit, why: Html) -> web.Response:
    """The page where `why` says what the key may not do."""
    body = fill(_BODY, why=why, more=with_code(visit.say(MORE_KEYS)), back=visit.say(BACK))
    return layout(visit, TITLE, body, status=403)
