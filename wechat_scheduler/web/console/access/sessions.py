"""Open sessions: listed and ended."""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.tabs import ROOM, access_page
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.key_names import key_names, named_key
from wechat_scheduler.web.console.links import done, pager
from wechat_scheduler.web.console.parts import code, joined, section, state, table
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sessions import SessionResult
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.responses import redirected

W = Words

HERE: Final = f"{ROOM}/sessions"
SESSIONS, OWN = (
    W("Open sessions", "有效会话"),
    W("Open sessions of your key", "当前 key 的有效会话"),
)
EMPTY = W("No browser is signed in.", "目前没有人登录。")
HEADS: Final = (
    terms.KEY,
    W("Address", "地址"),
    W("Browser", "浏览器"),
    W("Signed in", "登录时间"),
    terms.EXPIRES,
    "",
)
THIS = W("this one", "当前会话")
END = W("End", "结束")
END_ASK = W(
    "End the session of {key} from {address}? Its browser has to sign in again.",
    "结束 {key} 在 {address} 的会话？浏览器需要重新登录。",
)
# What tells a browser apart. Most say that they are others too: the first that is found is meant.
BROWSERS: Final = (
    ("MicroMessenger/", "WeChat 微信"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
NOTICES: Final = {"session_ended": W("The session has ended.", "会话已结束。")}


async def listed(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/sessions`."""
    after = visit.request.query.get("after") or None
    names = await key_names(visit)
    rows = await visit.api.page("/v1/sessions", SessionResult, after=after)
    heading = SESSIONS if visit.may(Scope.ADMIN) else OWN
    body = joined(
        [
            table(
                visit, heading, HEADS, (_row(visit, one, names) for one in rows.rows), empty=EMPTY
            ),
            pager(visit, rows),
        ]
    )
    return access_page(visit, HERE, section(visit, heading, body))


async def end(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/sessions/{session}/end`."""
    session = visit.request.match_info["session"]
    await visit.api.delete("/v1/sessions/{session}", str, session=session)
    return redirected("/") if session == visit.session.id else done(HERE, "session_ended")


def _row(visit: Visit, one: SessionResult, names: Mapping[str, str]) -> list[Html | str]:
    is_this = one.id == visit.session.id
    action = f"{HERE}/{one.id}/end"
    return [
        fill(
            "{key} {this}",
            key=named_key(visit, one.key, names),
            this=when(is_this, state(visit, "good", THIS)),
        ),
        code(one.address),
        fill(
            '<span title="{whole}">{short}</span>',
            whole=one.user_agent,
            short=_browser(one.user_agent),
        ),
        visit.time(one.created_at),
        visit.time(one.expires_at),
        form(
            visit,
            action,
            Html(),
            END,
            kind="danger",
            confirm=END_ASK.filled(key=names.get(one.key, one.key), address=one.address),
        ),
    ]


def _browser(user_agent: str) -> str:
    """The names of the browser and of its system; what is sent where neither is known."""
    browser = next((shown for name, shown in BROWSERS if name in user_agent), "")
    system = next((shown for name, shown in SYSTEMS if name in user_agent), "")
    return " · ".join(filter(None, (browser, system))) or user_agent


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, HERE, listed),
    ConsoleRoute(hdrs.METH_POST, f"{HERE}/{{session}}/end", end),
)
