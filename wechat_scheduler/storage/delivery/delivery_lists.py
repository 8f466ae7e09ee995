"""Lists deliveries and messages, the newest message first."""

from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.delivery.model import DeliveryState, Priority
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView, ListedMessage
from wechat_scheduler.engine.records import replace
from wechat_scheduler.storage.corrected import IS_CORRECTED
from wechat_scheduler.storage.database import Database, Row
from wechat_scheduler.storage.delivery.conditions import OF_REMINDER, Conditions
from wechat_scheduler.storage.delivery.delivery_names import (
    DeliveryNames,
    is_to_topic,
    read_delivery_names,
    rows_of_messages,
    title_of,
)
from wechat_scheduler.storage.delivery.messages import OF_RECEIVERS, SPREADS, count_of
from wechat_scheduler.storage.delivery.notes import notes_of
from wechat_scheduler.storage.rows import instant, micros, record
from wechat_scheduler.storage.unreadable import only, readable

# The person's name as `audience.names.Names` has it. An alias with an openkey is the openid of signed calls,
# which no one knows the person by.
PERSON: Final = """
    COALESCE((
        SELECT COALESCE(min(CASE WHEN a.name <> s.openid THEN a.name END), NULLIF(s.nickname, ''), min(a.name))
        FROM aliases a WHERE a.uid = d.target AND a.app_id = d.app_id AND a.openkey_hash = ''
    ), s.nickname, '') AS person
"""
DELIVERIES: Final = f"""
    SELECT d.id, d.message_id, d.app_id, d.channel, d.target, d.way, d.reference, d.error, d.notes,
        d.duplicate, d.created_at, d.due_at, d.settled_at, d.errcode, d.claimed_by, d.state, d.since,
        m.notes AS message_notes, m.expires_at, COALESCE(s.appid, '') AS appid,
        COALESCE(s.openid, '') AS openid,
        (SELECT count(*) FROM attempts a WHERE a.delivery_id = d.id) AS tries,
        CASE WHEN {IS_CORRECTED.format(of="d")} THEN 1 ELSE 0 END AS corrected, {PERSON}
    FROM deliveries d JOIN messages m ON m.id = d.message_id
    LEFT JOIN subscribers s ON s.uid = d.target
"""  # noqa: S608 - our own text
# Deliveries of one message may be added later: they stay beside each other.
NEWEST: Final = "ORDER BY m.created_at DESC, m.id DESC, d.id DESC"
PAGE: Final = """
    SELECT d.id FROM {tables} AND {conditions} {order} LIMIT {limit}
"""
# SQLite keeps to this order. With a bound of the times, each version of it takes their index and reads the
# newest messages alone.
MESSAGES_FIRST: Final = (
    "messages m CROSS JOIN deliveries d WHERE m.created_at > 0 AND m.id = d.message_id"
)
# For few deliveries, which an index finds. The COALESCE keeps SQLite from the index of all that was ever sent.
ANY_FIRST: Final = "messages m, deliveries d WHERE m.id = COALESCE(d.message_id, 0)"
MANY: Final = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
# The deliveries of a state or of a span of time are sorted if there are at most so many of them.
MOST_SORTED: Final = 5000
SOME: Final = """
    SELECT count(*) AS many FROM (
        SELECT 1 FROM deliveries WHERE {conditions} LIMIT {limit}
    ) counted
"""
AFTER: Final = """
    (m.created_at, m.id, d.id) < (
        SELECT m2.created_at, m2.id, d2.id FROM deliveries d2
        JOIN messages m2 ON m2.id = d2.message_id WHERE d2.id = {0}
    ) AND m.created_at <= (
        SELECT m2.created_at FROM deliveries d2
        JOIN messages m2 ON m2.id = d2.message_id WHERE d2.id = {0}
    )
"""
MESSAGES: Final = """
    SELECT m.id, m.app_id, m.content, m.priority, m.not_before, m.retracted, m.created_at
    FROM messages m WHERE {conditions} ORDER BY m.created_at DESC, m.id DESC LIMIT {limit}
"""
AFTER_MESSAGE: Final = """
    (m.created_at, m.id) < (SELECT m2.created_at, m2.id FROM messages m2 WHERE m2.id = {})
"""
WITH_UID: Final = """
    m.id IN (SELECT d.message_id FROM deliveries d WHERE d.channel = 'person' AND d.target = {})
"""
COUNTS: Final = f"""
    SELECT message_id, CASE WHEN state = 'pending' AND claimed_by IS NOT NULL THEN 'sending'
        ELSE state END AS standing, count(*) AS many, {SPREADS}
    FROM deliveries WHERE message_id IN ({{ids}}) AND {OF_RECEIVERS} GROUP BY 1, 2
"""  # noqa: S608 - our own text
# Of a message with several receivers, none is shown.
RECEIVERS: Final = f"""
    SELECT d.message_id, d.target, {PERSON} FROM (
        SELECT message_id, app_id, min(target) AS target FROM deliveries
        WHERE message_id IN ({{ids}}) AND {OF_RECEIVERS} GROUP BY message_id, app_id HAVING count(*) = 1
    ) d LEFT JOIN subscribers s ON s.uid = d.target
"""  # noqa: S608 - our own text


async def read_delivery(database: Database, delivery_id: int) -> DeliveryView | None:
    rows = await database.read(f"{DELIVERIES} WHERE d.id = $1", delivery_id)
    names = await read_delivery_names(database, rows)
    return only(rows, lambda row: _delivery(row, names), table="deliveries")


async def list_deliveries(
    database: Database, wanted: DeliveryFilter, *, after: int, limit: int
) -> Sequence[DeliveryView]:
    conditions = Conditions(wanted, alias="d.")
    if after:
        conditions.add(AFTER, after)
    tables = ANY_FIRST
    if not await _are_few(database, wanted):
        tables = MESSAGES_FIRST
        _bound_messages(conditions, wanted)
    limited = conditions.place(limit)
    page = PAGE.format(tables=tables, conditions=conditions, order=NEWEST, limit=limited)
    sql = f"{DELIVERIES} WHERE d.id IN ({page}) {NEWEST}"
    rows = await database.read(sql, *conditions.values)
    names = await read_delivery_names(database, rows)
    return readable(rows, lambda row: _delivery(row, names), table="deliveries")


async def _are_few(database: Database, wanted: DeliveryFilter) -> bool:
    """Whether an index finds few deliveries, which are then sorted."""
    if wanted.ids or wanted.message_id or wanted.uid or wanted.errcode is not None:
        return True
    if wanted.state is not None and wanted.state not in MANY:
        return True
    if wanted.state is not None and await _finds_few(database, DeliveryFilter(state=wanted.state)):
        return True
    span = DeliveryFilter(since=wanted.since, until=wanted.until)
    return wanted.since is not None and await _finds_few(database, span)


async def _finds_few(database: Database, wanted: DeliveryFilter) -> bool:
    conditions = Conditions(wanted, alias="")
    sql = SOME.format(conditions=conditions, limit=conditions.place(MOST_SORTED + 1))
    found = await database.read(sql, *conditions.values)
    return bool(found[0]["many"] <= MOST_SORTED)


def _bound_messages(conditions: Conditions, wanted: DeliveryFilter) -> None:
    """Let an index of the messages leave out those of other apps and reminders, and later ones."""
    within = wanted.within or ()
    app_id = wanted.app_id or (within[0] if len(within) == 1 else 0)
    if app_id:
        conditions.add("m.app_id = {}", app_id)
    if wanted.reminder:
        conditions.add(OF_REMINDER, wanted.reminder)
    if wanted.until:
        conditions.add("m.created_at < {}", micros(wanted.until))


async def list_messages(
    database: Database, wanted: DeliveryFilter, *, after: int, limit: int
) -> Sequence[ListedMessage]:
    """Of `wanted`, the app, the reminder, the uid and the times count."""
    conditions = Conditions(replace(wanted, uid="", reminder=""), alias="m.")
    if wanted.reminder:
        conditions.add(OF_REMINDER, wanted.reminder)
    if wanted.uid:
        conditions.add(WITH_UID, wanted.uid)
    if after:
        conditions.add(AFTER_MESSAGE, after)
    sql = MESSAGES.format(conditions=conditions, limit=conditions.place(limit))
    rows = await database.read(sql, *conditions.values)
    ids = [row["id"] for row in rows]
    receivers = {row["message_id"]: row for row in await rows_of_messages(database, RECEIVERS, ids)}
    counts: dict[int, dict[DeliveryState, int]] = {}
    spreading = set[int]()
    for row in await rows_of_messages(database, COUNTS, ids):
        found = readable([row], count_of, table="deliveries", key="message_id")
        counts.setdefault(row["message_id"], {}).update(found)
        spreading |= {row["message_id"]} if row["spreads"] else set()

    def read(row: Row) -> ListedMessage:
        found, spreads = counts.get(row["id"], {}), row["id"] in spreading
        return _message(row, receivers.get(row["id"]), found, spreading=spreads)

    return readable(rows, read, table="messages")


def _message(
    row: Row, receiver: Row | None, counts: Mapping[DeliveryState, int], *, spreading: bool
) -> ListedMessage:
    return record(
        ListedMessage,
        row,
        title=title_of(row),
        priority=Priority(row["priority"]),
        target=receiver["target"] if receiver else "",
        person=_text(receiver, "person") if receiver else "",
        retracted=bool(row["retracted"]),
        counts=dict(counts),
        spreading=spreading,
    )


def _delivery(row: Row, names: DeliveryNames) -> DeliveryView:
    is_pending = row["state"] == "pending"
    is_sending = is_pending and row["claimed_by"] is not None
    return record(
        DeliveryView,
        row,
        state=DeliveryState.SENDING if is_sending else DeliveryState(row["state"]),
        reason=row["error"],
        notes=(*notes_of(row["message_notes"]), *notes_of(row["notes"])),
        due_at=instant(row["due_at"]) if is_pending and not is_sending else None,
        title=names.titles.get(row["message_id"], ""),
        person=_text(row, "person"),
        topic=names.topics.get(int(row["target"]), "") if is_to_topic(row) else "",
        appid=_text(row, "appid"),
        openid=_text(row, "openid"),
        attempts=(),
    )


def _text(row: Row, name: str) -> str:
    """Empty if what is known of the person is damaged: it is in another row."""
    return row[name] if isinstance(row[name], str) else ""
