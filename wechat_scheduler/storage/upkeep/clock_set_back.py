"""Repairs rows that were written while the clock was ahead of the present one.

Their due times lie in a future that is longer than it should be, and nothing else would notice before.
What the caller asked for (`not_before`, a reminder's time) stays; only our own instants are brought back, and
reminders go back to the occurrence where they stood.
"""

from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.audience.openids import LIFETIME as OPENKEY_LIFETIME
from wechat_scheduler.audience.qrcodes import LONGEST as LONGEST_CODE
from wechat_scheduler.engine.clock import AHEAD
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.model import WATCH
from wechat_scheduler.storage.database import Database, Script, Statement, each
from wechat_scheduler.storage.rows import MICROSECOND, micros
from wechat_scheduler.storage.upkeep.early_reminders import take_back

# No claim is longer.
LONGEST_CLAIM: Final = timedelta(hours=1)

# In each, $1 is the present, and $2 a little later.
CREDENTIALS = """
    UPDATE jobs SET due_at = $1 WHERE claimed_by IS NULL AND due_at > $2 AND (
        issued_at > $2 OR (longest > 0 AND expires_at > $2 + longest)
    )
"""
# When the last attempt failed stands in `fault`, where SQL does not look: each is attempted once more.
RETRIES = """
    UPDATE jobs SET due_at = $1 WHERE claimed_by IS NULL AND due_at > $2 AND fault IS NOT NULL
"""
FIRST_FAILURES = "UPDATE deliveries SET since = $1 WHERE state = 'pending' AND since > $2"
LAST_WORDS = """
    UPDATE subscribers SET heard_at = $1, texts_until = texts_until - (heard_at - $1)
    WHERE heard_at > $2
"""
CODES = """
    UPDATE scenes SET created_at = $1, expires_at = expires_at - (created_at - $1),
        ticket_until = ticket_until - (created_at - $1)
    WHERE created_at > $2
"""
DELIVERIES = """
    UPDATE deliveries SET due_at = COALESCE(
        (SELECT m.not_before FROM messages m
         WHERE m.id = deliveries.message_id AND m.not_before > $1), $1)
    WHERE state = 'pending' AND claimed_by IS NULL AND due_at > $2
        AND (created_at > $2 OR tried_at > $2)
"""
EVENTS = f"""
    UPDATE events SET due_at = $1 WHERE state = 'pending' AND claimed_by IS NULL
        AND name <> '{WATCH}' AND due_at > $2 AND (received_at > $2 OR tried_at > $2)
"""  # noqa: S608 - our own text
OURS: Final = (
    CREDENTIALS,
    DELIVERIES,
    EVENTS,
    RETRIES,
    FIRST_FAILURES,
    LAST_WORDS,
    CODES,
)

# In each, $1 is the latest instant that there can be.
WATCHES = f"UPDATE events SET due_at = $1 WHERE name = '{WATCH}' AND due_at > $1"  # noqa: S608
OPENKEYS = "UPDATE aliases SET openkey_until = $1 WHERE openkey_until > $1"
TICKETS_OF_CODES = "UPDATE scenes SET ticket_until = NULL WHERE ticket_until > $1"
CLAIMS: Final = tuple(
    f"UPDATE {table} SET due_at = $1 WHERE claimed_by IS NOT NULL AND due_at > $1"  # noqa: S608
    for table in ("jobs", "reminders", "deliveries", "events")
)
LIMITS: Final = (
    (WATCHES, TICKET_OVERDUE),
    (OPENKEYS, OPENKEY_LIFETIME),
    (TICKETS_OF_CODES, LONGEST_CODE + AHEAD),
    *((claims, LONGEST_CLAIM) for claims in CLAIMS),
)

# The newest counts, so their order stays: all move back by as much as the newest is ahead.
ORDERED: Final = (("pushes", "received_at"), ("refresh_tokens", "replaced_at"))


async def bring_back(database: Database, now: datetime) -> None:
    """Make work due that a clock that was ahead postponed, in one transaction. Raises StorageError."""
    await database.write(lambda: _bring_back(micros(now)))


def _bring_back(now: int) -> Script[None]:
    ahead = now + AHEAD // MICROSECOND
    yield from take_back(ahead)
    yield from each(Statement(sql, (now, ahead)) for sql in OURS)
    yield from each(Statement(sql, (now + most // MICROSECOND,)) for sql, most in LIMITS)
    for table, column in ORDERED:
        yield from _moved(table, column, now, ahead)


def _moved(table: str, column: str, now: int, ahead: int) -> Script[None]:
    rows = yield Statement(f"SELECT max({column}) AS newest FROM {table}")  # noqa: S608 - our own names
    newest = rows[0]["newest"]
    if newest is not None and newest > ahead:
        sql = f"UPDATE {table} SET {column} = {column} - $1 WHERE {column} > $2"  # noqa: S608
        yield Statement(sql, (newest - now, ahead))
