"""The names of accounts beside what is wrong with them: what people call them, else the names of the apps that send for
them."""

from collections.abc import Iterable, Mapping
from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.pages.markup import Html, fill, when

# Of an account with more apps the first ones are named.
MOST_NAMES: Final = 2


async def account_names(visit: Visit, alerts: Iterable[AlertResult]) -> Mapping[str, str]:
    """The names by appid. An alert tells what its account is called; a key that does not see apps has no other names."""
    called = {alert.appid: alert.name for alert in alerts if alert.name}
    visit.account_names.update(called)  # for links to them
    if not visit.sees(Scope.PUSH):
        return called
    found: dict[str, list[str]] = {}
    for app in (await apps_of(visit)).values():
        found.setdefault(app.appid, []).append(app.name)
    of_apps = {appid: visit.listed(names[:MOST_NAMES]) for appid, names in found.items()}
    return of_apps | called


def named(names: Mapping[str, str], appid: str, shown: Html) -> Html:
    """What shows the account, with its name behind it."""
    name = names.get(appid, "")
    return fill(
        "{shown}{name}",
        shown=shown,
        name=when(name, fill(' <span class="faint">{name}</span>', name=name)),
    )
