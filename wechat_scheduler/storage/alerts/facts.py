"""`alerts.ports.FactStore` on a database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from wechat_scheduler.alerts.ports import (
    DeadLetters,
    LostJobs,
    NotedJob,
    WaitingDeliveries,
)
from wechat_scheduler.credentials.model import AUTHORIZATION, COMPONENT_TOKEN
from wechat_scheduler.credentials.policy import quota_day
from wechat_scheduler.delivery.model import TargetKind
from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.pushes.model import TICKET
from wechat_scheduler.storage.checks import counted
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.corrected import NOT_CORRECTED
from wechat_scheduler.storage.database import Database, Row
from wechat_scheduler.storage.rows import contest_of, fault_of, instant, key_of, micros, record
from wechat_scheduler.storage.unreadable import readable

_JOB: Final = """
    SELECT j.appid, j.kind, j.subject, j.expires_at, j.suspect, j.fault, j.contest,
        CASE WHEN j.quota_day = $1 THEN j.calls ELSE 0 END AS calls, a.endpoint
"""
# The words of the partial index, so that both databases take it.
_NOTED: Final = "(j.fault IS NOT NULL OR j.contest IS NOT NULL OR j.calls > 15)"
# The job that expires first of each account and kind. JSON escapes the quotes of a message.
FIRST: Final = f"""
    SELECT * FROM ({_JOB}, count(*) OVER (PARTITION BY j.appid, j.kind) AS jobs,
            row_number() OVER (PARTITION BY j.appid, j.kind
                ORDER BY CASE WHEN j.suspect = 1 THEN 0 ELSE coalesce(j.expires_at, 0) END, j.subject) AS place
        FROM jobs j LEFT JOIN accounts a ON a.appid = j.appid
        WHERE {_NOTED} AND j.waits_on <> '{AUTHORIZATION}' AND {{which}}
    ) each WHERE place = 1 ORDER BY appid, kind LIMIT $2
"""  # noqa: S608 - our own text
LOST: Final = FIRST.format(
    which="""(j.fault LIKE '%"reaction":"operator"%' OR j.fault LIKE '%"reaction":"needs_input"%')"""
)
# A contest is JSON that begins with its instant.
NOTED: Final = f"""
    {_JOB} FROM jobs j LEFT JOIN accounts a ON a.appid = j.appid
    WHERE {_NOTED} AND (j.contest >= $3 OR (j.quota_day = $1 AND j.calls >= $4))
    ORDER BY j.appid, j.kind, j.subject LIMIT $2
"""
DEAD: Final = f"""
    SELECT app_id, error FROM deliveries
    WHERE state = 'dead' AND settled_at > $1 AND channel <> '{TargetKind.ALERT}' AND {NOT_CORRECTED}
    ORDER BY settled_at DESC LIMIT $2
"""  # noqa: S608 - our own text
# The refusals of accounts have higher errcodes than the limits of calls, which may hold many deliveries.
WAITING: Final = f"""
    SELECT s.appid, few.errcode, count(*) AS deliveries, max(few.error) AS error FROM (
        SELECT target, errcode, error FROM deliveries
        WHERE state = 'pending' AND errcode IS NOT NULL AND channel = '{TargetKind.PERSON}'
        ORDER BY errcode DESC LIMIT $1
    ) few JOIN subscribers s ON s.uid = few.target
    GROUP BY s.appid, few.errcode ORDER BY s.appid, few.errcode
"""  # noqa: S608 - our own text
# For a platform that never sent a ticket, the wait begins when its push URL was set.
TICKETS: Final = f"""
    SELECT j.appid, max(coalesce(p.received_at, c.changed_at)) AS came_at
    FROM jobs j JOIN callbacks c ON c.appid = j.appid
    LEFT JOIN pushes p ON p.appid = j.appid AND p.name = '{TICKET}'
    WHERE j.kind = '{COMPONENT_TOKEN}' GROUP BY j.appid
"""  # noqa: S608 - our own text


class SqlAlertFacts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def lost_jobs(self, *, limit: int) -> Sequence[LostJobs]:
        rows = await self._database.read(LOST, 0, limit)
        return readable(rows, _lost_of, table="jobs", key="appid")

    async def failing_jobs(self, subjects: Collection[str]) -> Sequence[LostJobs]:
        failing = failing_of(subjects)
        rows = await self._database.read(FIRST.format(which=failing), *failing.values)
        return readable(rows, _lost_of, table="jobs", key="appid")

    async def noted_jobs(
        self, *, contested_since: datetime, calls: int, now: datetime, limit: int
    ) -> Sequence[NotedJob]:
        since = f'{{"at":"{rfc3339(contested_since)}'
        today = quota_day(now).toordinal()
        rows = await self._database.read(NOTED, today, limit, since, calls)
        return readable(rows, _job_of, table="jobs", key="appid")

    async def dead_letters(self, *, since: datetime, limit: int) -> Sequence[DeadLetters]:
        found: dict[int, list[str]] = {}
        for row in await self._database.read(DEAD, micros(since), limit):
            found.setdefault(row["app_id"], []).append(row["error"])
        return [
            DeadLetters(app_id=app_id, deliveries=len(errors), error=str(errors[0]))
            for app_id, errors in found.items()
        ]

    async def waiting_deliveries(self, *, limit: int) -> Sequence[WaitingDeliveries]:
        rows = await self._database.read(WAITING, limit)
        return readable(rows, _waiting_of, table="deliveries", key="appid")

    async def tickets(self) -> Mapping[str, datetime]:
        rows = await self._database.read(TICKETS)
        return dict(readable(rows, _ticket_of, table="callbacks", key="appid"))


def failing_of(subjects: Collection[str]) -> SqlConditions:
    where = SqlConditions((0, len(subjects)))
    where.add("j.fault IS NOT NULL")
    where.add_any("j.appid", sorted({subject.partition("/")[0] for subject in subjects}))
    where.add_any("j.appid || '/' || j.kind", sorted(subjects))
    return where


def _job_of(row: Row) -> NotedJob:
    return record(
        NotedJob,
        row,
        key=key_of(row),
        fault=fault_of(row),
        contest=contest_of(row),
        calls=counted("calls", row["calls"]),
        endpoint=row["endpoint"] or "",
    )


def _lost_of(row: Row) -> LostJobs:
    return LostJobs(first=_job_of(row), others=row["jobs"] - 1)


def _waiting_of(row: Row) -> WaitingDeliveries:
    return WaitingDeliveries(
        appid=row["appid"],
        errcode=row["errcode"],
        deliveries=row["deliveries"],
        error=str(row["error"]),
    )


def _ticket_of(row: Row) -> tuple[str, datetime]:
    return row["appid"], instant(row["came_at"])
