"""`delivery.ports.Outbox` on a database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from wechat_scheduler.delivery.model import (
    Attempt,
    Deferred,
    Delivery,
    DeliveryState,
    Message,
    Outcome,
    Settled,
    TargetKind,
)
from wechat_scheduler.storage.cancelling import mark_unreachable
from wechat_scheduler.storage.claims import BY_APP, Claim, ClaimingStore, DueTable
from wechat_scheduler.storage.database import (
    IDS,
    Database,
    Row,
    Script,
    Statement,
    by_id,
    rows_of,
)
from wechat_scheduler.storage.deliveries import apply_receipt
from wechat_scheduler.storage.delivery_lanes import DeliveryLanes, next_due
from wechat_scheduler.storage.messages import (
    MESSAGE_COLUMNS,
    message_of,
    notes_text,
    secret_place,
)
from wechat_scheduler.storage.notifications import collapse_key
from wechat_scheduler.storage.rows import Vault, columns, micros, record
from wechat_scheduler.storage.subscribers import COLUMNS as SUBSCRIBER
from wechat_scheduler.storage.subscribers import subscriber_of

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
# Each message once, for all its claimed deliveries.
TOLD = f"""
    SELECT {MESSAGE_COLUMNS}, k.secret
    FROM messages m LEFT JOIN message_secrets k ON k.message_id = m.id WHERE m.id IN ({IDS})
"""  # noqa: S608 - our own text
# A person takes a message if they take anything of the app, and neither muted it nor are blocked by it.
# The plus keeps SQLite from the index of the app's subscriptions: there may be a million of them.
RECEIVERS = f"""
    SELECT d.id AS delivery_id, {columns("s", SUBSCRIBER)},
        (SELECT count(*) FROM subscriptions x WHERE x.uid = d.target AND +x.app_id = d.app_id
            AND x.blocked = 0 AND x.muted = 0) AS taking,
        (SELECT count(*) FROM subscriptions x WHERE x.uid = d.target AND x.app_id = d.app_id
            AND x.topic_id = 0 AND (x.blocked = 1 OR x.muted = 1)) AS refusing
    FROM deliveries d JOIN subscribers s ON s.uid = d.target
    WHERE d.id IN ({IDS})
"""  # noqa: S608 - our own text
SETTLE = """
    UPDATE deliveries SET state = $3, version = $4, error = $5, way = $6, reference = $7,
        appid = $8, errcode = $9, notes = $10, duplicate = $11, settled_at = $12, crashes = 0,
        departed_at = NULL, claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
DEFER = """
    UPDATE deliveries SET attempts = attempts + $5, due_at = $3, error = $4, errcode = $6,
        since = COALESCE(since, CASE WHEN $8 = 1 THEN tried_at END), doubts = doubts + $7,
        doubted_at = CASE WHEN $7 = 0 THEN doubted_at ELSE COALESCE(doubted_at, tried_at) END,
        crashes = 0, departed_at = NULL, claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
DEPART = """
    UPDATE deliveries SET departed_at = $3, due_at = $4
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
ATTEMPT = """
    INSERT INTO attempts (delivery_id, number, at, duration, way, errcode, rid, error)
    SELECT $1, COALESCE(max(number), 0) + 1, $2, $3, $4, $5, $6, $7
    FROM attempts WHERE delivery_id = $1 ON CONFLICT DO NOTHING
"""
LET_GO = """
    UPDATE deliveries SET due_at = $3, claimed_by = NULL WHERE collapse_key = $1 AND claimed_by = $2
"""
# Purposes that need a subscription. Replies to the user, and their own reminders, need none.
UNASKED = frozenset(("message", "notice"))


class _ClaimedRows(NamedTuple):
    """Claimed rows as they are stored, and those of their messages and receivers by id."""

    rows: Sequence[Row]
    messages: Mapping[int, Row]
    receivers: Mapping[int, Row]


class SqlOutbox(ClaimingStore):
    def __init__(self, database: Database, vault: Vault, *, worker: str) -> None:
        super().__init__(database, DUE, worker=worker)
        self._vault = vault
        self._lanes = DeliveryLanes(DUE, database.dialect.skip_locked)

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        claim = self._new_claim(now, lease)
        claimed = await self._database.write(lambda: self._claimed(claim, limit))
        return await self._read_each(claim, claimed.rows, _Reader(self._vault, claim.name, claimed))

    async def depart(self, delivery: Delivery, *, now: datetime, lease: timedelta) -> bool:
        values = (delivery.id, delivery.claim, micros(now), micros(now + lease))
        return bool(await self._database.write(lambda: rows_of(Statement(DEPART, values))))

    async def settle(self, outcome: Outcome, *, now: datetime) -> str:
        return await self._database.write(lambda: _settle(outcome, micros(now)))

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
            takes=_takes(receiver, message.content.purpose) if receiver and message else True,
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


def _takes(receiver: Row, purpose: str) -> bool:
    return not receiver["refusing"] and (bool(receiver["taking"]) or purpose not in UNASKED)


def _settle(outcome: Outcome, now: int) -> Script[str]:
    """Returns the failure that a receipt told before."""
    delivery, failure = outcome.delivery, ""
    match outcome:
        case Settled():
            done = yield from _final(outcome, now)
            if done and outcome.reference:
                failure = yield from apply_receipt(_appid(outcome), outcome.reference, now)
        case Deferred():
            done = yield _deferred(outcome)
    # Without a claim the outcome was stored before, and only the store's answer was lost.
    for attempt in outcome.attempts if done else ():
        yield _attempt(delivery.id, attempt)
    if not done:
        collapse = collapse_key(delivery.channel, delivery.target)
        yield Statement(LET_GO, (collapse, delivery.claim, now))
    return failure


def _final(outcome: Settled, now: int) -> Script[Sequence[Row]]:
    delivery, attempt = outcome.delivery, outcome.attempt
    done = yield Statement(
        SETTLE,
        (
            delivery.id,
            delivery.claim,
            DeliveryState(outcome.state).value,
            outcome.version,
            outcome.reason,
            attempt.way if attempt else "",
            outcome.reference,
            _appid(outcome),
            attempt.errcode if attempt else None,
            notes_text(outcome.notes),
            int(outcome.duplicate),
            now,
        ),
    )
    if outcome.unreachable and delivery.channel == TargetKind.PERSON:
        yield from mark_unreachable(delivery.target, outcome.reason, now)
    return done


def _appid(outcome: Settled) -> str:
    """The account that sent a message which WeChat's receipt may name."""
    receiver = outcome.delivery.receiver
    return receiver.appid if receiver and outcome.reference else ""


def _deferred(outcome: Deferred) -> Statement:
    delivery, attempt = outcome.delivery, outcome.attempt
    errcode = attempt.errcode if attempt else None
    values = (micros(outcome.due_at), outcome.error, int(outcome.counts), errcode)
    marks = (int(outcome.doubtful), int(attempt is not None))
    return Statement(DEFER, (delivery.id, delivery.claim, *values, *marks))


def _attempt(delivery_id: int, attempt: Attempt) -> Statement:
    took = attempt.duration // timedelta(microseconds=1)
    came = (attempt.way, attempt.errcode, attempt.rid, attempt.error)
    return Statement(ATTEMPT, (delivery_id, micros(attempt.at), took, *came))
