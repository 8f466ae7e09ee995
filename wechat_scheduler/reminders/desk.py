"""The front desk of reminding: what every API turns its requests into."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.planning import ahead, check, check_people, first, starting
from wechat_scheduler.reminders.ports import Reminders

log = structlog.get_logger(__name__)

# How often an edit is done again because the reminder fired, or was edited, at the same moment.
TRIES = 5

_MOVED = {
    ReminderState.PAUSED: "reminder.paused",
    ReminderState.ACTIVE: "reminder.resumed",
    ReminderState.CANCELLED: "reminder.cancelled",
}


class ReminderDesk:
    """`wake` tells the loop that something may be due sooner; `shortest` is the least time between
    two occurrences of a new rule, and may be changed at any time.

    Raises RequestErrors: NotFoundError, ConflictError, and the ReminderErrors of `refusals`. All
    methods that wait may raise StorageError.
    """

    def __init__(
        self,
        store: Reminders,
        *,
        clock: Clock,
        wake: Callable[[], None],
        shortest: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self.shortest = shortest

    def plan(self, reminder: Reminder, *, forgiving: timedelta = timedelta(0)) -> Reminder:
        """With its first occurrence; nothing is stored. A one-off may be past by `forgiving`."""
        check(reminder)
        now = self._clock.now()
        found = first(reminder, now=now, shortest=self.shortest, forgiving=forgiving)
        return starting(reminder, found)

    async def create(
        self,
        reminder: Reminder,
        people: Sequence[str] = (),
        *,
        once: Callable[[Reminder], Once | None] = lambda reminder: None,
    ) -> Reminder:
        """Plans and stores it, with `people` as those who joined. If its id is known already, returns
        the stored one and changes nothing. `once` gets what the answer is to show. Raises as
        `once.Once` says."""
        check_people(people)
        planned = self.plan(reminder)
        if not await self._store.add(planned, people, once=once(planned)):
            return await self.reminder(planned.id)
        log.info("reminder.created", reminder=planned.id, app=planned.app_id, source=planned.source)
        self._wake()
        return planned

    async def replace_slots(
        self, app_id: int, owner: str, source: str, reminders: Sequence[Reminder]
    ) -> None:
        """All that was reported for this user by that API is replaced by what `plan` made."""
        await self._store.replace_slots(app_id, owner, source, reminders)
        self._wake()

    async def change(
        self,
        reminder_id: str,
        edit: Callable[[Reminder], Reminder],
        people: Sequence[str] | None = None,
    ) -> Reminder:
        """`edit` gets it as it is stored, perhaps several times, and changes what was asked for. With
        another time it is active again, unless it is paused. `people` replace those who joined; None
        leaves them."""
        check_people(people or ())
        for _ in range(TRIES):
            before = await self.reminder(reminder_id)
            if await self._store.change(self._edited(before, edit(before)), people):
                self._wake()
                return await self.reminder(reminder_id)
        raise _busy(reminder_id)

    async def pause(self, reminder_id: str) -> Reminder:
        """What falls due until it is resumed is left out, not missed."""
        return await self._moved(
            reminder_id, ReminderState.PAUSED, (ReminderState.ACTIVE,), _stopped
        )

    async def resume(self, reminder_id: str) -> Reminder:
        """With the first occurrence that is not past. Raises PastError if there is none."""
        return await self._moved(
            reminder_id, ReminderState.ACTIVE, (ReminderState.PAUSED,), self._resumed
        )

    async def cancel(self, reminder_id: str) -> Reminder:
        """It stays visible."""
        standing = (ReminderState.ACTIVE, ReminderState.PAUSED)
        return await self._moved(reminder_id, ReminderState.CANCELLED, standing, _stopped)

    async def remove(self, reminder_id: str) -> None:
        if not await self._store.remove(reminder_id):
            raise _no_reminder(reminder_id)
        log.info("reminder.removed", reminder=reminder_id)

    async def join(self, reminder_id: str, uid: str) -> bool:
        """False if they had joined, or it is theirs."""
        await self.reminder(reminder_id)
        return await self._store.join(reminder_id, uid, now=self._clock.now())

    async def leave(self, reminder_id: str, uid: str) -> bool:
        """False if they had not joined."""
        return await self._store.leave(reminder_id, uid)

    async def stop_for(self, uid: str) -> int:
        """They unfollowed: cancel what they own, leave what they joined. Returns how many of theirs
        were stopped."""
        return await self._store.stop_for(uid)

    async def reminder(self, reminder_id: str) -> Reminder:
        reminder = await self._store.reminder(reminder_id)
        if reminder is None:
            raise _no_reminder(reminder_id)
        return reminder

    async def people(self, reminder_id: str) -> tuple[str, ...]:
        """Who joined."""
        return (await self.people_of([reminder_id])).get(reminder_id, ())

    async def people_of(self, reminder_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return await self._store.people(reminder_ids)

    async def of_app(
        self,
        app_id: int,
        *,
        owner: str = "",
        source: str = "",
        state: ReminderState | None = None,
        after: str = "",
        limit: int,
    ) -> Sequence[Reminder]:
        """By id."""
        return await self._store.of_app(
            app_id, owner=owner, source=source, state=state, after=after, limit=limit
        )

    async def of_person(
        self,
        uid: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        newest_first: bool = False,
        offset: int = 0,
        limit: int,
    ) -> Sequence[Reminder]:
        """Owned or joined, by (start, creation)."""
        return await self._store.of_person(
            uid, since=since, until=until, newest_first=newest_first, offset=offset, limit=limit
        )

    def preview(self, reminder: Reminder, most: int) -> tuple[datetime, ...]:
        """When it is said the next `most` times; fewer if it ends, none if it is over."""
        return ahead(reminder, now=self._clock.now(), most=most)

    async def _moved(
        self,
        reminder_id: str,
        state: ReminderState,
        from_: tuple[ReminderState, ...],
        move: Callable[[Reminder, ReminderState], Reminder],
    ) -> Reminder:
        for _ in range(TRIES):
            reminder = await self.reminder(reminder_id)
            if reminder.state is state:
                return reminder
            if reminder.state not in from_:
                raise ConflictError(
                    f"the reminder is {reminder.state.value}", reason=Reason.REMINDER_STATE
                )
            if await self._store.change(move(reminder, state), None):
                log.info(_MOVED[state], reminder=reminder_id)
                self._wake()
                return await self.reminder(reminder_id)
        raise _busy(reminder_id)

    def _edited(self, before: Reminder, edited: Reminder) -> Reminder:
        check(edited)
        if edited.timing == before.timing:
            return edited
        # What was good once is good for as long as it is the same.
        is_known = edited.rule == before.rule
        return self._retimed(edited, timedelta(0) if is_known else self.shortest)

    def _resumed(self, reminder: Reminder, state: ReminderState) -> Reminder:
        return self._retimed(replace(reminder, state=state), timedelta(0))

    def _retimed(self, reminder: Reminder, shortest: timedelta) -> Reminder:
        planned = starting(reminder, first(reminder, now=self._clock.now(), shortest=shortest))
        if reminder.state is ReminderState.PAUSED:
            return replace(planned, due_at=None)
        return replace(planned, state=ReminderState.ACTIVE)


def _stopped(reminder: Reminder, state: ReminderState) -> Reminder:
    return replace(reminder, state=state, due_at=None)


def _no_reminder(reminder_id: str) -> NotFoundError:
    return NotFoundError(f"there is no reminder {reminder_id}", reason=Reason.REMINDER_UNKNOWN)


def _busy(reminder_id: str) -> ConflictError:
    return ConflictError(
        f"the reminder {reminder_id} is being changed by others: try again",
        reason=Reason.REMINDER_BUSY,
    )
