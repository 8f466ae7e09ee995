"""`pushes.ports.Events` on a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import SealingError
from wechat_scheduler.pushes.model import (
    WATCH,
    Authorized,
    ClaimedEvent,
    Event,
    Outcome,
    PostponedEvent,
    Revoked,
)
from wechat_scheduler.storage.claims import ClaimingStore, DueTable, LaneColumn
from wechat_scheduler.storage.credentials import authorizations
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.lanes import PlainLanes
from wechat_scheduler.storage.rows import Vault, micros, record
from wechat_scheduler.storage.unreadable import report

# WeChat repeats a push for less than that.
KEPT = timedelta(days=7)

# Changes nothing, but locks the row: pushes for one appid are stored one after the other.
LOCK = "UPDATE callbacks SET changed_at = changed_at WHERE appid = $1 RETURNING appid"
NEWER = """
    SELECT id FROM events
    WHERE appid = $1 AND authorizer = $2 AND happened_at > $3 AND state <> 'noted' LIMIT 1
"""
PUT = """
    INSERT INTO events (id, appid, name, authorizer, code, code_until, happened_at, received_at,
        due_at, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING id
"""
# An event that is claimed runs to its end, and the newer one waits for that.
SUPERSEDE = """
    UPDATE events SET state = 'superseded', code = '' WHERE appid = $1 AND authorizer = $2
        AND id <> $3 AND state = 'pending' AND claimed_by IS NULL
"""
# Events of one account are handled one after the other, and platforms take turns.
DUE = DueTable(
    table="events",
    lanes=LaneColumn("appid", "", "lanes.lane"),
    queue="""
        state = 'pending' AND NOT EXISTS (
            SELECT 1 FROM events other WHERE other.appid = events.appid
                AND other.authorizer = events.authorizer AND other.authorizer <> ''
                AND other.id <> events.id AND other.state = 'pending'
                AND other.claimed_by IS NOT NULL
        )
    """,
    returning="""
        id, appid, name, authorizer, code, code_until, happened_at, attempts, note,
        (SELECT secret FROM accounts a JOIN jobs j ON j.appid = a.appid
         WHERE a.appid = events.appid AND j.kind = 'component_access_token' LIMIT 1) AS secret
    """,
    crashed="note = $3",
    aside="state = 'dead', note = $3, code = ''",
)
SETTLE = """
    UPDATE events SET state = 'done', code = '', note = '', crashes = 0, claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
DEFER = """
    UPDATE events SET due_at = $3, note = $4, tried_at = $5, attempts = attempts + 1,
        crashes = 0, claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""


class SqlEvents(ClaimingStore):
    """`worker` and `tell` are those of SqlCredentials."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        worker: str,
        tell: Callable[[Iterable[JobKey]], Script[None]],
    ) -> None:
        super().__init__(database, DUE, worker=worker)
        self._lanes = PlainLanes(DUE, database.dialect.skip_locked)
        self._vault = vault
        self._tell = tell

    async def put(self, event: Event, *, now: datetime) -> bool:
        return await self._database.write(lambda: self._put(event, now))

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedEvent]:
        claim = self._new_claim(now, lease)
        rows = await self._database.write(lambda: self._lanes.take(claim, limit))
        return await self._read_each(claim, rows, lambda row: self._claimed(row, claim.name))

    async def finish(self, outcome: Outcome, *, now: datetime) -> Sequence[JobKey] | None:
        return await self._database.write(lambda: self._finish(outcome, now))

    def _put(self, event: Event, now: datetime) -> Script[bool]:
        yield Statement(LOCK, (event.appid,))
        account, happened_at = (event.appid, event.authorizer), micros(event.happened_at)
        state = "pending" if event.is_acted_on else "noted"
        if state == "pending" and (yield Statement(NEWER, (*account, happened_at))):
            state = "superseded"
        code = self._vault.seal(event.code, code_place(event.id)) if state == "pending" else ""
        times = (micros(event.code_until), happened_at, micros(now))
        is_new = yield Statement(
            PUT, (event.id, event.appid, event.name, event.authorizer, code, *times, state)
        )
        if is_new and state == "pending":
            yield Statement(SUPERSEDE, (*account, event.id))
        return bool(is_new)

    def _finish(self, outcome: Outcome, now: datetime) -> Script[Sequence[JobKey] | None]:
        row, claimed = outcome.row, (outcome.row.id, outcome.row.claim)
        if isinstance(outcome, PostponedEvent):
            when = (micros(outcome.due_at), outcome.note, micros(now))
            return [] if (yield Statement(DEFER, (*claimed, *when))) else None
        if not (yield Statement(SETTLE, claimed)):
            return None
        match outcome:
            case Authorized():
                changed = yield from authorizations.authorize(self._vault, outcome, now)
            case Revoked(fault=fault, due_at=due_at):
                changed = yield from authorizations.revoke(
                    row.event.appid, row.event.authorizer, fault, due_at=due_at, now=now
                )
        yield from self._tell(changed)
        return changed

    def _claimed(self, row: Row, claim: str) -> ClaimedEvent:
        return record(
            ClaimedEvent,
            row,
            claim=claim,
            event=record(Event, row, code=self._vault.open(row["code"], code_place(row["id"]))),
            secret=self._secret(row) if row["name"] == WATCH else "",
        )

    def _secret(self, row: Row) -> str:
        """Empty if it cannot be read: the watch continues, and the account's jobs say what is wrong."""
        try:
            return self._vault.open(row["secret"] or "", f"account:{row['appid']}")
        except SealingError as error:
            report("accounts", row["appid"], error)
            return ""


def code_place(event_id: str) -> str:
    """The context that the code is sealed with."""
    return f"event:{event_id}"
