"""The frame of every page of the console: navigation, notice, language and theme."""

import re
from typing import Final, NamedTuple
from urllib.parse import quote

from aiohttp import hdrs, web

from wechat_scheduler import __version__
from wechat_scheduler.access.model import Scope
from wechat_scheduler.feed.model import FeedKind
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.document import document, theme_of
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.key_limits import limits_of
from wechat_scheduler.web.console.links import COUNT, DONE
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.words import Language, Phrase, Words, phrase
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words


class NavigationEntry(NamedTuple):
    """A room of the console in the navigation. Pages below `others` are in it, too. It is for keys with `scope`."""

    path: str
    words: Words
    scope: Scope | None = None
    others: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        return any(_is_in(path, room) for room in (self.path, *self.others))


NAVIGATION: Final = (
    NavigationEntry("/", W("Overview", "总览")),
    NavigationEntry("/console/credentials", terms.CREDENTIALS, Scope.READ),
    NavigationEntry("/console/messages", terms.MESSAGES, Scope.PUSH, ("/console/deliveries",)),
    NavigationEntry("/console/reminders", terms.REMINDERS, Scope.PUSH),
    NavigationEntry("/console/people", terms.PEOPLE, Scope.PUSH, ("/console/apps",)),
    NavigationEntry("/console/pushes", terms.PUSHES, Scope.READ),
    NavigationEntry("/console/access", W("Access", "权限")),
    NavigationEntry("/console/alerts", W("Alerts", "告警"), Scope.READ),
    NavigationEntry("/docs", W("API", "API 文档")),
)
ROOMS = W("Rooms", "导航")
MENU = W("Menu", "菜单")
SIGN_OUT = W("Sign out", "退出")
SIGNED_IN_AS = W("Key: {name}", "当前 key：{name}")
OPEN = W("No authentication: all of this machine may do all", "没有启用认证：本机的人都可以操作")
THEME_WORDS: Final = {
    "": W("System", "跟随系统"),
    "light": W("Light", "浅色"),
    "dark": W("Dark", "深色"),
}
# Of a page that shows times.
IN_ZONE = W(
    "Times are Beijing time (UTC+8) where no zone is named.",
    "没有注明时区的时间都是北京时间（UTC+8）。",
)
# The script shows it, with its time.
UNCONNECTED = W(
    "This page has not been connected to the daemon since {at}. What it shows may be out of date.",
    "从 {at} 起，此页与守护进程的连接中断，显示的内容可能已经过时。",
)
GONE = W(
    "What this page shows is gone: it was deleted, or your key does not reach it any more. This is how it was before.",
    "此页显示的内容已删除，或者当前 key 不再能查看它。下面是之前的样子。",
)
LANGUAGE_WORDS: Final = {Language.EN: "English", Language.ZH: "简体中文"}

# An instant, the hours of a plot, or a field for a time.
_TIMES: Final = re.compile('<time |class="[a-z ]*times"|type="datetime-local"')
_COUNT: Final = re.compile("[0-9]{1,9}")
_FRAME: Final = """<header class="top"><a class="brand" href="/">wechat-scheduler</a>
<details class="menu"><summary>{menu}</summary><div>{rooms}{foot}</div></details></header>
<aside class="side"><a class="brand" href="/">wechat-scheduler</a>{rooms}{foot}</aside>
<main id="content" tabindex="-1"{left}>
<h1>{title}</h1>
{unconnected}{notice}{limits}{body}{zone}
</main>"""
_FOOT: Final = """<div class="foot"><p class="faint">{who}</p>{out}
<p class="choices">{languages}</p><p class="choices">{themes}</p><p class="faint">v{version}</p></div>"""


def layout(
    visit: Visit, title: Phrase, body: Html, *, live: bool = False, status: int = 200
) -> web.Response:
    """The page with `title` as its `h1`. The sections of a live one that are live follow what happens, unless it answers
    a form: its address cannot be read again. Back to such an answer leads to the page of the form."""
    shown = visit.say(title)
    is_answer = visit.request.method == hdrs.METH_POST
    is_live = live and not is_answer
    frame = fill(
        _FRAME,
        menu=visit.say(MENU),
        rooms=_rooms(visit),
        foot=_foot(visit),
        left=when(is_answer, fill(' data-left-for="{place}"', place=visit.place)),
        title=shown,
        unconnected=when(is_live, _unconnected(visit)),
        notice=when(status < 400, _notice(visit)),
        limits=limits_of(visit),
        body=body,
        zone=when(
            _TIMES.search(body), fill('<p class="faint">{zone}</p>', zone=visit.say(IN_ZONE))
        ),
    )
    return document(
        visit.request,
        visit.language,
        shown,
        frame,
        status=status,
        follows=" ".join(FeedKind) if is_live else "",
    )


def choose_look(path: str, language: Language, theme: str) -> tuple[Html, Html]:
    """Links that choose a language, and those that choose a theme; they come back to `path`."""
    languages = [
        _choice("language", one.value, shown, path, is_now=one is language)
        for one, shown in LANGUAGE_WORDS.items()
    ]
    words = THEME_WORDS.items()
    themes = [
        _choice(
            "theme",
            one or "system",
            phrase(shown, language),
            path,
            is_now=one == theme,
        )
        for one, shown in words
    ]
    return fill("{all}", all=languages), fill("{all}", all=themes)


def _choice(name: str, value: str, shown: str, path: str, *, is_now: bool) -> Html:
    return fill(
        '<a href="/console/look?{name}={value}&amp;next={path}"{now}>{shown}</a> ',
        name=name,
        value=value,
        path=quote(path, safe="/"),
        now=when(is_now, fill(' aria-current="true"')),
        shown=shown,
    )


def _rooms(visit: Visit) -> Html:
    path = visit.request.path
    entries = [
        fill(
            '<li><a href="{path}"{here}>{words}</a></li>',
            path=entry.path,
            here=when(entry.has(path), fill(' aria-current="page"')),
            words=visit.say(entry.words),
        )
        for entry in NAVIGATION
        if entry.scope is None or visit.sees(entry.scope)
    ]
    return fill(
        '<nav class="rooms" aria-label="{name}"><ul>{entries}</ul></nav>',
        name=visit.say(ROOMS),
        entries=entries,
    )


def _is_in(path: str, room: str) -> bool:
    return path == room or (room != "/" and path.startswith(f"{room}/"))


def _foot(visit: Visit) -> Html:
    languages, themes = choose_look(visit.place, visit.language, theme_of(visit.request))
    out = form(visit, "/console/sign-out", Html(), SIGN_OUT, kind="plain", for_all=True)
    return fill(
        _FOOT,
        who=visit.say(
            SIGNED_IN_AS if visit.session.id else OPEN, name=visit.told(visit.session.key.name)
        ),
        out=when(visit.session.id, out),
        languages=languages,
        themes=themes,
        version=__version__,
    )


def _notice(visit: Visit) -> Html:
    """What the POST before this page has done."""
    query = visit.request.query
    words, count = visit.notices.get(query.get(DONE, "")), query.get(COUNT, "")
    if words is None:
        return Html()
    shown = f"{int(count):,}" if _COUNT.fullmatch(count) else "–"
    return fill('<p class="notice" role="status">{words}</p>', words=visit.say(words, count=shown))


def _unconnected(visit: Visit) -> Html:
    """Regions that are there before their words are: a screen reader says what appears in them."""
    before, _, after = visit.say(UNCONNECTED).partition("{at}")
    return fill(
        '<div class="unconnected" role="status"><p id="unconnected" hidden>'
        "{before}<time>{at}</time>{after}</p></div>"
        '<div class="unconnected" role="status"><p id="gone" hidden>{gone}</p></div>',
        before=before,
        at=f"{visit.now.astimezone(ZONE):%H:%M}",
        after=after,
        gone=visit.say(GONE),
    )
