"""Asks the daemon for its jobs, as a business system would, and finds what changed."""

from collections import Counter
from collections.abc import Sequence

from wechat_scheduler.client import Client, Job
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.business import BusinessSystem
from wechat_scheduler.demo.journal import EventKind, Journal, JournalEntry, named
from wechat_scheduler.demo.phone import PhoneOwner
from wechat_scheduler.demo.setup import CREDENTIALS
from wechat_scheduler.demo.snapshot import CredentialRow, DemoSnapshot, Places
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError, RequestError


class DemoObserver:
    """Takes snapshots, and adds the rotations between two of them to the journal."""

    def __init__(
        self,
        client: Client,
        business: BusinessSystem,
        journal: Journal,
        phone: PhoneOwner,
        *,
        places: Places,
        clock: Clock,
    ) -> None:
        self._client = client
        self._business = business
        self._journal = journal
        self._phone = phone
        self._on_phone: Sequence[JournalEntry] = ()
        self._places = places
        self._clock = clock
        self._started_at = clock.now()
        self._jobs: dict[JobKey, Job] = {}
        self._notified: Counter[JobKey] = Counter()
        self._never_fresh = list(CREDENTIALS)

    async def look(self) -> DemoSnapshot:
        """The present state; while the daemon does not answer, the last one.

        Notifications are counted before the jobs are fetched, so that a rotation is in the journal
        before its notification.
        """
        notified = self._business.notified.copy()
        try:
            self._take({_key(job): job for job in await self._client.jobs()})
            if not self._never_fresh:
                self._on_phone = await self._phone.look()
        except (CallError, RequestError) as error:
            self._journal.add(EventKind.FAILED, str(error))
        for key in (notified - self._notified).elements():
            self._journal.add(EventKind.NOTIFIED, named(key))
        self._notified = notified
        return self._snapshot()

    def _take(self, jobs: dict[JobKey, Job]) -> None:
        for key, job in jobs.items():
            before = self._jobs[key].version if key in self._jobs else 0
            for version in range(before + 1, job.version + 1):
                self._journal.add(EventKind.ROTATED, f"{named(key)}, version {version}")
            if job.state == Freshness.FRESH.value and key in self._never_fresh:
                self._never_fresh.remove(key)
        self._jobs = jobs

    def _snapshot(self) -> DemoSnapshot:
        return DemoSnapshot(
            places=self._places,
            started_at=self._started_at,
            now=self._clock.now(),
            rows=tuple(self._row(key) for key in sorted(self._jobs, key=_place)),
            events=self._journal.newest(),
            on_phone=tuple(self._on_phone),
            tickets=self._business.tickets,
            rotations=self._journal.count(EventKind.ROTATED),
            notifications=self._journal.count(EventKind.NOTIFIED),
            failures=self._journal.count(EventKind.FAILED),
            never_fresh=tuple(self._never_fresh),
        )

    def _row(self, key: JobKey) -> CredentialRow:
        job = self._jobs[key]
        return CredentialRow(
            key=key,
            state=Freshness(job.state),
            version=job.version,
            issued_at=job.issued_at,
            expires_at=job.expires_at,
            value=self._business.value(key),
            notified=self._notified[key],
        )


def _key(job: Job) -> JobKey:
    return JobKey(job.appid, job.kind, job.subject)


def _place(key: JobKey) -> tuple[int, JobKey]:
    """The demo's own credentials in their order, then those that were registered by others."""
    return CREDENTIALS.index(key) if key in CREDENTIALS else len(CREDENTIALS), key
