"""`audience.ports.UseCounts` on a database."""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.audience.use_counts import UseChange, UseCount, UseReport, counted
from wechat_scheduler.storage.audience.handled_events import PUT as HANDLE
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.rows import micros, record, stored
from wechat_scheduler.storage.unreadable import readable

COLUMNS = ("template_id", "remaining", "certain", "switched_off", "granted_at", "changed_at")
OF_PERSON = f"""
    SELECT {", ".join(COLUMNS)} FROM use_counts WHERE appid = $1 AND openid = $2
    ORDER BY template_id
"""  # noqa: S608 - our own names
ONE = f"""
    SELECT {", ".join(COLUMNS)} FROM use_counts
    WHERE appid = $1 AND openid = $2 AND template_id = $3
"""  # noqa: S608 - our own names
BEGIN = """
    INSERT INTO use_counts (appid, openid, template_id, changed_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
# Changes nothing: the row stays ours until the transaction ends.
HOLD = """
    UPDATE use_counts SET changed_at = changed_at
    WHERE appid = $1 AND openid = $2 AND template_id = $3 RETURNING *
"""
SET = """
    UPDATE use_counts SET remaining = $4, certain = $5, switched_off = $6, granted_at = $7,
        changed_at = $8
    WHERE appid = $1 AND openid = $2 AND template_id = $3
"""


class SqlUseCounts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(
        self,
        appid: str,
        openid: str,
        reports: Sequence[UseReport],
        *,
        event: str,
        now: datetime,
    ) -> None:
        await self._database.write(lambda: _count(appid, openid, reports, event, now))

    async def none_left(
        self, appid: str, openid: str, template_id: str, *, asked_at: datetime, now: datetime
    ) -> None:
        key = (appid, openid, template_id)
        await self._database.write(lambda: _change(key, UseChange.NONE_LEFT, now, asked_at))

    async def get(self, appid: str, openid: str, template_id: str) -> UseCount | None:
        rows = await self._database.read(ONE, appid, openid, template_id)
        return next(iter(_readable(rows)), None)

    async def of_person(self, appid: str, openid: str) -> Sequence[UseCount]:
        rows = await self._database.read(OF_PERSON, appid, openid)
        return _readable(rows)


def _readable(rows: Sequence[Row]) -> Sequence[UseCount]:
    """A count that cannot be read counts as unknown."""
    return readable(rows, lambda row: record(UseCount, row), table="use_counts", key="template_id")


def _count(
    appid: str, openid: str, reports: Sequence[UseReport], event: str, now: datetime
) -> Script[None]:
    if not (yield Statement(HANDLE, (event, micros(now)))):
        return
    # In one order in every process: two events of a person do not wait for each other.
    for report in sorted(reports, key=lambda report: report.template_id):
        yield from _change((appid, openid, report.template_id), report.change, now)


def _change(
    key: tuple[str, str, str], change: UseChange, now: datetime, asked_at: datetime | None = None
) -> Script[None]:
    if change not in (UseChange.SENT, UseChange.FAILED):
        yield Statement(BEGIN, (*key, micros(now)))
    for row in (yield Statement(HOLD, key)):
        known = _readable([row])
        before = known[0] if known else UseCount(template_id=key[-1], changed_at=now)
        if asked_at and before.granted_at and before.granted_at > asked_at:
            return
        yield Statement(SET, (*key, *stored(counted(before, change, now), COLUMNS[1:])))
