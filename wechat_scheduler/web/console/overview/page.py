"""`/`: the first page. What needs a person comes first, then what happened, then the daemon itself."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.account_names import account_names
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.overview.daemon import daemon
from wechat_scheduler.web.console.overview.errors import errors
from wechat_scheduler.web.console.overview.faults import credential_faults
from wechat_scheduler.web.console.overview.idle_apps import idle_apps
from wechat_scheduler.web.console.overview.needs import needs
from wechat_scheduler.web.console.overview.numbers import numbers
from wechat_scheduler.web.console.overview.standing import standing
from wechat_scheduler.web.console.parts import facts, joined, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.native.overview import OverviewResult
from wechat_scheduler.web.native.statistics import StatisticsResult
from wechat_scheduler.web.pages.markup import Html

W = Words

TITLE = W("Overview", "总览")
_DAYS: Final = 30
KEY, SCOPES = W("Your key", "当前 key"), W("Scopes", "权限")
CLOSED = W("What it lacks", "缺少的权限")
READS = W("read: this page shows what is kept", "read：此页显示保存的内容")


async def overview(visit: Visit) -> web.Response:
    """For a key that does not read, a page that says so."""
    if not visit.sees(Scope.READ):
        return layout(visit, TITLE, _closed(visit))
    found = await visit.api.get("/v1/overview", OverviewResult)
    parts = [standing(visit, found)]
    if found.store.answers:
        alerts = await visit.api.page("/v1/alerts", AlertResult, state="firing")
        days = _DAYS if visit.request.query.get("days") else None
        lately = await visit.api.get("/v1/statistics", StatisticsResult, days=days)
        faults = await credential_faults(visit, found.credentials)
        names = await account_names(visit, alerts.rows) if faults or alerts.rows else {}
        parts = [
            needs(visit, alerts, found.credentials, faults, names, await idle_apps(visit)),
            *parts,
            numbers(visit, lately),
            await errors(visit, lately, faults),
        ]
    return layout(visit, TITLE, joined([*parts, daemon(visit, found)]), live=True)


def _closed(visit: Visit) -> Html:
    key = visit.session.key
    scopes = visit.listed(sorted(scope.value for scope in key.scopes))
    pairs = [(terms.NAME, key.name), (SCOPES, scopes), (CLOSED, visit.say(READS))]
    return section(visit, KEY, facts(visit, pairs), id="key")


async def home(_: Visit) -> web.StreamResponse:
    """`GET /console`, which a person types from the address of another page."""
    return web.Response(status=303, headers={hdrs.LOCATION: "/"})


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, "/", overview),
    ConsoleRoute(hdrs.METH_GET, "/console", home),
    ConsoleRoute(hdrs.METH_GET, "/console/", home),
)
