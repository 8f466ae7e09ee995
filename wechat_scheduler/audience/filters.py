"""Filters of the lists of users, and where a page of codes begins."""

from datetime import UTC, datetime
from typing import NamedTuple, Required, TypedDict

from wechat_scheduler.engine.records import dataclass


class ScenePlace(NamedTuple):
    """When a scene was made, and the beginning of its id: the whole id is a secret. The default is before all scenes."""

    at: datetime = datetime.max.replace(tzinfo=UTC)
    beginning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberFilter:
    """Selects users of accounts, at most `limit`, by appid and openid, from the one after the appid and the
    openid in `after`. `within` are the only accounts, None for all. They are `called` so by themselves or by one of
    `apps`, all of them if empty: the text is in the name, or is the uid or the openid."""

    appid: str = ""
    openid: str = ""
    called: str = ""
    apps: tuple[int, ...] = ()
    within: tuple[str, ...] | None = None
    after: tuple[str, str] = ("", "")
    limit: int


class SubscriptionFilter(TypedDict, total=False):
    """Selects subscriptions of an app, at most `limit`, from the one after the id `after`, or from the
    one at `offset`. `topic_id` 0, which need not be given, is the app itself, None all of its topics. `called` is as
    for `SubscriberFilter`."""

    topic_id: int | None
    uid: str
    called: str
    blocked: bool | None
    after: int
    offset: int
    limit: Required[int]


class ReceiverCount(NamedTuple):
    """How many users a message to a topic reaches, and how many of them acted lately. If there are `more`, these are
    not counted."""

    people: int
    heard: int
    more: bool
