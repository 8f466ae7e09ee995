"""Language and theme of the console, which a visitor's browser keeps in cookies."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.web.console import words
from wechat_scheduler.web.console.document import THEME, THEMES
from wechat_scheduler.web.console.local_paths import local_path
from wechat_scheduler.web.console.session_cookies import set_choice
from wechat_scheduler.web.console.words import Language
from wechat_scheduler.web.kit.route import Route
from wechat_scheduler.web.pages.responses import redirected


async def look(request: web.Request) -> web.Response:
    """`GET /console/look?language=…&theme=…&next=…`; `system` leaves the theme to the browser."""
    query = request.query
    response = redirected(local_path(query.get("next", "")))
    if query.get("language", "") in {one.value for one in Language}:
        set_choice(request, response, words.COOKIE, query["language"])
    if query.get("theme", "") in (*THEMES, "system"):
        set_choice(request, response, THEME, query["theme"])
    return response


ROUTES: Final = (Route(hdrs.METH_GET, "/console/look", look, None),)
