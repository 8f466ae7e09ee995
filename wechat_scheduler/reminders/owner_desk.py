"""The owner's desk: owners are reminded again, change and delete their reminders, and undo that."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

import msgspec
import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import ConflictError, NotFoundError, SealingError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import PeopleChange, Reminder, said_again
from wechat_scheduler.reminders.overview import STANDING
from wechat_scheduler.reminders.ports import Reminders

log = structlog.get_logger(__name__)

# How long a change or a deletion can be taken back.
UNDO: Final = timedelta(minutes=1)

# How long those who joined a deleted reminder are kept, as it may come back.
KEPT: Final = 5 * UNDO

# Marks the reminders that owners ask for when they are reminded.
SOURCE: Final = "again"

_PLACE: Final = "deleted reminder"


class Sealing(Protocol):
    """Seals texts. `open` raises SealingError for a text that was not sealed for that place."""

    def seal(self, text: str, place: str) -> str: ...

    def open(self, sealed: str, place: str) -> str: ...


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """What a deleted or changed reminder was, and until when it can come back. The store keeps who joined it.
    `revision` is that of the changed one, 0 of a deleted one."""

    until: datetime
    reminder: Reminder
    revision: int = 0


_decode = msgspec.json.Decoder(Deleted).decode


class Restored(NamedTuple):
    """A reminder that is as it was again; `before` that it was another, None if it was deleted."""

    reminder: Reminder
    before: Reminder | None


class OwnerDesk:
    """Carries out what owners do on their reminders' pages. Methods raise as those of ReminderDesk. `wake`
    wakes the loop of reminders."""

    def __init__(
        self,
        desk: ReminderDesk,
        store: Reminders,
        *,
        vault: Sealing,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._store = store
        self._vault = vault
        self._clock = clock
        self._wake = wake

    async def again(self, reminder_id: str, at: datetime) -> Reminder:
        """Reminds the owner again, once, at `at`. A reminder that is over and is the owner's alone is
        put off; of any other the owner gets a copy. The same minute twice makes one copy."""
        reminder = await self._desk.reminder(reminder_id)
        is_shared = reminder.topics or (await self._desk.people(reminder_id, most=0)).number
        if reminder.state not in STANDING and not is_shared:
            return await self._desk.change(reminder_id, lambda stored: _put_off(stored, at))
        copy = said_again(
            reminder,
            copy_id=_id_of(reminder, at),
            source=SOURCE,
            owner=reminder.owner,
            at=at,
            zone=reminder.zone,
            now=self._clock.now(),
        )
        return await self._desk.create(copy)

    async def delete(self, reminder_id: str) -> str:
        """Removes the reminder. Returns the sealed text that `restore` takes for `UNDO`."""
        reminder = await self._desk.reminder(reminder_id)
        await self._desk.remove(reminder_id)
        return self._sealed(reminder, 0)

    async def change(
        self,
        reminder_id: str,
        edit: Callable[[Reminder], Reminder],
        people: PeopleChange | None,
    ) -> tuple[Reminder, Reminder]:
        """Changes the reminder as ReminderDesk does. Returns what it was, and what it is."""
        edited: list[Reminder] = []

        def noted(stored: Reminder) -> Reminder:
            edited[:] = [stored]
            return edit(stored)

        after = await self._desk.change(reminder_id, noted, people)
        return edited[0], after

    def sealed(self, before: Reminder) -> str:
        """The text with which `restore` makes a reminder what it was `before` it was changed just now."""
        return self._sealed(before, before.revision + 1)

    def undo_until(self) -> datetime:
        """Until when a change or a deletion of now can be taken back."""
        return self._clock.now() + UNDO

    def deleted(self, reminder_id: str, sealed: str) -> Deleted:
        """What was sealed. Raises NotFoundError for a text that is not of this reminder."""
        try:
            deleted = _decode(self._vault.open(sealed, _PLACE))
        except (SealingError, msgspec.DecodeError) as error:
            raise _unknown() from error
        if deleted.reminder.id != reminder_id:
            raise _unknown()
        return deleted

    async def restore(self, reminder_id: str, sealed: str) -> Restored:
        """Stores the deleted or changed reminder as it was. What fell due in between is sent. Raises NotFoundError
        for a text that is not of this reminder, ConflictError for one that comes too late, or after another change."""
        deleted = self.deleted(reminder_id, sealed)
        if deleted.until < self._clock.now():
            raise ConflictError("it was too long ago", reason=Reason.REMINDER_STATE)
        if deleted.revision:
            return await self._put_back(deleted)
        if await self._store.add(deleted.reminder, (), once=None):
            log.info("reminder.restored", reminder=reminder_id)
            self._wake()
            return Restored(await self._desk.reminder(reminder_id), None)
        stored = await self._desk.reminder(reminder_id)
        return Restored(stored, stored)

    async def _put_back(self, changed: Deleted) -> Restored:
        stored, before = await self._desk.reminder(changed.reminder.id), changed.reminder
        if replace(stored, revision=before.revision) == before:
            return Restored(stored, stored)
        is_last = stored.revision == changed.revision
        if not is_last or not await self._store.change(
            replace(before, revision=stored.revision), None
        ):
            raise ConflictError("it was sent or changed since", reason=Reason.REMINDER_STATE)
        log.info("reminder.restored", reminder=before.id)
        self._wake()
        return Restored(await self._desk.reminder(before.id), stored)

    def _sealed(self, reminder: Reminder, revision: int) -> str:
        kept = Deleted(until=self.undo_until(), reminder=reminder, revision=revision)
        return self._vault.seal(msgspec.json.encode(kept).decode(), _PLACE)


def _put_off(reminder: Reminder, at: datetime) -> Reminder:
    return replace(reminder, start=at, rule="", defer=timedelta(0))


def _id_of(reminder: Reminder, at: datetime) -> str:
    text = f"again/{reminder.id}/{at:%Y-%m-%dT%H:%M%z}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _unknown() -> NotFoundError:
    return NotFoundError("there is no deletion to undo", reason=Reason.REMINDER_UNKNOWN)
