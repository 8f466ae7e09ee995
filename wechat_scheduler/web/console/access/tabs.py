"""The frame of the pages about access: their links to one another, and pieces that several have."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, tabs
from wechat_scheduler.web.console.parts import code, joined
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

ROOM: Final = "/console/access"
TITLE = W("Access", "权限")
BACK = W("Back to the list", "返回列表")
ALL = W("all", "全部")


class AccessPage(NamedTuple):
    """A page of the room. Without `for_all` it needs an admin key."""

    path: str
    words: Words
    for_all: bool = False


TABS: Final = (
    AccessPage(ROOM, W("Keys", "API key")),
    AccessPage(f"{ROOM}/consumers", W("Consumers", "使用方")),
    AccessPage(f"{ROOM}/sessions", W("Sessions", "会话"), for_all=True),
    AccessPage(f"{ROOM}/audit", W("Audit", "审计")),
)


def access_page(
    visit: Visit, here: str, body: Html, *, title: Phrase = TITLE, status: int = 200
) -> web.Response:
    """A page of this room; `here` is the path of its tab."""
    may = visit.may(Scope.ADMIN)
    pages = [(tab.path, tab.words) for tab in TABS if tab.for_all or may]
    return layout(visit, title, joined([tabs(visit, TITLE, pages, here), body]), status=status)


def codes(texts: Iterable[str]) -> Html:
    """Names, each as code, on lines of their own."""
    return fill("{all}", all=[fill("<div>{one}</div>", one=code(text)) for text in texts])


def limits(visit: Visit, texts: Iterable[str]) -> Html:
    """The names that something is limited to, or that it reaches all."""
    return codes(texts) or fill('<span class="faint">{all}</span>', all=visit.say(ALL))


def accounts(visit: Visit, appids: Iterable[str]) -> Html:
    """The accounts that something is limited to, as far as the page has asked with their names; or that it reaches all."""
    shown = [fill("<div>{one}</div>", one=account_link(visit, appid)) for appid in appids]
    return fill("{shown}", shown=shown) if shown else limits(visit, ())


def lines(text: str) -> list[str]:
    """The names that were typed: one a line, or with commas or spaces between."""
    return text.replace(",", " ").split()


def lists_in(given: Mapping[str, str], names: Iterable[str]) -> Mapping[str, list[str]]:
    """The names that were typed into each of these fields."""
    return {name: lines(given.get(name, "")) for name in names}
