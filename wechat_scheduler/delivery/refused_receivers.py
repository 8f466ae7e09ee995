"""Reasons to send nothing to a receiver that a request names."""

import enum
from typing import NamedTuple

from wechat_scheduler.audience.model import Found


class Refusal(enum.Enum):
    """The value is the sentence that callers of the native API read; the APIs of others map the
    members to their own words."""

    UNKNOWN_USER = "the app knows no user by this name"
    UNKNOWN_TOPIC = "the app has no such topic"
    NO_CALLBACK = "the app has no callback"
    UNFOLLOWED = "the user does not follow the account any more"
    WECHAT = "WeChat accepts no messages for the user"
    UNSUBSCRIBED = "the user has not subscribed to the app"
    BLOCKED = "the app has blocked the user"
    MUTED = "the user has turned messages of this app off"

    @property
    def sentence(self) -> str:
        return self.value


class Refused(NamedTuple):
    """`trouble` is WeChat's own reason, given with WECHAT only."""

    refusal: Refusal
    trouble: str = ""

    @property
    def sentence(self) -> str:
        return self.trouble or self.refusal.sentence


def refusal_of(found: Found | None) -> Refused | None:
    """Why messages of the app are not sent to this user; None if they are."""
    if found is None:
        return Refused(Refusal.UNKNOWN_USER)
    subscriber, subscription = found.subscriber, found.subscription
    if not subscriber.follows:
        return Refused(Refusal.UNFOLLOWED)
    if subscriber.trouble:
        return Refused(Refusal.WECHAT, subscriber.trouble)
    if subscription is None:
        return Refused(Refusal.UNSUBSCRIBED)
    if subscription.blocked:
        return Refused(Refusal.BLOCKED)
    if subscription.muted:
        return Refused(Refusal.MUTED)
    return None
