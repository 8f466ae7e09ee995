"""`/console/messages/write`: a message to some users, a topic or all subscribers, shown as WeChat will show it before it
is sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import hdrs, web

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.delivery.refused_messages import NOBODY_SUBSCRIBED
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.errors import InvalidRequestError, NotFoundError, RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import apps_of, no_apps
from wechat_scheduler.web.console.known_accounts import unregistered
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import DONE, done, links
from wechat_scheduler.web.console.meant_users import which_users
from wechat_scheduler.web.console.messages.drafts import begun, body_of
from wechat_scheduler.web.console.messages.groups import ReceiverGroup, told_of
from wechat_scheduler.web.console.messages.left_out import left_out
from wechat_scheduler.web.console.messages.preview import preview, receivers
from wechat_scheduler.web.console.messages.template_choice import offered_templates
from wechat_scheduler.web.console.messages.to_whom import MessageReceivers, to_whom
from wechat_scheduler.web.console.messages.write_form import WRITE, as_previewed, write_form
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.outcomes import shown_at
from wechat_scheduler.web.console.parts import advice, joined, section
from wechat_scheduler.web.console.previewed import changed_since, is_as_previewed, send_button
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.message_requests import SentResult
from wechat_scheduler.web.native.sending.previews import MessagePreviewResult
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.responses import redirected

W = Words

CONTENT, SHOWN = W("The message", "消息内容"), W("What the user will see", "用户会看到")
AS_ONE_SEES_IT = W("As one of the receivers will see it", "其中一个接收者会看到")
FIRST_SUBSCRIBE = W(
    "Have the user scan the code of the app, or send #{app} to the account. Who subscribed to a topic gets what is sent to the topic.",
    "请他扫应用的二维码，或在公众号里发送 #{app}。订阅了主题的人，能收到发给主题的消息。",
)
CODE = W("The QR code to subscribe with", "订阅用的二维码")
CODES, TOPICS = W("The app's codes", "应用的二维码"), W("The app's topics", "应用的主题")
TEMPLATES = W("The app's templates, and their import", "应用的模板和导入")
SEND, SEND_AT = W("Send it now", "现在发送"), W("Send it {at}", "{at} 发送")
SEND_TO_SEVERAL = W("Send it to {n} users?", "发给 {n} 个用户？")
UNKNOWN = W(
    "the app knows no user by these names: {names}; correct or remove them",
    "应用不认识这些用户：{names}；请改正或删去",
)
NOT_NOW = W("It is not sent before {at}.", "{at} 之前不会发送。")

NO_NOTICE: Final = Html()
UNSUBSCRIBED: Final = Refusal.UNSUBSCRIBED.sentence


class WrittenMessage(NamedTuple):
    """What the form says, and what became of it: why it is wrong, or what each receiver sees. `unregistered` says that
    nothing can be sent now."""

    given: Mapping[str, str]
    apps: Mapping[int, AppResult]
    whom: MessageReceivers
    error: RequestError | None = None
    shown: Sequence[MessagePreviewResult] = ()
    notice: Html = NO_NOTICE
    unregistered: Html = NO_NOTICE

    @property
    def reached(self) -> Sequence[MessagePreviewResult]:
        """Those that would be sent. Of a group our API decides for each."""
        return [one for one in self.shown if self.whom.group or not one.error]


async def write(visit: Visit) -> web.Response:
    return await _page(visit, await _written(visit, await begun(visit)))


async def show(visit: Visit, notice: Html = NO_NOTICE) -> web.Response:
    """The form as it was filled in, with the preview above."""
    written = await _written(visit, visit.form)
    if written is None or written.error:
        return await _page(visit, written)
    try:
        body = await body_of(visit, written.whom)
        shown = () if written.whom.is_open else await _previews(visit, body)
    except RequestError as error:
        return await _page(visit, written._replace(error=error))
    unknown = _unknown(visit, written.whom, shown)
    return await _page(visit, written._replace(error=unknown, shown=shown, notice=notice))


async def send(visit: Visit) -> web.Response:
    written = await _written(visit, visit.form)
    if written is None or not is_as_previewed(visit, as_previewed(visit.form, written.whom)):
        return await show(visit, changed_since(visit))
    try:
        body = await body_of(visit, written.whom)
        sent = await visit.api.post("/v1/messages", SentResult, body, once=visit.once)
    except RequestError as error:
        return await _page(visit, written._replace(error=error))
    if written.whom.group or len(sent.deliveries) > 1:
        place = f"/console/messages/{sent.id}?{DONE}=sent"
        left = left_out(written.whom, sent)
        away = await shown_at(visit, place, left) if left.people else None
        return away or redirected(place)
    return done(f"/console/deliveries/{sent.deliveries[0].id}", "sent")


async def _written(visit: Visit, given: Mapping[str, str]) -> WrittenMessage | None:
    """None without an app."""
    apps = await apps_of(visit)
    if not apps:
        return None
    error: RequestError | None = None
    app = next(iter(apps.values()))
    try:
        app = await _chosen(visit, apps, given.get("app", "")) or app
    except NotFoundError as lost:  # else the form would choose another app without a word
        error = lost
    whom = await to_whom(visit, app, given)
    offered = {**apps, app.id: app}
    return WrittenMessage(given, offered, whom, error, unregistered=await unregistered(visit, app))


async def _chosen(visit: Visit, apps: Mapping[int, AppResult], text: str) -> AppResult | None:
    """The app of that id, which may not be among those that are offered; None if none is chosen. Raises
    NotFoundError."""
    if not ID.fullmatch(text):
        return None
    known = apps.get(int(text))
    return known or await visit.api.get("/v1/apps/{app}", AppResult, app=text)


async def _previews(visit: Visit, body: dict[str, Any]) -> list[MessagePreviewResult]:
    """Of each receiver. Raises RequestError, also if there is none."""
    path, each = "/v1/messages/preview", [[one] for one in body["to"]] or [[]]
    return [await visit.api.post(path, MessagePreviewResult, body | {"to": one}) for one in each]


def _unknown(
    visit: Visit, whom: MessageReceivers, shown: Sequence[MessagePreviewResult]
) -> RequestError | None:
    """The names of no user: a message that leaves them out would not reach whom a person meant."""
    pairs = [] if whom.group else zip(whom.users, shown, strict=False)
    names = [user.typed for user, one in pairs if not one.uid]
    told = visit.say(UNKNOWN, names=visit.listed(names))
    return InvalidRequestError(told, field="to") if names else None


async def _page(visit: Visit, written: WrittenMessage | None) -> web.Response:
    if written is None:
        return layout(visit, terms.WRITE_MESSAGE, section(visit, CONTENT, no_apps(visit)))
    given, apps, whom, error, shown, _, unregistered = written
    templates = await offered_templates(visit, whom.app)
    form = write_form(visit, given, whom, apps.values(), templates, error)
    parts = [
        unregistered,
        when(not error, which_users(visit, whom.users)),
        _preview(visit, written) if shown else Html(),
        section(visit, CONTENT, form),
    ]
    return layout(visit, terms.WRITE_MESSAGE, joined(parts), status=Mistakes(error).status)


def _preview(visit: Visit, written: WrittenMessage) -> Html:
    whom, shown = written.whom, written.shown
    several = bool(whom.group) or len(shown) > 1
    typed = [one.typed for one in whom.users] or [""]
    pairs = list(zip(typed, shown, strict=False))
    called, first = next((pair for pair in pairs if not pair[1].error), pairs[0])
    group = whom.group and told_of(
        visit, whom.group, whom.app, written.given, topics=bool(whom.topics)
    )
    body = [
        written.notice,
        group or Html(),
        when(len(pairs) > 1, receivers(visit, pairs)),
        preview(visit, first, called),
        when(_names_template(first), links(visit, [(_of_app(whom, "templates"), TEMPLATES)])),
        _sending(visit, written, first),
    ]
    return section(visit, AS_ONE_SEES_IT if several else SHOWN, joined(body), id="preview")


def _names_template(shown: MessagePreviewResult) -> bool:
    return any(way.template_id for way in shown.ways)


def _of_app(whom: MessageReceivers, tab: str) -> str:
    return f"/console/apps/{whom.app.id}/{tab}"


def _code_of(whom: MessageReceivers, group: ReceiverGroup) -> str:
    """The QR code by which users subscribe."""
    codes = _of_app(whom, "codes")
    return codes if group.to == EVERYONE else f"{codes}?topic={group.to}"


def _sending(visit: Visit, written: WrittenMessage, first: MessagePreviewResult) -> Html:
    """The button that sends it, or what to do first."""
    whom, number = written.whom, len(written.reached)
    if written.error or written.unregistered:
        return Html()
    if first.error == NOBODY_SUBSCRIBED.en and whom.group:
        return links(visit, [(_code_of(whom, whom.group), CODE)])
    if not number:
        return when(first.error == UNSUBSCRIBED, _first_subscribe(visit, whom))
    if all(
        way.faults for way in first.ways
    ):  # our API refuses it, or WeChat by the list imported last
        return Html()
    at = visit.form.get("not_before", "").replace("T", " ")
    sure = SEND_TO_SEVERAL.filled(n=number) if number > 1 else None
    sure = whom.group.sure(visit, at) if whom.group else sure
    told = advice(visit, visit.say(NOT_NOW, at=at)) if at else Html()
    label = SEND_AT.filled(at=at) if at else SEND
    return joined([told, send_button(visit, f"{WRITE}/send", label, sure)])


def _first_subscribe(visit: Visit, whom: MessageReceivers) -> Html:
    """How the user gets messages of the app."""
    pages = ((_of_app(whom, "codes"), CODES), (_of_app(whom, "topics"), TOPICS))
    return fill(
        "<p>{how}</p>{links}",
        how=visit.say(FIRST_SUBSCRIBE, app=whom.app.id),
        links=links(visit, pages),
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, WRITE, write),
    ConsoleRoute(hdrs.METH_POST, WRITE, show),
    ConsoleRoute(hdrs.METH_POST, f"{WRITE}/send", send),
)
