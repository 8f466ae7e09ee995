"""`/console/apps/{app}/settings`: a form with what an app may change of itself."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.edits import WAS, check_replaced, edit_of, shown_fields
from wechat_scheduler.web.console.fields import (
    form,
    whole_number,
)
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.people.app import (
    DESCRIPTION,
    EACH_PER_MINUTE,
    NETWORKS,
    PER_MINUTE,
)
from wechat_scheduler.web.console.people.frame import (
    ONE,
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import MOST_PER_MINUTE, AppResult, read_change
from wechat_scheduler.web.pages.markup import Html, when

W = Words

CALLBACK_HINT = W(
    "Now: {now}. Its query is a secret and is not shown; leave this empty to keep it.",
    "现在：{now}。它的查询参数是秘密，不显示；留空则不变。",
)
NO_CALLBACK = W("Remove the callback", "删除回调地址")
ALLOWED: Final = range(MOST_PER_MINUTE + 1)
NO_NUMBER = W(
    "must be 1 to {most} messages, or 0 for no limit", "必须是 1 到 {most} 条，0 表示不限"
).filled(most=f"{MOST_PER_MINUTE:,}")
LIMIT_HINT = W("1 to {most} messages; 0 means no limit.", "1 到 {most} 条；0 表示不限。").filled(
    most=f"{MOST_PER_MINUTE:,}"
)
HOME = W("Home page", "主页")
CONTACT, WELCOME = W("Contact", "联系方式"), W("Welcome", "欢迎语")
WELCOME_HINT = W("Sent to new subscribers.", "发给新订阅者。")
ONCE_AT_MOST = W("Never send a text again that may have arrived", "可能已送达的客服消息不再重发")
MINI = W(
    "The account is a mini-program: templates are its subscribe notices",
    "账号是小程序：模板即它的订阅通知",
)
# The fields of the body that are texts as they are.
TEXTS: Final = ("name", "zone", "home", "contact", "welcome", "description")
LIMITS: Final = ("per_minute", "recipient_per_minute")
SWITCHES: Final = ("at_most_once", "mini_program")


async def settings(visit: Visit) -> web.Response:
    app = await app_of(visit)
    given = {name: text for name, text in _given(app).items() if text}
    return app_page(visit, app, terms.SETTINGS, _form(visit, app, given))


async def change(visit: Visit) -> web.Response:
    app = await app_of(visit)
    edit = edit_of(visit, _given(app), boxes=SWITCHES)
    try:
        edit.check()
        body = edit.only(_body(edit.visit, app))
        if "callback" in body:
            check_replaced(visit, "callback", app.callback)
        await visit.api.patch("/v1/apps/{app}", AppResult, body=body, app=app.id)
    except RequestError as error:
        page = _form(edit.visit, app, edit.visit.form, error)
        return app_page(visit, app, terms.SETTINGS, page, status=error.status)
    return done(app_url(app), "saved")


def _given(app: AppResult) -> Mapping[str, str]:
    """The fields as they are now; a box that is not ticked is empty."""
    found = {name: str(getattr(app, name)) for name in (*TEXTS, *LIMITS)}
    ticked = {name: "on" if getattr(app, name) else "" for name in SWITCHES}
    return {**found, **ticked, "networks": "\n".join(app.networks)}


def _body(visit: Visit, app: AppResult) -> dict[str, Any]:
    """Raises InvalidRequestError."""
    given, typed = visit.form, TypedFields(visit)
    body: dict[str, Any] = {name: given.get(name, "").strip() for name in TEXTS}
    body |= {name: typed.number(name, NO_NUMBER, empty=0, within=ALLOWED) for name in LIMITS}
    body |= {name: name in given for name in SWITCHES}
    body["networks"] = given.get("networks", "").split()
    callback = given.get("callback", "").strip()
    if callback or "no_callback" in given:
        body["callback"] = callback if "no_callback" not in given else ""
    whole, draft = msgspec.json.encode(body), draft_app(app.name, app.appid, now=visit.now)
    typed.check(lambda: read_change(draft, whole, lambda _: None))
    return body


def _form(
    visit: Visit, app: AppResult, given: Mapping[str, str], error: RequestError | None = None
) -> Html:
    networks = given.get("networks", "").split()
    fields = FormFields(visit, given, Mistakes(error, lists={"networks": networks}))
    hint = CALLBACK_HINT.filled(now=app.callback) if app.callback else None
    number = {"hint": LIMIT_HINT, **whole_number(ALLOWED)}
    body = fields.below_refusal(
        [
            fields.text("name", terms.NAME, required=True, maxlength=64),
            fields.text("zone", terms.ZONE, maxlength=64),
            fields.text("callback", terms.CALLBACK, hint=hint, type="url"),
            when(app.callback, fields.check("no_callback", NO_CALLBACK)),
            fields.text("per_minute", PER_MINUTE, **number),
            fields.text("recipient_per_minute", EACH_PER_MINUTE, **number),
            fields.area("networks", NETWORKS, hint=terms.NETWORKS_HINT, rows=3),
            fields.check("at_most_once", ONCE_AT_MOST),
            fields.check("mini_program", MINI),
            fields.text("home", HOME, type="url"),
            fields.text("contact", CONTACT),
            fields.area("welcome", WELCOME, hint=WELCOME_HINT, rows=3),
            fields.area("description", DESCRIPTION, rows=3),
        ]
    )
    shown = {**shown_fields(_given(app)), f"{WAS}callback": app.callback}
    return form(visit, app_url(app, "/settings"), body, terms.SAVE, fields=shown)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, f"{ONE}/settings", settings, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/settings", change, Scope.ADMIN),
)
