"""Decides when a delivery that failed is tried again, when it is dead, and what it says then.

The errcodes of WeChat and their advice are in `wechat/sending_errcodes.py`.
"""

import random
from datetime import timedelta
from typing import Final

from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.model import (
    Attempt,
    Deferred,
    Delivery,
    DeliveryState,
    Outcome,
    Settled,
    TargetKind,
)
from wechat_scheduler.delivery.refused_messages import given_up
from wechat_scheduler.engine.backoff import FIRST_RETRY, backoff, jittered
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import (
    CallError,
    CrowdedError,
    LastingError,
    SealingError,
    SendError,
)
from wechat_scheduler.reasons import Verdict

# The shortest pause after an error that an operator has to mend.
PROBE = timedelta(minutes=1)

_OF_OPERATOR: Final = (Verdict.OPERATOR, Verdict.NO_TEXTS)


class Failures:
    """Decides what a failed attempt leads to.

    `retry_cap` is the longest pause between two attempts. A message that is tried for `give_up` is
    dead; notifications of credentials are tried for ever. Both may be changed at any time.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        clock: Clock,
        rng: random.Random,
        retry_cap: timedelta,
        give_up: timedelta,
    ) -> None:
        self._gate = gate
        self._clock = clock
        self._rng = rng
        self.retry_cap = retry_cap
        self.give_up = give_up

    def outcome(
        self, row: Delivery, error: CallError | SealingError, attempt: Attempt | None
    ) -> Outcome:
        """What follows from `error`: another attempt, or death with a reason. `attempt` is kept with it."""
        verdict = error.verdict if isinstance(error, SendError) else Verdict.RETRY
        reason = _sentence(error)
        if row.receiver is not None and verdict is Verdict.NO_TEXTS:
            self._gate.texts_refused(row.receiver.appid, self._clock.now())
        if isinstance(error, CrowdedError):
            return self._deferred(row, Verdict.SLOWER, error.retry_after, reason, None)
        match verdict:
            case Verdict.UNREACHABLE | Verdict.REJECTED | Verdict.USED_UP | Verdict.TEXTS_ENDED:
                return Settled(
                    delivery=row,
                    state=DeliveryState.DEAD,
                    reason=reason,
                    unreachable=verdict is Verdict.UNREACHABLE,
                    attempt=attempt,
                )
            case Verdict.CREDENTIAL if row.receiver is not None and not self._is_given_up(row):
                due_at = self._gate.token_refused(row.receiver.appid, self._clock.now())
                return Deferred(
                    delivery=row, due_at=due_at, error=reason, counts=False, attempt=attempt
                )
            case Verdict.PAUSE | Verdict.SLOWER:
                retry_after = error.retry_after if isinstance(error, SendError) else None
                # Without an errcode WeChat was not asked, so this does not count as an attempt.
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
            reason = given_up(self.give_up, reason)
            return Settled(delivery=row, state=DeliveryState.DEAD, reason=reason, attempt=attempt)
        pause = backoff(FIRST_RETRY, row.attempts + 1, cap=self.retry_cap)
        if verdict in _OF_OPERATOR:
            pause = max(pause, min(PROBE, self.retry_cap))
        return Deferred(
            delivery=row,
            due_at=now + jittered(pause, self._rng),
            error=reason,
            doubtful=verdict is Verdict.AMBIGUOUS and row.channel == TargetKind.PERSON,
            lasts=lasts,
            attempt=attempt,
        )


def _sentence(error: Exception) -> str:
    advice = error.advice if isinstance(error, SendError) else ""
    return f"{error}; {advice}" if advice else str(error)


def _lasts(error: CallError | SealingError) -> bool:
    if isinstance(error, SendError):
        return error.verdict in _OF_OPERATOR
    return isinstance(error, LastingError | SealingError)
