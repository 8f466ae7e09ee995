"""Finds the job of a token that a caller shows: a current one, or one that was replaced just now."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.access.model import digest
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import (
    ACCESS_TOKEN,
    AUTHORIZER_TOKEN,
    COMPONENT_TOKEN,
    Credential,
    JobKey,
    Snapshot,
)
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

# The kinds of tokens with which WeChat's API is called.
KINDS: Final = (ACCESS_TOKEN, AUTHORIZER_TOKEN, COMPONENT_TOKEN)

# Values of one job that are remembered while they live: WeChat forces a new one every 30 seconds at most, and they
# live for two hours. Most jobs have one or two.
REMEMBERED: Final = 240

# How long a replaced value still works at WeChat; it is as long here. One that was reported as dead ended before its
# time: programs keep it until its expiry, and some send it again after WeChat's refusal.
OVERLAP: Final = timedelta(minutes=5)

# A value that is not known may be from before the start, or of another process that was not heard. All jobs are
# read for it once, and again only after a gap in what is heard: callers without proof ask, too. Reading takes at
# most the tenth part of the time.
OF_READING: Final = 10
PAGE: Final = 500


class JobValues(Protocol):
    """Reads the current values of jobs. Both methods may raise StorageError."""

    async def load(self, key: JobKey) -> Snapshot | None:
        """The job of exactly that key; None if there is none."""

    async def page(self, after: JobKey, *, limit: int) -> Sequence[Snapshot]:
        """The next jobs of the kind of `after` that have a value, in the order of their keys."""


class _Known(NamedTuple):
    """A value by its hash; `until` is a boottime. `suspect`: it was reported as dead."""

    hash: str
    version: int
    until: float
    suspect: bool


class KnownValues:
    """Holds hashes, so that the time of a look-up reveals nothing about a value."""

    def __init__(self, store: JobValues, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._jobs: dict[str, JobKey] = {}
        self._values: dict[JobKey, list[_Known]] = {}
        self._misses_some = True
        self._rests_until = 0.0
        self._reads: Batches[str, None, None] = Batches(self._read_together)

    async def job_of(self, value: str) -> JobKey | None:
        """The job whose value this is, or was until just now. May raise StorageError."""
        found = self._job_of(value)
        if found is None:
            await self._reads.do("", None)
            found = self._job_of(value)
        return found

    def hold(self, key: JobKey, snapshot: Snapshot | None) -> None:
        """Take over the state of a job; forget one that was removed."""
        if key.kind not in KINDS:
            return
        if snapshot is None:
            self._drop(key)
        elif snapshot.credential is not None:
            self._hold(key, snapshot.credential, snapshot.longest, suspect=snapshot.suspect)

    async def look_again(self, key: JobKey | None) -> None:
        """Another process changed this job, or any if None. May raise StorageError."""
        if key is None:
            self._misses_some = True
        elif key.kind in KINDS:
            try:
                self.hold(key, await self._store.load(key))
            except StorageError:
                self._misses_some = True
                raise

    def _hold(
        self, key: JobKey, credential: Credential, longest: timedelta, *, suspect: bool
    ) -> None:
        known, hashed = self._values.setdefault(key, []), digest(credential.value)
        if known and known[-1].version > credential.version:
            return
        now, boottime = self._clock.now(), self._clock.boottime()
        left = policy.time_left(credential, now=now, longest=longest)
        if known and known[-1].hash == hashed:
            known.pop()
        elif known and not known[-1].suspect:
            overlap = OVERLAP.total_seconds() * policy.scale(longest)
            known[-1] = known[-1]._replace(until=min(known[-1].until, boottime + overlap))
        until = boottime + left.total_seconds()
        known.append(_Known(hashed, credential.version, until, suspect))
        living = [it for it in known if boottime < it.until][-REMEMBERED:]
        for it in known:
            self._jobs.pop(it.hash, None)
        self._jobs |= dict.fromkeys((it.hash for it in living), key)
        self._values[key] = living

    def _drop(self, key: JobKey) -> None:
        for known in self._values.pop(key, ()):
            self._jobs.pop(known.hash, None)

    def _job_of(self, value: str) -> JobKey | None:
        hashed, boottime = digest(value), self._clock.boottime()
        key = self._jobs.get(hashed)
        if key is None:
            return None
        known = any(it.hash == hashed and boottime < it.until for it in self._values[key])
        return key if known else None

    async def _read_together(self, _: str, asking: Sequence[None]) -> Sequence[None]:
        """Share one read between all callers that ask at once, after a start."""
        began = self._clock.boottime()
        if self._misses_some and began >= self._rests_until:
            self._misses_some = False  # what changes during the read has it read once more
            try:
                await self._read()
            except StorageError:
                self._misses_some = True
                raise
            ended = self._clock.boottime()
            self._rests_until = ended + (ended - began) * (OF_READING - 1)
        return asking

    async def _read(self) -> None:
        for kind in KINDS:
            after = JobKey("", kind)
            while page := await self._store.page(after, limit=PAGE):
                for snapshot in page:
                    self.hold(snapshot.key, snapshot)
                after = page[-1].key
