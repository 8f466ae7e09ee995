"""The outbox in SQL: what waits to be sent, and the notices that other scripts put into it."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.delivery.model import Deferred, Delivery, Outcome, Settled, State
from wechat_scheduler.storage.database import Database, Script, Statement, rows_of
from wechat_scheduler.storage.rows import instant_or_none, micros

NOTICE_CHANNEL = "credential"

# A newer notice takes the row of the older one. If that one is being sent, its sender keeps the
# claim until it is done, so that two notices of one job never overtake one another.
PUT = """
    INSERT INTO deliveries (id, channel, target, collapse_key, state, due_at, created_at)
    VALUES ($1, $2, $3, $4, 'pending', $5, $5)
    ON CONFLICT (collapse_key) DO UPDATE
    SET id = excluded.id, state = excluded.state, attempts = 0, error = '',
        due_at = CASE WHEN deliveries.claimed_by IS NULL
                 THEN excluded.due_at ELSE deliveries.due_at END,
        created_at = excluded.created_at
"""
RECEIVERS = """
    SELECT owner FROM registrations
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND notify <> ''
"""
CANCEL = """
    UPDATE deliveries SET state = 'cancelled' WHERE collapse_key = $1 AND state = 'pending'
"""
# The rows are chosen once and for all (MATERIALIZED), as in jobs.CLAIM.
CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM deliveries WHERE state = 'pending' AND due_at <= $3
        ORDER BY due_at LIMIT $4 {skip_locked}
    )
    UPDATE deliveries SET claimed_by = $1, due_at = $2 WHERE id IN (SELECT id FROM due)
    RETURNING id, channel, target, attempts
"""
SETTLE = """
    UPDATE deliveries SET state = $3, version = $4, error = '', claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
DEFER = """
    UPDATE deliveries SET attempts = attempts + 1, due_at = $3, error = $4, claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
LET_GO = """
    UPDATE deliveries SET due_at = $3, claimed_by = NULL WHERE collapse_key = $1 AND claimed_by = $2
"""
RELEASE = "UPDATE deliveries SET due_at = $1, claimed_by = NULL WHERE claimed_by IS NOT NULL"
NEXT_DUE = "SELECT min(due_at) AS due_at FROM deliveries WHERE state = 'pending'"


def notice_target(key: JobKey, owner: str) -> str:
    """What the credential channel calls its receiver."""
    return msgspec.json.encode((*key, owner)).decode()


def notice_receiver(target: str) -> tuple[JobKey, str]:
    appid, kind, subject, owner = msgspec.json.decode(target, type=tuple[str, str, str, str])
    return JobKey(appid, kind, subject), owner


def collapse_key(channel: str, target: str) -> str:
    return f"{channel}:{target}"


def put_notice(key: JobKey, owner: str, now: int) -> Script[None]:
    """Tell `owner` about the current value of the job; what was still to be told is superseded."""
    target = notice_target(key, owner)
    collapse = collapse_key(NOTICE_CHANNEL, target)
    yield Statement(PUT, (secrets.randbits(52), NOTICE_CHANNEL, target, collapse, now))


def put_notices(key: JobKey, now: int) -> Script[None]:
    """Tell everybody who wants to be told."""
    for row in (yield Statement(RECEIVERS, key)):
        yield from put_notice(key, row["owner"], now)


def cancel_notices(key: JobKey, owners: Iterable[str]) -> Script[None]:
    for owner in owners:
        collapse = collapse_key(NOTICE_CHANNEL, notice_target(key, owner))
        yield Statement(CANCEL, (collapse,))


class SqlOutbox:
    """`delivery.ports.Outbox` on a database."""

    def __init__(self, database: Database, *, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._claims = 0
        self._claim_sql = CLAIM.format(skip_locked=database.dialect.skip_locked)

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        self._claims += 1
        claim = f"{self._worker}/{self._claims}"
        params = (claim, micros(now + lease), micros(now), limit)
        rows = await self._database.write(lambda: rows_of(Statement(self._claim_sql, params)))
        return [
            Delivery(
                id=row["id"],
                channel=row["channel"],
                target=row["target"],
                attempts=row["attempts"],
                claim=claim,
            )
            for row in rows
        ]

    async def settle(self, outcome: Outcome, *, now: datetime) -> None:
        await self._database.write(lambda: _settle(outcome, micros(now)))

    async def next_due(self) -> datetime | None:
        return instant_or_none((await self._database.read(NEXT_DUE))[0]["due_at"])

    async def release(self, *, now: datetime) -> None:
        """Give back what a process that is known to be dead had claimed."""
        await self._database.write(lambda: rows_of(Statement(RELEASE, (micros(now),))))


def _settle(outcome: Outcome, now: int) -> Script[None]:
    delivery = outcome.delivery
    claimed = (delivery.id, delivery.claim)
    match outcome:
        case Settled(state=state, version=version):
            done = yield Statement(SETTLE, (*claimed, State(state).value, version))
        case Deferred(due_at=due_at, error=error):
            done = yield Statement(DEFER, (*claimed, micros(due_at), error))
    if not done:
        collapse = collapse_key(delivery.channel, delivery.target)
        yield Statement(LET_GO, (collapse, delivery.claim, now))
