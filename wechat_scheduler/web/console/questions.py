"""The question before a dangerous form is carried out, for browsers without scripts. Where scripts run, the
script has asked before the form came."""

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from yarl import URL

from wechat_scheduler.web.console.fields import ASK, SURE
from wechat_scheduler.web.console.inner_request import InnerRequest
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.local_paths import local_path
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.slashes import tidied
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.parts import hidden

W = Words

_ROOM: Final = "/console/"
TITLE = W("Are you sure?", "确定吗？")
YES, NO = W("Yes, do it", "确定"), W("No, back", "取消")
_FORM: Final = """<section data-posted="{back}"><p>{question}</p>
<form method="post" action="{action}">{fields}<div class="buttons"><button class="danger">{yes}</button>
<a class="button" href="{back}">{no}</a></div></form></section>"""


def unanswered(visit: Visit) -> str:
    """The question that the form asks and that was not answered; empty if there is none."""
    return "" if visit.form.get(SURE) else visit.form.get(ASK, "")


def question(
    visit: Visit,
    text: Html | str,
    *,
    without: Collection[str] = (),
    instead: Collection[tuple[str, str]] = (),
) -> web.Response:
    """A page with the same form behind the question: `without` the fields of these names, and with others `instead`."""
    left = (ASK, SURE, *without, *dict(instead))
    kept = [*((name, value) for name, value in visit.fields if name not in left), *instead]
    body = fill(
        _FORM,
        question=text,
        action=str(visit.request.rel_url),
        fields=hidden([*kept, (SURE, "1")]),
        yes=visit.say(YES),
        no=visit.say(NO),
        back=visit.place,
    )
    return layout(visit, TITLE, body)


def _page_before(request: web.Request) -> str:
    """The page from which the browser came; the overview if it does not say."""
    try:
        referer = urlsplit(request.headers.get(hdrs.REFERER, ""))
    except ValueError:
        return "/"
    return local_path(f"{referer.path}?{referer.query}" if referer.query else referer.path)


async def page_of_form(request: web.Request) -> str:
    """The page with the form that was posted. One that answers a form has an address that cannot be opened: then the
    page above it."""
    place = _page_before(request)
    path = place.partition("?")[0]
    return place if await _can_be_opened(request, path) else await page_above(request, path)


async def page_above(request: web.Request, path: str) -> str:
    """The nearest page of the console above an address that only forms are sent to; the overview if there is none."""
    for above in map(str, PurePosixPath(path).parents):
        if above.startswith(_ROOM) and await _can_be_opened(request, above):
            return above
    return "/"


async def _can_be_opened(request: web.Request, path: str) -> bool:
    """False also for an address that forms are sent to, and that would be read as the id of something:
    /console/messages/choose is no message."""
    shown = await _routed(request, hdrs.METH_GET, path)
    if shown.http_exception:
        return False
    posted = _pattern(await _routed(request, hdrs.METH_POST, path))
    return not posted.startswith(_ROOM) or posted == _pattern(shown)


async def _routed(request: web.Request, method: str, path: str) -> web.UrlMappingMatchInfo:
    url = URL(tidied(method, path), encoded=True)
    page = InnerRequest(request, method, url, {}, headers={}, body=b"")
    return await request.app.router.resolve(page)


def _pattern(found: web.UrlMappingMatchInfo) -> str:
    """The path of the route, with its `{names}`; empty if there is no route."""
    resource = found.route.resource
    return resource.canonical if resource else ""
