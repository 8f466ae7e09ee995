"""A message to the subscribers of a topic: how many it reaches, and how many of them not without a template."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wechat_scheduler.web.console.fields import refusal
from wechat_scheduler.web.console.parts import advice
from wechat_scheduler.web.console.person_names import topic_names
from wechat_scheduler.web.console.topic_choice import offered_topics
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import ReceiversResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TOPIC = W(
    "To all subscribers of the topic {name} ({n} now)",
    "发给主题“{name}”的所有订阅者（现在 {n} 人）",
)
SEND_TO_ALL = W(
    "Send it now to all subscribers of the topic {name} ({n} now)?",
    "现在发给主题“{name}”的所有订阅者（现在 {n} 人）？",
)
SEND_TO_ALL_AT = W(
    "Send it at {at} to all subscribers of the topic {name} ({n} now)?",
    "{at} 发给主题“{name}”的所有订阅者（现在 {n} 人）？",
)
NOT_ALL = W(
    "Of {n} subscribers {heard} acted within 48 hours: only they get a text. For the others, map the purpose message to "
    "one of the account's templates in the app's templates, and send it as WeChat allows.",
    "{n} 个订阅者中，48 小时内有互动的有 {heard} 人，只有他们收得到客服消息。要发给其他人，请在应用的模板里为用途 message "
    "选一个账号的模板，并按微信允许的方式发送。",
)
TEXTS: Final = ("", "auto", "text")


class TopicReceivers(NamedTuple):
    """The topic, and those whom a message reaches now."""

    name: str
    reached: ReceiversResult

    def sure(self, at: str) -> Words:
        """The question before it is sent, at a time or now."""
        asked = SEND_TO_ALL_AT if at else SEND_TO_ALL
        number = counted(self.reached.people, self.reached)
        return asked.filled(at=at, name=self.name, n=number)

    def lacks(self) -> bool:
        """Whether a text reaches only some of them."""
        return self.reached.heard < self.reached.people


def counted(number: int, reached: ReceiversResult) -> str:
    """With a plus behind it if not all were counted."""
    return f"{number}{'+' if reached.more else ''}"


async def topic_send(visit: Visit, given: Mapping[str, str]) -> TopicReceivers | None:
    """None for a message to a user."""
    app, topic = given.get("app", ""), given.get("topic", "")
    if not (ID.fullmatch(app) and ID.fullmatch(topic)):
        return None
    found = await offered_topics(visit, app, [topic])
    name = topic_names(visit, found).get(int(topic))
    if name is None:
        return TopicReceivers(topic, ReceiversResult(people=0, heard=0, more=False))
    reached = await visit.api.get("/v1/apps/{app}/receivers", ReceiversResult, app=app, topic=topic)
    return TopicReceivers(name, reached)


def to_topic(visit: Visit, topic: TopicReceivers, error: str) -> Html:
    """In the place of the field for a user."""
    said = visit.say(TOPIC, name=topic.name, n=counted(topic.reached.people, topic.reached))
    return fill("<p>{to}</p>{error}", to=said, error=refusal(error))


def unreached(
    visit: Visit, topic: TopicReceivers | None, app: AppResult | None, given: Mapping[str, str]
) -> Html:
    """A warning of subscribers who get nothing, as the app has no template for them."""
    channel, template = given.get("channel", ""), given.get("template", "")
    if topic is None or app is None or template or channel not in TEXTS:
        return Html()
    lacks = channel == "text" or "message" not in app.templates
    people, heard = (
        counted(one, topic.reached) for one in (topic.reached.people, topic.reached.heard)
    )
    told = visit.say(NOT_ALL, n=people, heard=heard)
    return when(lacks and topic.lacks(), advice(visit, told))
