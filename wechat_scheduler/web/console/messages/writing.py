"""`/console/messages/write`: a message to one user, shown as WeChat will show it before it is sent."""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import apps_of, no_apps
from wechat_scheduler.web.console.fields import area_field, form, refusal, select_field, text_field
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done, links
from wechat_scheduler.web.console.messages.drafts import (
    FIELDS,
    HIDDEN,
    begun,
    body_of,
    written_in,
)
from wechat_scheduler.web.console.messages.preview import preview
from wechat_scheduler.web.console.messages.topic_send import (
    TopicReceivers,
    to_topic,
    topic_send,
    unreached,
)
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import advice, joined, section
from wechat_scheduler.web.console.previewed import (
    PREVIEWED,
    WRITTEN,
    changed_since,
    digest_of,
    is_as_previewed,
    send_button,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.message_requests import SentResult
from wechat_scheduler.web.native.sending.previews import MessagePreviewResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

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
FIRST_SUBSCRIBE = W(
    "Have the user scan the code of the app, or send #{app} to the account. Who subscribed to a topic gets what is sent to the topic.",
    "请他扫应用的二维码，或在公众号里发送 #{app}。订阅了主题的人，能收到发给主题的消息。",
)
CODES, TOPICS = W("The app's codes", "应用的二维码"), W("The app's topics", "应用的主题")
SEND, SEND_AT = W("Send it now", "现在发送"), W("Send it {at}", "{at} 发送")
NOT_NOW = W("It is not sent before {at}.", "{at} 之前不会发送。")
AS_ONE_SEES_IT = W("As one of the topic's subscribers will see it", "主题的一个订阅者会看到")

WRITE: Final = "/console/messages/write"
NO_NOTICE: Final = Html()
UNSUBSCRIBED: Final = Refusal.UNSUBSCRIBED.sentence


async def write(visit: Visit) -> web.Response:
    return await _page(visit, await begun(visit))


async def show(visit: Visit, notice: Html = NO_NOTICE) -> web.Response:
    """The form as it was filled in, with the preview above."""
    try:
        body = await body_of(visit)
        found = await visit.api.post("/v1/messages/preview", MessagePreviewResult, body)
    except RequestError as error:
        return await _page(visit, visit.form, error)
    return await _page(visit, visit.form, shown=found, notice=notice)


async def send(visit: Visit) -> web.Response:
    if not is_as_previewed(visit, written_in(visit.form)):
        return await show(visit, changed_since(visit))
    try:
        body = await body_of(visit)
        sent = await visit.api.post(
            "/v1/messages", SentResult, body, once=visit.form.get("once", "")
        )
    except RequestError as error:
        return await _page(visit, visit.form, error)
    if visit.form.get("topic"):
        return done(f"/console/messages/{sent.id}", "sent")
    return done(f"/console/deliveries/{sent.deliveries[0].id}", "sent")


async def _page(
    visit: Visit,
    given: Mapping[str, str],
    error: RequestError | None = None,
    shown: MessagePreviewResult | None = None,
    notice: Html = NO_NOTICE,
) -> web.Response:
    known = await apps_of(visit)
    if not known:
        return layout(visit, terms.WRITE_MESSAGE, section(visit, CONTENT, no_apps(visit)))
    topic = await topic_send(visit, given)
    names = [
        (str(app.id), app.name)
        for app in known.values()
        if topic is None or str(app.id) == given.get("app")
    ]
    parts = [section(visit, CONTENT, _form(visit, given, names, topic, error))]
    if shown is not None:
        lost = unreached(visit, topic, known.get(int(given.get("app") or 0)), given)
        looks = joined([notice, lost, _shown(visit, shown, topic)])
        parts.insert(0, section(visit, AS_ONE_SEES_IT if topic else SHOWN, looks, id="preview"))
    return layout(visit, terms.WRITE_MESSAGE, joined(parts), status=Mistakes(error).status)


def _shown(visit: Visit, found: MessagePreviewResult, topic: TopicReceivers | None) -> Html:
    looks = preview(visit, found)
    if found.error and not topic:  # of a topic, others may get it
        return joined([looks, when(found.error == UNSUBSCRIBED, _first_subscribe(visit))])
    if all(way.faults for way in found.ways):  # our API refuses it
        return looks
    at = visit.form.get("not_before", "").replace("T", " ")
    sure = topic.sure(at) if topic else None
    told = advice(visit, visit.say(NOT_NOW, at=at)) if at else Html()
    label = SEND_AT.filled(at=at) if at else SEND
    return joined([told, looks, send_button(visit, f"{WRITE}/send", label, sure)])


def _first_subscribe(visit: Visit) -> Html:
    """How the user gets messages of the app."""
    app = visit.form.get("app", "")
    pages = ((f"/console/apps/{app}/codes", CODES), (f"/console/apps/{app}/topics", TOPICS))
    return fill(
        "<p>{how}</p>{links}",
        how=visit.say(FIRST_SUBSCRIBE, app=app),
        links=links(visit, pages),
    )


def _form(
    visit: Visit,
    given: Mapping[str, str],
    known: list[tuple[str, str]],
    topic: TopicReceivers | None,
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
        to_topic(visit, topic, wrong("to")) if topic else text_field(
            visit, "to", terms.TO, value("to"), hint=TO_HINT, error=wrong("to"), required=True
        ),
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
    hidden = {name: value(name) for name in HIDDEN}
    hidden |= {} if error else {PREVIEWED: digest_of(written_in(given))}
    return form(visit, WRITE, joined(fields), terms.PREVIEW, fields=hidden, id=WRITTEN)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, WRITE, write),
    ConsoleRoute(hdrs.METH_POST, WRITE, show),
    ConsoleRoute(hdrs.METH_POST, f"{WRITE}/send", send),
)
