"""`/console/apps/{app}`: one app, its tokens, and its removal."""

from typing import Final, Literal

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.known_accounts import learn_names, unregistered
from wechat_scheduler.web.console.links import account_link, button, done, links
from wechat_scheduler.web.console.parts import (
    code,
    facts,
    joined,
    secret_section,
    section,
    state,
)
from wechat_scheduler.web.console.people.frame import (
    ONE,
    PEOPLE,
    TABS,
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.apps import TokenResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

PER_MINUTE = W("Messages a minute", "每分钟消息数")
EACH_PER_MINUTE = W("To one user a minute", "每分钟对一个用户")
NO_LIMIT, NETWORKS = (
    W("no limit", "不限"),
    W("Networks of signed set_reminder calls", "腾讯 set_reminder 接口的来源网段"),
)
ANY = W("any", "任意")
MINI, OFFICIAL = W("Mini-program", "小程序"), W("Official account", "公众号")
DESCRIPTION = W("Description", "说明")
NO_TEMPLATES = W("none: only texts can be sent", "无：只能发客服消息")
MESSAGES, REMINDERS = W("Its messages", "它的消息"), W("Its reminders", "它的提醒")
DANGER = W("Tokens and removal", "token 与删除")
NEW_TOKEN = W("Make a new token", "生成新 token")
NEW_TOKEN_HINT = W(
    "The former token ends at once: programs that use it are refused.",
    "原来的 token 立即失效：使用它的程序会被拒绝。",
)
NEW_TOKEN_SURE = W(
    "The former token of {name} ends at once. Make a new one?",
    "{name} 原来的 token 立即失效。生成新的？",
)
TOKEN_MADE, TOKEN = W("The new token", "新 token"), W("App token", "应用 token")
NEW_LINKS = W("Invalidate all links", "让所有链接失效")
NEW_LINKS_HINT = W(
    "Links in messages that were sent already lead nowhere from then on; later messages have new ones.",
    "已发消息里的链接从此失效，以后的消息用新链接。",
)
NEW_LINKS_SURE = W(
    "Invalidate all links in messages of {name} so far?", "让 {name} 至今所有消息里的链接失效？"
)
REMOVE = W("Remove the app", "删除应用")
REMOVE_HINT = W(
    "Its topics, subscriptions, codes and reminders go with it, and its pending messages are cancelled. There is no way back.",
    "主题、订阅、二维码和提醒一并删除，待发消息被取消，无法恢复。",
)
REMOVE_SURE = W(
    "Remove the app {name} with all that belongs to it?", "删除应用 {name} 及属于它的一切？"
)
BACK = W("Back to the app", "回到应用")
NOTICES: Final = {
    "links": W("All links so far are invalid.", "至今的链接都已失效。"),
    "removed": W("The app is removed.", "应用已删除。"),
    "saved": W("The settings are saved.", "设置已保存。"),
}


async def shown(visit: Visit) -> web.Response:
    app = await app_of(visit)
    lack = await unregistered(visit, app)
    await learn_names(visit, [app.appid])
    sections = [
        when(lack, fill("<section>{lack}</section>", lack=lack)),
        section(visit, terms.ABOUT, _about(visit, app), id="about"),
        section(visit, terms.SEE_ALSO, _leads(visit, app), id="leads"),
        when(visit.may(Scope.ADMIN), section(visit, DANGER, _danger(visit, app), id="danger")),
    ]
    return app_page(visit, app, TABS[0].words, fill("{all}", all=sections))


def _about(visit: Visit, app: AppResult) -> Html:
    def limit(number: int) -> str:
        return str(number) if number else visit.say(NO_LIMIT)

    kind = MINI if app.mini_program else OFFICIAL
    return facts(
        visit,
        [
            (terms.ID, code(str(app.id))),
            (terms.ACCOUNT, account_link(visit, app.appid)),
            (terms.KIND, visit.say(kind)),
            (terms.CREATED, visit.exactly(app.created_at)),
            (terms.ZONE, app.zone),
            (terms.CALLBACK, app.callback),
            (terms.TEMPLATES, visit.listed(app.templates) or state(visit, "warn", NO_TEMPLATES)),
            (PER_MINUTE, limit(app.per_minute)),
            (EACH_PER_MINUTE, limit(app.recipient_per_minute)),
            (NETWORKS, visit.listed(app.networks) or visit.say(ANY)),
            (DESCRIPTION, app.description),
        ],
    )


def _leads(visit: Visit, app: AppResult) -> Html:
    return links(
        visit,
        [
            (f"/console/messages/write?app={app.id}", terms.WRITE_MESSAGE),
            (f"/console/reminders/write?app={app.id}", terms.WRITE_REMINDER),
            (f"/console/messages?app={app.id}", MESSAGES),
            (f"/console/reminders?app={app.id}", REMINDERS),
        ],
    )


def _danger(visit: Visit, app: AppResult) -> Html:
    asks = (NEW_TOKEN_SURE, NEW_LINKS_SURE, REMOVE_SURE)
    token, renewed, sure = (words.filled(name=app.name) for words in asks)
    return fill(
        "{all}",
        all=[
            fill("<p>{hint}</p>{form}", hint=visit.say(hint), form=made)
            for hint, made in (
                (NEW_TOKEN_HINT, _button(visit, app, "token", NEW_TOKEN, token)),
                (NEW_LINKS_HINT, _button(visit, app, "links", NEW_LINKS, renewed)),
                (REMOVE_HINT, _button(visit, app, "remove", REMOVE, sure, kind="danger")),
            )
        ],
    )


def _button(
    visit: Visit,
    app: AppResult,
    action: str,
    words: Words,
    sure: Words,
    *,
    kind: Literal["", "danger", "quiet"] = "quiet",
) -> Html:
    return form(visit, app_url(app, f"/{action}"), Html(), words, kind=kind, confirm=sure)


async def reset_token(visit: Visit) -> web.Response:
    app = await app_of(visit)
    once = visit.form.get("once", "")
    made = await visit.api.post("/v1/apps/{app}/token", TokenResult, once=once, app=app.id)
    shown = secret_section(visit, TOKEN_MADE, [(TOKEN, made.token)])
    return app_page(visit, app, TOKEN_MADE, joined([shown, button(visit, app_url(app), BACK)]))


async def renew_links(visit: Visit) -> web.Response:
    app = await app_of(visit)
    await visit.api.post("/v1/apps/{app}/links", str, app=app.id)
    return done(app_url(app), "links")


async def remove(visit: Visit) -> web.Response:
    await visit.api.delete("/v1/apps/{app}", str, app=visit.request.match_info["app"])
    return done(PEOPLE, "removed")


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, ONE, shown),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/token", reset_token, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/links", renew_links, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/remove", remove, Scope.ADMIN),
)
