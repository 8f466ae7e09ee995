"""Reasons to send nothing to a receiver that a request names."""

import enum
from typing import NamedTuple

from wechat_scheduler.audience.model import Found
from wechat_scheduler.engine.sentences import Sentence


class Refusal(enum.Enum):
    """The English of the value is the sentence that callers of the native API read; the APIs of others map the
    members to their own words."""

    UNKNOWN_USER = Sentence("the app knows no user by this name", "应用不认识叫这个名字的用户")
    UNKNOWN_TOPIC = Sentence("the app has no such topic", "应用没有这个主题")
    NO_CALLBACK = Sentence("the app has no callback", "应用没有设置回调")
    UNFOLLOWED = Sentence("the user does not follow the account any more", "用户已不再关注公众号")
    WECHAT = Sentence("WeChat accepts no messages for the user", "微信不收给这个用户的消息")
    UNSUBSCRIBED = Sentence("the user has not subscribed to the app", "用户没有订阅这个应用")
    BLOCKED = Sentence("the app has blocked the user", "应用已屏蔽这个用户")
    MUTED = Sentence("the user has turned messages of this app off", "用户关闭了这个应用的消息")

    @property
    def sentence(self) -> str:
        return self.value.en


class Refused(NamedTuple):
    """`trouble` is WeChat's own reason, given with WECHAT only."""

    refusal: Refusal
    trouble: str = ""

    @property
    def sentence(self) -> str:
        return self.trouble or self.refusal.sentence


def refusal_of(found: Found | None, *, among_subscribers: bool = False) -> Refused | None:
    """Why messages of the app are not sent to this user; None if they are. One who is written to `among_subscribers`
    of a topic subscribed to that, and need not have subscribed to the app itself."""
    if found is None:
        return Refused(Refusal.UNKNOWN_USER)
    subscriber, subscription = found.subscriber, found.subscription
    if not subscriber.follows:
        return Refused(Refusal.UNFOLLOWED)
    if subscriber.trouble:
        return Refused(Refusal.WECHAT, subscriber.trouble)
    if subscription is None:
        return None if among_subscribers else Refused(Refusal.UNSUBSCRIBED)
    if subscription.blocked:
        return Refused(Refusal.BLOCKED)
    if subscription.muted:
        return Refused(Refusal.MUTED)
    return None
