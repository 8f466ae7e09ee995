"""Reads the present values of jobs."""

from collections.abc import Sequence
from datetime import timedelta

from wechat_scheduler.credentials.model import JobKey, Snapshot
from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.storage.database import Database, GivenRows, Row
from wechat_scheduler.storage.rows import Vault, fault_of, instant, key_of, micros, span
from wechat_scheduler.storage.unreadable import readable, readable_or

_COLUMNS = """
    SELECT appid, kind, subject, credential, version, issued_at, expires_at, renew_at, due_at,
        claimed_by, fault, longest, suspect
    FROM jobs
"""
LOAD = f"{_COLUMNS} WHERE appid = $1 AND kind = $2 AND subject = $3"
PAGE = f"""{_COLUMNS}
    WHERE kind = $2 AND (appid, subject) > ($1, $3) AND credential IS NOT NULL
    ORDER BY appid, subject LIMIT $4
"""

# Each change of a value, a fault or a report changes one of these.
CHANGED = GivenRows(
    columns={
        "appid": "TEXT", "kind": "TEXT", "subject": "TEXT",
        "version": "BIGINT", "due_at": "BIGINT", "suspect": "BIGINT",
    },
    sql="""
    SELECT given.appid, given.kind, given.subject FROM given
    LEFT JOIN jobs ON jobs.appid = given.appid AND jobs.kind = given.kind
        AND jobs.subject = given.subject
    WHERE jobs.appid IS NULL OR jobs.version <> given.version OR jobs.due_at <> given.due_at
        OR jobs.suspect <> given.suspect
    """,
)  # fmt: skip


class SqlJobValues:
    """`credentials.known_values.JobValues`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def load(self, key: JobKey) -> Snapshot | None:
        rows = await self._database.read(LOAD, *key)
        return self._snapshot(rows[0]) if rows else None

    async def changed(self, known: Sequence[Snapshot]) -> Sequence[JobKey]:
        rows: list[Row] = []
        for statement in CHANGED.statements([_state(snapshot) for snapshot in known]):
            rows += await self._database.read(statement.sql, *statement.params)
        return [key_of(row) for row in rows]

    async def page(self, after: JobKey, *, limit: int) -> Sequence[Snapshot]:
        rows = await self._database.read(PAGE, *after, limit)
        return readable(rows, self._snapshot, table="jobs", key="appid")

    def _snapshot(self, row: Row) -> Snapshot:
        attempted_now = row["claimed_by"] is not None
        credential = self._vault.readable_credential(row)
        fault = None if attempted_now else fault_of(row)
        is_lost = credential is None and row["credential"] is not None and fault is None
        return Snapshot(
            key=key_of(row),
            credential=credential,
            longest=readable_or(span, row["longest"], timedelta()),
            fault=fault,
            suspect=row["suspect"] == 1,
            # Overdue, so that the first caller makes the job due in the store, too.
            due_at=EPOCH if is_lost else readable_or(instant, row["due_at"], EPOCH),
        )


def _state(snapshot: Snapshot) -> tuple[str, str, str, int, int, int]:
    version = snapshot.credential.version if snapshot.credential else 0
    return (*snapshot.key, version, micros(snapshot.due_at), int(snapshot.suspect))
