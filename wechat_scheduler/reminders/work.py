"""The work of the reminder loop: due reminders become messages in the outbox."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.crashes import crash_reason
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import RequestError
from wechat_scheduler.log.level import is_debugging
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import Claimed, Fired, ReminderState
from wechat_scheduler.reminders.ports import DispatcherLoop, Due

log = structlog.get_logger(__name__)

# A claim of reminders waits so long for a dispatcher that is busy: what is handed on claimed is cheaper. No longer, as a
# reminder that waits here too long would be late, or missed.
PATIENCE: Final = timedelta(milliseconds=50)


class ReminderWork:
    """Hands the deliveries on to `dispatching`, claimed for the `sending_lease`, if it has places for them: else they
    wait in the outbox. `observe` gets each outcome once it is stored; it neither blocks nor raises."""

    name = "reminders"

    def __init__(
        self,
        store: Due,
        *,
        clock: Clock,
        lease: timedelta,
        dispatching: DispatcherLoop,
        sending_lease: timedelta,
        observe: Callable[[Fired], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._dispatching = dispatching
        self._sending_lease = sending_lease
        self._observe = observe

    async def claim(self, limit: int) -> Sequence[Claimed]:
        await self._dispatching.room(PATIENCE)
        return await self._store.claim(now=self._clock.now(), limit=limit, lease=self._lease)

    async def attempt(self, row: Claimed) -> Fired:
        try:
            return fire(row, self._clock.now())
        except (RequestError, KeyError) as error:
            # A rule or a zone that an older release accepted. The reminder waits for a change.
            log.error("reminder.unreadable", reminder=row.reminder.id, error=str(error))
            paused = replace(
                row.reminder, state=ReminderState.PAUSED, due_at=None, set_aside=str(error)
            )
            return Fired(claimed=row, firings=(), next=paused)

    async def finish(self, outcome: Fired) -> None:
        number = sum(len(one.targets) for one in outcome.firings if not one.is_missed)
        places = self._dispatching.places(number) if number else None
        try:
            lease = self._sending_lease if places else None
            claimed = await self._store.finish(outcome, now=self._clock.now(), lease=lease)
            if places:
                places.set_result(claimed or ())
        finally:
            if places:
                places.cancel()  # unless it has its result
        if claimed is not None:
            self._observe(outcome)
            _log(outcome)
        if not claimed:
            # They wait in the outbox: also if they were stored before, claimed or not, and the answer was lost.
            self._dispatching.wake()

    async def crashed(self, row: Claimed, error: Exception) -> None:
        reason, now = crash_reason(error), self._clock.now()
        if await self._store.crashed(row.reminder.id, row.claim, reason=reason, now=now):
            log.error("reminder.set_aside", reminder=row.reminder.id, reason=reason)

    async def next_due(self) -> datetime | None:
        return await self._store.next_due()


def _log(fired: Fired) -> None:
    before, after = fired.claimed.reminder, fired.next
    if missed := after.missed - before.missed:
        log.warning("reminder.missed", reminder=after.id, count=missed)
    if (sent := after.fired - before.fired) and is_debugging():
        log.debug("reminder.fired", reminder=after.id, count=sent)
