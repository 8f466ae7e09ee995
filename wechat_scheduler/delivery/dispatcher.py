"""Sends due deliveries: the clockwork's work on the outbox."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.delivery.failures import Failures
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.journal import log_outcome
from wechat_scheduler.delivery.model import (
    Attempt,
    Deferred,
    Delivery,
    DeliveryState,
    Outcome,
    Sent,
    Settled,
    Way,
)
from wechat_scheduler.delivery.ports import Channel, DeliveryObserver, Outbox
from wechat_scheduler.delivery.unsaved_outcomes import UnsavedOutcomes
from wechat_scheduler.engine.backoff import FIRST_RETRY
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.crashes import crash_reason
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import (
    CallError,
    SealingError,
    SendError,
    StorageError,
)
from wechat_scheduler.reasons import Verdict

log = structlog.get_logger(__name__)


class Dispatcher:
    """Hands due deliveries to their channels. `failures` says what follows if one fails; `learn` loads the
    apps from the store."""

    name = "delivery"

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        gate: Gate,
        failures: Failures,
        *,
        learn: Callable[[], Awaitable[None]],
        observer: DeliveryObserver,
        clock: Clock,
        lease: timedelta,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._gate = gate
        self._failures = failures
        self._learn = learn
        self._observer = observer
        self._clock = clock
        self._lease = lease
        self._unsaved = UnsavedOutcomes()

    async def claim(self, limit: int) -> Sequence[Delivery]:
        self._unsaved.claiming()
        rows = await self._outbox.claim(now=self._clock.now(), limit=limit, lease=self._lease)
        self._unsaved.claimed(rows)
        return rows

    async def attempt(self, row: Delivery) -> Outcome:
        if unsaved := await self._unsaved.of(row):
            return unsaved
        began = self._clock.now()
        with self._unsaved.attempting(row):
            outcome = await self._sent(row)
            self._unsaved.put(outcome, began)
        return outcome

    async def _sent(self, row: Delivery) -> Outcome:
        if deferred := await self._learned(row):
            return deferred
        now, began = self._clock.now(), self._clock.boottime()
        if stopped := self._gate.stopped(row, now):
            return stopped
        try:
            sent = await self._channels[row.channel].send(row)
        except (CallError, SealingError) as error:
            outcome = self._failures.outcome(row, error, self._attempt(row, now, began, error))
            return (
                replace(outcome, before=error.before) if isinstance(error, SendError) else outcome
            )
        if row.receiver is not None:
            self._gate.token_accepted(row.receiver.appid)
            if sent.way == Way.TEXT:
                self._gate.text_accepted(row.receiver.appid)
        attempt = (
            None if sent.state is DeliveryState.CANCELLED else self._attempt(row, now, began, sent)
        )
        return _settled(row, sent, attempt)

    async def _learned(self, row: Delivery) -> Deferred | None:
        """Load the apps if that of the delivery is unknown: another process may have made it."""
        if row.message is None or self._gate.knows(row.message.app_id):
            return None
        try:
            await self._learn()
        except StorageError as error:
            due_at = self._clock.now() + FIRST_RETRY
            return Deferred(delivery=row, due_at=due_at, error=str(error), counts=False)
        return None

    async def finish(self, outcome: Outcome) -> None:
        if not self._unsaved.is_newest(outcome):
            return
        try:
            receipt = await self._outbox.settle(outcome, now=self._clock.now())
        except StorageError:
            raise
        except Exception:
            # A message that was sent, and that the store does not take as it is, must not be sent again.
            if not isinstance(outcome, Settled):
                raise
            log.exception("delivery.stored_in_part", delivery=outcome.delivery.id)
            outcome = Settled(
                delivery=outcome.delivery, state=outcome.state, version=outcome.version
            )
            receipt = await self._outbox.settle(outcome, now=self._clock.now())
        self._unsaved.saved(outcome.delivery, self._clock.now(), self._lease)
        self._observer.sent(outcome, receipt)
        log_outcome(outcome, receipt or "")

    async def crashed(self, row: Delivery, error: Exception) -> None:
        reason, now = crash_reason(error), self._clock.now()
        self._unsaved.saved(row, now, self._lease)
        if await self._outbox.crashed(row.id, row.claim, reason=reason, now=now):
            log.error("delivery.set_aside", delivery=row.id, channel=row.channel, reason=reason)

    async def next_due(self) -> datetime | None:
        return await self._outbox.next_due()

    def _attempt(
        self, row: Delivery, at: datetime, began: float, result: Sent | Exception
    ) -> Attempt | None:
        """None for notifications of credentials: they are retried without limit, so their attempts are not
        stored."""
        if row.message is None:
            return None
        duration = timedelta(seconds=self._clock.boottime() - began)
        if isinstance(result, Sent):
            return Attempt(at=at, duration=duration, way=result.way)
        error = result if isinstance(result, SendError) else None
        return Attempt(
            at=at,
            duration=duration,
            way=error.way if error else "",
            errcode=error.errcode if error else None,
            rid=error.rid if error else "",
            error=str(result),
            texts_ended=error is not None and error.verdict is Verdict.TEXTS_ENDED,
        )


def _settled(row: Delivery, sent: Sent, attempt: Attempt | None) -> Settled:
    return Settled(
        delivery=row,
        state=sent.state,
        version=sent.version,
        reference=sent.reference,
        reason=sent.reason,
        notes=sent.notes,
        attempt=attempt,
        before=sent.before,
    )
