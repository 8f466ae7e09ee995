"""`credentials.ports.Store` on a database."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Unpack

from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    ClaimedJob,
    Identified,
    JobKey,
    Outcome,
    Registration,
    Rotated,
    Snapshot,
)
from wechat_scheduler.credentials.policy import quota_day
from wechat_scheduler.credentials.ports import Notification
from wechat_scheduler.credentials.views import JobPage, JobView
from wechat_scheduler.engine.records import replace
from wechat_scheduler.storage.claims import Claim, ClaimingStore, due_of
from wechat_scheduler.storage.credentials import (
    corrupt_jobs,
    job_views,
    jobs,
    jobs_without_subject,
    refresh_tokens,
)
from wechat_scheduler.storage.credentials.feed_entries import put_failed
from wechat_scheduler.storage.credentials.job_claims import EARLIEST_UNCLAIMED, JobClaims
from wechat_scheduler.storage.credentials.job_outcomes import SqlJobOutcomes
from wechat_scheduler.storage.credentials.job_signals import JobSignals
from wechat_scheduler.storage.credentials.job_values import SqlJobValues
from wechat_scheduler.storage.credentials.notifications import NOTIFICATION, notification_receiver
from wechat_scheduler.storage.credentials.registrations import UNNAMED, Registrar, notify_of
from wechat_scheduler.storage.credentials.wake_ups import wake_further
from wechat_scheduler.storage.database import Database, Row, Script, Statement, T, each
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import Vault, fault_of, instant, key_of, micros, micros_or_none
from wechat_scheduler.storage.unreadable import UNREADABLE

EXACT = "SELECT appid, kind, subject FROM jobs WHERE appid = $1 AND kind = $2 AND subject = $3"
ANY = "SELECT appid, kind, subject FROM jobs WHERE appid = $1 AND kind = $2 LIMIT 2"
OTHERS_PARAMS = """
    SELECT owner FROM registrations
    WHERE appid = $1 AND kind = $2 AND (subject = $3 OR job = $3) AND owner <> $4 AND params <> ''
    LIMIT 1
"""
PUSHED = """
    SELECT value FROM pushes WHERE appid = $1 AND name = $2 ORDER BY received_at DESC
"""
LISTENS = "SELECT appid FROM callbacks WHERE appid = $1"


class SqlCredentials(ClaimingStore):
    """The store of credentials, and the `NotificationSource` of their notifications."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        worker: str,
        secret_kinds: frozenset[str],
        feed: SqlFeed,
    ) -> None:
        super().__init__(database, jobs.DUE, worker=worker)
        self._job_claims = JobClaims(jobs.DUE, database.dialect.skip_locked)
        self._vault = vault
        self._feed = feed
        self._signals = JobSignals(database, worker)
        self.tell, self.on_change = self._signals.tell, self._signals.on_change
        self.values = SqlJobValues(database, vault)
        self.changed = self.values.changed
        self._registrar = Registrar(vault, secret_kinds=secret_kinds)
        self._outcomes = SqlJobOutcomes(database, vault, feed, self.tell)

    async def register(self, registration: Registration, *, now: datetime) -> Sequence[JobKey]:
        def script() -> Script[Sequence[JobKey]]:
            changed = yield from self._registrar.register(registration, now)
            yield from self.tell(changed)
            return changed

        with self._signals.telling_if_lost([task.key for task in registration.tasks]):
            return await self._database.write(script)

    async def remove(
        self, key: JobKey, *, owner: str, now: datetime, unnamed: bool = False
    ) -> bool:
        return await self._change(
            lambda: self._registrar.remove(key, owner, now, unnamed=unnamed), key
        )

    async def names(self, key: JobKey, *, owner: str = "") -> Sequence[JobKey]:
        if key.subject:
            rows = await self._database.read(EXACT, *key)
        else:
            rows = await self._unnamed(key, owner) or await self._database.read(ANY, *key[:2])
        return [key_of(row) for row in rows]

    async def load(self, key: JobKey) -> Snapshot | None:
        return await self.values.load(key)

    async def view(self, **wanted: Unpack[JobPage]) -> Sequence[JobView]:
        return await job_views.read_jobs(self._database, self._vault, **wanted)

    async def pushed(self, appid: str, name: str) -> str:
        rows = await self._database.read(PUSHED, appid, name)
        place = f"push:{appid}/{name}"
        opened = (self._vault.open_or(row["value"], place, otherwise="") for row in rows)
        return next(filter(None, opened), "")

    async def listens(self, appid: str) -> bool:
        return bool(await self._database.read(LISTENS, appid))

    async def earlier(self, key: JobKey) -> Sequence[str]:
        return await refresh_tokens.earlier(self._database, self._vault, key)

    async def provides(self, key: JobKey, *, owner: str, kept: bool) -> bool:
        if await self._database.read(OTHERS_PARAMS, *key, owner):
            return True
        if not kept:
            return False
        jobs = [key] if key.subject else map(key_of, await self._unnamed(key))
        loaded = [snapshot for job in jobs if (snapshot := await self.load(job))]
        return any(one.credential and one.credential.refresh_token for one in loaded)

    async def hasten(self, key: JobKey, *, now: datetime, due_at: datetime | None = None) -> bool:
        params = (*key, micros(now), micros_or_none(due_at))
        return await self._change(lambda: jobs.touch(Statement(jobs.HASTEN, params)), key)

    async def suspect(self, key: JobKey, *, version: int, now: datetime) -> bool:
        params = (*key, version, micros(now))
        return await self._change(lambda: jobs.touch(Statement(jobs.SUSPECT, params)), key)

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedJob]:
        claim, today = self._new_claim(now, lease), quota_day(now).toordinal()

        def script() -> Script[list[Row]]:
            yield from wake_further(claim.now, self._database.dialect.skip_locked)
            return (yield from self._job_claims.take(claim, limit, today))

        with self._job_claims.absence.noted():
            rows = await self._database.write(script)
        self._job_claims.absence.found(now)
        return await self._read_each(claim, rows, self._vault.claimed_job)

    async def next_due(self) -> datetime | None:
        with self._job_claims.absence.noted():
            if (settled_at := self._job_claims.absence.settled_at) is None:
                return await super().next_due()
            return due_of(await self._database.read(EARLIEST_UNCLAIMED, micros(settled_at)))

    @property
    def is_alone(self) -> bool:
        return not self._database.dialect.others

    async def due_jobs(
        self, *, now: datetime, expiring: datetime, limit: int
    ) -> Sequence[ClaimedJob]:
        rows = await self._database.read(jobs.EXPIRING, micros(now), micros(expiring), limit)
        found = []
        for row in rows:
            with suppress(*UNREADABLE):  # once it is claimed, that is reported
                found.append(self._vault.claimed_job(row))
        return found

    async def save(self, outcome: Outcome, *, now: datetime) -> Snapshot | None:
        if isinstance(outcome, Identified):
            return await self._identify(outcome, now)
        if isinstance(outcome, Rotated) and outcome.subject != outcome.job.key.subject:
            return await self._identify(outcome, now)
        return await self._outcomes.save(outcome, now=now)

    async def notification(self, target: str) -> Notification | None:
        """Like `NotificationSource.notification`; `target` is that of an outbox row."""
        given, owner = notification_receiver(target)
        rows = await self._database.read(NOTIFICATION, *given, owner)
        if not rows:
            return None
        row, credential = rows[0], self._vault.credential(rows[0])
        ended = fault_of(row) if row["waits_on"] == AUTHORIZATION else None
        if credential is None and ended is None:
            return None
        return Notification(
            url=notify_of(self._vault, given, owner, row["notify"]),
            key=key_of(row),
            credential=credential,
            ended=ended,
            secret=self._vault.open(row["signing_secret"] or "", f"api_key:{owner}"),
        )

    async def _identify(self, outcome: Identified | Rotated, now: datetime) -> Snapshot | None:
        former, account = outcome.job.key, outcome.job.key._replace(subject=outcome.subject)

        def script() -> Script[bool]:
            yield from self.tell([former, account])
            found = yield from jobs_without_subject.identify(self._vault, outcome, now)
            self._feed.changed()
            return found

        snapshot = await self.load(account) if await self._database.write(script) else None
        return replace(snapshot, former=former) if snapshot else None

    async def _unnamed(self, key: JobKey, owner: str = "") -> Sequence[Row]:
        return await self._database.read(UNNAMED, *key[:2], owner)

    async def _change(self, script: Callable[[], Script[T]], key: JobKey) -> T:
        """Like `_write`, for what no loop repeats."""
        with self._signals.telling_if_lost([key]):
            return await self._write(script, key)

    async def _write(self, script: Callable[[], Script[T]], key: JobKey) -> T:
        """Run a script that changes one job, and signal that to the other processes."""

        def told() -> Script[T]:
            result = yield from script()
            yield from self.tell([key])
            self._feed.changed()
            return result

        return await self._database.write(told)

    async def _set_aside(self, claim: Claim, spoiled: Sequence[tuple[Row, str]]) -> None:
        """Set the job aside, and tell its waiting callers at once why it has no value."""
        await super()._set_aside(claim, spoiled)
        for row, _ in spoiled:
            self._signals.call(key_of(row))

    def _name(self, row: Row) -> str:
        return str(key_of(row))

    def _spoil(self, row: Row, claim: Claim, reason: str) -> Script[None]:
        key = key_of(row)
        now = instant(claim.now)
        if (yield from corrupt_jobs.spoil(self._vault, key, claim.name, reason, now)):
            yield from each(put_failed(key, now))
        yield from self.tell([key])
        self._feed.changed()
