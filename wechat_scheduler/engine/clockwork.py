"""The loop that everything with a due time runs on: claim what is due, carry it out, sleep.

Credentials, reminders and deliveries are the same thing seen from the clock: stored rows with a
`due_at`, claimed for a while by one process, whose outcome is written back. What a row means is the
business of the `Work`; when, how many at once, and what happens to a failure is decided here.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

RowT = TypeVar("RowT")
OutcomeT = TypeVar("OutcomeT")

# The wall clock may jump while the loop sleeps: it looks again at least this often.
LONGEST_SLEEP = timedelta(seconds=30)

# A claim costs a transaction: while rows come and go, this long is waited for half of the slots to be
# free, so that one claim fills them all. Not longer, since rows that hang must not hold up others.
GATHERING = timedelta(milliseconds=10)

# How long the loop waits before it asks a store again that did not answer.
STORE_PAUSE = timedelta(seconds=1)

# A loop that has not come round for this long is stuck: its store neither answers nor refuses.
STUCK = 2 * LONGEST_SLEEP

# How often an outcome is offered to a store that does not answer once the loop is to stop.
LAST_TRIES = 5


class Work(Protocol[RowT, OutcomeT]):
    """One table of rows that fall due."""

    name: str

    async def claim(self, limit: int) -> Sequence[RowT]:
        """Take up to `limit` due rows, the longest due first; nobody else gets them meanwhile.

        A claim runs out by itself, so rows of a process that died are taken over.
        """
        ...

    async def attempt(self, row: RowT) -> OutcomeT:
        """Do what the row asks for, under timeouts of its own; expected failures are outcomes."""
        ...

    async def finish(self, outcome: OutcomeT) -> None:
        """Write the outcome back and let go of the row. Called again after a StorageError."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest unclaimed row falls due; None if there is none."""
        ...


class Clockwork(Generic[RowT, OutcomeT]):
    """Runs one `Work` with at most `slots` attempts under way at any time.

    A row whose outcome is being written back takes no slot. That is bounded all the same: a store
    that takes no outcomes gives out no rows either. `slots` may be changed while it runs.
    """

    def __init__(self, work: Work[RowT, OutcomeT], *, clock: Clock, slots: int) -> None:
        self._work = work
        self._clock = clock
        self.slots = slots
        self._passed_at = clock.boottime()
        self._in_hand: set[asyncio.Task[None]] = set()
        self._attempts = 0
        self._woken = asyncio.Event()
        self._roomy = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Look for due rows now: one was added, or moved forward."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns once what is in hand is finished."""
        self._stopping = True
        self._woken.set()
        self._roomy.set()

    def healthy(self) -> bool:
        """Whether `run` came round lately. Rows that hang do not keep it from that."""
        return self._clock.boottime() - self._passed_at < STUCK.total_seconds()

    async def run_once(self) -> int:
        """One pass: carry one batch of due rows to its end; returns how many there were."""
        rows = await self._work.claim(self.slots)
        self._attempts += len(rows)
        await asyncio.gather(*(self._carry(row) for row in rows))
        return len(rows)

    async def run(self) -> None:
        """Pass after pass until `stop`. Only its sleep is interrupted by a cancellation:
        an attempt once begun runs to its end."""
        try:
            while not self._stopping:
                self._woken.clear()
                pause = await self._pass()
                self._passed_at = self._clock.boottime()
                await self._clock.wait(self._woken, pause)
        finally:
            await self._drain()

    async def _pass(self) -> timedelta:
        """Hand out what is due; returns how long there is nothing more to do."""
        free = await self._room()
        if free == 0:
            return LONGEST_SLEEP
        try:
            rows = await self._work.claim(free)
            self._attempts += len(rows)
            for row in rows:
                self._take(row)
            return LONGEST_SLEEP if len(rows) == free else await self._until_next_due()
        except StorageError as error:
            log.error("clockwork.store_unavailable", work=self._work.name, error=str(error))
            return STORE_PAUSE

    async def _room(self) -> int:
        """How many rows may be taken now."""
        if self._is_crowded() and self._attempts < self.slots:
            self._roomy.clear()
            await self._clock.wait(self._roomy, GATHERING)
        return 0 if self._stopping else max(0, self.slots - self._attempts)

    def _is_crowded(self) -> bool:
        return self._attempts > self.slots * 3 // 4

    async def _until_next_due(self) -> timedelta:
        due = await self._work.next_due()
        if due is None:
            return LONGEST_SLEEP
        return min(max(due - self._clock.now(), timedelta(0)), LONGEST_SLEEP)

    def _take(self, row: RowT) -> None:
        task = asyncio.create_task(self._carry(row), name=f"{self._work.name}.row")
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _carry(self, row: RowT) -> None:
        try:
            outcome = await self._work.attempt(row)
        except StorageError as error:
            log.error("clockwork.attempt_dropped", work=self._work.name, error=str(error))
            return
        except Exception:
            log.exception("clockwork.attempt_crashed", work=self._work.name)
            return
        finally:
            self._attempt_ended()
        await self._finish(outcome)

    def _attempt_ended(self) -> None:
        self._attempts -= 1
        self._woken.set()
        if not self._is_crowded():
            self._roomy.set()

    async def _finish(self, outcome: OutcomeT) -> None:
        """Write back, for as long as it takes: what WeChat answered may not be had a second time.
        Only a daemon that is told to stop gives up, after a few more tries."""
        last_tries = LAST_TRIES
        while last_tries:
            try:
                await self._work.finish(outcome)
            except StorageError as error:
                log.error("clockwork.outcome_waits", work=self._work.name, error=str(error))
                last_tries -= self._stopping
                await self._clock.sleep(STORE_PAUSE)
            except Exception:
                log.exception("clockwork.finish_crashed", work=self._work.name)
                return
            else:
                self._woken.set()  # the store did not know before when the row is due again
                return

    async def _drain(self) -> None:
        while self._in_hand:
            await asyncio.wait(self._in_hand)
