"""`delivery.ports.Messages` on a database."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Self

import msgspec

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.delivery.model import (
    Content,
    Delivery,
    DeliveryState,
    Message,
    Target,
)
from wechat_scheduler.delivery.views import MessageView
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import (
    Database,
    Row,
    Script,
    Statement,
    each,
    insert_many,
    inserts,
    rows_of,
)
from wechat_scheduler.storage.delivery.notes import notes_of, notes_text
from wechat_scheduler.storage.ordered_ids import IdSequence
from wechat_scheduler.storage.rows import Vault, instant, micros, micros_or_none, record
from wechat_scheduler.storage.stored_responses import put_new_responses, put_response
from wechat_scheduler.storage.unreadable import only, readable

_encode = msgspec.json.Encoder().encode
_content_json = msgspec.json.Decoder(Content)

MESSAGE_COLUMNS = """
    m.id AS message_id, m.app_id, m.content, m.notes, m.priority, m.not_before, m.expires_at,
    m.retracted, m.created_at AS message_at
"""
PUT = """
    INSERT INTO messages (id, app_id, content, notes, priority, not_before, expires_at, created_at, reminder, corrects)
"""
HIDE = "INSERT INTO message_secrets (message_id, secret) VALUES ($1, $2)"
DELIVER = """
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, message_id, app_id,
        priority)
"""
REACH = """
    UPDATE deliveries SET reached = $3, due_at = $4 WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
MESSAGE = f"SELECT {MESSAGE_COLUMNS} FROM messages m WHERE m.id = $1"  # noqa: S608 - our own text
MESSAGE_OF = f"""
    SELECT {MESSAGE_COLUMNS} FROM deliveries d JOIN messages m ON m.id = d.message_id
    WHERE d.id = $1
"""  # noqa: S608 - our own text
# What went to a topic or to those who joined a reminder is counted by its receivers, once each has a delivery.
OF_RECEIVERS: Final = "NOT (channel IN ('topic', 'participants') AND state = 'delivered')"
# Whether not each receiver has one.
SPREADS: Final = "max(CASE WHEN state = 'pending' AND channel IN ('topic', 'participants') THEN 1 ELSE 0 END) AS spreads"
COUNTS = f"""
    SELECT CASE WHEN state = 'pending' AND claimed_by IS NOT NULL THEN 'sending' ELSE state END
        AS standing, count(*) AS many, {SPREADS}
    FROM deliveries WHERE message_id = $1 AND {OF_RECEIVERS} GROUP BY 1
"""  # noqa: S608 - our own text
CORRECTIONS = "SELECT id FROM messages WHERE corrects = $1 ORDER BY id LIMIT 10"
# A message to more receivers is stored by itself: others do not wait for it.
FEW: Final = 16
RETRACT = "UPDATE messages SET retracted = 1 WHERE id = $1 RETURNING id"


class _Order(NamedTuple):
    """A message and the rows of its deliveries at the time of the request, and the response to it."""

    message: Message
    values: tuple[object, ...]
    targets: list[tuple[object, ...]]
    now: datetime
    once: Once | None = None
    is_new: bool = False

    @classmethod
    def of(cls, message: Message, targets: Iterable[Target], now: datetime, *more: Any) -> Self:
        rows = _rows(message, targets, now, due_at=message.not_before or now)
        return cls(message, _message_values(message), rows, now, *more)


class SqlMessages:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._ids = IdSequence()
        self._orders: Batches[str, _Order, None] = Batches(self._put_together)

    def new_id(self, now: datetime) -> int:
        # Where other processes make some in the same second, they are random.
        return new_id() if self._database.version() is None else self._ids.at(now)

    async def put(
        self,
        message: Message,
        targets: Sequence[Target],
        *,
        once: Once | None,
        now: datetime,
        is_new: bool = False,
    ) -> None:
        order = _Order.of(message, targets, now, once, is_new)
        if message.secret or len(targets) > FEW:
            await self._database.write(lambda: self._put(order))
        else:
            await self._orders.do("", order)

    async def spread(
        self, delivery: Delivery, people: Sequence[Target], *, now: datetime, until: datetime
    ) -> bool:
        message = delivery.message
        if message is None or not people:
            return False
        held = (delivery.id, delivery.claim, people[-1].name, micros(until))
        rows = _rows(message, people, now, due_at=now)
        return await self._database.write(lambda: _spread(held, rows))

    async def message(self, message_id: int) -> MessageView | None:
        return await self._view(MESSAGE, message_id)

    async def message_of(self, delivery_id: int) -> MessageView | None:
        return await self._view(MESSAGE_OF, delivery_id)

    async def retract(self, message_id: int, *, now: datetime) -> bool:
        rows = await self._database.write(lambda: rows_of(Statement(RETRACT, (message_id,))))
        return bool(rows)

    async def _put_together(self, _: str, orders: Sequence[_Order]) -> Sequence[None]:
        await self._database.write(
            lambda: self._put(orders[0]) if len(orders) == 1 else self._put_new(orders)
        )
        return [None] * len(orders)

    def _put_new(self, orders: Sequence[_Order]) -> Script[None]:
        """Store them together. If one of them is known, all fail, and are stored one by one."""
        kept = [(one.once, one.now) for one in orders if one.once]
        yield from put_new_responses(self._vault, kept)
        yield insert_many(PUT, [one.values for one in orders])
        if rows := [row for one in orders for row in one.targets]:
            yield insert_many(DELIVER, rows, "ON CONFLICT DO NOTHING")

    def _put(self, order: _Order) -> Script[None]:
        message = order.message
        yield from put_response(self._vault, order.once, order.now)
        is_new = yield from _put_orders([order])
        if order.is_new and not is_new:
            raise StorageError("the id of a new message is taken: the clock was set back")
        if is_new and message.secret:
            sealed = self._vault.seal(message.secret, secret_place(message.id))
            yield Statement(HIDE, (message.id, sealed))

    async def _view(self, sql: str, key: int) -> MessageView | None:
        rows = await self._database.read(sql, key)
        message = only(rows, message_of, table="messages", key="message_id")
        if message is None:
            return None
        counts = await self._database.read(COUNTS, message.id)
        corrections = await self._database.read(CORRECTIONS, message.id)
        return MessageView(
            message=message,
            counts=dict(readable(counts, count_of, table="deliveries", key="standing")),
            spreading=any(row["spreads"] for row in counts),
            retracted=bool(rows[0]["retracted"]),
            corrected_by=tuple(row["id"] for row in corrections),
        )


def count_of(row: Row) -> tuple[DeliveryState, int]:
    """The number in a row of COUNTS."""
    return DeliveryState(row["standing"]), row["many"]


def content_text(content: Content) -> str:
    return _encode(content).decode()


def secret_place(message_id: int) -> str:
    """The context that the secret is sealed with."""
    return f"message:{message_id}"


def message_of(row: Row) -> Message:
    """The message in a row of MESSAGE_COLUMNS, without the secret."""
    return record(
        Message,
        row,
        id=row["message_id"],
        content=_content_json.decode(row["content"]),
        notes=notes_of(row["notes"]),
        created_at=instant(row["message_at"]),
        secret="",
    )


def put_messages(
    said: Sequence[tuple[Message, Sequence[Target]]], now: datetime
) -> Script[set[int]]:
    """For `yield from`: store messages without secrets, and their deliveries. One whose id is known changes
    nothing. Returns the ids of those that are new."""
    return (yield from _put_orders([_Order.of(message, targets, now) for message, targets in said]))


def _put_orders(orders: Sequence[_Order]) -> Script[set[int]]:
    """The ids of the new messages; one that is known is left as it is."""
    first = {one.message.id: one for one in reversed(orders)}
    new: set[int] = set()
    values = [one.values for one in first.values()]
    for statement in inserts(PUT, values, "ON CONFLICT DO NOTHING RETURNING id"):
        new |= {row["id"] for row in (yield statement)}
    rows = [row for one in first.values() if one.message.id in new for row in one.targets]
    yield from each([insert_many(DELIVER, rows, "ON CONFLICT DO NOTHING")] if rows else ())
    return new


def _spread(held: tuple[object, ...], rows: Sequence[tuple[object, ...]]) -> Script[bool]:
    if not (yield Statement(REACH, held)):
        return False
    yield from each(inserts(DELIVER, rows, "ON CONFLICT DO NOTHING"))
    return True


def _message_values(message: Message) -> tuple[object, ...]:
    return (
        message.id,
        message.app_id,
        content_text(message.content),
        notes_text(message.notes),
        message.priority.value,
        *map(micros_or_none, (message.not_before, message.expires_at, message.created_at)),
        message.content.reminder or None,
        message.content.corrects or None,
    )


def _rows(
    message: Message, targets: Iterable[Target], now: datetime, *, due_at: datetime
) -> list[tuple[object, ...]]:
    times = micros(due_at), micros(now)
    said = (message.id, message.app_id, message.priority.value)
    return [(t.delivery_id, t.kind.value, t.name, "pending", *times, *said) for t in targets]
