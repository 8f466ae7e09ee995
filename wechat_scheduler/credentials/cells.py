"""Credentials in memory: every fetch reads them there."""

import asyncio
import hmac
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.dead_values import is_dead
from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    Credential,
    Failed,
    JobKey,
    Repeated,
    Rotated,
    Snapshot,
)
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import replace

# Seconds. A job that is this late, by the clock that never jumps, was missed because the wall clock
# was set back: the loop has to be woken.
LATENESS = 5.0

# A reader may cache a value for at most this many seconds.
LONGEST_AGE = 60


class Cell:
    """One job's credential, changed in place, so that every holder of the cell sees each change.

    Freshness is judged by boottime, so that a wall clock that is set back does not revive an expired
    token: the times of a credential and of its job are converted once, when they arrive. A value whose
    times come from another clock is not handed out. `generation` grows with every change; the next change
    sets `changed`. `published` counts the values of this process; `reads` numbers the reads of the store,
    and `newest_read` is the one that is held.
    """

    __slots__ = (
        "_changed", "_wakes", "credential", "expires_boot", "generation", "is_dead", "key", "newest_read",
        "nudge_boot", "published", "reads", "removed", "renew_boot", "snapshot",
    )  # fmt: skip

    def __init__(self, key: JobKey) -> None:
        self.key = key
        self.snapshot: Snapshot | None = None
        self.credential: Credential | None = None
        self.expires_boot = 0.0
        self.renew_boot = 0.0
        self.nudge_boot = math.inf
        self.is_dead = False
        self.generation = 0
        self.published = self.reads = self.newest_read = 0
        self.removed = False
        self._changed: asyncio.Event | None = None
        self._wakes: dict[Callable[[], None], None] | None = None

    @property
    def changed(self) -> asyncio.Event:
        """Created on first use: most of 100,000 cells never need one."""
        if self._changed is None:
            self._changed = asyncio.Event()
        return self._changed

    @contextmanager
    def watched(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake` at each change until the end of the block. It must not raise."""
        if self._wakes is None:
            self._wakes = {}
        self._wakes[wake] = None
        try:
            yield
        finally:
            del self._wakes[wake]

    def hold(self, snapshot: Snapshot, clock: Clock) -> None:
        """Take over the stored state, unless it is older than what is handed out already."""
        if self._is_older(snapshot.credential):
            return
        due_before, known = self.snapshot and self.snapshot.due_at, self.credential
        credential = _readable(snapshot.credential)
        suspect = snapshot.suspect or self._is_suspect(credential)
        self.snapshot = replace(snapshot, credential=credential, suspect=suspect)
        self.is_dead = is_dead(snapshot.fault, suspect=suspect)
        self.credential = credential
        now, boot = clock.now(), clock.boottime()
        if snapshot.due_at != due_before:
            self.nudge_boot = boot + (snapshot.due_at - now).total_seconds() + LATENESS
        if credential is not None and credential != known:
            left = policy.time_left(credential, now=now, longest=snapshot.longest)
            self.expires_boot = boot + left.total_seconds()
            self.renew_boot = min(
                boot + (credential.renew_at - now).total_seconds(), self.expires_boot
            )
            if not left and snapshot.fault is None:  # its job is due now
                self.nudge_boot = -math.inf
        self._announce()

    def _is_older(self, credential: Credential | None) -> bool:
        """A value that could not be stored is handed out from memory: see `stopgap`."""
        known = self.credential
        return known is not None and credential is not None and credential.version < known.version

    def _is_suspect(self, credential: Credential | None) -> bool:
        """Whether this value was reported already: the state after an attempt may not know of a report during it."""
        known, snapshot = self.credential, self.snapshot
        same = known is not None and credential is not None and known.version == credential.version
        return same and snapshot is not None and snapshot.suspect

    def remove(self) -> None:
        """Stop handing out the value: the job was removed."""
        self.snapshot = None
        self.credential = None
        self.removed = True
        self.expires_boot = 0.0
        self._announce()

    def holds(self, value: str) -> bool:
        """Whether `value` is the current one, compared in constant time."""
        current = self.credential.value if self.credential else ""
        return hmac.compare_digest(current.encode(), value.encode())

    def valid(self, boottime: float) -> Credential | None:
        """The credential; None if it has expired, is dead, or there is none."""
        return self.credential if boottime < self.expires_boot and not self.is_dead else None

    def max_age(self, boottime: float) -> int:
        """The whole seconds for which a reader may cache it: until its renewal, at most `LONGEST_AGE`."""
        return int(max(0.0, min(self.renew_boot - boottime, LONGEST_AGE)))

    def same_until(self, boottime: float) -> float:
        """The boottime until which every reader gets the same response as now. Then `max_age` is a
        second less, the loop has to be woken, or the credential expires."""
        left = self.renew_boot - boottime
        if left > 0:
            return self.renew_boot - math.floor(min(left, LONGEST_AGE))
        if boottime <= self.nudge_boot < self.expires_boot:
            return self.nudge_boot
        return self.expires_boot

    def _announce(self) -> None:
        self.generation += 1
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()
        for wake in self._wakes or ():
            wake()


def _readable(credential: Credential | None) -> Credential | None:
    """The credential without WeChat's answer and the refresh token, which stay in the store."""
    if credential is None:
        return None
    return replace(credential, answer="", refresh_token="")


def state_after(outcome: Rotated | Repeated | Failed, due_at: datetime) -> Snapshot:
    """The state of the job after an outcome; it is due then."""
    failed = outcome if isinstance(outcome, Failed) else None
    after = outcome.job if isinstance(outcome, Failed) else outcome
    withdrawn = failed is not None and failed.waits_on == AUTHORIZATION
    return Snapshot(
        key=outcome.job.key,
        credential=None if withdrawn else after.credential,
        longest=after.longest,
        fault=failed.fault if failed else None,
        due_at=due_at,
        suspect=outcome.job.suspect and not isinstance(outcome, Rotated),
    )
