"""The names of the apps that send for an account, beside its appid: WeChat gives accounts no other name here."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.pages.markup import Html, fill, when

# Of an account with more apps the first ones are named.
MOST_NAMES: Final = 2


async def account_names(visit: Visit) -> Mapping[str, str]:
    """The names by appid; none for a key that does not see apps."""
    if not visit.sees(Scope.PUSH):
        return {}
    found: dict[str, list[str]] = {}
    for app in (await apps_of(visit)).values():
        found.setdefault(app.appid, []).append(app.name)
    return {appid: visit.listed(names[:MOST_NAMES]) for appid, names in found.items()}


def named(names: Mapping[str, str], appid: str, shown: Html) -> Html:
    """What shows the account, with its name behind it."""
    name = names.get(appid, "")
    return fill(
        "{shown}{name}",
        shown=shown,
        name=when(name, fill(' <span class="faint">{name}</span>', name=name)),
    )
