"""The frame of the pages about access: their links to one another, and pieces that several have."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.parts import code, facts, section
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

ROOM: Final = "/console/access"
TITLE = W("Access", "权限")
SHOWN_ONCE = W(
    "This is shown only now. Copy it to where it is needed; the daemon keeps a hash of it only.",
    "只显示这一次。请立即复制到需要它的地方；守护进程只保存它的哈希。",
)
COPY = W("Copy", "复制")
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
    visit: Visit, here: str, body: Html, *, title: Words = TITLE, status: int = 200
) -> web.Response:
    """A page of this room; `here` is the path of its tab."""
    links = [
        fill(
            '<li><a href="{path}"{here}>{words}</a></li>',
            path=tab.path,
            here=when(tab.path == here, fill(' aria-current="page"')),
            words=visit.say(tab.words),
        )
        for tab in TABS
        if tab.for_all or visit.may(Scope.ADMIN)
    ]
    tabs = fill(
        '<nav class="tabs" aria-label="{name}"><ul>{links}</ul></nav>',
        name=visit.say(TITLE),
        links=links,
    )
    return layout(visit, title, fill("{tabs}{body}", tabs=tabs, body=body), status=status)


def secrets(visit: Visit, heading: Words, texts: Iterable[tuple[Words, str]], note: str) -> Html:
    """What is shown only once, each with a button that copies it where scripts run."""
    pairs = [
        (
            words,
            fill(
                '<code class="secret">{text}</code>'
                '<button type="button" data-copy="{text}">{copy}</button>',
                text=text,
                copy=visit.say(COPY),
            ),
        )
        for words, text in texts
    ]
    warning = fill('<p class="advice">{words}</p>', words=visit.say(SHOWN_ONCE))
    body = fill(
        "{warning}{facts}{note}",
        warning=warning,
        facts=fill('<div class="secrets">{facts}</div>', facts=facts(visit, pairs)),
        note=when(note, fill('<p class="advice">{note}</p>', note=note)),
    )
    return section(visit, heading, body)


def codes(texts: Iterable[str]) -> Html:
    """Names, each as code, on lines of their own."""
    return fill("{all}", all=[fill("<div>{one}</div>", one=code(text)) for text in texts])


def limits(visit: Visit, texts: Iterable[str]) -> Html:
    """The names that something is limited to, or that it reaches all."""
    return codes(texts) or fill('<span class="faint">{all}</span>', all=visit.say(ALL))


def lines(text: str) -> list[str]:
    """The names that were typed: one a line, or with commas or spaces between."""
    return text.replace(",", " ").split()
