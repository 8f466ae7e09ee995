"""`/console/people/users`: the users of all accounts, by account and by what they are called."""

from contextlib import suppress
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.known_accounts import ACCOUNTS, known_accounts, learn_names
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, link, pager
from wechat_scheduler.web.console.parts import (
    advice,
    code,
    joined,
    search,
    searched,
    section,
    spaced,
    table,
)
from wechat_scheduler.web.console.people.frame import APPS, PEOPLE
from wechat_scheduler.web.console.people.reach import reach_badge
from wechat_scheduler.web.console.person_names import person_name
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.subscriber_bodies import UserResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TITLE = W("Users of the accounts", "账号的用户")
CALLED = W("Nickname, an app's name, uid or openid", "昵称、应用的用户名、uid 或 openid")
ACCOUNT = W("Account (appid)", "账号（appid）")
USERS_HEADING = W("Users", "用户")
NONE = W(
    "No users. A user is known once they follow an account whose pushes come here, or are bound by an app.",
    "没有用户。公众号的推送到达这里之后的关注者，以及应用绑定的用户，才会出现。",
)
ONLY_ACTIVE = W(
    "Only those are known who did something since their account's pushes come here. Who followed before is listed once they "
    "scan the QR code of an app, or write anything to the account.",
    "这里只有公众号的推送到达这里之后有过动作的人。以前的关注者扫一下应用的二维码，或在公众号里随便发一句话，就会出现。",
)
KNOWN_OPENIDS = W(
    "Or a system binds them by their openids, up to 1000 in one request; WeChat lists the openids of all followers with /cgi-bin/user/get.",
    "也可以由业务系统按 openid 绑定，一次最多 1000 个；微信的 /cgi-bin/user/get 列出公众号关注者的全部 openid。",
)
TO_BINDING = W("How users are bound", "绑定用户的接口")
BINDING: Final = "/docs/post_v1_apps_app_subscribers"
TO_CODES = W("To the apps and their codes", "去应用里生成二维码")
NONE_FOUND = W("No user fits.", "没有符合的用户。")
SEARCH_USERS = W("Find a user", "查找用户")
NO_APP = W("subscribes to no app", "没有订阅应用")
HOW_TO_REACH = W(
    "Messages are sent by apps: who subscribes to none has no page here. Answer them in mp.weixin.qq.com, have them scan the "
    "QR code of an app, or write them a reminder, for which they need not subscribe.",
    "消息由应用发送，没有订阅应用的人在这里没有自己的页面。可以在 mp.weixin.qq.com 回复，请对方扫应用的二维码，或者写一个提醒：收提醒不需要订阅。",
)
REMIND = W("Write a reminder", "写提醒")
USERS: Final = f"{PEOPLE}/users"
WRITE: Final = "/console/reminders/write"


def user_search(visit: Visit) -> Html:
    """The form that leads to the list."""
    fields = FormFields(visit, visit.request.query)
    made = [
        fields.text("called", CALLED, maxlength=128),
        fields.text("appid", ACCOUNT, maxlength=128, list=ACCOUNTS),
    ]
    return search(visit, USERS, joined(made), name=SEARCH_USERS)


async def users(visit: Visit) -> web.Response:
    query = visit.request.query
    found = await visit.api.page(
        "/v1/subscribers",
        UserResult,
        appid=query.get("appid", "").strip() or None,
        called=query.get("called", "").strip() or None,
        after=query.get("after"),
    )
    names = await _names(visit, {app for one in found.rows for app in one.apps})
    await learn_names(visit, (one.appid for one in found.rows))
    rows = [_row(visit, one, names) for one in found.rows]
    listed = fill(
        '<p class="faint">{only}</p><p class="faint">{known}</p>{search}{how}{table}{pager}',
        how=when(
            any(not one.apps for one in found.rows),
            advice(
                visit,
                spaced(
                    visit.say(HOW_TO_REACH),
                    when(visit.may(Scope.PUSH), link(WRITE, visit.say(REMIND))),
                ),
            ),
        ),
        only=spaced(visit.say(ONLY_ACTIVE), link(PEOPLE, visit.say(TO_CODES))),
        known=spaced(visit.say(KNOWN_OPENIDS), link(BINDING, visit.say(TO_BINDING))),
        search=user_search(visit),
        table=table(
            visit,
            TITLE,
            (terms.USER, ACCOUNT, terms.STATE, terms.LAST_ACT, terms.APPS),
            rows,
            empty=_none(visit),
        ),
        pager=pager(visit, found),
    )
    body = joined([section(visit, USERS_HEADING, listed, id="users"), await known_accounts(visit)])
    return layout(visit, TITLE, body)


def _none(visit: Visit) -> Words:
    sought = [
        (name, visit.request.query.get(field, "").strip())
        for field, name in (("called", CALLED), ("appid", ACCOUNT))
    ]
    is_filtered = any(value for _, value in sought)
    return searched(visit, NONE_FOUND, sought) if is_filtered else of_accounts(visit, NONE)


async def _names(visit: Visit, wanted: set[int]) -> dict[int, str]:
    """The names of these apps. Each is in the memory of the daemon."""
    found = {}
    for app in sorted(wanted):
        with suppress(NotFoundError):  # it was removed meanwhile
            found[app] = (await visit.api.get("/v1/apps/{app}", AppResult, app=app)).name
    return found


def _row(visit: Visit, user: UserResult, names: dict[int, str]) -> tuple[Html, ...]:
    return (
        fill("{name}{openid}", name=_named(user), openid=code(user.openid)),
        account_link(visit, user.appid),
        reach_badge(visit, user),
        visit.time(user.heard_at),
        joined(
            fill("<div>{link}</div>", link=link(f"{APPS}/{app}/subscribers/{user.uid}", names[app]))
            for app in user.apps
            if app in names
        )
        if user.apps
        else fill('<span class="faint">{none}</span>', none=visit.say(NO_APP)),
    )


def _named(user: UserResult) -> Html:
    """The nickname, and the names of apps below it."""
    name, *others = dict.fromkeys(filter(None, (user.nickname, *user.names))) or ("",)
    return fill(
        "{name} {others}<br>",
        name=person_name(user.uid, name, user.openid),
        others=when(others, fill('<small class="below">{names}</small>', names=" · ".join(others))),
    )


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, USERS, users),)
