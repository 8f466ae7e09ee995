"""The page of an address below `/console/` that no page has."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.web.console.admission import visit_of
from wechat_scheduler.web.console.document import document
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.words import Words, language_of, phrase
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.markup import fill
from wechat_scheduler.web.pages.responses import is_browser

W = Words

TITLE = W("There is no such page", "没有这个页面")
BACK = W("To the overview", "回到总览")
_IN_FRAME: Final = '<section><p><a class="button" href="/">{back}</a></p></section>'
_BODY: Final = """<main id="content" class="door" tabindex="-1"><section><h1>{title}</h1>
<p><a href="/">{back}</a></p></section></main>"""


async def missing(request: web.Request, error: web.HTTPException) -> web.StreamResponse | None:
    """For browsers, where the console is on; None for all else. It has the menu for those who are signed in."""
    is_on = request.app[SERVICES].running.config.server.console
    if not (is_on and request.path.startswith("/console/") and is_browser(request)):
        return None
    visit = await visit_of(request, {}) if request.method == hdrs.METH_GET else None
    if visit is not None:
        shown = fill(_IN_FRAME, back=visit.say(BACK))
        return layout(visit, TITLE, shown, status=error.status)
    language = language_of(request)
    title = phrase(TITLE, language)
    body = fill(_BODY, title=title, back=phrase(BACK, language))
    return document(request, language, title, body, status=error.status)
