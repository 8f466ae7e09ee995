"""Shows the apps whose account has no credential here: all that they send waits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.account_names import named
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.known_accounts import LACKS, lacking, told_lacking
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import code, joined, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill

# Apps of an account that are named.
MOST_APPS: Final = 3
_ITEM: Final = """<li class="need">
<h3 class="head">{state} {apps} {appid}</h3>
<p class="text">{told}</p></li>"""


async def idle_apps(visit: Visit) -> Mapping[str, Sequence[AppResult]]:
    """By account; none for a key that may not see apps and credentials."""
    if not (visit.sees(Scope.PUSH) and visit.sees(Scope.READ)):
        return {}
    apps: dict[str, list[AppResult]] = {}
    for app in (await apps_of(visit)).values():
        apps.setdefault(app.appid, []).append(app)
    return {appid: apps[appid] for appid in await lacking(visit, apps)}


def idle_items(visit: Visit, idle: Mapping[str, Sequence[AppResult]]) -> Iterator[Html]:
    for appid, apps in idle.items():
        links = [link(f"/console/apps/{app.id}", app.name) for app in apps[:MOST_APPS]]
        yield fill(
            _ITEM,
            state=state(visit, "bad", LACKS),
            apps=joined(fill("{one} ", one=one) for one in links),
            appid=named(visit.account_names, appid, code(appid)),
            told=told_lacking(visit, appid),
        )
