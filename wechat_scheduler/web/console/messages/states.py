"""The words for what became of a delivery, and for what happens next."""

import re
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import BY_ACCOUNT
from wechat_scheduler.web.console.delivery_states import WORDS, badge
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import aside, joined, said_at, state
from wechat_scheduler.web.console.person_names import openid_tail, person_name
from wechat_scheduler.web.console.receipts import receipt_of
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.deliveries import STATES
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryDetails, DeliveryResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words
_FACES: Final = re.compile(r"(?:/:[a-z]{2,6}(?![a-z]))+\s*")

ALERT: Final = "alert"
ALERTS = W("the daemon's alerts", "守护进程的告警")
ALERT_TARGET = W("the target {name} of alerts", "告警目标 {name}")
# The field with the end that the person saw: a delivery that was sent again since is not sent once more.
SETTLED_BY: Final = "settled_by"
REPLAYABLE: Final = ("dead", "cancelled", "expired", "missed")
CANCELLABLE: Final = ("pending",)
WAYS: Final = {
    **terms.CHANNELS,
    "text": W("text", "客服消息"),
    "webhook": W("callback", "回调"),
}
CHANNELS: Final = {
    "webhook": terms.CHANNELS["webhook"],
    "participants": W("all who joined the reminder", "加入提醒的所有人"),
}
TOPIC = W("topic {id}", "主题 {id}")
NAMED_TOPIC = W("topic “{name}”", "主题“{name}”")

# Such a delivery becomes one for each person.
SPREAD_CHANNELS: Final = ("topic", "participants")
SENT_ON = W("Sent on to each", "已展开到每个人")

TRIED_NEXT = W("It is tried again {at}.", "下一次尝试：{at}。")
SENT_NEXT = W("It is sent {at}.", "发送时间：{at}。")
GIVES_UP = W(
    "If it does not succeed, the daemon gives up {at}.",
    "一直不成功的话，守护进程放弃的时间：{at}。",
)
EXPIRES = W("It is not sent after {at}.", "过了 {at} 就不再发送。")
NEXT: Final = {
    "sending": W("It is being sent at this moment.", "正在发送。"),
    "dead": W(
        "It is not tried again. Do what the reason advises, then send it again.",
        "不会再尝试。按原因中的建议处理，然后重新发送。",
    ),
    "cancelled": W("It is not sent, unless you send it again.", "不会发送，除非你重新发送。"),
    "expired": W(
        "Its time had passed before it could be sent. You can still send it.",
        "还没发出就过了期限。仍可以重新发送。",
    ),
    "missed": W(
        "It fell due while no daemon ran. You can still send it.",
        "到时间的时候守护进程没有运行。仍可以重新发送。",
    ),
}
FINAL_TEXT = W(
    "WeChat accepted it. WeChat sends no receipt for texts, so no more is known.",
    "微信已接收。微信对客服消息不发送达回执，所以没有更多消息。",
)
AWAITS_RECEIPT = W(
    "WeChat accepted it, and its receipt is awaited. It comes within seconds, if the account's pushes reach this daemon.",
    "微信已接收，正在等待送达回执。如果账号的推送能到达这里，几秒内就会收到。",
)
SPREAD = W("It became a delivery for each receiver.", "已展开为每个接收者各一条投递。")
CALLED = W("The app's callback accepted it.", "应用的回调已接收。")
RECEIVED = W("WeChat's receipt says that the phone has it.", "微信的回执表明手机已收到。")


def state_options(visit: Visit) -> list[tuple[str, str]]:
    """For a field that chooses one."""
    return [(name, visit.say(WORDS[name][1])) for name in STATES]


def way(visit: Visit, name: str) -> str:
    return visit.say(WAYS[name]) if name in WAYS else name


def headline(title: str) -> str:
    """The title without the faces that WeChat draws, such as `/:ok`, with which the bot's answers begin."""
    return _FACES.sub("", title) or title


def receiver(visit: Visit, one: DeliveryResult) -> str:
    """Who gets it, as people know them."""
    if one.channel == "person":
        return person_name(one.to, one.person, one.openid)
    if one.channel == ALERT:
        return visit.say(ALERT_TARGET, name=one.to)
    if one.channel == "topic":
        return _topic(visit, one)
    return visit.say(CHANNELS[one.channel]) if one.channel in CHANNELS else one.channel


def _topic(visit: Visit, one: DeliveryResult) -> str:
    """A topic that was removed has only its number."""
    if one.to == "0":
        return visit.say(terms.ALL_SUBSCRIBERS)
    named = visit.say(NAMED_TOPIC, name=one.topic)
    return named if one.topic else visit.say(TOPIC, id=one.to)


def standing(visit: Visit, one: DeliveryResult) -> Html:
    """Its state. What was sent on to each of several people has not arrived by that."""
    return state(visit, "idle", SENT_ON) if is_sent_on(one) else badge(visit, one.state)


def is_sent_on(one: DeliveryResult) -> bool:
    """Whether each of its receivers has a delivery now."""
    return one.channel in SPREAD_CHANNELS and one.state == "delivered"


def sender_link(visit: Visit, one: DeliveryResult) -> Html:
    """The app that sends it; alerts are the daemon's own."""
    if one.channel == ALERT:
        return link("/console/alerts", visit.say(ALERTS))
    named = visit.say(BY_ACCOUNT) if one.app == ACCOUNT else one.app_name or str(one.app)
    return link(f"/console/apps/{one.app}" if one.app_name else "", named)


def write_again(message: int, uid: str) -> str:
    """The form of a new message to that user, filled from this one."""
    return f"/console/messages/write?{urlencode({'again': message, 'to': uid})}"


def receiver_link(visit: Visit, one: DeliveryResult) -> Html:
    """The receiver; a person leads to all that was sent to them. The end of the openid tells users of one nickname
    apart."""
    is_person = one.channel == "person"
    shown = link(f"/console/messages?person={one.to}" if is_person else "", receiver(visit, one))
    is_named = one.person and one.openid and one.person != one.openid
    return joined([shown, when(is_named, aside(visit, openid_tail(one.openid)))])


def what_next(visit: Visit, one: DeliveryDetails) -> list[Html]:
    """Sentences about what happens next, and when."""
    if one.state == "pending":
        return list(_waiting(visit, one))
    if one.state == "accepted":
        words = AWAITS_RECEIPT if one.reference else FINAL_TEXT
    elif one.state == "delivered":
        words = {"topic": SPREAD, "participants": SPREAD, "webhook": CALLED}.get(
            one.channel, RECEIVED
        )
    else:
        receipt = receipt_of(one.reason)
        words = receipt.advice if receipt else NEXT[one.state]
    return [fill("<p>{words}</p>", words=visit.say(words))]


def _waiting(visit: Visit, one: DeliveryDetails) -> list[Html]:
    known = (
        (TRIED_NEXT if one.attempts else SENT_NEXT, one.due_at),
        (GIVES_UP, one.gives_up_at),
        (EXPIRES, one.expires),
    )
    return [
        fill("<p>{said}</p>", said=said_at(visit, words, at))
        for words, at in known
        if at is not None
    ]
