"""The bodies and results of reminders."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.delivery.model import DeliveryState, Priority, Way
from wechat_scheduler.engine.records import replace
from wechat_scheduler.reminders.firing import MOST_SENT
from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.reminders.model import JoinedPeople, Late, Reminder
from wechat_scheduler.reminders.planning import FARTHEST
from wechat_scheduler.reminders.recurrence.rule import unmoved
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.ids import Id
from wechat_scheduler.web.native.sending.message_requests import (
    MOST_RECEIVERS,
    ChannelName,
    Instant,
    PriorityName,
    Receiver,
)

T = TypeVar("T")
ResultT = TypeVar("ResultT", bound="ReminderResult")

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
_MOST_MINUTES: Final = FARTHEST // MINUTE
Receivers: TypeAlias = Annotated[
    list[Receiver], msgspec.Meta(extra_json_schema={"maxItems": MOST_RECEIVERS})
]
Minutes: TypeAlias = Annotated[int, msgspec.Meta(ge=-_MOST_MINUTES, le=_MOST_MINUTES)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=FARTHEST // SECOND)]


class ReminderFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`time` is the first occurrence. `when`, a Chinese sentence, may give it instead, together with
    those of `title`, `rule` and `defer` that the body leaves out. The reminder is due `defer` minutes
    after an occurrence, or before it if negative. `late` says what happens to an occurrence that is
    overdue by more than `grace` seconds. `to` is as in a message."""

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
    channel: ChannelName | UnsetType = UNSET
    priority: PriorityName | UnsetType = UNSET
    url: str | UnsetType = UNSET


class ReminderBody(ReminderFields, kw_only=True, forbid_unknown_fields=True):
    """A new reminder of an app; its zone is the app's if none is given."""

    app: Id


class ReminderChange(ReminderFields, kw_only=True, forbid_unknown_fields=True):
    """Fields that are left out stay as they are. `rule` null makes the reminder due once. A rule
    contains its days: with a `time` on another day, give a new rule too. With `only_next` the `time`, or that of
    `when`, is of the next occurrence alone, and the rule and `defer` stay. `to` replaces the receivers
    that requests named; users who joined by themselves stay."""

    only_next: bool = False


class ReminderResult(msgspec.Struct, kw_only=True):
    """`time` is the next occurrence in `zone`, or the last one of a finished reminder. `rule` is null for a
    reminder that is due once; its COUNT is what remains. `due_at`, in UTC, is when the reminder is sent next.
    `to` has the topics, and the first users who joined: at most 2000, and 20 in a list; `joined` counts all
    of them. `reason` says why the daemon itself paused it, and is empty if it did not. `fired` and `missed`
    count occurrences. `notes` are warnings about parts of the request that are not carried out, and, when it is
    made, about its people and its account."""

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
    reason: str
    late: str
    grace: int
    owner: str
    to: list[int | str]
    joined: int
    channel: str
    priority: str
    source: str
    fired: int
    missed: int
    last_at: datetime | None
    created_at: datetime
    notes: list[str]


class ReminderDetails(ReminderResult, kw_only=True):
    """Also `names`: of its owner and those in `to` who have a name, by uid and by the id of the topic. `last_counts` has the
    number of deliveries in each state of what it sent last, of a thousand at most."""

    names: dict[str, str]
    last_counts: dict[str, int]


class PlanResult(msgspec.Struct, kw_only=True):
    """The reminder that the body would make. `to` has each user once, with `names` as in a list. `next` are the times at which it would be sent, in `zone`.
    `hour_assumed` means that `when` says no hour, `assumed` what else it leaves open. `notes` are warnings: about parts of the request that would not be
    carried out, and about an app that has no template for reminders, its people and its account. `waits_until` is the end of the only receiver's quiet hours, for which the first of `next` waits. `error` says why it would not be sent if it were due now; empty if it would."""

    title: str
    time: datetime
    rule: str | None
    zone: str
    defer: int
    hour_assumed: bool
    assumed: list[Assumption]
    next: list[datetime]
    waits_until: datetime | None
    error: str
    owner: str
    to: list[int | str]
    joined: int
    names: dict[str, str]
    notes: list[str]


def with_body(reminder: Reminder, body: ReminderFields) -> Reminder:
    """The reminder with the fields that the body gives, except `when` and the receivers."""
    return replace(
        reminder,
        title=_given(body.title, reminder.title),
        detail=_given(body.text, reminder.detail),
        start=_given(body.time, reminder.start),
        rule="" if body.rule is None else _given(body.rule, _rule_of(body, reminder)),
        zone=_given(body.zone, reminder.zone),
        defer=reminder.defer if body.defer is UNSET else body.defer * MINUTE,
        late=reminder.late if body.late is UNSET else Late(body.late),
        grace=reminder.grace if body.grace is UNSET else body.grace * SECOND,
        way=reminder.way if body.channel is UNSET else Way(body.channel),
        priority=_priority(body, reminder),
        url=_given(body.url, reminder.url),
    )


def _rule_of(body: ReminderFields, reminder: Reminder) -> str:
    # Another time is that of the repetition, and no longer of one occurrence.
    return reminder.rule if body.time in (UNSET, reminder.start) else unmoved(reminder.rule)


def _given(value: T | UnsetType, otherwise: T) -> T:
    return otherwise if isinstance(value, UnsetType) else value


def _priority(body: ReminderFields, reminder: Reminder) -> Priority:
    return reminder.priority if body.priority is UNSET else Priority[body.priority.upper()]


def reminder_result(
    reminder: Reminder, people: JoinedPeople, notes: Sequence[str] = ()
) -> ReminderResult:
    return result_with(ReminderResult, reminder, people, notes=[*_notes(reminder), *notes])


def reminder_details(
    reminder: Reminder,
    people: JoinedPeople,
    names: Mapping[str, str],
    counts: Mapping[DeliveryState, int],
) -> ReminderDetails:
    by_name = {state.value: number for state, number in counts.items()}
    return result_with(ReminderDetails, reminder, people, names=dict(names), last_counts=by_name)


def result_with(
    form: type[ResultT], reminder: Reminder, people: JoinedPeople, **more: object
) -> ResultT:
    return result_of(
        form,
        reminder,
        app=reminder.app_id,
        text=reminder.detail,
        time=reminder.start.astimezone(ZoneInfo(reminder.zone)),
        rule=reminder.rule or None,
        defer=reminder.defer // MINUTE,
        grace=reminder.grace // SECOND,
        joined=people.number,
        to=receivers(reminder, people),
        channel=reminder.way.value,
        priority=reminder.priority.name.lower(),
        reason=reminder.set_aside,
        **{"notes": _notes(reminder)} | more,
    )


def receivers(reminder: Reminder, people: JoinedPeople) -> list[int | str]:
    """As `to` has them."""
    return [*people.uids, *(topic or EVERYONE for topic in reminder.topics)]


def plan_result(
    reminder: Reminder,
    people: JoinedPeople,
    names: Mapping[str, str],
    times: Sequence[datetime],
    waits_until: datetime | None,
    *,
    error: str,
    assumed: Sequence[Assumption] = (),
    notes: Sequence[str] = (),
) -> PlanResult:
    zone = ZoneInfo(reminder.zone)
    return result_of(
        PlanResult,
        reminder,
        time=reminder.start.astimezone(zone),
        rule=reminder.rule or None,
        defer=reminder.defer // MINUTE,
        next=[time.astimezone(zone) for time in times],
        waits_until=waits_until,
        error=error,
        hour_assumed=any(one.kind == "hour" for one in assumed),
        assumed=list(assumed),
        to=receivers(reminder, people),
        joined=people.number,
        names=dict(names),
        notes=[*_notes(reminder), *notes],
    )


def _notes(reminder: Reminder) -> list[str]:
    if reminder.late is not Late.ALL or not reminder.rule:
        return []
    return [f"if more than {MOST_SENT} occurrences are late, only the newest {MOST_SENT} are sent"]
