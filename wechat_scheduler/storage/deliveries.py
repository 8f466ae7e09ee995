"""`delivery.ports.Deliveries` on a database, and receipts: WeChat's TEMPLATESENDJOBFINISH.

Rows without a message are credential notifications, and are not shown here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.delivery.model import Attempt, DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.storage.cancelling import try_again
from wechat_scheduler.storage.database import Database, Row, Script, Statement, each, rows_of
from wechat_scheduler.storage.messages import notes_of
from wechat_scheduler.storage.rows import instant, micros, micros_or_none, record
from wechat_scheduler.storage.unreadable import readable

DELIVERIES = """
    SELECT d.id, d.message_id, d.app_id, d.channel, d.target, d.way, d.reference, d.error, d.notes,
        d.duplicate, d.created_at, d.due_at, d.settled_at, d.errcode, d.claimed_by, d.state,
        m.notes AS message_notes,
        (SELECT count(*) FROM attempts a WHERE a.delivery_id = d.id) AS tries
    FROM deliveries d JOIN messages m ON m.id = d.message_id
"""
ATTEMPTS = """
    SELECT at, duration, way, errcode, rid, error FROM attempts WHERE delivery_id = $1
    ORDER BY number
"""
# A delivery whose `not_before` is ahead still waits for it.
REPLAY = """
    UPDATE deliveries SET state = 'pending', due_at = COALESCE((
            SELECT m.not_before FROM messages m WHERE m.id = message_id AND m.not_before > $1
        ), $1), since = NULL, attempts = 0, error = '',
        errcode = NULL, doubts = 0, doubted_at = NULL, settled_at = NULL, reference = '',
        crashes = 0, set_aside = '', reached = ''
"""
CANCEL = "UPDATE deliveries SET state = 'cancelled', error = $1, settled_at = $2"

LIFT = """
    UPDATE messages SET expires_at = NULL
    WHERE id = (SELECT message_id FROM deliveries WHERE id = $1) AND expires_at <= $2
"""

REPLAYABLE = ("dead", "cancelled", "expired", "missed")

# A receipt without a delivery is for a message that another program sent.
RECEIPT_KEPT = timedelta(days=1)

# `reference <> ''` tells the planner that the partial index applies.
APPLY_RECEIPT = """
    UPDATE deliveries SET state = CASE WHEN $3 = '' THEN 'delivered' ELSE 'dead' END,
        error = $3, settled_at = $4
    WHERE appid = $1 AND reference = $2 AND reference <> '' AND state = 'accepted' RETURNING id
"""
KEEP_RECEIPT = """
    INSERT INTO receipts (appid, msgid, failure, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
TAKE_RECEIPT = "DELETE FROM receipts WHERE appid = $1 AND msgid = $2 RETURNING failure"


class SqlDeliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def delivery(self, delivery_id: int) -> DeliveryView | None:
        rows = await self._database.read(f"{DELIVERIES} WHERE d.id = $1", delivery_id)
        if not rows:
            return None
        return _delivery(rows[0], await self._database.read(ATTEMPTS, delivery_id))

    async def deliveries(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[DeliveryView]:
        conditions = Conditions(wanted, alias="d.")
        conditions.add("d.id > {}", after)
        sql = f"{DELIVERIES} WHERE {conditions} ORDER BY d.id LIMIT {conditions.place(limit)}"
        rows = await self._database.read(sql, *conditions.values)
        return readable(rows, lambda row: _delivery(row, ()), table="deliveries")

    async def replay(self, wanted: DeliveryFilter, *, limit: int, now: datetime) -> Sequence[int]:
        conditions = Conditions(wanted, alias="", values=(micros(now),))
        conditions.add_any("state", REPLAYABLE)
        replay = _change(REPLAY, conditions, limit)
        return await self._database.write(lambda: _replayed(replay, micros(now)))

    async def cancel(
        self, wanted: DeliveryFilter, *, reason: str, limit: int, now: datetime
    ) -> Sequence[int]:
        cancel = cancelling(wanted, reason, micros(now), limit=limit)
        return [row["id"] for row in await self._database.write(lambda: rows_of(cancel))]

    async def receipt(self, appid: str, msgid: str, failure: str, *, now: datetime) -> int | None:
        return await self._database.write(lambda: _put_receipt(appid, msgid, failure, micros(now)))


def cancelling(wanted: DeliveryFilter, reason: str, now: int, *, limit: int) -> Statement:
    """Cancels at most `limit` pending deliveries."""
    conditions = Conditions(wanted, alias="", values=(reason, now))
    conditions.add("state = 'pending' AND claimed_by IS NULL")
    return _change(CANCEL, conditions, limit)


class Conditions:
    """Conditions of a WHERE, and their values."""

    def __init__(
        self, wanted: DeliveryFilter, *, alias: str, values: tuple[object, ...] = ()
    ) -> None:
        self.values: list[object] = list(values)
        self._parts: list[str] = []
        if wanted.ids:
            self.add_any(f"{alias}id", wanted.ids)
        if wanted.within is not None:
            self.add_any(f"{alias}app_id", wanted.within)
        self._add_state(wanted.state, alias)
        for column, value in (
            ("app_id = {}", wanted.app_id or None),
            ("message_id = {}", wanted.message_id or None),
            ("target = {}", wanted.uid or None),
            ("errcode = {}", wanted.errcode),
            ("created_at >= {}", micros_or_none(wanted.since)),
            ("created_at < {}", micros_or_none(wanted.until)),
        ):
            if value is not None:
                self.add(alias + column, value)

    def add(self, text: str, *values: object) -> None:
        self._parts.append(text.format(*map(self.place, values)))

    def add_any(self, column: str, values: Sequence[object]) -> None:
        places = ", ".join(map(self.place, values))
        self._parts.append(f"{column} IN ({places})" if places else "1 = 0")

    def place(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def _add_state(self, state: DeliveryState | None, alias: str) -> None:
        match state:
            case None:
                return
            case DeliveryState.PENDING | DeliveryState.SENDING:
                self.add(f"{alias}state = 'pending'")
                claimed = "IS NULL" if state is DeliveryState.PENDING else "IS NOT NULL"
                self.add(f"{alias}claimed_by {claimed}")
            case _:
                self.add(f"{alias}state = {{}}", state.value)

    def __str__(self) -> str:
        return " AND ".join(self._parts) or "1 = 1"


def _change(update: str, conditions: Conditions, limit: int) -> Statement:
    """Unordered, and by no index of all that was ever sent (hence the plus), to be quick."""
    chosen = (
        f"SELECT id FROM deliveries WHERE +message_id IS NOT NULL AND {conditions} "  # noqa: S608 - our own text
        f"LIMIT {conditions.place(limit)}"
    )
    return Statement(
        f"WITH chosen AS MATERIALIZED ({chosen}) {update} "  # noqa: S608 - our own text
        "WHERE id IN (SELECT id FROM chosen) RETURNING id",
        tuple(conditions.values),
    )


def _replayed(replay: Statement, now: int) -> Script[Sequence[int]]:
    ids = [row["id"] for row in (yield replay)]
    yield from try_again(ids)
    # A replayed message is sent although its `expires_at` has passed.
    yield from each(Statement(LIFT, (delivery_id, now)) for delivery_id in ids)
    return ids


def _delivery(row: Row, attempts: Sequence[Row]) -> DeliveryView:
    is_pending = row["state"] == "pending"
    is_sending = is_pending and row["claimed_by"] is not None
    return record(
        DeliveryView,
        row,
        state=DeliveryState.SENDING if is_sending else DeliveryState(row["state"]),
        reason=row["error"],
        notes=(*notes_of(row["message_notes"]), *notes_of(row["notes"])),
        due_at=instant(row["due_at"]) if is_pending and not is_sending else None,
        attempts=tuple(record(Attempt, attempt) for attempt in attempts),
    )


def _put_receipt(appid: str, msgid: str, failure: str, now: int) -> Script[int | None]:
    """Returns the delivery that waited for it; if there is none, the receipt is kept."""
    found = yield Statement(APPLY_RECEIPT, (appid, msgid, failure, now))
    if not found:
        yield Statement(KEEP_RECEIPT, (appid, msgid, failure, now))
    return found[0]["id"] if found else None


def apply_receipt(appid: str, msgid: str, now: int) -> Script[str]:
    """Apply the receipt that came before its delivery was stored as accepted, if there is one.
    Returns the failure that it tells."""
    failure = ""
    for row in (yield Statement(TAKE_RECEIPT, (appid, msgid))):
        failure = row["failure"]
        yield Statement(APPLY_RECEIPT, (appid, msgid, failure, now))
    return failure
