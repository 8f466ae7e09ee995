"""Looks at the daemon from outside, through `GET /tasks`, and tells what changed."""

from collections import Counter
from datetime import datetime

import aiohttp
import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.business import BusinessSystem
from wechat_scheduler.demo.calls import get
from wechat_scheduler.demo.cast import CREDENTIALS
from wechat_scheduler.demo.journal import Happening, Journal, named
from wechat_scheduler.demo.snapshot import CredentialRow, DemoSnapshot, Places
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError


class WatchedJob(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a task in the daemon's answer."""

    appid: str
    kind: str
    subject: str
    state: Freshness
    version: int
    issued_at: datetime | None
    expires_at: datetime | None

    @property
    def key(self) -> JobKey:
        return JobKey(self.appid, self.kind, self.subject)


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    result: list[WatchedJob]


class DemoObserver:
    """Takes snapshots; the rotations between two of them go into the journal."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        business: BusinessSystem,
        journal: Journal,
        *,
        places: Places,
        key: str,
        clock: Clock,
    ) -> None:
        self._session = session
        self._business = business
        self._journal = journal
        self._places = places
        self._key = key
        self._clock = clock
        self._started_at = clock.now()
        self._jobs: dict[JobKey, WatchedJob] = {}
        self._notified: Counter[JobKey] = Counter()
        self._never_fresh = list(CREDENTIALS)

    async def look(self) -> DemoSnapshot:
        """How things are now. While the daemon does not answer, how they were.

        The notifications are counted before the tasks are asked for: what they tell of is then
        among the tasks, so that a rotation never seems to come after its own notification.
        """
        notified = self._business.notified.copy()
        try:
            answer = await get(self._session, f"{self._places.daemon}/tasks", key=self._key)
        except CallError as error:
            self._journal.note(Happening.FAILED, str(error))
        else:
            self._take({job.key: job for job in msgspec.json.decode(answer, type=Tasks).result})
        for key in (notified - self._notified).elements():
            self._journal.note(Happening.NOTIFIED, named(key))
        self._notified = notified
        return self._snapshot()

    def _take(self, jobs: dict[JobKey, WatchedJob]) -> None:
        for key, job in jobs.items():
            before = self._jobs[key].version if key in self._jobs else 0
            for version in range(before + 1, job.version + 1):
                self._journal.note(Happening.ROTATED, f"{named(key)}, version {version}")
            if job.state is Freshness.FRESH and key in self._never_fresh:
                self._never_fresh.remove(key)
        self._jobs = jobs

    def _snapshot(self) -> DemoSnapshot:
        return DemoSnapshot(
            places=self._places,
            started_at=self._started_at,
            now=self._clock.now(),
            rows=tuple(self._row(self._jobs[key]) for key in sorted(self._jobs, key=_place)),
            events=self._journal.newest(),
            tickets=self._business.tickets,
            rotations=self._journal.count(Happening.ROTATED),
            notifications=self._journal.count(Happening.NOTIFIED),
            failures=self._journal.count(Happening.FAILED),
            never_fresh=tuple(self._never_fresh),
        )

    def _row(self, job: WatchedJob) -> CredentialRow:
        return CredentialRow(
            key=job.key,
            state=job.state,
            version=job.version,
            issued_at=job.issued_at,
            expires_at=job.expires_at,
            value=self._business.value(job.key),
            notified=self._notified[job.key],
        )


def _place(key: JobKey) -> tuple[int, JobKey]:
    """Those of the demo in their order, then what somebody else has registered."""
    return CREDENTIALS.index(key) if key in CREDENTIALS else len(CREDENTIALS), key
