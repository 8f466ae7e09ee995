"""Stores in memory, which the tests of the core use. They keep the contract of the SQL ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.stores.refreshing import claim, save, snapshot
from tests.stores.registering import register, remove
from tests.stores.tables import NoticeRow, Tables, notice_receiver
from tests.stores.viewing import view
from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    ClaimedJob,
    JobKey,
    Outcome,
    Registration,
    Snapshot,
)
from wechat_scheduler.credentials.notifications import Notification
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.delivery.model import Deferred, Delivery, DeliveryState, Settled
from wechat_scheduler.delivery.model import Outcome as DeliveryOutcome


class MemoryCredentials:
    """`credentials.ports.Store`, and the source of its notices."""

    def __init__(self, tables: Tables, *, worker: str, secret_kinds: frozenset[str]) -> None:
        self._tables = tables
        self._worker = worker
        self._secret_kinds = secret_kinds
        self._claims = 0

    async def register(self, registration: Registration, *, now: datetime) -> Sequence[JobKey]:
        self._tables.reach()
        return register(self._tables, registration, self._secret_kinds, now)

    async def remove(self, key: JobKey, *, owner: str) -> bool:
        self._tables.reach()
        return remove(self._tables, key, owner)

    async def names(self, key: JobKey) -> Sequence[JobKey]:
        self._tables.reach()
        if key in self._tables.jobs:
            return [key]
        kin = [job for job in self._tables.jobs.values() if job.key[:2] == key[:2]]
        bound = [job.key for job in kin if job.subject == key.subject]
        return (bound or ([] if key.subject else [job.key for job in kin]))[:2]

    async def load(self, key: JobKey) -> Snapshot | None:
        self._tables.reach()
        job = self._tables.jobs.get(key)
        return snapshot(job) if job is not None else None

    async def view(
        self,
        *,
        appid: str = "",
        kind: str = "",
        subject: str = "",
        after: JobKey | None = None,
        limit: int,
    ) -> Sequence[JobView]:
        self._tables.reach()
        jobs = [
            job
            for key, job in sorted(self._tables.jobs.items())
            if (after is None or key > after)
            and appid in ("", key.appid)
            and kind in ("", key.kind)
            and subject in ("", key.subject, job.subject)
        ]
        return [view(self._tables, job) for job in jobs[:limit]]

    async def pushed(self, appid: str, name: str) -> str:
        self._tables.reach()
        values = self._tables.pushes.get((appid, name))
        return values[max(values)] if values else ""

    async def listens(self, appid: str) -> bool:
        self._tables.reach()
        return appid in self._tables.listening

    async def earlier(self, key: JobKey) -> Sequence[str]:
        self._tables.reach()
        return list(self._tables.earlier.get(key, []))

    async def provides(self, key: JobKey, *, owner: str, kept: bool) -> bool:
        self._tables.reach()
        job, owners = self._tables.jobs.get(key), self._tables.owners(key).items()
        if any(interest.params for name, interest in owners if name != owner):
            return True
        credential = job.credential if job is not None and kept else None
        return credential is not None and bool(credential.refresh_token)

    async def hasten(self, key: JobKey, *, now: datetime) -> bool:
        self._tables.reach()
        job = self._tables.jobs.get(key)
        if job is not None:
            job.hasten(now)
        return job is not None

    async def suspect(self, key: JobKey, *, version: int, now: datetime) -> bool:
        self._tables.reach()
        job = self._tables.jobs.get(key)
        if job is None or job.suspect or job.version != version:
            return False
        job.suspect = True
        job.hasten(now)
        return True

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedJob]:
        self._tables.reach()
        self._claims += 1
        due = [job for job in self._tables.jobs.values() if job.due_at <= now]
        due.sort(key=lambda job: job.due_at)
        claimer = f"{self._worker}/{self._claims}"
        return [claim(self._tables, job, claimer, now, now + lease) for job in due[:limit]]

    async def save(self, outcome: Outcome, *, now: datetime) -> Snapshot | None:
        self._tables.reach()
        return save(self._tables, outcome, now)

    async def next_due(self) -> datetime | None:
        self._tables.reach()
        return min((job.due_at for job in self._tables.jobs.values()), default=None)

    async def release(self, *, now: datetime) -> None:
        self._tables.reach()
        for job in self._tables.jobs.values():
            if job.claimed_by:
                job.claimed_by, job.due_at = "", now

    async def notification(self, target: str) -> Notification | None:
        self._tables.reach()
        key, owner = notice_receiver(target)
        job, interest = self._tables.jobs.get(key), self._tables.interests.get((key, owner))
        if job is None or interest is None or not interest.notify:
            return None
        ended = job.fault if job.waits_on == AUTHORIZATION else None
        if job.credential is None and ended is None:
            return None
        return Notification(
            url=interest.notify,
            key=key,
            subject=job.subject,
            credential=job.credential,
            ended=ended,
            secret="",
        )


class MemoryOutbox:
    """`delivery.ports.Outbox`."""

    def __init__(self, tables: Tables, *, worker: str) -> None:
        self._tables = tables
        self._worker = worker
        self._claims = 0

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        self._tables.reach()
        self._claims += 1
        claim = f"{self._worker}/{self._claims}"
        due = [notice for notice in self._pending() if notice.due_at <= now]
        due.sort(key=lambda notice: notice.due_at)
        for notice in due[:limit]:
            notice.claimed_by, notice.due_at = claim, now + lease
        return [
            Delivery(
                id=notice.id,
                channel="credential",
                target=notice.target,
                attempts=notice.attempts,
                claim=claim,
            )
            for notice in due[:limit]
        ]

    async def settle(self, outcome: DeliveryOutcome, *, now: datetime) -> None:
        self._tables.reach()
        delivery = outcome.delivery
        notice = self._tables.notices.get(delivery.target)
        if notice is None or notice.claimed_by != delivery.claim:
            return
        notice.claimed_by = ""
        if notice.id != delivery.id:
            notice.due_at = now
            return
        match outcome:
            case Settled(state=state, version=version):
                notice.state, notice.version, notice.error = state, version, ""
            case Deferred(due_at=due_at, error=error):
                notice.due_at, notice.error = due_at, error
                notice.attempts += 1

    async def next_due(self) -> datetime | None:
        self._tables.reach()
        return min((notice.due_at for notice in self._pending()), default=None)

    async def release(self, *, now: datetime) -> None:
        self._tables.reach()
        for notice in self._tables.notices.values():
            if notice.claimed_by:
                notice.claimed_by, notice.due_at = "", now

    def _pending(self) -> list[NoticeRow]:
        notices = self._tables.notices.values()
        return [notice for notice in notices if notice.state is DeliveryState.PENDING]
