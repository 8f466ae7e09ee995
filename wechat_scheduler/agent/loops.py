"""The loops of the agent: one for each credential, and one for each output.

An output that fails does not delay the others. Its failures are logged as warnings, and the pause between
attempts grows to a minute.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

import structlog

from wechat_scheduler.agent.forms import Values
from wechat_scheduler.agent.ports import Output, ValueSource
from wechat_scheduler.agent.values import KeptValue, KeptValues, WantedCredential
from wechat_scheduler.engine.backoff import FIRST_RETRY, backoff, jittered
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import (
    CallError,
    OutputError,
    RequestError,
    ThrottledError,
    UnavailableError,
    UnreachableError,
)

log = structlog.get_logger(__name__)

# Each output is looked at as often as this: what another program removed comes back.
LOOK = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=1)
# A daemon that is away, or has no valid value, is asked again as often as this: it may be back in a moment.
LONGEST_ABSENCE = timedelta(seconds=5)
# These may be over in a moment.
PASSING = (UnreachableError, UnavailableError, ThrottledError)


class CredentialLoop:
    """Fetches one credential, for ever."""

    def __init__(
        self,
        wanted: WantedCredential,
        daemon: ValueSource,
        values: KeptValues,
        *,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._wanted, self._daemon, self._values = wanted, daemon, values
        self._clock, self._rng = clock, rng
        self._known: KeptValue | None = None
        self._failures = 0

    async def fetch(self) -> None:
        """Waits for one value that is new. Raises CallError, RequestError."""
        self._known = await self._daemon.next(self._wanted, self._known)
        self._values.put(self._known)

    async def fetch_within(self, patience: timedelta) -> None:
        """Waits so long at most for a daemon that is away or has no valid value. Raises as `fetch`."""
        ends = self._clock.boottime() + patience.total_seconds()
        while True:
            try:
                return await self.fetch()
            except PASSING as error:
                if self._clock.boottime() >= ends:
                    raise
                await self._clock.sleep(self._failed(error))

    async def run(self) -> None:
        while True:
            try:
                await self.fetch()
            except (CallError, RequestError) as error:
                await self._clock.sleep(self._failed(error))
            else:
                if self._failures:
                    log.info("agent.fetch_recovered", credential=str(self._wanted))
                self._failures = 0

    def _failed(self, error: CallError | RequestError) -> timedelta:
        self._failures += 1
        log.warning(
            "agent.fetch_failed",
            credential=str(self._wanted),
            failures=self._failures,
            message=str(error),
        )
        cap = LONGEST_ABSENCE if isinstance(error, PASSING) else LONGEST_PAUSE
        return jittered(backoff(FIRST_RETRY, self._failures, cap=cap), self._rng)


class OutputLoop:
    """Keeps one output up to date. It waits for the outputs `after` which it comes: a command that makes
    a program read a file runs after the file was written, or after that failed."""

    def __init__(
        self,
        output: Output,
        values: KeptValues,
        *,
        clock: Clock,
        rng: random.Random,
        after: Sequence["OutputLoop"] = (),
    ) -> None:
        self.output = output
        self._values, self._after = values, after
        self._clock, self._rng = clock, rng
        self._tried: Values | None = None
        self._failures = 0
        self._again_at = 0.0
        self._ends = False

    @property
    def is_settled(self) -> bool:
        """Whether it was tried with the current values."""
        return self._tried == self._values.valid(self.output.wanted)

    def end(self) -> None:
        """Lets `run` end after its turn."""
        self._ends = True
        self._values.stir()

    async def run(self) -> None:
        while not self._ends:
            moved = self._values.moved
            pause = await self.turn()
            await self._clock.wait(moved, pause)

    async def turn(self) -> timedelta:
        """One look; returns the longest pause before the next."""
        if not all(loop.is_settled for loop in self._after):
            return LOOK
        values = self._values.valid(self.output.wanted)
        left = self._again_at - self._clock.boottime()
        if left > 0 and values == self._tried:
            return timedelta(seconds=left)
        try:
            await self.output.settle(values)
        except OutputError as error:
            pause = self._failed(error)
        else:
            pause = self._succeeded(values)
        if self._tried != values:
            self._tried = values
            self._values.stir()
        return pause

    def _failed(self, error: OutputError) -> timedelta:
        self._failures += 1
        log.warning("agent.output_failed", failures=self._failures, message=str(error))
        pause = jittered(backoff(FIRST_RETRY, self._failures, cap=LONGEST_PAUSE), self._rng)
        self._again_at = self._clock.boottime() + pause.total_seconds()
        return pause

    def _succeeded(self, values: Values | None) -> timedelta:
        if self._failures:
            log.info("agent.output_recovered", output=self.output.label, failures=self._failures)
            self._values.stir()
        self._failures, self._again_at = 0, 0.0
        ends = [kept.until for kept in values or ()]
        if self.output.until:
            ends.append(self.output.until)
        left = min(ends, default=float("inf")) - self._clock.boottime()
        return timedelta(seconds=max(0.0, min(left, LOOK.total_seconds())))
