"""The question before a dangerous form is carried out, for browsers without scripts. Where scripts run, the
script has asked before the form came."""

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

W = Words

TITLE = W("Are you sure?", "确定吗？")
YES, NO = W("Yes, do it", "确定"), W("No, back", "取消")
_FORM: Final = """<section><p>{question}</p>
<form method="post" action="{action}">{fields}<div class="buttons"><button class="danger">{yes}</button>
<a class="button" href="{back}">{no}</a></div></form></section>"""
_FIELD: Final = '<input type="hidden" name="{name}" value="{value}">'


def unanswered(visit: Visit) -> str:
    """The question that the form asks and that was not answered; empty if there is none."""
    return "" if visit.form.get(SURE) else visit.form.get(ASK, "")


async def question(visit: Visit, text: Html | str) -> web.Response:
    """A page with the same form behind the question."""
    kept = [(name, value) for name, value in visit.fields if name not in (ASK, SURE)]
    made = [fill(_FIELD, name=name, value=value) for name, value in [*kept, (SURE, "1")]]
    body = fill(
        _FORM,
        question=text,
        action=str(visit.request.rel_url),
        fields=made,
        yes=visit.say(YES),
        no=visit.say(NO),
        back=await page_of_form(visit.request),
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
    above = path.rpartition("/")[0] or "/"
    if await _can_be_opened(request, path):
        return place
    return above if await _can_be_opened(request, above) else "/"


async def _can_be_opened(request: web.Request, path: str) -> bool:
    url = URL(tidied(hdrs.METH_GET, path), encoded=True)
    page = InnerRequest(request, hdrs.METH_GET, url, {}, headers={}, body=b"")
    return (await request.app.router.resolve(page)).http_exception is None
