"""`/console/people`: the apps, and the way to a user. `/console/people/make` makes an app."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import SURE, form, text_field
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.known_accounts import (
    ACCOUNTS,
    is_unregistered,
    known_accounts,
    learn_names,
    told_lacking,
)
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, button, link, links, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import (
    advice,
    code,
    facts,
    joined,
    none_yet,
    search,
    searched,
    secret_section,
    section,
    spaced,
    table,
)
from wechat_scheduler.web.console.people.app import TOKEN
from wechat_scheduler.web.console.people.frame import PEOPLE, app_url
from wechat_scheduler.web.console.people.user_search import ACCOUNT, SEARCH_USERS, user_search
from wechat_scheduler.web.console.questions import question
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.query import PAGE
from wechat_scheduler.web.native.sending.app_bodies import AppResult, MadeAppResult
from wechat_scheduler.web.pages.markup import Html, when

W = Words

CREATED = W("The app is made", "应用已创建")
TEXT = W("Name, id or account", "名称、编号或账号")
NO_APPS = W(
    "No apps here. An app is a tenant that sends messages and reminders through one account.",
    "这里没有应用。应用是租户，通过一个账号发消息和提醒。",
)
FIRST = W("Make the first one.", "请先创建一个。")
NONE_FOUND = W("No app fits.", "没有符合的应用。")
MAKE = W("Make an app", "创建应用")
APPID_HINT = W(
    "The app sends through it. It cannot be changed later.", "应用通过它发送，以后不能改。"
)
CALLBACK_HINT = W(
    "Optional: the address that is told, signed, when users subscribe and write.",
    "可选：用户订阅和发消息时，签名通知这个地址。",
)
SECRETS = W("Its secrets", "密钥")
APP_KEY = W("App key, for signed set_reminder calls", "app key，用于腾讯 set_reminder 接口")
SIGNING = W("Signing secret of the callback", "回调的签名密钥")
NEXT = W("What comes next", "接下来")
NEXT_PUSHES = W("Have WeChat's pushes come to this daemon", "接收微信的推送")
NEXT_CODE = W("Make a QR code, so that users subscribe", "生成二维码，让用户订阅")
NEXT_TEMPLATES = W("Choose the templates", "配置模板")
NEXT_TEST = W("Write a first message", "写第一条消息")
OPEN_APP = W("Open the app", "打开应用")
EVEN_SO = W("Make the app even so?", "仍然创建应用？")
NAMES: Final = ("name", "appid", "callback")


async def apps(visit: Visit) -> web.Response:
    query = visit.request.query
    wanted = query.get("search", "")
    found = await visit.api.page(
        "/v1/apps", AppResult, search=wanted or None, after=query.get("after"), limit=PAGE
    )
    await learn_names(visit, (app.appid for app in found.rows))
    rows = [
        (
            link(app_url(app), app.name),
            code(str(app.id)),
            account_link(visit, app.appid),
            visit.time(app.created_at),
        )
        for app in found.rows
    ]
    field = text_field(visit, "search", TEXT, wanted, type="search", maxlength=128)
    heads = (terms.NAME, terms.ID, terms.ACCOUNT, terms.CREATED)
    empty = none_yet(visit, of_accounts(visit, NO_APPS), FIRST, Scope.ADMIN)
    if wanted:
        empty = searched(visit, NONE_FOUND, [(TEXT, wanted)])
    listed = [
        search(visit, PEOPLE, field, name=terms.APPS),
        table(visit, terms.APPS, heads, rows, empty=empty),
        pager(visit, found),
        when(visit.may(Scope.ADMIN), button(visit, MAKE_URL, MAKE)),
    ]
    parts = [
        section(visit, terms.APPS, joined(listed), id="apps"),
        section(visit, SEARCH_USERS, user_search(visit), id="users"),
        await known_accounts(visit),
    ]
    return layout(visit, terms.PEOPLE, joined(parts))


async def new_app(visit: Visit) -> web.Response:
    return await _form_page(visit, visit.request.query.get("appid", ""))


async def make(visit: Visit) -> web.Response:
    given = visit.form
    body = {name: given.get(name, "").strip() for name in NAMES if name in given}
    if SURE not in given and await is_unregistered(visit, appid := body.get("appid", "")):
        return question(visit, spaced(told_lacking(visit, appid), visit.say(EVEN_SO)))
    try:
        answer = await visit.api.post_noted("/v1/apps", MadeAppResult, body, once=visit.once)
    except RequestError as error:
        return await _form_page(visit, error=error)
    return _made_page(visit, answer.result, answer.message)


def _made_page(visit: Visit, made: MadeAppResult, note: str) -> web.Response:
    """What is shown only once, and what comes next."""
    about = facts(
        visit,
        (
            (terms.NAME, made.name),
            (terms.ID, code(str(made.id))),
            (terms.ACCOUNT, code(made.appid)),
        ),
    )
    secrets = ((TOKEN, made.token), (APP_KEY, made.app_key), (SIGNING, made.signing_secret))
    steps = (
        (f"/console/pushes?account={made.appid}#set-up", NEXT_PUSHES),
        (app_url(made, "/codes"), NEXT_CODE),
        (app_url(made, "/templates"), NEXT_TEMPLATES),
        (f"/console/messages/write?app={made.id}", NEXT_TEST),
    )
    parts = [
        section(visit, CREATED, joined([about, advice(visit, note)])),
        secret_section(visit, SECRETS, secrets),
        button(visit, app_url(made), OPEN_APP, kind="main"),
        section(visit, NEXT, links(visit, steps)),
    ]
    return layout(visit, CREATED, joined(parts))


async def _form_page(
    visit: Visit, appid: str = "", error: RequestError | None = None
) -> web.Response:
    body = joined([_form(visit, appid, error), await known_accounts(visit)])
    return layout(visit, MAKE, body, status=error.status if error else 200)


def _form(visit: Visit, appid: str, error: RequestError | None) -> Html:
    fields = FormFields(visit, visit.form, Mistakes(error))
    body = fields.below_refusal(
        [
            fields.text("name", terms.NAME, required=True, maxlength=64),
            fields.text(
                "appid", ACCOUNT, default=appid, hint=APPID_HINT, required=True, maxlength=128, list=ACCOUNTS
            ),
            fields.text("callback", terms.CALLBACK, hint=CALLBACK_HINT, type="url"),
        ]
    )  # fmt: skip
    return form(visit, MAKE_URL, body, MAKE)


MAKE_URL: Final = f"{PEOPLE}/make"
ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PEOPLE, apps),
    ConsoleRoute(hdrs.METH_GET, MAKE_URL, new_app, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, MAKE_URL, make, Scope.ADMIN),
)
