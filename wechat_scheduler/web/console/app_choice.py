"""The apps that a key reaches: to choose one of, and by their names."""

from collections.abc import Mapping

from wechat_scheduler.access.model import Scope
from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, none_yet, spaced
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

NO_APPS, FIRST = W("No apps yet.", "还没有应用。"), W("Make one first.", "请先创建一个。")
BY_ACCOUNT = W("the account's bot", "账号的机器人")
NO_APP_SEEN = W("Your key sees no app.", "当前 key 看不到任何应用。")
MAKE_APP = W("People and apps", "用户与应用")


async def apps_of(visit: Visit) -> dict[int, AppResult]:
    """By id; of very many the oldest. Another is shown by its id."""
    found = await visit.api.page("/v1/apps", AppResult, limit=LARGEST_PAGE)
    return {app.id: app for app in found.rows}


def app_options(apps: Mapping[int, AppResult], chosen: str = "") -> list[tuple[str, Phrase]]:
    """For a field that chooses one or all. One that is chosen and not among them is there by its id."""
    known: dict[str, Phrase] = {"": terms.ALL_APPS, chosen: chosen or terms.ALL_APPS}
    return list((known | {str(app.id): app.name for app in apps.values()}).items())


def app_link(visit: Visit, apps: Mapping[int, AppResult], app_id: int) -> Cell:
    """The app's name. What an account without an app sends belongs to no app."""
    if app_id == ACCOUNT:
        return visit.say(BY_ACCOUNT)
    app = apps.get(app_id)
    return link(f"/console/apps/{app_id}", app.name if app else str(app_id))


def no_apps(visit: Visit) -> Html:
    """Where one app is needed to go on."""
    return fill(
        '<p class="empty">{none}</p>',
        none=spaced(
            visit.say(
                none_yet(visit, of_accounts(visit, NO_APPS, NO_APP_SEEN), FIRST, Scope.ADMIN)
            ),
            link("/console/people", visit.say(MAKE_APP)),
        ),
    )
