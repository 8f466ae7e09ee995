"""The loop over rows that fall due: claim them, attempt each, store the outcomes, sleep.

Credentials, reminders, deliveries and platform events are stored rows with a `due_at`. One process claims a row for a
while, attempts it, and stores the outcome. A `Work` knows what a row means; the `Clockwork` decides when rows are
attempted, how many at once, and what follows a failure.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.looks import Looks
from wechat_scheduler.engine.slots import Slots
from wechat_scheduler.engine.turns import due_turns
from wechat_scheduler.engine.work import OutcomeT, RowT, Work
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

# The loop looks for due rows at least this often, because the wall clock may jump while it sleeps.
LONGEST_SLEEP = timedelta(seconds=30)

# A claim costs a transaction. While more than three quarters of the slots are busy, the loop waits up to this long
# for more of them, so that one claim fills them; no longer, because rows that hang must not delay others.
GATHERING = timedelta(milliseconds=10)

# The pause after a StorageError.
STORE_PAUSE = timedelta(seconds=1)

# A loop without a pass for this long is stuck: its store neither answers nor fails.
STUCK = 2 * LONGEST_SLEEP

# After `stop`, the number of further tries to store an outcome.
LAST_TRIES = 5


class Clockwork(Generic[RowT, OutcomeT]):
    """Runs one `Work` with at most `slots` attempts at a time; `slots` may be changed while it runs. While it
    sleeps, it asks each `looks` what is due.

    A row whose outcome is being stored takes no slot. Their number is bounded all the same: a store
    that accepts no outcomes returns no rows either.
    """

    def __init__(
        self,
        work: Work[RowT, OutcomeT],
        *,
        clock: Clock,
        slots: int,
        looks: timedelta = LONGEST_SLEEP,
    ) -> None:
        self._work = work
        self._clock = clock
        self._looks = Looks(looks, clock)
        self._slots = Slots(slots, clock)
        self._passed_at = clock.boottime()
        self._in_hand: set[asyncio.Future[Any]] = set()
        self._looks_at = math.inf  # the boottime at which its sleep ends; infinite during a pass
        self._may_be_due = True  # whether the next pass claims without asking first what is due
        self._may_be_more = False  # whether the last claim left due rows for want of slots
        self._woken = asyncio.Event()
        self._stopping = False

    @property
    def slots(self) -> int:
        return self._slots.number

    @slots.setter
    def slots(self, number: int) -> None:
        self._slots.number = number

    def wake(self, at: datetime | None = None) -> None:
        """Look for due rows now: one was added, or is due earlier. With `at`, only if `run` does not look
        by then anyway: a row for tomorrow costs no pass."""
        left = self._looks_at - self._clock.boottime()
        if at is None or (at - self._clock.now()).total_seconds() < left:
            self._claim_soon()

    def look(self) -> None:
        """Like `wake`, where most often nothing is due: ask the store first, which is a read and no transaction."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns once the claimed rows are finished."""
        self._stopping = True
        self._woken.set()
        self._slots.hurry()

    async def room(self, patience: timedelta) -> None:
        """Return once a quarter of the slots is free, or after `patience`."""
        await self._slots.room(patience)

    def places(self, number: int) -> "asyncio.Future[Sequence[RowT]] | None":
        """Slots for rows that their maker stores under a claim of this process: it gives them to the future, or
        cancels it. None if there are not as many, or if rows may wait that were there before."""
        waits = self._may_be_due or self._may_be_more
        if self._stopping or waits or number > self._slots.free:
            return None
        self._slots.take(number)
        promised: asyncio.Future[Sequence[RowT]] = asyncio.get_running_loop().create_future()
        self._in_hand.add(promised)
        promised.add_done_callback(partial(self._promised, number))
        return promised

    def healthy(self) -> bool:
        """Whether `run` has made a pass lately. Rows that hang do not stop its passes."""
        return self._clock.boottime() - self._passed_at < STUCK.total_seconds()

    async def run_once(self) -> int:
        """One pass: claim and finish one batch of due rows; returns their number."""
        rows = await self._work.claim(self.slots)
        self._slots.take(len(rows))
        await asyncio.gather(*(self._carry(row) for row in rows))
        return len(rows)

    async def run(self) -> None:
        """Pass after pass until `stop`. A cancellation interrupts only the sleep: attempts in progress
        run to their end."""
        try:
            while not self._stopping:
                self._woken.clear()
                self._looks_at = math.inf
                pause = await self._pass()
                sleep = min(pause, self._looks.pause)
                self._passed_at = self._clock.boottime()
                self._looks_at = self._passed_at + sleep.total_seconds()
                if not await self._clock.wait(self._woken, sleep) and sleep == pause:
                    self._may_be_due = True
        finally:
            await self._drain()

    async def _pass(self) -> timedelta:
        """Start attempts of due rows; returns the time until the next pass."""
        if self._slots.free:
            await self._slots.room(GATHERING)
        if self._stopping or not self._slots.free:
            self._may_be_more = True
            return LONGEST_SLEEP
        try:
            if not self._may_be_due and (pause := await self._until_next_due()):
                return pause
            await self._claim()
            return LONGEST_SLEEP if self._may_be_more else await self._until_next_due()
        except StorageError as error:
            log.error("clockwork.store_unavailable", work=self._work.name, error=str(error))
            return STORE_PAUSE

    async def _claim(self) -> None:
        """Claim rows for the free slots, and start their attempts."""
        free = self._slots.free
        self._may_be_due = False
        self._may_be_more = True  # of an attempt that ends meanwhile, the slot may be needed
        rows = await self._work.claim(free) if free else ()
        self._may_be_more = len(rows) == free
        self._slots.take(len(rows))
        self._begin(rows)

    def _promised(self, number: int, promised: "asyncio.Future[Sequence[RowT]]") -> None:
        self._in_hand.discard(promised)
        rows = () if promised.cancelled() else promised.result()
        self._give_back(number - len(rows))
        self._begin(rows)

    def _begin(self, rows: Sequence[RowT]) -> None:
        turns = due_turns()
        for row in rows:
            turns.give(partial(self._take, row))

    async def _until_next_due(self) -> timedelta:
        with self._looks.taken():
            due = await self._work.next_due()
        left = LONGEST_SLEEP if due is None else due - self._clock.now()
        return min(max(left, timedelta(0)), LONGEST_SLEEP)

    def _claim_soon(self) -> None:
        self._may_be_due = True
        self._woken.set()

    def _take(self, row: RowT) -> None:
        task = asyncio.create_task(self._carry(row), name=f"{self._work.name}.row")
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _carry(self, row: RowT) -> None:
        try:
            ended = partial(self._finish, row, await self._work.attempt(row))
        except StorageError as error:
            log.error("clockwork.attempt_dropped", work=self._work.name, error=str(error))
            return
        except Exception as error:
            log.exception("clockwork.attempt_crashed", work=self._work.name)
            ended = partial(self._crashed, row, error)
        finally:
            self._give_back(1)
        await ended()

    def _give_back(self, slots: int) -> None:
        self._slots.give_back(slots)
        if slots and self._may_be_more:
            self._claim_soon()

    async def _finish(self, row: RowT, outcome: OutcomeT) -> None:
        try:
            await self._store(partial(self._work.finish, outcome))
        except Exception as error:
            log.exception("clockwork.finish_crashed", work=self._work.name)
            await self._crashed(row, error)

    async def _crashed(self, row: RowT, error: Exception) -> None:
        """Store the crash. If that fails too, the row is due again at the end of the claim."""
        try:
            await self._store(partial(self._work.crashed, row, error))
        except Exception:
            log.exception("clockwork.crash_not_stored", work=self._work.name)

    async def _store(self, store: Callable[[], Awaitable[None]]) -> None:
        """Call `store`, again after each StorageError: WeChat may not issue the same value twice. After
        `stop`, give up after `LAST_TRIES` more tries."""
        last_tries = LAST_TRIES
        while last_tries:
            try:
                await store()
            except StorageError as error:
                log.error("clockwork.outcome_waits", work=self._work.name, error=str(error))
                last_tries -= self._stopping
                await self._clock.sleep(STORE_PAUSE)
            else:
                self._woken.set()  # only now does the store know when the row is due again
                return

    async def _drain(self) -> None:
        await due_turns().take()  # each claimed row has begun
        while self._in_hand:
            await asyncio.wait(self._in_hand)
            await due_turns().take()
