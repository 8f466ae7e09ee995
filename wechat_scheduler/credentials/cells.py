"""Credentials in memory: what a fetch is answered from."""

import asyncio
import math
from dataclasses import replace

from wechat_scheduler.credentials.model import Credential, JobKey, Snapshot
from wechat_scheduler.engine.clock import Clock

# A job that is this much past its due time, by the clock that does not jump, is not merely due:
# the wall clock was set back, and the loop must be told.
LATENESS = 5.0

# A reader that keeps a value itself asks again after at most this many seconds.
LONGEST_AGE = 60


class Cell:
    """One job's credential, changed in place, so that whoever holds the cell sees each change.

    Freshness is judged by boottime: a wall clock that is set back must not revive a dead token, so
    the instants of a credential, and when its job is due, are looked at once, when they come.
    `generation` grows with every change; `changed` is set by the next one.
    """

    __slots__ = (
        "_changed", "credential", "expires_boot", "generation", "key", "nudge_boot",
        "removed", "renew_boot", "snapshot",
    )  # fmt: skip

    def __init__(self, key: JobKey) -> None:
        self.key = key
        self.snapshot: Snapshot | None = None
        self.credential: Credential | None = None
        self.expires_boot = 0.0
        self.renew_boot = 0.0
        self.nudge_boot = math.inf
        self.generation = 0
        self.removed = False
        self._changed: asyncio.Event | None = None

    @property
    def changed(self) -> asyncio.Event:
        """Made when somebody waits: most cells of a hundred thousand never see one."""
        if self._changed is None:
            self._changed = asyncio.Event()
        return self._changed

    def hold(self, snapshot: Snapshot, clock: Clock) -> None:
        """Take over what the store says."""
        due_before, known = self.snapshot and self.snapshot.due_at, self.credential
        credential = _readable(snapshot.credential)
        self.snapshot = replace(snapshot, credential=credential)
        self.credential = credential
        now, boot = clock.now(), clock.boottime()
        if snapshot.due_at != due_before:
            self.nudge_boot = boot + (snapshot.due_at - now).total_seconds() + LATENESS
        if credential is not None and credential != known:
            self.expires_boot = boot + (credential.expires_at - now).total_seconds()
            self.renew_boot = boot + (credential.renew_at - now).total_seconds()
        self._announce()

    def remove(self) -> None:
        """The job is gone: nothing is handed out any more."""
        self.snapshot = None
        self.credential = None
        self.removed = True
        self.expires_boot = 0.0
        self._announce()

    def valid(self, boottime: float) -> Credential | None:
        """The credential, while it may be handed out."""
        return self.credential if boottime < self.expires_boot else None

    def max_age(self, boottime: float) -> int:
        """Whole seconds that a reader may keep it: until its renewal, a minute at most."""
        return int(max(0.0, min(self.renew_boot - boottime, LONGEST_AGE)))

    def same_until(self, boottime: float) -> float:
        """The boottime at which a reader would first be told something else than now: `max_age`
        steps down, the loop has to be told that it is late, or the credential expires."""
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


def _readable(credential: Credential | None) -> Credential | None:
    """What readers are given; WeChat's whole answer and the refresh token stay in the store."""
    if credential is None:
        return None
    return replace(credential, answer="", refresh_token="")
