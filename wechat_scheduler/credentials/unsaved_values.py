"""Values that WeChat issued and that are not stored yet: WeChat is not asked for them a second time.

Storing may last longer than the claim, as where a connection is silent. Then this process may claim the job again
while it still has the value.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from wechat_scheduler.credentials.model import ClaimedJob, JobKey, Outcome, Rotated
from wechat_scheduler.engine.records import replace


class UnsavedValues:
    """The newest outcome with a value of each job, under the newest claim of this process. `_late` are those that were
    stored after the end of their claim: a claim that is under way may have taken the job just before."""

    def __init__(self) -> None:
        self._values: dict[JobKey, Rotated] = {}
        self._late: dict[JobKey, Rotated] = {}
        self._ends: dict[JobKey, asyncio.Event] = {}

    def put(self, outcome: Rotated) -> None:
        self._values[outcome.job.key] = outcome

    def claimed(self, jobs: Iterable[ClaimedJob]) -> None:
        """Take over these claims, all that one statement made."""
        for job in jobs:
            self._take_over(job)
        self._late.clear()

    async def of(self, job: ClaimedJob) -> Rotated | None:
        """The value that needs only to be stored under this claim. Waits for an attempt under the claim before that
        is still under way."""
        while job.key in self._ends:
            await self._ends[job.key].wait()
            self._take_over(job)
        held = self._values.get(job.key)
        return held if held is not None and held.job.claim == job.claim else None

    @contextmanager
    def attempting(self, job: ClaimedJob) -> Iterator[None]:
        """WeChat is asked in this block."""
        ended = self._ends[job.key] = asyncio.Event()
        try:
            yield
        finally:
            del self._ends[job.key]
            ended.set()

    def newest(self, outcome: Outcome) -> Outcome:
        """The same outcome, under the newest claim."""
        held = self._values.get(outcome.job.key)
        if held is None or not isinstance(outcome, Rotated):
            return outcome
        return held if held.credential is outcome.credential else outcome

    def saved(self, outcome: Outcome, now: datetime) -> None:
        """Record that it is stored, or never will be."""
        job = outcome.job
        held = self._values.get(job.key)
        if held is None or held.job.claim != job.claim:
            return
        del self._values[job.key]
        if job.until is not None and job.until <= now:
            self._late[job.key] = held

    def _take_over(self, job: ClaimedJob) -> None:
        held = self._values.get(job.key) or self._late.get(job.key)
        if held is not None and _fits(held, job):
            self._values[job.key] = replace(held, job=job)


def _fits(held: Rotated, job: ClaimedJob) -> bool:
    """Whether neither another value nor another registration was stored since WeChat was asked."""
    return (held.job.version, held.job.revision) == (job.version, job.revision)
