"""The scripts that store which deliveries are sent now, and what became of them: for many at once.

Each statement hands the interpreter to another thread and back, and there are up to three for one outcome.
So the outcomes that wait at the same time share them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from wechat_scheduler.delivery.model import (
    Attempt,
    Deferred,
    Delivery,
    DeliveryState,
    Outcome,
    Settled,
    TargetKind,
)
from wechat_scheduler.storage.audience.cancelling import end_texts, mark_unreachable
from wechat_scheduler.storage.credentials.notifications import collapse_key
from wechat_scheduler.storage.database import GivenRows, Script, Statement, each
from wechat_scheduler.storage.delivery.deliveries import apply_receipts
from wechat_scheduler.storage.delivery.feed_entries import outcome_entry
from wechat_scheduler.storage.delivery.notes import notes_text
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import micros

DEPART = GivenRows(
    columns={
        "id": "BIGINT",
        "claim": "TEXT",
        "duplicate": "BIGINT",
        "departed_at": "BIGINT",
        "due_at": "BIGINT",
    },
    sql="""
    UPDATE deliveries SET departed_at = given.departed_at, due_at = given.due_at,
        duplicate = CASE WHEN given.duplicate = 1 THEN 1 ELSE deliveries.duplicate END
    FROM given
    WHERE deliveries.id = given.id AND claimed_by = given.claim
    RETURNING deliveries.id, claimed_by
    """,
)
SETTLE = GivenRows(
    columns={
        "id": "BIGINT",
        "claim": "TEXT",
        "state": "TEXT",
        "version": "BIGINT",
        "error": "TEXT",
        "way": "TEXT",
        "reference": "TEXT",
        "appid": "TEXT",
        "errcode": "BIGINT",
        "notes": "TEXT",
        "settled_at": "BIGINT",
    },
    sql="""
    UPDATE deliveries SET state = given.state, version = given.version, error = given.error,
        way = given.way, reference = given.reference, appid = given.appid,
        errcode = given.errcode, notes = given.notes, settled_at = given.settled_at,
        crashes = 0, departed_at = NULL, claimed_by = NULL
    FROM given WHERE deliveries.id = given.id AND claimed_by = given.claim
    RETURNING deliveries.id
    """,
)
# `nth` counts the attempts of one claim.
ATTEMPTS = GivenRows(
    columns={
        "delivery_id": "BIGINT",
        "nth": "BIGINT",
        "at": "BIGINT",
        "duration": "BIGINT",
        "way": "TEXT",
        "errcode": "BIGINT",
        "rid": "TEXT",
        "error": "TEXT",
    },
    sql="""
    INSERT INTO attempts (delivery_id, number, at, duration, way, errcode, rid, error)
    SELECT delivery_id, nth + COALESCE((
            SELECT max(number) FROM attempts a WHERE a.delivery_id = given.delivery_id
        ), 0), at, duration, way, errcode, rid, error
    FROM given WHERE TRUE ON CONFLICT DO NOTHING
    """,
)
DEFER = """
    UPDATE deliveries SET attempts = attempts + $5, due_at = $3, error = $4, errcode = $6,
        since = COALESCE(since, CASE WHEN $8 = 1 THEN tried_at END), doubts = doubts + $7,
        doubted_at = CASE WHEN $7 = 0 THEN doubted_at ELSE COALESCE(doubted_at, tried_at) END,
        crashes = 0, departed_at = NULL, claimed_by = NULL
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""
LET_GO = """
    UPDATE deliveries SET due_at = $3, claimed_by = NULL WHERE collapse_key = $1 AND claimed_by = $2
"""


class Departure(NamedTuple):
    """A delivery that is to be sent at `now`, under a claim that ends at `until`. If it `repeats`, the
    receiver may see it twice."""

    delivery: Delivery
    repeats: bool
    now: datetime
    until: datetime


def depart(departures: Sequence[Departure]) -> Script[list[bool]]:
    """Returns of each whether its claim is still there."""
    rows = [
        (one.delivery.id, one.delivery.claim, int(one.repeats), micros(one.now), micros(one.until))
        for one in departures
    ]
    ours: set[tuple[int, str]] = set()
    for statement in DEPART.statements(rows):
        ours |= {(row["id"], row["claimed_by"]) for row in (yield statement)}
    return [(one.delivery.id, one.delivery.claim) in ours for one in departures]


def settle(outcomes: Sequence[Outcome], now: int, feed: SqlFeed) -> Script[list[str | None]]:
    """Returns for each the failure that a receipt told before, None without a receipt."""
    if len({one.delivery.id for one in outcomes}) == len(outcomes):
        return (yield from _settle(outcomes, now, feed))
    failures: list[str | None] = []
    for one in outcomes:  # two claims of one delivery
        failures += yield from _settle([one], now, feed)
    return failures


def _settle(outcomes: Sequence[Outcome], now: int, feed: SqlFeed) -> Script[list[str | None]]:
    final = [one for one in outcomes if isinstance(one, Settled)]
    done = yield from _final(final, now)
    for one in outcomes:
        if isinstance(one, Deferred) and (yield _deferred(one)):
            done.add(one.delivery.id)
    # Without a claim the outcome was stored before, and only the store's answer was lost.
    stored = [one for one in outcomes if one.delivery.id in done]
    yield from each(ATTEMPTS.statements([row for one in stored for row in _attempts(one)]))
    yield from each(text for one in stored for text in _ended_texts(one))
    yield from each(_let_go(one.delivery, now) for one in outcomes if one.delivery.id not in done)
    told = yield from apply_receipts(_references(final, done), now)
    yield from feed.often(
        [
            outcome_entry(one, told.get(one.delivery.id), now)
            for one in final
            if one.delivery.id in done and one.delivery.message
        ]
    )
    return [told.get(one.delivery.id) for one in outcomes]


def _final(outcomes: Sequence[Settled], now: int) -> Script[set[int]]:
    done: set[int] = set()
    for statement in SETTLE.statements([_values(one, now) for one in outcomes]):
        done |= {row["id"] for row in (yield statement)}
    yield from each(mark_unreachable(uid, reason) for uid, reason in unreachable(outcomes).items())
    return done


def unreachable(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """The reasons of those that say so, by the uid of the receiver."""
    return {
        one.delivery.target: one.reason
        for one in outcomes
        if isinstance(one, Settled)
        and one.unreachable
        and one.delivery.channel == TargetKind.PERSON
    }


def _values(outcome: Settled, now: int) -> tuple[object, ...]:
    delivery, attempt = outcome.delivery, outcome.attempt
    return (
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
        now,
    )


def _appid(outcome: Settled) -> str:
    """The account that sent a message which WeChat's receipt may name."""
    receiver = outcome.delivery.receiver
    return receiver.appid if receiver and outcome.reference else ""


def _references(outcomes: Iterable[Settled], done: set[int]) -> list[tuple[str, str]]:
    """The account and the msgid of each that a receipt may name."""
    return [
        (_appid(one), one.reference)
        for one in outcomes
        if one.reference and one.delivery.id in done
    ]


def _deferred(outcome: Deferred) -> Statement:
    delivery, attempt = outcome.delivery, outcome.attempt
    errcode = attempt.errcode if attempt else None
    values = (micros(outcome.due_at), outcome.error, int(outcome.counts), errcode)
    marks = (int(outcome.doubtful), int(attempt is not None))
    return Statement(DEFER, (delivery.id, delivery.claim, *values, *marks))


def _ended_texts(outcome: Outcome) -> Iterator[Statement]:
    if outcome.delivery.channel == TargetKind.PERSON:
        for one in outcome.attempts:
            if one.texts_ended:
                yield end_texts(outcome.delivery.target, one.at)


def _attempts(outcome: Outcome) -> list[tuple[object, ...]]:
    return [
        _attempt(outcome.delivery.id, nth, one) for nth, one in enumerate(outcome.attempts, start=1)
    ]


def _attempt(delivery_id: int, nth: int, attempt: Attempt) -> tuple[object, ...]:
    took = attempt.duration // timedelta(microseconds=1)
    came = (attempt.way, attempt.errcode, attempt.rid, attempt.error)
    return (delivery_id, nth, micros(attempt.at), took, *came)


def _let_go(delivery: Delivery, now: int) -> Statement:
    collapse = collapse_key(delivery.channel, delivery.target)
    return Statement(LET_GO, (collapse, delivery.claim, now))
