"""Sends due deliveries: the clockwork's work on the outbox."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

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
    TargetKind,
)
from wechat_scheduler.delivery.ports import Channel, DeliveryObserver, Outbox
from wechat_scheduler.engine.backoff import FIRST_RETRY, backoff, jittered
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.crashes import crash_reason
from wechat_scheduler.errors import (
    CallError,
    CrowdedError,
    LastingError,
    SealingError,
    SendError,
    StorageError,
)
from wechat_scheduler.reasons import Verdict

log = structlog.get_logger(__name__)

# The shortest pause after an error that an operator has to mend.
PROBE = timedelta(minutes=1)


class Dispatcher:
    """Hands due deliveries to their channels and decides what a failure means.

    `retry_cap` is the longest pause between two attempts. A message that is tried for `give_up` is
    dead; notifications of credentials are tried for ever. Both may be changed at any time. `learn`
    loads the apps from the store.
    """

    name = "delivery"

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        gate: Gate,
        *,
        learn: Callable[[], Awaitable[None]],
        observer: DeliveryObserver,
        clock: Clock,
        rng: random.Random,
        lease: timedelta,
        retry_cap: timedelta,
        give_up: timedelta,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._gate = gate
        self._learn = learn
        self._observer = observer
        self._clock = clock
        self._rng = rng
        self._lease = lease
        self.retry_cap = retry_cap
        self.give_up = give_up

    async def claim(self, limit: int) -> Sequence[Delivery]:
        return await self._outbox.claim(now=self._clock.now(), limit=limit, lease=self._lease)

    async def attempt(self, row: Delivery) -> Outcome:
        if deferred := await self._learned(row):
            return deferred
        now, began = self._clock.now(), self._clock.boottime()
        if stopped := self._gate.stopped(row, now):
            return stopped
        try:
            sent = await self._channels[row.channel].send(row)
        except (CallError, SealingError) as error:
            return self._failed(row, error, self._attempt(row, now, began, error))
        if row.receiver is not None:
            self._gate.opened(row.receiver.appid)
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
        try:
            failure = await self._outbox.settle(outcome, now=self._clock.now())
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
            failure = await self._outbox.settle(outcome, now=self._clock.now())
        self._observer.sent(outcome)
        log_outcome(outcome, failure)

    async def crashed(self, row: Delivery, error: Exception) -> None:
        reason, now = crash_reason(error), self._clock.now()
        if await self._outbox.crashed(row.id, row.claim, reason=reason, now=now):
            log.error("delivery.set_aside", delivery=row.id, channel=row.channel, reason=reason)

    async def next_due(self) -> datetime | None:
        return await self._outbox.next_due()

    def _attempt(
        self, row: Delivery, at: datetime, began: float, result: Sent | Exception
    ) -> Attempt | None:
        """None for notifications of credentials: their attempts have no end and are not kept."""
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
        )

    def _failed(
        self, row: Delivery, error: CallError | SealingError, attempt: Attempt | None
    ) -> Outcome:
        verdict = error.verdict if isinstance(error, SendError) else Verdict.RETRY
        reason = _sentence(error)
        if isinstance(error, CrowdedError):
            return self._deferred(row, Verdict.SLOWER, error.retry_after, reason, None)
        match verdict:
            case Verdict.UNREACHABLE | Verdict.REJECTED | Verdict.USED_UP | Verdict.FALL_BACK:
                return Settled(
                    delivery=row,
                    state=DeliveryState.DEAD,
                    reason=reason,
                    unreachable=verdict is Verdict.UNREACHABLE,
                    attempt=attempt,
                )
            case Verdict.CREDENTIAL if row.receiver is not None and not self._is_given_up(row):
                due_at = self._gate.knocked(row.receiver.appid, self._clock.now())
                return Deferred(
                    delivery=row, due_at=due_at, error=reason, counts=False, attempt=attempt
                )
            case Verdict.PAUSE | Verdict.SLOWER:
                retry_after = error.retry_after if isinstance(error, SendError) else None
                # Without an errcode WeChat was not asked: that is no attempt.
                tried = attempt if attempt and attempt.errcode is not None else None
                # An account's quota returns every day. A user's limit may last: give up then.
                if verdict is Verdict.SLOWER and tried and self._is_given_up(row):
                    return self._tried_again(row, verdict, reason, attempt)
                return self._deferred(row, verdict, retry_after or PROBE, reason, tried)
            case _:
                return self._tried_again(row, verdict, reason, attempt, lasts=_lasts(error))

    def _is_given_up(self, row: Delivery) -> bool:
        """Whether the message was tried for `give_up`, since its last replay if there was one."""
        if row.message is None or row.since is None:
            return False
        return self._clock.now() - row.since >= self.give_up

    def _deferred(
        self,
        row: Delivery,
        verdict: Verdict,
        pause: timedelta,
        reason: str,
        attempt: Attempt | None,
    ) -> Deferred:
        due_at = self._clock.now() + pause
        if verdict is Verdict.PAUSE and row.receiver is not None:
            self._gate.pause(row.receiver.appid, due_at)
        return Deferred(delivery=row, due_at=due_at, error=reason, counts=False, attempt=attempt)

    def _tried_again(
        self,
        row: Delivery,
        verdict: Verdict,
        reason: str,
        attempt: Attempt | None,
        *,
        lasts: bool = False,
    ) -> Outcome:
        now = self._clock.now()
        if self._is_given_up(row):
            reason = f"given up after {self.give_up}: {reason}"
            return Settled(delivery=row, state=DeliveryState.DEAD, reason=reason, attempt=attempt)
        pause = backoff(FIRST_RETRY, row.attempts + 1, cap=self.retry_cap)
        if verdict is Verdict.OPERATOR:
            pause = max(pause, min(PROBE, self.retry_cap))
        return Deferred(
            delivery=row,
            due_at=now + jittered(pause, self._rng),
            error=reason,
            doubtful=verdict is Verdict.AMBIGUOUS and row.channel == TargetKind.PERSON,
            lasts=lasts,
            attempt=attempt,
        )


def _settled(row: Delivery, sent: Sent, attempt: Attempt | None) -> Settled:
    return Settled(
        delivery=row,
        state=sent.state,
        version=sent.version,
        reference=sent.reference,
        reason=sent.reason,
        notes=sent.notes,
        duplicate=sent.duplicate,
        attempt=attempt,
        before=sent.before,
    )


def _sentence(error: Exception) -> str:
    advice = error.advice if isinstance(error, SendError) else ""
    return f"{error}; {advice}" if advice else str(error)


def _lasts(error: CallError | SealingError) -> bool:
    if isinstance(error, SendError):
        return error.verdict is Verdict.OPERATOR
    return isinstance(error, LastingError | SealingError)
