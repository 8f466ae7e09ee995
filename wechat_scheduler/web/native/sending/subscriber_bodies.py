"""The bodies and results of subscribers."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from wechat_scheduler.audience.ids import taken_for
from wechat_scheduler.audience.model import Quiet, Subscriber, Subscription
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.ids import WeChatId, check_wechat_id
from wechat_scheduler.web.kit.texts import LONGEST_NAME, read_text, read_zone

MOST_AT_ONCE: Final = 1000
LONGEST_EXTERNAL_ID: Final = 128

ExternalId: TypeAlias = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_EXTERNAL_ID})
]
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
Hours: TypeAlias = Annotated[
    str, msgspec.Meta(extra_json_schema={"pattern": f"^{_QUIET.pattern}$"})
]


class Binding(msgspec.Struct, forbid_unknown_fields=True):
    """The openid of one of the app's users."""

    openid: WeChatId


class NamedBinding(msgspec.Struct, forbid_unknown_fields=True):
    """The openid of a user, with the app's own name for the user."""

    external_id: ExternalId
    openid: WeChatId


class SubscriberChangeBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Fields that are left out stay as they are. `quiet` are the hours without messages in the user's
    time zone, such as `22:00-07:30`, or null."""

    blocked: bool | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    quiet: Hours | UnsetType | None = UNSET
    nickname: str | UnsetType = UNSET


class BoundResult(msgspec.Struct, kw_only=True):
    """The uid that the daemon gave the user."""

    external_id: str
    uid: str


class SubscriberResult(msgspec.Struct, kw_only=True):
    """A subscription and its user; `topic` is null for the app itself. `names` are the app's own for the user.

    The app sets `blocked`, the user sets `muted`. `trouble` says why WeChat accepts no message for
    the user. `heard_at` is the user's last action. `id` is
    that of the subscription, and the value for `after`.
    """

    id: int
    uid: str
    openid: str
    names: list[str]
    topic: int | None
    blocked: bool
    muted: bool
    follows: bool
    trouble: str
    zone: str
    quiet: str | None
    nickname: str
    heard_at: datetime | None
    subscribed_at: datetime


class UserResult(msgspec.Struct, kw_only=True):
    """A user of the account, with the ids of the `apps` to which they subscribed. `names` are those that apps have for
    the user."""

    uid: str
    appid: str
    openid: str
    follows: bool
    trouble: str
    nickname: str
    heard_at: datetime | None
    created_at: datetime
    apps: list[int]
    names: list[str]


class AppSubscriptionResult(msgspec.Struct, kw_only=True):
    """The subscription to the app itself, with `topic` null, or to one of its topics."""

    id: int
    topic: int | None
    topic_name: str
    blocked: bool
    muted: bool
    subscribed_at: datetime


class ShownSubscriberResult(msgspec.Struct, kw_only=True):
    """One user as the app knows them. `names` are the app's own for the user; `consented` says whether the
    user lets the app's signed calls set reminders. WeChat accepts texts until `texts_until`, as far as it is known. Without `subscriptions` the user left the app."""

    uid: str
    openid: str
    names: list[str]
    consented: bool
    follows: bool
    trouble: str
    zone: str
    quiet: str | None
    nickname: str
    heard_at: datetime | None
    texts_until: datetime | None
    created_at: datetime
    subscriptions: list[AppSubscriptionResult]


class UserTokenResult(msgspec.Struct, kw_only=True):
    """`token` is for this user only, and is shown only once."""

    uid: str
    token: str


class OpenidResult(msgspec.Struct, kw_only=True):
    """`openid` stays the same; `openkey` is valid until `expires_at` and replaces the previous one.

    `consented` says whether the user authorised reminders. The user does so on `consent_url`, which
    is empty without `server.public_url`.
    """

    openid: str
    openkey: str
    expires_at: datetime
    consented: bool
    consent_url: str


def read_binding(name: str, body: bytes) -> dict[str, str]:
    """The user's openid, by the app's name for the user. Raises InvalidRequestError."""
    openid = decode(body, Binding).openid
    check_wechat_id(openid, "openid")
    return {_external_id(name, "external_id"): openid}


def read_bindings(body: bytes) -> dict[str, str]:
    """The users' openids, by the app's names. Raises InvalidRequestError, which tells of what is wrong with the
    first wrong entry."""
    given = decode(body, list[NamedBinding])
    if len(given) > MOST_AT_ONCE:
        raise InvalidRequestError(f"at most {MOST_AT_ONCE} subscribers are bound at once")
    found: dict[str, str] = {}
    for number, one in enumerate(given):
        wrong = WrongFields()
        with wrong:
            name = _external_id(one.external_id, f"[{number}].external_id")
        with wrong:
            check_wechat_id(one.openid, f"[{number}].openid")
        wrong.check()
        if name in found:
            raise InvalidRequestError("occurs twice", field=f"[{number}].external_id")
        found[name] = one.openid
    return found


def read_change(body: bytes) -> tuple[bool | None, dict[str, Any]]:
    """Whether the app blocks them, None if that is not said; and the fields of a `SubscriberChange`."""
    parsed = decode(body, SubscriberChangeBody)
    changes: dict[str, Any] = {}
    if parsed.zone is not UNSET:
        changes["zone"] = read_zone(parsed.zone, "zone") if parsed.zone else ""
    if parsed.nickname is not UNSET:
        changes["nickname"] = read_text(parsed.nickname, "nickname", longest=LONGEST_NAME)
    if parsed.quiet is None:
        changes["no_quiet"] = True
    elif parsed.quiet is not UNSET:
        changes["quiet"] = _quiet(parsed.quiet)
    return None if parsed.blocked is UNSET else parsed.blocked, changes


def subscriber_result(
    subscriber: Subscriber, subscription: Subscription, names: Sequence[str]
) -> SubscriberResult:
    return result_of(
        SubscriberResult,
        subscriber,
        id=subscription.id,
        names=list(names),
        topic=subscription.topic_id or None,
        blocked=subscription.blocked,
        muted=subscription.muted,
        quiet=hours(subscriber.quiet),
        subscribed_at=subscription.created_at,
    )


def _external_id(value: str, field: str) -> str:
    if not 0 < len(value) <= LONGEST_EXTERNAL_ID or not value.isprintable():
        raise InvalidRequestError(
            f"must be 1 to {LONGEST_EXTERNAL_ID} printable characters", field=field
        )
    if other := taken_for(value):
        raise InvalidRequestError(f"must not look like {other}", field=field)
    return value


def _quiet(text: str) -> Quiet:
    found = _QUIET.fullmatch(text)
    if found is None:
        raise InvalidRequestError("must be two times such as 22:00-07:30, or null", field="quiet")
    begins, ends = (time(int(found[at]), int(found[at + 1])) for at in (1, 3))
    if begins == ends:
        raise InvalidRequestError("must not begin and end at the same time", field="quiet")
    return Quiet(begins=begins, ends=ends)


def hours(quiet: Quiet | None) -> str | None:
    return f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}" if quiet else None
