"""`/console/messages/write`: a message to one user, shown as WeChat will show it before it is sent."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import apps_of, no_apps
from wechat_scheduler.web.console.fields import (
    TypedFields,
    area_field,
    form,
    refusal,
    select_field,
    text_field,
)
from wechat_scheduler.web.console.keyword_lines import read_keywords
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.messages.preview import preview
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import joined, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.wall_times import NO_TIME, instant_of
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.message_requests import SentResult, read_message
from wechat_scheduler.web.native.sending.previews import MessagePreviewResult
from wechat_scheduler.web.pages.markup import Html

W = Words

TITLE = W("Write a test message", "写一条测试消息")
CONTENT, SHOWN = W("The message", "消息内容"), W("What the user will see", "用户会看到")
TO_HINT = W(
    "One user: a uid, an openid, or the app's own name", "一个用户：uid、openid 或应用自己的用户名"
)
CHANNELS: Final = {
    "auto": terms.AS_WECHAT_ALLOWS,
    "template": terms.TEMPLATE_MESSAGE,
    "text": terms.TEXT_IN_TIME,
    "subscribe": terms.SUBSCRIBE_NOTICE,
}
PRIORITIES: Final = {
    "normal": W("Normal", "普通"),
    "urgent": W("Urgent: ignores quiet hours", "紧急：忽略免打扰时段"),
    "bulk": W("Bulk", "批量"),
}
TEXT = W("Text", "正文")
TEMPLATE_HINT = W(
    "An alias of the app's, or WeChat's template id; empty for the app's own choice",
    "应用里的别名或微信的模板 ID；留空则由应用决定",
)
DATA_HINT = W("One on each line, such as thing1: parcel", "每行一个，例如 thing1：包裹")
SEND = W("Send it now", "现在发送")
NO_APP = W("choose the app that sends", "请选择发送的应用")

WRITE: Final = "/console/messages/write"
FIELDS: Final = (
    "app", "to", "channel", "title", "text", "template", "data", "url", "priority", "not_before",
)  # fmt: skip


async def write(visit: Visit) -> web.Response:
    return await _page(visit, visit.request.query)


async def show(visit: Visit) -> web.Response:
    """The form as it was filled in, with the preview below."""
    try:
        found = await visit.api.post("/v1/messages/preview", MessagePreviewResult, _body(visit))
    except RequestError as error:
        return await _page(visit, visit.form, error)
    return await _page(visit, visit.form, shown=found)


async def send(visit: Visit) -> web.Response:
    try:
        sent = await visit.api.post(
            "/v1/messages", SentResult, _body(visit), once=visit.form.get("once", "")
        )
    except RequestError as error:
        return await _page(visit, visit.form, error)
    return done(f"/console/deliveries/{sent.deliveries[0].id}", "sent")


def _body(visit: Visit) -> dict[str, Any]:
    """The message of our API. Raises InvalidRequestError, which tells of each field that is wrong."""
    given, typed = visit.form, TypedFields(visit)
    told = {name: given.get(name, "").strip() for name in FIELDS}
    with typed.wrong:
        if not ID.fullmatch(told["app"]):
            raise InvalidRequestError(visit.say(NO_APP), field="app")
    body: dict[str, Any] = {
        "app": int(told["app"]) if not typed.wrong else 0,
        "to": [told["to"]] if told["to"] else [],
        "channel": told["channel"] or "auto",
        "priority": told["priority"] or "normal",
        "title": told["title"],
        "text": given.get("text", "").replace("\r\n", "\n"),
        "template": told["template"],
        "url": told["url"],
    }
    with typed.wrong:
        body["data"] = read_keywords(visit, told["data"], field="data")
    with typed.wrong:
        if told["not_before"]:
            body["not_before"] = instant_of(
                told["not_before"], field="not_before", trouble=visit.say(NO_TIME)
            )
    typed.check(lambda: read_message(msgspec.json.encode(body), now=visit.now))
    return body


async def _page(
    visit: Visit,
    given: Mapping[str, str],
    error: RequestError | None = None,
    shown: MessagePreviewResult | None = None,
) -> web.Response:
    known = await apps_of(visit)
    if not known:
        return layout(visit, TITLE, section(visit, CONTENT, no_apps(visit)))
    names = [(str(app.id), app.name) for app in known.values()]
    parts = [section(visit, CONTENT, _form(visit, given, names, error))]
    if shown is not None:
        parts.insert(0, section(visit, SHOWN, _shown(visit, given, shown), id="preview"))
    return layout(visit, TITLE, joined(parts), status=Mistakes(error).status)


def _shown(visit: Visit, given: Mapping[str, str], found: MessagePreviewResult) -> Html:
    looks = preview(visit, found)
    if found.error:
        return looks
    fields = {name: given.get(name, "") for name in FIELDS}
    sending = form(visit, f"{WRITE}/send", Html(), SEND, fields=fields)
    return joined([looks, sending])


def _form(
    visit: Visit,
    given: Mapping[str, str],
    known: list[tuple[str, str]],
    error: RequestError | None,
) -> Html:
    mistakes = Mistakes(error)
    wrong = mistakes.at

    def value(name: str) -> str:
        return given.get(name, "")

    def choice(name: str, words: Words, options: Mapping[str, Words]) -> Html:
        return select_field(visit, name, words, options.items(), value(name), error=wrong(name))

    fields = [
        refusal(mistakes.beside(FIELDS)),
        select_field(visit, "app", terms.APP, known, value("app"), error=wrong("app")),
        text_field(visit, "to", terms.TO, value("to"), hint=TO_HINT, error=wrong("to"), required=True),
        choice("channel", terms.CHANNEL, CHANNELS),
        text_field(visit, "title", terms.TITLE, value("title"), error=wrong("title")),
        area_field(visit, "text", TEXT, value("text"), error=wrong("text")),
        text_field(
            visit, "template", terms.TEMPLATE, value("template"), hint=TEMPLATE_HINT, error=wrong("template")
        ),
        area_field(visit, "data", terms.KEYWORDS, value("data"), hint=DATA_HINT, error=wrong("data")),
        text_field(visit, "url", terms.LINK, value("url"), type="url", error=wrong("url")),
        choice("priority", terms.PRIORITY, PRIORITIES),
        text_field(
            visit, "not_before", terms.NOT_BEFORE, value("not_before"), type="datetime-local",
            error=wrong("not_before"),
        ),
    ]  # fmt: skip
    return form(visit, WRITE, joined(fields), terms.PREVIEW)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, WRITE, write),
    ConsoleRoute(hdrs.METH_POST, WRITE, show),
    ConsoleRoute(hdrs.METH_POST, f"{WRITE}/send", send),
)
