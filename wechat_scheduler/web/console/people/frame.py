"""The frame of the pages of one app: its name, and the way from one to the other."""

from typing import Final, NamedTuple

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import tabs
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html

W = Words

APPS: Final = "/console/apps"
PEOPLE: Final = "/console/people"
ONE: Final = f"{APPS}/{{app}}"


class TabPage(NamedTuple):
    """A page of an app; those that change it need `scope`."""

    path: str
    words: Words
    scope: Scope = Scope.PUSH


TABS: Final = (
    TabPage("", terms.APP),
    TabPage("/subscribers", W("Subscribers", "订阅者")),
    TabPage("/topics", terms.TOPICS),
    TabPage("/codes", W("QR codes", "二维码")),
    TabPage("/templates", terms.TEMPLATES),
    TabPage("/settings", terms.SETTINGS, Scope.ADMIN),
)
PAGES_OF = W("Pages of {name}", "{name} 的页面")


async def app_of(visit: Visit) -> AppResult:
    """The app that the path names. Raises NotFoundError."""
    return await visit.api.get("/v1/apps/{app}", AppResult, app=visit.request.match_info["app"])


def app_url(app: AppResult, path: str = "") -> str:
    return f"{APPS}/{app.id}{path}"


def app_page(
    visit: Visit, app: AppResult, heading: Phrase, body: Html, *, status: int = 200
) -> web.Response:
    title = f"{app.name} · {visit.say(heading)}"
    return layout(visit, title, joined([_tabs(visit, app), body]), status=status)


def _tabs(visit: Visit, app: AppResult) -> Html:
    pages = [(app_url(app, tab.path), tab.words) for tab in TABS if visit.sees(tab.scope)]
    path = visit.request.path
    here = next((url for url, _ in reversed(pages) if f"{path}/".startswith(f"{url}/")), "")
    name = PAGES_OF.filled(name=app.name)
    return tabs(visit, name, [(PEOPLE, terms.ALL_APPS), *pages], here)
