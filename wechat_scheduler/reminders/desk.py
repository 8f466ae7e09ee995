"""The desk of reminders: every API and the bot create, change and list reminders through it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import replace
from wechat_scheduler.engine.work import Wake
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.log.level import is_debugging
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.model import PeopleChange, Reminder, ReminderState
from wechat_scheduler.reminders.planning import (
    ahead,
    check,
    check_people,
    first,
    starting,
)
from wechat_scheduler.reminders.ports import Reminders
from wechat_scheduler.reminders.reader import ReminderReader, no_reminder
from wechat_scheduler.reminders.recurrence.rule import unmoved

log = structlog.get_logger(__name__)

# Attempts at a change. Another one is needed if the reminder fired at the same moment, or another process
# changed it.
TRIES = 5

_MOVED = {
    ReminderState.PAUSED: "reminder.paused",
    ReminderState.ACTIVE: "reminder.resumed",
    ReminderState.CANCELLED: "reminder.cancelled",
}


class ReminderDesk(ReminderReader):
    """Creates and changes reminders. `wake` wakes the loop, as a reminder may be due sooner. `shortest` is
    the least time between two occurrences of a new rule; it may be changed at any time.

    Methods raise NotFoundError, ConflictError and the ReminderErrors of `refused_reminders`. All that wait may
    raise StorageError.
    """

    def __init__(
        self,
        store: Reminders,
        *,
        clock: Clock,
        wake: Wake,
        shortest: timedelta,
    ) -> None:
        super().__init__(store)
        self._clock = clock
        self._wake = wake
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.shortest = shortest

    def plan(self, reminder: Reminder, *, forgiving: timedelta = timedelta(0)) -> Reminder:
        """The reminder with its first occurrence. Stores nothing. A one-off may be late by `forgiving`."""
        wrong, now = WrongFields(), self._clock.now()
        with wrong:
            check(reminder)
        with wrong:
            found = first(reminder, now=now, shortest=self.shortest, forgiving=forgiving)
        wrong.check()
        return starting(reminder, found)

    async def create(
        self,
        reminder: Reminder,
        people: Sequence[str] = (),
        *,
        once: Callable[[Reminder], Once | None] = lambda reminder: None,
    ) -> Reminder:
        """Plans and stores a reminder, as `put` does."""
        return await self.put(self.plan(reminder), people, once=once)

    async def put(
        self,
        planned: Reminder,
        people: Sequence[str] = (),
        *,
        once: Callable[[Reminder], Once | None] = lambda reminder: None,
    ) -> Reminder:
        """Stores a reminder that `plan` made and `people` joined. If its id is stored already, returns the
        stored reminder and changes nothing. `once` makes the stored response from the planned
        reminder. Raises as `once.Once` says."""
        check_people(people)
        if not await self._store.add(planned, people, once=once(planned)):
            return await self.reminder(planned.id)
        if is_debugging():
            names = {"reminder": planned.id, "app": planned.app_id, "source": planned.source}
            log.debug("reminder.created", **names)
        self._wake(planned.due_at)
        return planned

    async def replace_slots(
        self, app_id: int, owner: str, source: str, reminders: Sequence[Reminder]
    ) -> None:
        """Replaces all reminders of this app, owner and source by `reminders`, which `plan` made."""
        now = self._clock.now()
        await self._store.replace_slots(app_id, owner, source, reminders, now=now)
        self._wake()

    async def change(
        self,
        reminder_id: str,
        edit: Callable[[Reminder], Reminder],
        people: PeopleChange | None = None,
    ) -> Reminder:
        """Stores what `edit` makes of the stored reminder; `edit` may be called several times, and
        changes only what an API may ask for. A reminder with a new time is active again, unless it
        is paused. `people` joins some and lets others leave; all others who joined stay. A change that
        changes nothing, as of a form that is sent twice, leaves the one before it the last."""
        check_people(people.join if people else ())

        def changed(before: Reminder) -> Reminder | None:
            after = self.edited(before, edit(before))
            return None if after == before and people is None else after

        return await self._changed(reminder_id, changed, people)

    async def pause(self, reminder_id: str) -> Reminder:
        """Stops the reminder until it is resumed. Occurrences in between are left out, not missed."""
        return await self._moved(
            reminder_id, ReminderState.PAUSED, (ReminderState.ACTIVE,), _paused
        )

    async def resume(self, reminder_id: str) -> Reminder:
        """Continues with the next occurrence. Raises PastError if there is none."""
        return await self._moved(
            reminder_id, ReminderState.ACTIVE, (ReminderState.PAUSED,), self._resumed
        )

    async def cancel(self, reminder_id: str) -> Reminder:
        """Ends the reminder. It stays visible."""
        standing = (ReminderState.ACTIVE, ReminderState.PAUSED)
        return await self._moved(reminder_id, ReminderState.CANCELLED, standing, self._ended)

    async def remove(self, reminder_id: str) -> None:
        if not await self._store.remove(reminder_id, now=self._clock.now()):
            raise no_reminder(reminder_id)
        log.info("reminder.removed", reminder=reminder_id)

    async def join(self, reminder_id: str, uid: str) -> bool:
        """Join the user. False if the user had joined before, or is the owner."""
        await self.reminder(reminder_id)
        return await self._store.join(reminder_id, uid, now=self._clock.now())

    async def change_people(self, reminder: Reminder, change: PeopleChange) -> None:
        """Joins some, by themselves, and lets others leave; concurrent changes of other users do not conflict."""
        check_people(change.join)
        await self._store.change_people(reminder, change, now=self._clock.now())

    async def leave(self, reminder_id: str, uid: str) -> bool:
        """Let the user leave. False if the user had not joined."""
        return await self._store.leave(reminder_id, uid)

    async def stop_for(self, uid: str) -> int:
        """Cancels the reminders of a user who unfollowed, and leaves those that the user joined. Returns
        how many were cancelled."""
        return await self._store.stop_for(uid, now=self._clock.now())

    def preview(self, reminder: Reminder, most: int) -> tuple[datetime, ...]:
        """When it is sent the next `most` times; fewer if it ends, none if it is over."""
        return ahead(reminder, now=self._clock.now(), most=most)

    async def _moved(
        self,
        reminder_id: str,
        state: ReminderState,
        from_: tuple[ReminderState, ...],
        move: Callable[[Reminder, ReminderState], Reminder],
    ) -> Reminder:
        def moved(reminder: Reminder) -> Reminder | None:
            if reminder.state is state:
                return None
            if reminder.state not in from_:
                raise ConflictError(
                    f"the reminder is {reminder.state.value}", reason=Reason.REMINDER_STATE
                )
            return move(reminder, state)

        return await self._changed(reminder_id, moved, None, event=_MOVED[state])

    async def _changed(
        self,
        reminder_id: str,
        edit: Callable[[Reminder], Reminder | None],
        people: PeopleChange | None,
        *,
        event: str = "",
    ) -> Reminder:
        """Stores what `edit` makes of the stored reminder; None changes nothing. Edits of one reminder in
        this process wait for one another, so that any number of them succeed."""
        async with self._turns.setdefault(reminder_id, asyncio.Lock()):
            for _ in range(TRIES):
                before = await self.reminder(reminder_id)
                after = edit(before)
                if after is None:
                    return before
                if await self._store.change(after, people):
                    if event:
                        log.info(event, reminder=reminder_id)
                    self._wake()
                    return await self.reminder(reminder_id)
        raise _busy(reminder_id)

    def edited(self, before: Reminder, edited: Reminder) -> Reminder:
        """The stored reminder as a change makes it. Stores nothing. Raises as `plan`."""
        check(edited)
        if edited.timing == before.timing:
            return edited
        # A rule that was accepted stays accepted, even if `shortest` has grown.
        is_known = unmoved(edited.rule) == unmoved(before.rule)
        return self._retimed(edited, timedelta(0) if is_known else self.shortest)

    def _resumed(self, reminder: Reminder, state: ReminderState) -> Reminder:
        return self._retimed(replace(reminder, state=state), timedelta(0))

    def _ended(self, reminder: Reminder, state: ReminderState) -> Reminder:
        return replace(reminder, state=state, due_at=None, ended_at=self._clock.now())

    def _retimed(self, reminder: Reminder, shortest: timedelta) -> Reminder:
        found = first(reminder, now=self._clock.now(), shortest=shortest)
        planned = replace(starting(reminder, found), set_aside="", ended_at=None)
        if reminder.state is ReminderState.PAUSED:
            return replace(planned, due_at=None)
        return replace(planned, state=ReminderState.ACTIVE)


def _paused(reminder: Reminder, state: ReminderState) -> Reminder:
    return replace(reminder, state=state, due_at=None)


def _busy(reminder_id: str) -> ConflictError:
    return ConflictError(
        f"the reminder {reminder_id} is being changed by others: try again",
        reason=Reason.REMINDER_BUSY,
    )
