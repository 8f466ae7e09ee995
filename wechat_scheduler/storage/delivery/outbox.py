"""`delivery.ports.Outbox` on a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from wechat_scheduler.delivery.model import Delivery, Message, Outcome, TargetKind
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.engine.records import replace
from wechat_scheduler.engine.turns import due_turns
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.audience.cancelling import cancel_waiting
from wechat_scheduler.storage.audience.subscribers import COLUMNS as SUBSCRIBER
from wechat_scheduler.storage.audience.subscribers import subscriber_of
from wechat_scheduler.storage.claims import BY_APP, Claim, ClaimingStore, DueTable, due_of
from wechat_scheduler.storage.database import IDS, Database, Row, Script, by_id
from wechat_scheduler.storage.delivery import outcomes
from wechat_scheduler.storage.delivery.delivery_lanes import (
    UNCLAIMED_QUEUES,
    DeliveryLanes,
    next_due,
)
from wechat_scheduler.storage.delivery.messages import (
    MESSAGE_COLUMNS,
    message_of,
    secret_place,
)
from wechat_scheduler.storage.delivery.outcomes import Departure
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import Vault, columns, micros, record

log = structlog.get_logger(__name__)

# A due row that had departed was being sent when its sender died or lost the store: that is a doubt, and
# only deliveries to persons depart.
_DOUBTED = """
        doubts = doubts + CASE WHEN departed_at IS NULL THEN 0 ELSE 1 END,
        doubted_at = CASE WHEN departed_at IS NULL THEN doubted_at
                     ELSE COALESCE(doubted_at, departed_at) END,
        departed_at = NULL
"""
DUE = DueTable(
    table="deliveries",
    lanes=BY_APP,
    earliest=next_due("deliveries", BY_APP),
    marks=f"{_DOUBTED}, tried_at = $3",
    returning="id, channel, target, attempts, since, doubts, doubted_at, error, errcode, message_id, "
    "reached",
    released=f"due_at = $1, {_DOUBTED}",
    crashed=f"error = $3, {_DOUBTED}",
    aside="state = 'dead', error = $3, settled_at = $4",
)
# `$1` at the latest.
EARLIEST_UNCLAIMED = next_due(
    "deliveries", BY_APP, UNCLAIMED_QUEUES, "SELECT CAST($1 AS BIGINT) AS due_at"
)
# Each message once, for all its claimed deliveries.
TOLD = f"""
    SELECT {MESSAGE_COLUMNS}, k.secret
    FROM messages m LEFT JOIN message_secrets k ON k.message_id = m.id WHERE m.id IN ({IDS})
"""  # noqa: S608 - our own text
# A person takes a message if they take anything of the app, and neither muted it nor are blocked by it: looked up
# once for both, as the subscriptions of many people are on many pages.
_TAKES, _REFUSES = 1, 2
# The plus keeps SQLite from the index of the app's subscriptions: there may be a million of them.
RECEIVERS = f"""
    SELECT d.id AS delivery_id, {columns("s", SUBSCRIBER)},
        (SELECT max(CASE WHEN x.blocked = 0 AND x.muted = 0 THEN {_TAKES}
                WHEN x.topic_id = 0 AND (x.blocked = 1 OR x.muted = 1) THEN {_REFUSES} END)
            FROM subscriptions x WHERE x.uid = d.target AND +x.app_id = d.app_id) AS subscribed
    FROM deliveries d JOIN subscribers s ON s.uid = d.target
    WHERE d.id IN ({IDS})
"""  # noqa: S608 - our own text
# Purposes that need a subscription. Replies to the user, and their own reminders, need none.
UNASKED = frozenset(("message", "notice"))


class _ClaimedRows(NamedTuple):
    """Claimed rows as they are stored, and those of their messages and receivers by id."""

    rows: Sequence[Row]
    messages: Mapping[int, Row]
    receivers: Mapping[int, Row]


class SqlOutbox(ClaimingStore):
    def __init__(self, database: Database, vault: Vault, *, worker: str, feed: SqlFeed) -> None:
        super().__init__(database, DUE, worker=worker)
        self._vault = vault
        self._feed = feed
        self._lanes = DeliveryLanes(DUE, database.dialect.skip_locked)
        self._departures: Batches[str, Departure, bool] = Batches(self._depart, turns=due_turns)
        self._outcomes: Batches[str, tuple[Outcome, datetime], str | None] = Batches(
            self._settle, turns=due_turns
        )

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        claim = self._new_claim(now, lease)
        with self._lanes.absence.noted():
            claimed = await self._database.write(lambda: self._claimed(claim, limit))
        self._lanes.absence.found(now)
        return await self._read_each(claim, claimed.rows, _Reader(self._vault, claim.name, claimed))

    async def next_due(self) -> datetime | None:
        with self._lanes.absence.noted():
            if (settled_at := self._lanes.absence.settled_at) is None:
                return await super().next_due()
            return due_of(await self._database.read(EARLIEST_UNCLAIMED, micros(settled_at)))

    async def depart(
        self, delivery: Delivery, *, repeats: bool, now: datetime, lease: timedelta
    ) -> bool:
        return await self._departures.do("", Departure(delivery, repeats, now, now + lease))

    async def settle(self, outcome: Outcome, *, now: datetime) -> str | None:
        return await self._outcomes.do("", (outcome, now))

    async def _depart(self, _: str, departures: Sequence[Departure]) -> Sequence[bool]:
        return await self._database.write(lambda: outcomes.depart(departures))

    async def _settle(
        self, _: str, ended: Sequence[tuple[Outcome, datetime]]
    ) -> Sequence[str | None]:
        said, now = [outcome for outcome, _ in ended], max(now for _, now in ended)
        told = await self._database.write(lambda: outcomes.settle(said, micros(now), self._feed))
        await self._cancel_waiting(outcomes.unreachable(said), now)
        return told

    async def _cancel_waiting(self, reasons: Mapping[str, str], now: datetime) -> None:
        """The outcomes are stored: without this they are not to be stored again, and what waits is cancelled when it is due."""
        try:
            await cancel_waiting(self._database, reasons, now)
        except StorageError as error:
            log.warning("delivery.not_cancelled", people=len(reasons), reason=str(error))

    def _claimed(self, claim: Claim, limit: int) -> Script[_ClaimedRows]:
        rows = yield from self._lanes.take(claim, limit)
        ids = [row["id"] for row in rows if row["channel"] == TargetKind.PERSON]
        said = {row["message_id"] for row in rows if row["message_id"] is not None}
        return _ClaimedRows(
            rows=rows,
            messages=(yield from by_id(TOLD, list(said), "message_id")),
            receivers=(yield from by_id(RECEIVERS, ids, "delivery_id")),
        )


class _Reader:
    """Reads the claimed rows; each message once."""

    def __init__(self, vault: Vault, claim: str, claimed: _ClaimedRows) -> None:
        self._vault = vault
        self._claim = claim
        self._claimed = claimed
        self._messages: dict[int, Message] = {}

    def __call__(self, row: Row) -> Delivery:
        message = None if row["message_id"] is None else self._message(row["message_id"])
        receiver = self._claimed.receivers.get(row["id"])
        return record(
            Delivery,
            row,
            channel=TargetKind(row["channel"]).value,
            claim=self._claim,
            message=message,
            receiver=subscriber_of(receiver) if receiver else None,
            takes=takes(receiver, message.content.purpose) if receiver and message else True,
        )

    def _message(self, message_id: int) -> Message:
        if message_id not in self._messages:
            row = self._claimed.messages.get(message_id)
            if row is None:
                raise LookupError("its message is gone")
            message, sealed = message_of(row), row["secret"]
            secret = self._vault.open(sealed or "", secret_place(message_id))
            self._messages[message_id] = replace(message, secret=secret) if secret else message
        return self._messages[message_id]


def takes(receiver: Row, purpose: str) -> bool:
    """Whether the person in a row of RECEIVERS accepts messages of that purpose."""
    subscribed = receiver["subscribed"]
    return subscribed != _REFUSES and (subscribed == _TAKES or purpose not in UNASKED)
