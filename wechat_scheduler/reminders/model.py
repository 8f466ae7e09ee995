"""Reminders, and what becomes of them when they are due."""

import enum
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from wechat_scheduler.audience.model import SHANGHAI
from wechat_scheduler.delivery.model import Message, Priority, Target, Way
from wechat_scheduler.engine.places import IdPlaces
from wechat_scheduler.engine.random_bytes import random_bytes
from wechat_scheduler.engine.records import dataclass, field, replace

# How late an occurrence may be before its policy for late ones holds.
GRACE: Final = timedelta(minutes=5)


class ReminderState(enum.StrEnum):
    """MISSED was due while the daemon was down, and its policy forbids to send it late."""

    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Late(enum.StrEnum):
    """The policy for occurrences that were due while the daemon was down and are later than the grace.
    Occurrences within the grace are sent under each. `firing.MOST_SENT` bounds what is sent at once."""

    ONCE = "once"
    """Sends the newest, marked as late, and counts the others as missed."""

    SKIP = "skip"
    """Sends none. Each is listed as a missed delivery."""

    ALL = "all"
    """Sends each, marked as late."""


_places = IdPlaces()


def new_id() -> str:
    """32 hex digits: 28 random ones, and the place of the reminder among those that this process made."""
    return f"{random_bytes(14).hex()}{_places.next():04x}"


def place_of(reminder_id: str) -> int:
    """The place in an id of `new_id`; that of another id may be any."""
    try:
        return int(reminder_id[-4:], 16)
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A message that is sent at a time, once or repeatedly.

    APIs fill in what was asked for; `ReminderDesk` sets what follows from it. Until then `start` is any
    aware instant (with a rule it may be past) and `due_at` is None.

    `id` is 32 hex digits. `start` is the next occurrence (of a one-off: the occurrence), at the wall
    time that it keeps in `zone`; `rule` is empty for a one-off, else a text that `read_rule`
    takes, its COUNT less by what was sent. The message is sent `defer` after each occurrence (negative:
    before it), next at `due_at`; None means never again. `owner` is a uid, or empty if an app reminds
    its `topics` or the people who joined; topic 0 is all subscribers of the app. `fired` and `missed`
    count occurrences, `last_at` is when the last message was sent. `source` is the word of the API
    that made it. `slot` and `mark` belong to that API, and are read by it alone. `set_aside` says why
    the daemon itself paused it, and is empty otherwise. `ended_at` is when it was done, missed or
    cancelled; None before.
    """

    id: str = field(default_factory=new_id)
    app_id: int
    source: str
    owner: str = ""
    title: str
    detail: str = ""
    url: str = ""
    start: datetime
    rule: str = ""
    zone: str = SHANGHAI
    defer: timedelta = timedelta(0)
    due_at: datetime | None = None
    state: ReminderState = ReminderState.ACTIVE
    late: Late = Late.ONCE
    grace: timedelta = GRACE
    way: Way = Way.AUTO
    priority: Priority = Priority.NORMAL
    topics: tuple[int, ...] = ()
    slot: int = 0
    mark: str = ""
    set_aside: str = ""
    fired: int = 0
    missed: int = 0
    last_at: datetime | None = None
    ended_at: datetime | None = None
    created_at: datetime
    revision: int = 0

    @property
    def timing(self) -> tuple[datetime, str, str, timedelta]:
        return self.start, self.rule, self.zone, self.defer


def said_again(
    reminder: Reminder,
    *,
    copy_id: str,
    source: str,
    owner: str,
    at: datetime,
    zone: str,
    now: datetime,
    mark: str = "",
) -> Reminder:
    """A one-off at `at` that says to `owner` what `reminder` says, made `now`. Nothing else of it is kept: a
    further field belongs to what a reminder says, unless it is reset here."""
    return replace(
        reminder,
        id=copy_id,
        source=source,
        owner=owner,
        start=at,
        rule="",
        zone=zone,
        defer=timedelta(0),
        due_at=None,
        state=ReminderState.ACTIVE,
        late=Late.ONCE,
        grace=GRACE,
        topics=(),
        slot=0,
        mark=mark,
        set_aside="",
        fired=0,
        missed=0,
        last_at=None,
        ended_at=None,
        created_at=now,
        revision=0,
    )


class JoinedPeople(NamedTuple):
    """The first of those who joined a reminder, in the order of joining, and the number of all."""

    uids: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChange:
    """An edit of who joined a reminder. Those in neither tuple stay as they are."""

    join: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A due reminder that this process alone may fire now. `people` joined it; None if they are too
    many to be put into one transaction, and are told page by page."""

    reminder: Reminder
    people: tuple[str, ...] | None
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """The message of one occurrence. With `is_missed` it is recorded and not sent."""

    message: Message
    targets: tuple[Target, ...]
    is_missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """The outcome of firing: messages for the outbox, and the reminder at its next occurrence."""

    claimed: Claimed
    firings: tuple[Firing, ...]
    next: Reminder


Outcome: TypeAlias = Fired
