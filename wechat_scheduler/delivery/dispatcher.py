"""Sends what is in the outbox: the clockwork's work on deliveries."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.clock import Clock
from wechat_scheduler.delivery.model import Deferred, Delivery, Outcome, Settled, State
from wechat_scheduler.delivery.ports import Channel, Observer, Outbox
from wechat_scheduler.errors import CallError, SealingError

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=1)


class Dispatcher:
    """Hands due deliveries to their channels and decides what a failure means.

    `retry_cap` is the longest pause between two attempts; it may be changed at any time.
    """

    name = "delivery"

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        *,
        observer: Observer,
        clock: Clock,
        rng: random.Random,
        lease: timedelta,
        retry_cap: timedelta,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._observer = observer
        self._clock = clock
        self._rng = rng
        self._lease = lease
        self.retry_cap = retry_cap

    async def claim(self, limit: int) -> Sequence[Delivery]:
        return await self._outbox.claim(now=self._clock.now(), limit=limit, lease=self._lease)

    async def attempt(self, row: Delivery) -> Outcome:
        try:
            version = await self._channels[row.channel].send(row)
        except (CallError, SealingError) as error:
            return self._deferred(row, error)
        if version < 0:
            return Settled(delivery=row, state=State.CANCELLED, version=0)
        return Settled(delivery=row, state=State.DELIVERED, version=version)

    async def finish(self, outcome: Outcome) -> None:
        await self._outbox.settle(outcome, now=self._clock.now())
        self._observer.sent(outcome)
        _log(outcome)

    async def next_due(self) -> datetime | None:
        return await self._outbox.next_due()

    def _deferred(self, row: Delivery, error: CallError | SealingError) -> Deferred:
        pause = min(FIRST_RETRY * 2.0 ** min(row.attempts, 40), self.retry_cap)
        due_at = self._clock.now() + pause * self._rng.uniform(0.5, 1.0)
        return Deferred(delivery=row, due_at=due_at, error=str(error))


def _log(outcome: Outcome) -> None:
    delivery = outcome.delivery
    match outcome:
        case Settled():
            log.info(f"delivery.{outcome.state}", delivery=delivery.id, channel=delivery.channel)
        case Deferred():
            log.warning(
                "delivery.deferred",
                delivery=delivery.id,
                channel=delivery.channel,
                attempts=delivery.attempts + 1,
                error=outcome.error,
            )
