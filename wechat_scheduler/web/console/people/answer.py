"""Answers a user with a text while WeChat takes one. The words of users are not kept."""

from typing import Final

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import advice, joined, said_at
from wechat_scheduler.web.console.people.frame import app_of, app_url
from wechat_scheduler.web.console.people.user_tokens import PERSON, USER
from wechat_scheduler.web.console.previewed import waiting
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.message_requests import SentResult
from wechat_scheduler.web.native.sending.previews import MessagePreviewResult
from wechat_scheduler.web.native.sending.subscriber_bodies import ShownSubscriberResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

ANSWER = W("Answer with a text", "用客服消息回复")
NOT_KEPT = W(
    "What users write is not kept here: it goes to the bot and to the app's callback alone. Read it in "
    "WeChat's own console of the account, mp.weixin.qq.com.",
    "用户写的内容不在这里保存，只交给机器人和应用的回调。请在微信公众平台（mp.weixin.qq.com）查看。",
)
UNTIL = W(
    "WeChat takes texts to this user until {at}, as far as is known: it takes them for 48 hours after a message of the "
    "user, and for one minute after a follow, a scan or a click on the menu.",
    "据目前所知，微信接收发给此用户的客服消息，截止：{at}。用户发消息之后 48 小时内接收；关注公众号、扫码或点菜单之后只接收一分钟。",
)
OVER = W(
    "WeChat takes no text to this user now: it takes them for 48 hours after a message of the user, and for one minute "
    "after a follow, a scan or a click on the menu. A template message or a subscribe notice may still arrive.",
    "微信现在不接收发给此用户的客服消息：用户发消息之后 48 小时内才接收；关注公众号、扫码或点菜单之后只接收一分钟。模板消息或订阅通知仍可能送达。",
)
NO_ACT = W(
    "WeChat has told of no act of this user yet: it takes texts for 48 hours after a message of theirs.",
    "微信还没有报告过此用户的活动：用户发消息之后的 48 小时内才接收客服消息。",
)
GONE = W(
    "The user does not follow the account: WeChat takes no text to them.",
    "用户没有关注公众号：微信不接收发给他的客服消息。",
)
URGENT = W("Urgent: send it now, despite the quiet hours", "紧急：不管免打扰时段，现在发送")
NOT_SENT = W("This was not sent:", "下面的内容没有发送：")
SEND = W("Send the text", "发送")


async def answer_form(
    visit: Visit, app: AppResult, user: ShownSubscriberResult, error: RequestError | None = None
) -> Html:
    """Raises RequestError."""
    kept = fill('<p class="faint">{words}</p>', words=visit.say(NOT_KEPT))
    until = user.texts_until
    if until is None or until <= visit.now or not user.follows:
        why = GONE if not user.follows else OVER if until else NO_ACT
        return joined([kept, advice(visit, visit.say(why)), _unsent(visit, error)])
    text = _text(app, user, visit.say(terms.TEXT))
    shown = await _shown(visit, text)
    if shown and shown.error:
        return joined([kept, advice(visit, visit.told(shown.error)), _unsent(visit, error)])
    waits = shown.waits_until if shown else None
    fields = FormFields(visit, visit.form if error else {}, Mistakes(error))
    made = [fields.area("text", terms.TEXT, rows=3, required=True, maxlength=600)]
    if waits:
        made.append(fields.check("urgent", URGENT))
    url = app_url(app, f"/subscribers/{user.uid}/answer")
    body = fields.below_refusal(made)
    return joined(
        [
            kept,
            fill("<p>{until}</p>", until=said_at(visit, UNTIL, until)),
            waiting(visit, waits),
            form(visit, url, body, SEND),
        ]
    )


def _unsent(visit: Visit, error: RequestError | None) -> Html:
    """What was typed into a form that is not shown any more; nothing if none was sent."""
    text = visit.form.get("text", "").strip() if error else ""
    words = fill("<p>{words}</p>", words=visit.say(NOT_SENT))
    return when(text, fill('{words}<p class="text">{text}</p>', words=words, text=text))


def _text(app: AppResult, user: ShownSubscriberResult, text: str) -> dict[str, object]:
    return {"app": app.id, "to": [user.uid], "channel": "text", "text": text}


async def _shown(visit: Visit, body: dict[str, object]) -> MessagePreviewResult | None:
    """What becomes of a text now; None for a key that sends none."""
    if not visit.may(Scope.PUSH):
        return None
    return await visit.api.post("/v1/messages/preview", MessagePreviewResult, body)


async def answered(visit: Visit) -> web.Response:
    """Sends the text. Raises RequestError."""
    names, app = visit.request.match_info, await app_of(visit)
    user = await visit.api.get(USER, ShownSubscriberResult, app=app.id, name=names["name"])
    body = _text(app, user, visit.form.get("text", "").strip())
    if visit.form.get("urgent"):
        body["priority"] = "urgent"
    sent = await visit.api.post("/v1/messages", SentResult, body, once=visit.once)
    if (one := sent.deliveries[0]).id is None:
        raise InvalidRequestError(one.error, field="text")
    return done(f"/console/deliveries/{one.id}", "sent")


ANSWER_PATH: Final = f"{PERSON}/answer"
