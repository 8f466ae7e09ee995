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
# The beginning of what an alert about the messages of one app is about.
OF_APP: Final = "app/"


async def account_names(visit: Visit, alerts: Iterable[AlertResult]) -> Mapping[str, str]:
    """The names by appid, and those of apps by `app/ID`. An alert tells what its account is called; a key that does not see apps has no other names."""
    called = {alert.appid: alert.name for alert in alerts if alert.name}
    visit.account_names.update(called)  # for links to them
    if not visit.sees(Scope.PUSH):
        return called
    found: dict[str, list[str]] = {}
    apps = await apps_of(visit)
    for app in apps.values():
        found.setdefault(app.appid, []).append(app.name)
    of_apps = {appid: visit.listed(names[:MOST_NAMES]) for appid, names in found.items()}
    return of_apps | called | {f"{OF_APP}{number}": app.name for number, app in apps.items()}


def whose(alert: AlertResult) -> str:
    """What `names` are asked for: the app of an alert about one, else the account."""
    return alert.subject if alert.subject.startswith(OF_APP) else alert.appid


def named(names: Mapping[str, str], appid: str, shown: Html) -> Html:
    """What shows the account, with its name behind it."""
    name = names.get(appid, "")
    return fill(
        "{shown}{name}",
        shown=shown,
        name=when(name, fill(' <span class="faint">{name}</span>', name=name)),
    )
