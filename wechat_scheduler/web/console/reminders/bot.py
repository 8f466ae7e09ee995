"""`/console/reminders/bot`: which accounts have a bot, what it takes, and where that is changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.durations import duration
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.known_accounts import lacking, learn_names, told_lacking
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, link
from wechat_scheduler.web.console.parts import Cell, facts, joined, section, state, table
from wechat_scheduler.web.console.reminders.pieces import BOT, tabs
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.push_endpoints import PushEndpointResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.settings import SettingResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

TITLE = W("Bot", "机器人")
PUSHES, TAKER = W("Hears users", "能收到用户消息"), W("App of its reminders", "提醒归属的应用")
TEMPLATE = W("After 48 hours", "48 小时之后")
MUTE = W("cannot remind", "发不出提醒")
HEARS, DEAF = W("yes", "能"), W("no callback", "没有回调")
REFUSED, UNPROVEN = (
    W("no: the last push was refused", "不能：上一个推送被拒绝"),
    W("not known: URL not verified, no push yet", "未知：地址未验证，还没有推送"),
)
BY_TEMPLATE = W("by template", "用模板消息")
NOT_SENT = W("not reached: no template for reminders", "发不到：没有提醒用的模板")
NO_APP = W("none: within 48 hours only", "没有：只在 48 小时内提醒")
NONE = W(
    "No accounts with an app or a callback yet. The bot answers an account whose callback is set.",
    "还没有带应用或回调的公众号。设置了回调的公众号才有机器人。",
)
MODE = W("What the bot takes", "机器人接什么")
MODES: Final[Mapping[str, Words]] = {
    "on": W("on: every message that has a time and is no chat", "on：所有带时间、又不是闲聊的消息"),
    "asked": W(
        "asked: messages with a word such as 提醒, 叫我 or 记得",
        "asked：带“提醒”“叫我”“记得”等词的消息",
    ),
    "off": W("off: only leaving a reminder", "off：只接退出提醒"),
}
SHORTEST = W("Shortest repetition", "最短的重复间隔")
KEPT, LINKS = W("Ended ones are kept", "结束后保留"), W("Links in its answers", "回复里的链接")
NO_LINKS = W("none: server.public_url is not set", "没有：未设置 server.public_url")
WHERE = W(
    "These are in the configuration: [reminders] and server.public_url in config.toml, or {variable} in the environment. A "
    "reload applies reminders.shortest and reminders.retention, a restart of the daemon also reminders.bot and server.public_url.",
    "这些在配置里：config.toml 的 [reminders] 和 server.public_url，或者环境变量 {variable}。重新读取配置后，reminders.shortest 和 reminders.retention 生效；reminders.bot 和 server.public_url 要重启守护进程。",
)
HIDDEN = W(
    "The settings are shown to keys with the scope admin.", "有 admin 权限的 key 才能看到设置。"
)
CHANGES = W(
    "An app's time zone and its template for reminders are changed on the app's page; a user's own time zone comes first.",
    "应用的时区和提醒用的模板在应用页面修改；用户自己的时区优先。",
)
EXAMPLE = W(
    "A user who writes neither a reminder nor a question, to an account without an app's callback, gets an example of what the bot understands, once a day. "
    "With reminders.bot = asked it is not sent.",
    "应用没有回调的公众号，用户发来既不是提醒也不是提问的话，每天最多收到一次示例，说明机器人听得懂什么。设 reminders.bot = asked，就不再发。",
)
VARIABLE: Final = "WECHAT_SCHEDULER_REMINDERS_BOT"
# The purpose of a template.
REMINDER: Final = "reminder"


async def bot(visit: Visit) -> web.Response:
    apps = list((await apps_of(visit)).values())
    hearing = await _hearing(visit)
    names = {app.appid for app in apps} | set(hearing or ())
    bare = await lacking(visit, names)
    await learn_names(visit, names)
    body = fill(
        "{tabs}{accounts}{settings}",
        tabs=tabs(visit, BOT),
        accounts=section(
            visit, terms.ACCOUNTS, _accounts(visit, apps, hearing, bare), id="accounts", live=True
        ),
        settings=section(visit, terms.SETTINGS, await _settings(visit), id="settings"),
    )
    return layout(visit, TITLE, body, live=True)


async def _hearing(visit: Visit) -> Mapping[str, PushEndpointResult] | None:
    """The accounts with a callback; None if the key may not see that."""
    if not visit.sees(Scope.READ):
        return None
    found = await visit.api.get("/callbacks", list[PushEndpointResult])
    return {endpoint.appid: endpoint for endpoint in found}


def _accounts(
    visit: Visit,
    apps: Sequence[AppResult],
    hearing: Mapping[str, PushEndpointResult] | None,
    bare: Collection[str],
) -> Html:
    names = sorted({app.appid for app in apps} | set(hearing or ()))
    rows = [_row(visit, name, taker(apps, name), hearing, bare) for name in names]
    heads = (terms.ACCOUNT, PUSHES, TAKER, TEMPLATE, terms.ZONE)
    return fill(
        '{table}<p class="faint">{changes}</p><p class="faint">{example}</p>',
        table=table(visit, terms.ACCOUNTS, heads, rows, empty=of_accounts(visit, NONE)),
        changes=visit.say(CHANGES),
        example=visit.say(EXAMPLE),
    )


def taker(apps: Iterable[AppResult], appid: str) -> AppResult | None:
    """The app that a reminder of the bot belongs to, unless the user muted it or is blocked: one with a template
    for reminders, else the oldest."""
    own = [app for app in apps if app.appid == appid]
    return min(own, key=lambda app: (REMINDER not in app.templates, app.created_at), default=None)


def _row(
    visit: Visit,
    appid: str,
    app: AppResult | None,
    hearing: Mapping[str, PushEndpointResult] | None,
    bare: Collection[str],
) -> tuple[Cell, ...]:
    hears: Cell = "–"
    if hearing is not None:
        hears = _hears(visit, hearing.get(appid))
    if appid in bare:
        hears = joined(
            [state(visit, "bad", MUTE), fill("<p>{told}</p>", told=told_lacking(visit, appid))]
        )
    if app is None:
        return (account_link(visit, appid), hears, visit.say(NO_APP), visit.say(NOT_SENT), "–")
    has_template = REMINDER in app.templates
    return (
        account_link(visit, appid),
        hears,
        link(f"/console/apps/{app.id}", app.name),
        visit.say(BY_TEMPLATE if has_template else NOT_SENT),
        app.zone,
    )


def _hears(visit: Visit, endpoint: PushEndpointResult | None) -> Html:
    if endpoint is None:
        return state(visit, "idle", DEAF)
    proofs = (endpoint.verified_at, endpoint.pushed_at, endpoint.ticket_at)
    came = max((at for at in proofs if at and at >= endpoint.changed_at), default=None)
    refused = endpoint.refused
    if refused is not None and refused.at >= (came or endpoint.changed_at):
        return state(visit, "bad", REFUSED)
    return state(visit, "good", HEARS) if came else state(visit, "warn", UNPROVEN)


async def _settings(visit: Visit) -> Html:
    if not visit.may(Scope.ADMIN):
        return fill('<p class="empty">{hidden}</p>', hidden=visit.say(HIDDEN))
    found = await visit.api.get("/v1/settings", list[SettingResult])
    values = {one.path: one.value for one in found}
    mode = values["reminders.bot"]
    return fill(
        '{facts}<p class="faint">{where}</p>',
        facts=facts(
            visit,
            [
                (MODE, visit.say(MODES[mode]) if mode in MODES else mode),
                (SHORTEST, duration(visit, values["reminders.shortest"])),
                (KEPT, duration(visit, values["reminders.retention"])),
                (LINKS, values["server.public_url"] or visit.say(NO_LINKS)),
            ],
        ),
        where=visit.say(WHERE, variable=VARIABLE),
    )


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, BOT, bot),)
