"""`credentials.census.CensusTaker` on a database."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.credentials.census import (
    DEAD_DAY,
    Census,
    DeadCensus,
    FaultCensus,
    KindCensus,
    QueueCensus,
)
from wechat_scheduler.credentials.model import AUTHORIZATION, COMPONENT_TOKEN, JobKey
from wechat_scheduler.credentials.policy import Freshness, quota_day
from wechat_scheduler.engine.clock import AHEAD
from wechat_scheduler.pushes.model import TICKET, WATCH
from wechat_scheduler.storage.checks import MOST_COUNTED
from wechat_scheduler.storage.corrected import NOT_CORRECTED
from wechat_scheduler.storage.credentials.job_states import IS_DEAD, state_at
from wechat_scheduler.storage.database import Database, Row
from wechat_scheduler.storage.rows import (
    MICROSECOND,
    fault_of,
    instant_or_none,
    key_of,
    micros,
    record,
)
from wechat_scheduler.storage.set_aside import count_set_aside
from wechat_scheduler.storage.unreadable import readable, readable_or

# Enough to see a cause that makes a thousand jobs fail.
MOST_FAULTS = 10_000

# A damaged number is left out: two of them may be too large for a sum.
COUNTED = f"quota_day = $2 AND calls BETWEEN 0 AND {MOST_COUNTED}"
KINDS = f"""
    SELECT kind, {state_at("$1")} AS state, count(*) AS jobs, min(expires_at) AS first_expiry,
        min(issued_at) AS oldest_issue,
        sum(CASE WHEN {COUNTED} THEN CAST(calls AS BIGINT) ELSE 0 END) AS calls,
        max(CASE WHEN {COUNTED} THEN CAST(calls AS BIGINT) ELSE 0 END) AS most_calls,
        count(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN 1 END) AS due,
        min(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN due_at END) AS due_since
    FROM jobs GROUP BY kind, 2 ORDER BY kind, 2
"""  # noqa: S608 - our own text
FAULTS = f"SELECT kind, fault FROM jobs WHERE fault IS NOT NULL LIMIT {MOST_FAULTS}"  # noqa: S608
# A message may be for next month: its wait begins with the first failed attempt.
DELIVERIES = """
    SELECT 'delivery/' || channel AS name, count(*) AS waiting,
        min(CASE WHEN message_id IS NULL THEN created_at ELSE since END) AS oldest,
        count(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN 1 END) AS due,
        min(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN due_at END) AS due_since
    FROM deliveries WHERE state = 'pending' GROUP BY channel ORDER BY channel
"""
DEAD = f"""
    SELECT channel, errcode, count(*) AS deliveries, max(settled_at) AS last
    FROM deliveries WHERE state = 'dead' AND settled_at > $1 AND {NOT_CORRECTED}
    GROUP BY channel, errcode ORDER BY channel, errcode
"""  # noqa: S608 - our own text
EVENTS = f"""
    SELECT 'event' AS name, count(*) AS waiting, min(received_at) AS oldest,
        count(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN 1 END) AS due,
        min(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN due_at END) AS due_since
    FROM events WHERE state = 'pending' AND name <> '{WATCH}'
"""  # noqa: S608 - our own text
REMINDERS = """
    SELECT 'reminder' AS name, count(*) AS waiting, NULL AS oldest,
        count(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN 1 END) AS due,
        min(CASE WHEN claimed_by IS NULL AND due_at <= $1 THEN due_at END) AS due_since
    FROM reminders WHERE state = 'active'
"""
# For a platform that never sent a ticket, the wait begins when its push URL was set.
TICKETS = f"""
    SELECT c.appid, max(coalesce(p.received_at, c.changed_at)) AS came_at
    FROM callbacks c
    JOIN jobs j ON j.appid = c.appid AND j.kind = '{COMPONENT_TOKEN}'
    LEFT JOIN pushes p ON p.appid = c.appid AND p.name = '{TICKET}'
    GROUP BY c.appid ORDER BY c.appid
"""  # noqa: S608 - our own text
NOT_FRESH = f"""
    SELECT appid, kind, subject, {state_at("$1")} AS state FROM jobs
    WHERE expires_at IS NULL OR renew_at <= $1 OR issued_at > $1 + {AHEAD // MICROSECOND} OR waits_on = '{AUTHORIZATION}' OR {IS_DEAD}
    ORDER BY appid, kind, subject LIMIT $2
"""  # noqa: S608 - our own text


class SqlCensus:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def census(self, *, now: datetime) -> Census:
        at = micros(now)
        jobs = await self._database.read(KINDS, at, quota_day(now).toordinal())
        faults = await self._database.read(FAULTS)
        deliveries = await self._database.read(DELIVERIES, at)
        events = await self._database.read(EVENTS, at)
        reminders = await self._database.read(REMINDERS, at)
        tickets = await self._database.read(TICKETS)
        return Census(
            kinds=_kinds(jobs),
            faults=_faults(faults),
            dead=await dead_since(self._database, now - DEAD_DAY),
            queues=(*_jobs_queue(jobs), *map(_queue, (*deliveries, *reminders, *events))),
            aside=await count_set_aside(self._database),
            tickets={row["appid"]: came for row in tickets if (came := _moment(row["came_at"]))},
        )

    async def not_fresh(self, *, now: datetime, limit: int) -> Sequence[tuple[JobKey, Freshness]]:
        rows = await self._database.read(NOT_FRESH, micros(now), limit)
        return [(key_of(row), Freshness(row["state"])) for row in rows]

    async def answers(self) -> bool:
        return bool(await self._database.read("SELECT 1 AS one"))


async def dead_since(database: Database, instant: datetime) -> tuple[DeadCensus, ...]:
    """The messages that died since then and were neither replayed nor corrected, by channel and errcode."""
    rows = await database.read(DEAD, micros(instant))
    return tuple(
        readable(rows, lambda row: record(DeadCensus, row), table="deliveries", key="channel")
    )


def _kinds(rows: Sequence[Row]) -> tuple[KindCensus, ...]:
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    return tuple(
        KindCensus(
            kind=kind,
            states={Freshness(row["state"]): row["jobs"] for row in group},
            first_expiry=_earliest(_kept(group), "first_expiry"),
            oldest_issue=_earliest(_kept(group), "oldest_issue"),
            calls=int(sum(row["calls"] for row in group)),
            most_calls=max(row["most_calls"] for row in group),
        )
        for kind, group in by_kind.items()
    )


def _kept(rows: Sequence[Row]) -> Sequence[Row]:
    """Without revoked jobs: their values are not missed when they expire."""
    return [row for row in rows if row["state"] != Freshness.REVOKED]


def _faults(rows: Sequence[Row]) -> tuple[FaultCensus, ...]:
    faults = [(row["kind"], fault) for row in rows if (fault := fault_of(row))]
    counts = Counter(
        (kind, fault.reaction, fault.endpoint, fault.errcode) for kind, fault in faults
    )
    return tuple(
        FaultCensus(kind=kind, reaction=reaction, endpoint=endpoint, errcode=errcode, jobs=jobs)
        for (kind, reaction, endpoint, errcode), jobs in counts.items()
    )


def _jobs_queue(rows: Sequence[Row]) -> tuple[QueueCensus, ...]:
    if not rows:
        return ()
    waiting = sum(row["jobs"] for row in rows)
    due = sum(row["due"] for row in rows)
    return (
        QueueCensus(name="job", waiting=waiting, due=due, due_since=_earliest(rows, "due_since")),
    )


def _queue(row: Row) -> QueueCensus:
    return QueueCensus(
        name=row["name"],
        waiting=row["waiting"],
        due=row["due"],
        due_since=_moment(row["due_since"]),
        oldest=_moment(row["oldest"]),
    )


def _earliest(rows: Sequence[Row], column: str) -> datetime | None:
    moments = [moment for row in rows if (moment := _moment(row[column]))]
    return min(moments, default=None)


def _moment(value: int | None) -> datetime | None:
    """None if it is damaged: the others are counted."""
    return readable_or(instant_or_none, value, None)
