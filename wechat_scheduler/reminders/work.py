"""The work of the reminder loop: due reminders become messages in the outbox."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.crashes import crash_reason
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import RequestError
from wechat_scheduler.log.level import is_debugging
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import Claimed, Fired, ReminderState
from wechat_scheduler.reminders.ports import Due

log = structlog.get_logger(__name__)


class ReminderWork:
    """`wake` wakes the dispatcher. `observe` gets each outcome once it is stored; it neither blocks nor raises."""

    name = "reminders"

    def __init__(
        self,
        store: Due,
        *,
        clock: Clock,
        lease: timedelta,
        wake: Callable[[], None],
        observe: Callable[[Fired], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._wake = wake
        self._observe = observe

    async def claim(self, limit: int) -> Sequence[Claimed]:
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
        if await self._store.finish(outcome, now=self._clock.now()):
            self._observe(outcome)
            _log(outcome)
        self._wake()  # without a claim it may be stored already, and only the store's answer was lost

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
