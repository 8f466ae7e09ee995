"""The stores that reminders need."""

from asyncio import Future
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, Required, TypedDict, Unpack

from wechat_scheduler.access.once import Once
from wechat_scheduler.delivery.model import Delivery
from wechat_scheduler.reminders.conversation import Conversation
from wechat_scheduler.reminders.model import (
    Claimed,
    Fired,
    JoinedPeople,
    PeopleChange,
    Reminder,
    ReminderState,
)


class Due(Protocol):
    """The store of due reminders. Methods are atomic, and may raise StorageError."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        """Claims active reminders whose `due_at` has come, oldest first. A claim ends after `lease`."""

    async def finish(
        self, fired: Fired, *, now: datetime, lease: timedelta | None = None
    ) -> Sequence[Delivery] | None:
        """Puts the messages into the outbox and stores the next occurrence, in one transaction. With a `lease`,
        this process has claimed the new deliveries, and they are returned. None, and nothing is stored, if the
        reminder was changed or claimed by another process meanwhile, or if this was stored before: the deliveries that
        were claimed then are due now."""

    async def crashed(self, row_id: str, claim: str, /, *, reason: str, now: datetime) -> bool:
        """Stores that handling the reminder crashed: it is due again later, or set aside after several
        crashes in a row. Returns whether it was set aside."""

    async def next_due(self) -> datetime | None: ...


class DispatcherLoop(Protocol):
    """The loop that sends deliveries."""

    def wake(self) -> None:
        """Deliveries are due now."""

    async def room(self, patience: timedelta) -> None:
        """Return once it has room for more, or after `patience`."""

    def places(self, number: int) -> Future[Sequence[Delivery]] | None:
        """Slots for deliveries that this process claims where it stores them: they, or fewer, are to be the result
        of the future, or it is to be cancelled. None if there are not as many, or if others may wait."""


class ReminderSpan(TypedDict, total=False):
    """Selects reminders of a user that start from `since` on and before `until`, at most `limit` from
    the one at `offset`; a bound that is left out selects all."""

    since: datetime
    until: datetime
    newest_first: bool
    offset: int
    limit: Required[int]


class Reminders(Protocol):
    """The store of reminders. Methods are atomic, and may raise StorageError."""

    async def add(self, reminder: Reminder, people: Sequence[str], *, once: Once | None) -> bool:
        """Stores a reminder that `people` joined. False, and nothing is changed, if its id is stored
        already. Raises as `once.Once` says."""

    async def change(self, reminder: Reminder, people: PeopleChange | None) -> bool:
        """Replaces the reminder, and with `people` changes who joined. False, and nothing is changed, if
        `revision` is not the stored one. Each change and each `Due.finish` increases it. A claim
        on the reminder becomes void. Those who are named are shown in the order of the last change
        that named them, before those who came by themselves."""

    async def replace_slots(
        self,
        app_id: int,
        owner: str,
        source: str,
        reminders: Sequence[Reminder],
        *,
        now: datetime,
    ) -> None:
        """Replaces all reminders of this app, owner and source, in one transaction."""

    async def reminder(self, reminder_id: str) -> Reminder | None: ...

    async def people(self, reminder_ids: Sequence[str], *, most: int) -> dict[str, JoinedPeople]:
        """Who joined each reminder, the first `most` of them; those that no user joined are left out."""

    async def named(self, reminder_id: str) -> Sequence[str]:
        """Those who joined because a request named them."""

    async def page(self, reminder_id: str, *, after: str, limit: int) -> Sequence[str]:
        """All who joined, ordered by uid, from the one after the uid `after`."""

    async def has_joined(self, reminder_id: str, uid: str) -> bool: ...

    async def of_person(self, uid: str, **wanted: Unpack[ReminderSpan]) -> Sequence[Reminder]:
        """The reminders that a user owns or joined, without cancelled ones, by start and creation."""

    async def join(self, reminder_id: str, uid: str, *, now: datetime) -> bool:
        """Join the user. False if the user had joined before, or is the owner."""

    async def change_people(
        self, reminder: Reminder, change: PeopleChange, *, now: datetime
    ) -> None:
        """Joins some, by themselves, and lets others leave. The reminder stays as it is."""

    async def leave(self, reminder_id: str, uid: str) -> bool: ...

    async def remove(self, reminder_id: str, *, now: datetime) -> bool:
        """Removes the reminder. Those who joined are kept for some minutes: if the reminder is added again
        before, they have joined it again."""

    async def stop_for(self, uid: str, *, now: datetime) -> int:
        """Cancels the reminders that the user owns, and leaves those that the user joined. Returns how
        many were cancelled."""


class ReminderScope(NamedTuple):
    """Whose reminders: those of these apps (None: of all), and with a `uid` only those that the user owns or
    joined."""

    app_ids: tuple[int, ...] | None = None
    uid: str = ""


class RingSpan(NamedTuple):
    """Selects active reminders that are sent from `since` on and before `until`."""

    since: datetime
    until: datetime
    scope: ReminderScope = ReminderScope()


class ReminderSearch(NamedTuple):
    """Selects reminders, at most `limit`, from the place `after` on, which a page before gave; with a `text` those
    whose title has it, and with a `beginning`, hexadecimal digits, those whose id begins so, or with `ids` these. They are ordered by id, or
    `by_due`, which lists the active ones alone."""

    limit: int
    after: str = ""
    scope: ReminderScope = ReminderScope()
    state: ReminderState | None = None
    text: str = ""
    by_due: bool = False
    beginning: str = ""
    ids: tuple[str, ...] = ()


class FoundReminders(NamedTuple):
    """The search continues at the place `after`; empty at its end."""

    reminders: Sequence[Reminder]
    after: str


class ReminderLists(Protocol):
    """Lists of reminders. Methods may raise StorageError."""

    async def due(self, span: RingSpan, *, limit: int) -> Sequence[Reminder]:
        """Those that are sent next within the span, the earliest `limit` in order."""

    async def recurring(self, span: RingSpan, *, limit: int) -> Sequence[Reminder]:
        """Those that recur and are sent next before the span, the earliest `limit` in order."""

    async def find(self, wanted: ReminderSearch) -> FoundReminders:
        """A page, which may be short though there are more: a search for a text looks at some thousand."""


class Conversations(Protocol):
    """The store of the bot's conversations. Methods are atomic, and may raise StorageError."""

    async def read(self, uid: str) -> Conversation:
        """An empty one if none is kept: one that nothing was said in for two days is forgotten."""

    async def write(self, uid: str, conversation: Conversation, *, now: datetime) -> None: ...
