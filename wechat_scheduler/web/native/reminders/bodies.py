"""What is said of reminders over HTTP: what is to be reminded of, and what is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from wechat_scheduler.delivery.model import Priority, Way
from wechat_scheduler.reminders.model import Late, Reminder
from wechat_scheduler.reminders.planning import FARTHEST
from wechat_scheduler.web.kit.ids import Id
from wechat_scheduler.web.native.sending.message_requests import (
    EVERYBODY,
    MOST_RECEIVERS,
    Instant,
    Receiver,
)

T = TypeVar("T")

MINUTE: Final = timedelta(minutes=1)
SECOND: Final = timedelta(seconds=1)

_MOST_MINUTES: Final = FARTHEST // MINUTE
Receivers: TypeAlias = Annotated[
    list[Receiver], msgspec.Meta(extra_json_schema={"maxItems": MOST_RECEIVERS})
]
Minutes: TypeAlias = Annotated[int, msgspec.Meta(ge=-_MOST_MINUTES, le=_MOST_MINUTES)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=FARTHEST // SECOND)]


class ReminderSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`time` is the first occurrence; or `when` says it in Chinese, and with it whatever of `title`,
    `rule` and `defer` is left out. `defer` is in minutes from an occurrence to when it is said,
    negative for before. `late` decides on what is later than `grace`, in seconds. `to` is as in a
    message."""

    title: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    time: Instant | UnsetType = UNSET
    when: str | UnsetType = UNSET
    rule: str | UnsetType | None = UNSET
    zone: str | UnsetType = UNSET
    defer: Minutes | UnsetType = UNSET
    late: Literal["once", "skip", "all"] | UnsetType = UNSET
    grace: Seconds | UnsetType = UNSET
    to: Receivers | UnsetType = UNSET
    channel: Literal["auto", "template", "text", "subscribe", "webhook"] | UnsetType = UNSET
    priority: Literal["bulk", "normal", "urgent"] | UnsetType = UNSET
    url: str | UnsetType = UNSET


class ReminderBody(ReminderSettings, kw_only=True, forbid_unknown_fields=True):
    """A new reminder of an app's. The zone is the app's, unless one is given."""

    app: Id


class ReminderChange(ReminderSettings, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is; `rule` null makes a one-off. A rule names its days by itself:
    give it along with a `time` on another day."""


class ReminderResult(msgspec.Struct, kw_only=True):
    """`time` is the next occurrence, or the last one if it is over, in `zone`; `rule` is null for a
    one-off, and counts what remains. `due_at`, in UTC, is when it is said next. `fired` and `missed`
    count occurrences."""

    id: str
    app: int
    title: str
    text: str
    url: str
    time: datetime
    rule: str | None
    zone: str
    defer: int
    due_at: datetime | None
    state: str
    late: str
    grace: int
    owner: str
    to: list[int | str]
    channel: str
    priority: str
    source: str
    fired: int
    missed: int
    last_at: datetime | None
    created_at: datetime


class PlanResult(msgspec.Struct, kw_only=True):
    """What would be kept. `next` is when it would be said, in `zone`."""

    title: str
    time: datetime
    rule: str | None
    zone: str
    defer: int
    next: list[datetime]


class UnfitResult(msgspec.Struct):
    """Why a sentence cannot become a reminder, for programs: `nothing`, `impossible`, `past`,
    `ambiguous`, `too-long`, `too-often`, `too-far`."""

    reason: str


def with_body(reminder: Reminder, body: ReminderSettings) -> Reminder:
    """The reminder with what the body gives, but for `when` and the receivers."""
    return replace(
        reminder,
        title=_given(body.title, reminder.title),
        detail=_given(body.text, reminder.detail),
        start=_given(body.time, reminder.start),
        rule="" if body.rule is None else _given(body.rule, reminder.rule),
        zone=_given(body.zone, reminder.zone),
        defer=reminder.defer if body.defer is UNSET else body.defer * MINUTE,
        late=reminder.late if body.late is UNSET else Late(body.late),
        grace=reminder.grace if body.grace is UNSET else body.grace * SECOND,
        way=reminder.way if body.channel is UNSET else Way(body.channel),
        priority=_priority(body, reminder),
        url=_given(body.url, reminder.url),
    )


def _given(value: T | UnsetType, otherwise: T) -> T:
    return otherwise if isinstance(value, UnsetType) else value


def _priority(body: ReminderSettings, reminder: Reminder) -> Priority:
    return reminder.priority if body.priority is UNSET else Priority[body.priority.upper()]


def reminder_result(reminder: Reminder, people: Sequence[str]) -> ReminderResult:
    return ReminderResult(
        id=reminder.id,
        app=reminder.app_id,
        title=reminder.title,
        text=reminder.detail,
        url=reminder.url,
        time=reminder.start.astimezone(ZoneInfo(reminder.zone)),
        rule=reminder.rule or None,
        zone=reminder.zone,
        defer=reminder.defer // MINUTE,
        due_at=reminder.due_at,
        state=reminder.state.value,
        late=reminder.late.value,
        grace=reminder.grace // SECOND,
        owner=reminder.owner,
        to=[*people, *(topic or EVERYBODY for topic in reminder.topics)],
        channel=reminder.way.value,
        priority=reminder.priority.name.lower(),
        source=reminder.source,
        fired=reminder.fired,
        missed=reminder.missed,
        last_at=reminder.last_at,
        created_at=reminder.created_at,
    )


def plan_result(reminder: Reminder, times: Sequence[datetime]) -> PlanResult:
    zone = ZoneInfo(reminder.zone)
    return PlanResult(
        title=reminder.title,
        time=reminder.start.astimezone(zone),
        rule=reminder.rule or None,
        zone=reminder.zone,
        defer=reminder.defer // MINUTE,
        next=[time.astimezone(zone) for time in times],
    )
