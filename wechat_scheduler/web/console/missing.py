"""The page of an address below `/console/` that no page has, or that only forms are sent to."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.engine.records import replace
from wechat_scheduler.web.console.admission import visit_of
from wechat_scheduler.web.console.document import document
from wechat_scheduler.web.console.lacking import BACK
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.questions import page_above
from wechat_scheduler.web.console.words import Words, language_of, phrase
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.markup import fill
from wechat_scheduler.web.pages.responses import is_browser

W = Words

TITLE = W("There is no such page", "没有这个页面")
FOR_FORMS = W("This address has no page of its own", "这个地址没有自己的页面")
BACK_TO_FORM = W("To the page with the form", "回到有表单的页面")
_HOME: Final = "/"
_IN_FRAME: Final = '<section><p><a class="button" href="{place}">{back}</a></p></section>'
_BODY: Final = """<main id="content" class="door" tabindex="-1"><section><h1>{title}</h1>
<p><a href="{place}">{back}</a></p></section></main>"""


async def missing(request: web.Request, error: web.HTTPException) -> web.StreamResponse | None:
    """For browsers, where the console is on; None for all else. It has the menu for those who are signed in."""
    is_on = request.app[SERVICES].running.config.server.console
    if not (is_on and request.path.startswith("/console/") and is_browser(request)):
        return None
    visit = await visit_of(request, {}, None) if request.method == hdrs.METH_GET else None
    of_form = error.status == 405
    place = await page_above(request, request.rel_url.raw_path) if of_form else _HOME
    title, back = (TITLE, BACK) if place == _HOME else (FOR_FORMS, BACK_TO_FORM)
    if visit is not None:
        shown = fill(_IN_FRAME, place=place, back=visit.say(back))
        visit = replace(visit, place=place) if of_form else visit
        return layout(visit, title, shown, status=error.status)
    language = language_of(request)
    shown_title = phrase(title, language)
    body = fill(_BODY, title=shown_title, place=place, back=phrase(back, language))
    return document(request, language, shown_title, body, status=error.status)
