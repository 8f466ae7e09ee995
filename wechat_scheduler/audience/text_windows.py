"""Tells how long WeChat takes texts ("客服消息") for a user after each kind of act."""

from datetime import datetime, timedelta

from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.audience.user_acts import UserActKind

# After a message of the user, and after the user followed, scanned or clicked.
WINDOW = timedelta(hours=48)
ENCOUNTER = timedelta(minutes=1)

ENCOUNTERS = (UserActKind.FOLLOW, UserActKind.SCAN, UserActKind.CLICK)


def window_after(kind: UserActKind) -> timedelta:
    return ENCOUNTER if kind in ENCOUNTERS else WINDOW


def texts_end(user: Subscriber) -> datetime | None:
    """When WeChat takes no more texts for them, as far as we know; None if no act of theirs is known.

    Of an act that an earlier release stored the kind is not known: it is taken for a message.
    """
    heard_at, until = user.heard_at, user.texts_until
    if heard_at is None:
        return None
    return heard_at + WINDOW if until is None or until < heard_at else until


def takes_texts(user: Subscriber, now: datetime) -> bool:
    end = texts_end(user)
    return end is not None and now < end


def texts_ended(user: Subscriber) -> bool:
    """Whether WeChat refused a text since the user's last act. The store ends their time then, at that act."""
    return user.heard_at is not None and user.texts_until == user.heard_at
