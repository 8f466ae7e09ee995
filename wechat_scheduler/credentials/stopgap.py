"""Keeps refreshing while the store is not writable, as on a full disk, and serves from memory what is safe.

A value that is not stored is safe to serve if its loss does no harm. So it comes without a refresh token
(which WeChat rotates, and which a crash would lose for good), no other process shares the store (two would
end each other's values), and the stored value is about to expire (after a crash it is not handed out any
more). Such a value is stored, with its notifications, as soon as the store is writable.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.cells import state_after
from wechat_scheduler.credentials.journal import names_of
from wechat_scheduler.credentials.model import (
    ClaimedJob,
    Credential,
    Failed,
    Identified,
    JobKey,
    Outcome,
    Repeated,
    Rotated,
    Snapshot,
)
from wechat_scheduler.credentials.ports import SharedStore
from wechat_scheduler.credentials.refresher import Refresher
from wechat_scheduler.credentials.unsaved_values import UnsavedValues
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

# WeChat accepts a replaced value for five more minutes, so the stored one is good until it expires.
LAST: Final = timedelta(minutes=4)

# Versions leap, so that after a crash none is given to another value than before.
LEAP: Final = 1_000


class DueJobs(SharedStore, Protocol):
    """The store, as far as it can be read while it is not writable."""

    async def due_jobs(
        self, *, now: datetime, expiring: datetime, limit: int
    ) -> Sequence[ClaimedJob]:
        """Due jobs without a value, or with one that expires before `expiring`, the first to expire
        first. They are not claimed. May raise StorageError."""

    async def load(self, key: JobKey) -> Snapshot | None:
        """The stored state of a job; None if there is no such job. May raise StorageError."""


class Stopgap:
    """The `Work` of `refresher`. `rotates` tells whether a job's kind is refreshed with a refresh token. `reload` reads
    a job for those who are handed it."""

    name = Refresher.name

    def __init__(
        self,
        refresher: Refresher,
        store: DueJobs,
        *,
        rotates: Callable[[ClaimedJob], bool],
        publish: Callable[[Snapshot], None],
        reload: Callable[[JobKey], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._refresher = refresher
        self._store = store
        self._rotates = rotates
        self._publish = publish
        self._reload = reload
        self._clock = clock
        self._in_hand: set[JobKey] = set()
        self._values: dict[JobKey, Rotated | Repeated] = {}
        self._failures: dict[JobKey, Failed] = {}
        self._unsaved = UnsavedValues()

    async def claim(self, limit: int) -> Sequence[ClaimedJob]:
        """Jobs that the store cannot claim have an empty `claim`."""
        try:
            jobs = await self._refresher.claim(limit)
        except StorageError:
            jobs = await self._unclaimed(limit)
            if not jobs:
                raise
            return jobs
        self._unsaved.claimed(jobs)
        if len(jobs) < limit:  # no job is left that waits for its value to be stored
            with suppress(StorageError):
                await self._drop_removed()
        return jobs

    async def attempt(self, row: ClaimedJob) -> Outcome:
        if not row.claim:
            return await self._refresher.attempt(row)
        unsaved = await self._unsaved.of(row)
        held = self._values.get(row.key)
        if isinstance(held, Rotated) and not self._is_due(held.credential):
            return replace(held, job=row)
        if held is None and unsaved is not None and self._is_worth_storing(unsaved):
            return unsaved
        with self._unsaved.attempting(row):
            outcome = await self._refresher.attempt(row)
            if isinstance(outcome, Rotated):
                self._unsaved.put(outcome)
        return outcome

    async def finish(self, outcome: Outcome) -> None:
        if not outcome.job.claim:
            self._keep(outcome)
            return
        newest = self._newest(self._unsaved.newest(outcome))
        if newest is None:
            return
        if self._is_worth_storing(newest):
            await self._store_outcome(newest)
        self._values.pop(outcome.job.key, None)
        self._failures.pop(outcome.job.key, None)
        self._unsaved.saved(newest, self._clock.now())

    async def _store_outcome(self, outcome: Outcome) -> None:
        try:
            await self._refresher.finish(outcome)
        except StorageError:
            if self._is_safe(outcome):
                self._keep(outcome)
            raise

    async def crashed(self, row: ClaimedJob, error: Exception) -> None:
        if row.claim:
            crash = self._refresher.crash(row, error)
            self._unsaved.saved(crash, self._clock.now())
            await self._refresher.finish(crash)
            return
        self._in_hand.discard(row.key)
        self._failures[row.key] = self._refresher.crash(row, error)

    async def next_due(self) -> datetime | None:
        return await self._refresher.next_due()

    async def _unclaimed(self, limit: int) -> list[ClaimedJob]:
        if not self._store.is_alone:
            return []
        now = self._clock.now()
        most = limit + len(self._values) + len(self._failures) + len(self._in_hand)
        found = await self._store.due_jobs(now=now, expiring=now + LAST, limit=most)
        jobs = [self._continued(job) for job in found if self._may_ask(job, now)][:limit]
        self._in_hand |= {job.key for job in jobs}
        return jobs

    async def _drop_removed(self) -> None:
        """Hand out no value of a job that was removed before its value could be stored."""
        for key in list(self._values):
            if await self._store.load(key) is None:
                self._values.pop(key, None)
                await self._reload(key)

    def _may_ask(self, job: ClaimedJob, now: datetime) -> bool:
        if job.key in self._in_hand or self._rotates(job):
            return False
        held = self._failures.get(job.key) or self._values.get(job.key)
        return held.due_at <= now if held else self._is_ending(job)

    def _continued(self, job: ClaimedJob) -> ClaimedJob:
        """The job after the attempts that are not stored."""
        value, failure = self._values.get(job.key), self._failures.get(job.key)
        if value is not None:
            job = replace(
                job,
                credential=value.credential,
                version=value.credential.version,
                longest=value.longest,
            )
        if failure is not None:
            calls = failure.job.calls + failure.spent.calls
            attempts = failure.job.attempts + (not failure.fault.is_wait)
            job = replace(job, attempts=attempts, calls=calls, fault=failure.fault)
        return replace(job, claim="")

    def _newest(self, outcome: Outcome) -> Outcome | None:
        """The outcome, or the same one as it was served; None if a newer value is served."""
        held = self._values.get(outcome.job.key)
        if (
            held is None
            or isinstance(outcome, Failed | Identified)
            or held.credential is outcome.credential
        ):
            return outcome
        return held if held.job.claim == outcome.job.claim else None

    def _is_safe(self, outcome: Outcome) -> bool:
        return (
            isinstance(outcome, Rotated)
            and outcome.job.key not in self._values
            and self._store.is_alone
            and not outcome.credential.refresh_token
            and not self._rotates(outcome.job)
            and self._is_ending(outcome.job)
        )

    def _keep(self, outcome: Outcome) -> None:
        """Keep an outcome in memory, and hand its value out."""
        key = outcome.job.key
        self._in_hand.discard(key)
        if isinstance(outcome, Identified):
            return
        if isinstance(outcome, Failed):
            self._failures[key] = outcome
        else:
            outcome = self._values[key] = _leapt(outcome)
            self._failures.pop(key, None)
            version = outcome.credential.version
            log.warning("credential.not_stored", **names_of(outcome.job), version=version)
        self._publish(state_after(outcome, outcome.due_at))

    def _is_ending(self, job: ClaimedJob) -> bool:
        kept = job.credential
        if kept is None:
            return True
        return kept.expires_at - self._clock.now() <= LAST * policy.scale(job.longest)

    def _is_worth_storing(self, outcome: Outcome) -> bool:
        """A rotated refresh token is, however old the value that came with it. The job of another dead value is due
        at the end of its claim."""
        if not isinstance(outcome, Rotated) or outcome.credential.refresh_token:
            return True
        return outcome.credential.expires_at > self._clock.now()

    def _is_due(self, credential: Credential) -> bool:
        return credential.renew_at <= self._clock.now()


def _leapt(outcome: Rotated | Repeated) -> Rotated | Repeated:
    if isinstance(outcome, Repeated):
        return outcome
    version = outcome.credential.version + LEAP
    return replace(outcome, credential=replace(outcome.credential, version=version))
