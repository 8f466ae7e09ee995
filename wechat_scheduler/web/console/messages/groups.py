"""A message to a topic or to all subscribers of an app: how many it reaches, and how many of them not without a
template."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.web.console.parts import advice
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import ReceiversResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

OF_TOPIC = W(
    "all subscribers of the topic {name} ({n} now)", "主题“{name}”的所有订阅者（现在 {n} 人）"
)
OF_APP = W("all subscribers of the app {name} ({n} now)", "应用“{name}”的所有订阅者（现在 {n} 人）")
TO_THEM = W("To {whom}", "发给{whom}")
SEND_TO_THEM = W("Send it now to {whom}?", "现在发给{whom}？")
SEND_TO_THEM_AT = W("Send it at {at} to {whom}?", "{at} 发给{whom}？")
NOT_OF_TOPICS = W(
    "Those who joined by a topic's code alone are not among them: send it to the topic too.",
    "只扫了主题二维码的人不在其中：请再发给主题。",
)
NOT_ALL = W(
    "WeChat takes texts for {heard} of {n} subscribers now: only they get one. For the others, map the purpose message to "
    "one of the account's templates in the app's templates, and send it as WeChat allows.",
    "{n} 个订阅者中，微信现在接收客服消息的有 {heard} 人，只有他们收得到。要发给其他人，请在应用的模板里为用途 message "
    "选一个账号的模板，并按微信允许的方式发送。",
)
TEXTS: Final = ("", "auto", "text")


class ReceiverGroup(NamedTuple):
    """`to` as our API takes it: the id of a topic, or the star; and whom a message reaches now."""

    to: int | str
    name: str
    reached: ReceiversResult

    def whom(self, visit: Visit) -> str:
        words = OF_APP if self.to == EVERYONE else OF_TOPIC
        return visit.say(words, name=self.name, n=counted(self.reached.people, self.reached))

    def sure(self, visit: Visit, at: str) -> Words:
        """The question before it is sent, at a time or now."""
        return (SEND_TO_THEM_AT if at else SEND_TO_THEM).filled(at=at, whom=self.whom(visit))

    def lacks(self) -> bool:
        """Whether a text reaches only some of them."""
        return self.reached.heard < self.reached.people


def counted(number: int, reached: ReceiversResult) -> str:
    """With a plus behind it if not all were counted."""
    return f"{number}{'+' if reached.more else ''}"


async def group_of(visit: Visit, app: AppResult, to: int | str, name: str) -> ReceiverGroup:
    """The topic of that id and name, or all subscribers of the app."""
    topic = None if to == EVERYONE else to
    reached = await visit.api.get(
        "/v1/apps/{app}/receivers", ReceiversResult, app=app.id, topic=topic
    )
    return ReceiverGroup(to, name, reached)


def told_of(
    visit: Visit, group: ReceiverGroup, app: AppResult, given: Mapping[str, str], *, topics: bool
) -> Html:
    """Who it goes to, and who gets nothing: those of topics, if there are any, and those whom the app has no template
    for."""
    channel, template = given.get("channel", ""), given.get("template", "")
    lacks = not template and channel in TEXTS
    lacks &= channel == "text" or "message" not in app.templates
    people, heard = (
        counted(one, group.reached) for one in (group.reached.people, group.reached.heard)
    )
    return fill(
        '<p class="faint">{to}</p>{topics}{lost}',
        to=visit.say(TO_THEM, whom=group.whom(visit)),
        topics=when(topics and group.to == EVERYONE, advice(visit, visit.say(NOT_OF_TOPICS))),
        lost=when(
            lacks and group.lacks(), advice(visit, visit.say(NOT_ALL, n=people, heard=heard))
        ),
    )
