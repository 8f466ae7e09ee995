"""Stores messages whose deliveries this process has claimed already: they need not be found, claimed and read again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from wechat_scheduler.delivery.model import Delivery, Message, Target, TargetKind
from wechat_scheduler.storage.audience.subscribers import subscriber_of
from wechat_scheduler.storage.claims import Claim, ClaimingStore
from wechat_scheduler.storage.database import (
    Database,
    GivenRows,
    Row,
    Script,
    by_id,
    each,
    insert_many,
)
from wechat_scheduler.storage.delivery.messages import put_messages
from wechat_scheduler.storage.delivery.outbox import DUE, RECEIVERS, takes
from wechat_scheduler.storage.rows import micros

DELIVER = """
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, message_id, app_id,
        priority, claimed_by, tried_at)
"""
# The transaction that stored them was committed, and its answer was lost: no loop has them.
GIVE_BACK = GivenRows(
    columns={"id": "BIGINT", "claim": "TEXT", "due_at": "BIGINT"},
    sql="""
    UPDATE deliveries SET due_at = given.due_at, claimed_by = NULL
    FROM given WHERE deliveries.id = given.id AND claimed_by = given.claim
    """,
)


class ClaimedDeliveries(ClaimingStore):
    def __init__(self, database: Database, *, worker: str) -> None:
        super().__init__(database, DUE, worker=worker)

    async def read(self, claim: Claim, rows: Sequence[Row]) -> Sequence[Delivery]:
        """The deliveries in rows of `put_claimed`. Those that cannot be read are set aside."""
        return await self._read_each(claim, rows, partial(_delivery, claim.name))


def put_claimed(
    said: Sequence[tuple[Message, Sequence[Target]]], claim: Claim, now: datetime
) -> Script[list[Row]]:
    """For `yield from`: as `put_messages`, with the deliveries under that claim. Returns a row for each delivery of
    those messages that are new."""
    new = yield from put_messages([(message, ()) for message, _ in said], now)
    stored = [(message, one) for message, targets in said if message.id in new for one in targets]
    if not stored:
        return []
    values = [_values(message, one, claim, micros(now)) for message, one in stored]
    yield insert_many(DELIVER, values, "ON CONFLICT DO NOTHING")
    people = [one.delivery_id for _, one in stored if one.kind is TargetKind.PERSON]
    receivers = yield from by_id(RECEIVERS, people, "delivery_id")
    return [
        {
            "id": one.delivery_id,
            "message": message,
            "target": one,
            "receiver": receivers.get(one.delivery_id),
        }
        for message, one in stored
    ]


def give_back(targets: Iterable[Target], claim: Claim) -> Script[None]:
    """For `yield from`: make those due that `put_claimed` stored under that claim."""
    yield from each(
        GIVE_BACK.statements([(one.delivery_id, claim.name, claim.now) for one in targets])
    )


def _values(message: Message, target: Target, claim: Claim, now: int) -> tuple[object, ...]:
    to = (target.delivery_id, target.kind.value, target.name)
    said = (message.id, message.app_id, message.priority.value)
    return (*to, "pending", claim.until, now, *said, claim.name, claim.now)


def _delivery(claim: str, row: Row) -> Delivery:
    message, target, receiver = row["message"], row["target"], row["receiver"]
    return Delivery(
        id=target.delivery_id,
        channel=target.kind.value,
        target=target.name,
        attempts=0,
        claim=claim,
        message=message,
        receiver=subscriber_of(receiver) if receiver else None,
        takes=takes(receiver, message.content.purpose) if receiver else True,
    )
