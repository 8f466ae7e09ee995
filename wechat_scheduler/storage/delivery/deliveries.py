"""`delivery.ports.Deliveries` on a database, and receipts: WeChat's TEMPLATESENDJOBFINISH.

Rows without a message are credential notifications, and are not shown here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from wechat_scheduler.delivery.model import Attempt, DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView, ListedMessage
from wechat_scheduler.engine.records import replace
from wechat_scheduler.storage.audience.cancelling import try_again
from wechat_scheduler.storage.corrected import IS_CORRECTED, NOT_CORRECTED
from wechat_scheduler.storage.database import (
    CHUNK,
    IDS,
    Database,
    Row,
    Script,
    Statement,
    each,
    rows_of,
    with_ids,
)
from wechat_scheduler.storage.delivery.conditions import Conditions
from wechat_scheduler.storage.delivery.delivery_lists import (
    list_deliveries,
    list_messages,
    read_delivery,
)
from wechat_scheduler.storage.delivery.feed_entries import receipt_entry
from wechat_scheduler.storage.delivery.last_sent import read_last_sent
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import micros, record
from wechat_scheduler.storage.unreadable import readable

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
    WHERE appid = $1 AND reference = $2 AND reference <> '' AND state = 'accepted' AND (
        $5 = '' OR target = (SELECT uid FROM subscribers WHERE appid = $1 AND openid = $5)
    )
    RETURNING id, message_id, app_id
"""
KEEP_RECEIPT = """
    INSERT INTO receipts (appid, msgid, failure, at, openid) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
"""
TAKE_RECEIPTS = f"""
    DELETE FROM receipts WHERE msgid IN ({IDS}) AND appid = ${CHUNK + 1}
    RETURNING msgid, failure, openid
"""  # noqa: S608 - our own text
SENDER = "SELECT app_id FROM messages WHERE id = $1"
# `CROSS JOIN` keeps SQLite to this order.
CORRECTED = """
    WITH chosen AS MATERIALIZED (
        SELECT DISTINCT corrects AS corrected_id FROM messages WHERE corrects IS NOT NULL
    )
    SELECT deliveries.id FROM chosen CROSS JOIN deliveries WHERE message_id = chosen.corrected_id
"""


class SqlDeliveries:
    def __init__(self, database: Database, *, feed: SqlFeed) -> None:
        self._database = database
        self._feed = feed

    async def delivery(self, delivery_id: int) -> DeliveryView | None:
        found = await read_delivery(self._database, delivery_id)
        if found is None:
            return None
        rows = await self._database.read(ATTEMPTS, delivery_id)
        attempts = readable(rows, _attempt_of, table="attempts", key="at")
        return replace(found, attempts=tuple(attempts))

    async def deliveries(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[DeliveryView]:
        return await list_deliveries(self._database, wanted, after=after, limit=limit)

    async def messages(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[ListedMessage]:
        return await list_messages(self._database, wanted, after=after, limit=limit)

    async def sent_last(
        self, reminders: Sequence[str]
    ) -> Mapping[str, Mapping[DeliveryState, int]]:
        return await read_last_sent(self._database, reminders)

    async def replay(self, wanted: DeliveryFilter, *, limit: int, now: datetime) -> Sequence[int]:
        found = await self._found(wanted, _replayable, limit)
        replay = _change(REPLAY, _replayable(found, micros(now)), limit)
        return await self._database.write(lambda: _replayed(replay, micros(now)))

    async def cancel(
        self, wanted: DeliveryFilter, *, reason: str, limit: int, now: datetime
    ) -> Sequence[int]:
        found = await self._found(wanted, _cancellable, limit)
        cancel = cancelling(found, reason, micros(now), limit=limit)
        return [row["id"] for row in await self._database.write(lambda: rows_of(cancel))]

    async def replayable(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        return await self._ids(_replayable(wanted), limit)

    async def cancellable(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        return await self._ids(_cancellable(wanted), limit)

    async def corrected(self, wanted: DeliveryFilter, *, limit: int) -> int:
        if wanted.ids:
            return 0
        found = corrected(wanted, limit)
        return len(await self._database.read(found.sql, *found.params))

    async def sender(self, message_id: int) -> int | None:
        return next((row["app_id"] for row in await self._database.read(SENDER, message_id)), None)

    async def _found(
        self, wanted: DeliveryFilter, which: Callable[[DeliveryFilter], Conditions], limit: int
    ) -> DeliveryFilter:
        """Those of a person by their ids: they are looked for among all that the person got, where no writer waits."""
        if not wanted.uid or wanted.ids:
            return wanted
        ids = await self._ids(which(wanted), limit)
        # 0 is the id of none, while no ids at all stand for any.
        return replace(wanted, uid="", ids=tuple(ids) or (0,))

    async def _ids(self, conditions: Conditions, limit: int) -> Sequence[int]:
        chosen = _chosen(conditions, limit)
        return [row["id"] for row in await self._database.read(chosen, *conditions.values)]

    async def receipt(
        self, appid: str, openid: str, msgid: str, failure: str, *, now: datetime
    ) -> int | None:
        return await self._database.write(
            lambda: _put_receipt(appid, openid, msgid, failure, micros(now), self._feed)
        )


def _attempt_of(row: Row) -> Attempt:
    return record(Attempt, row, texts_ended=False)


def cancelling(wanted: DeliveryFilter, reason: str, now: int, *, limit: int) -> Statement:
    """Cancels at most `limit` pending deliveries."""
    return _change(CANCEL, _cancellable(wanted, reason, now), limit)


def _cancellable(wanted: DeliveryFilter, *values: object) -> Conditions:
    conditions = Conditions(wanted, alias="", values=values)
    conditions.add("state = 'pending' AND claimed_by IS NULL")
    return conditions


def _replayable(wanted: DeliveryFilter, *values: object) -> Conditions:
    """Without those whose receiver was sent a corrected message, unless they are named."""
    conditions = _to_try_again(wanted, *values)
    if not wanted.ids:
        conditions.add(NOT_CORRECTED)
    return conditions


def _to_try_again(wanted: DeliveryFilter, *values: object) -> Conditions:
    conditions = Conditions(wanted, alias="", values=values)
    conditions.add_any("state", REPLAYABLE)
    return conditions


def corrected(wanted: DeliveryFilter, limit: int) -> Statement:
    """Reads the deliveries of corrected messages alone: people correct few, and many may have failed."""
    conditions = _to_try_again(wanted)
    conditions.add(IS_CORRECTED.format(of="deliveries"))
    sql = f"{CORRECTED} AND {conditions} LIMIT {conditions.place(limit)}"
    return Statement(sql, tuple(conditions.values))


def _change(update: str, conditions: Conditions, limit: int) -> Statement:
    """Change rows in any order, to be quick."""
    chosen = _chosen(conditions, limit)
    return Statement(
        f"WITH chosen AS MATERIALIZED ({chosen}) {update} "  # noqa: S608 - our own text
        "WHERE id IN (SELECT id FROM chosen) RETURNING id",
        tuple(conditions.values),
    )


def _chosen(conditions: Conditions, limit: int) -> str:
    """Without the index of all that was ever sent, hence the plus."""
    return (
        f"SELECT id FROM deliveries WHERE +message_id IS NOT NULL AND {conditions} "  # noqa: S608 - our own text
        f"LIMIT {conditions.place(limit)}"
    )


def _replayed(replay: Statement, now: int) -> Script[Sequence[int]]:
    ids = [row["id"] for row in (yield replay)]
    yield from try_again(ids)
    # A replayed message is sent although its `expires_at` has passed.
    yield from each(Statement(LIFT, (delivery_id, now)) for delivery_id in ids)
    return ids


def _put_receipt(
    appid: str, openid: str, msgid: str, failure: str, now: int, feed: SqlFeed
) -> Script[int | None]:
    """Returns the delivery that waited for it; if there is none, the receipt is kept."""
    found = yield Statement(APPLY_RECEIPT, (appid, msgid, failure, now, openid))
    if not found:
        yield Statement(KEEP_RECEIPT, (appid, msgid, failure, now, openid))
    yield from feed.often([receipt_entry(row, failure, now) for row in found])
    return found[0]["id"] if found else None


def apply_receipts(references: Collection[tuple[str, str]], now: int) -> Script[dict[int, str]]:
    """Apply the receipts that came before their deliveries were stored as accepted. `references` are
    the account and the msgid of each. Returns the failures that receipts tell, by delivery."""
    told: dict[int, str] = {}
    for account in dict.fromkeys(appid for appid, _ in references):
        msgids = [msgid for appid, msgid in references if appid == account]
        for statement in with_ids(TAKE_RECEIPTS, msgids, account):
            for row in (yield statement):
                values = (account, row["msgid"], row["failure"], now, row["openid"])
                for delivery in (yield Statement(APPLY_RECEIPT, values)):
                    told[delivery["id"]] = row["failure"]
    return told
