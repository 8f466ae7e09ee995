"""`reminders.ports.Due` on a database: a reminder moves on in the transaction that stores its
messages."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import compress
from typing import NamedTuple

from wechat_scheduler.delivery.model import Delivery
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.engine.turns import due_turns
from wechat_scheduler.feed.model import FeedEntry, FeedKind
from wechat_scheduler.reminders.model import Claimed, Fired, Firing
from wechat_scheduler.storage.audience.joined import few_people
from wechat_scheduler.storage.claims import BY_APP, Claim, ClaimingStore, DueTable
from wechat_scheduler.storage.database import Database, GivenRows, Row, Script, Statement
from wechat_scheduler.storage.delivery.handing_on import (
    ClaimedDeliveries,
    give_back,
    put_claimed,
)
from wechat_scheduler.storage.delivery.messages import put_messages
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.lanes import PlainLanes
from wechat_scheduler.storage.reminders.reminders import (
    COLUMNS,
    MOVING,
    reminder_of,
)
from wechat_scheduler.storage.rows import micros, stored

DUE = DueTable(
    table="reminders",
    queue="state = 'active'",
    lanes=BY_APP,
    returning=COLUMNS,
    released="due_at = start + defer",
    aside="state = 'paused', due_at = NULL, revision = revision + 1",
)
# People whose deliveries are put into the transaction that moves the reminder on. More are told page by
# page, like the subscribers of a topic.
MOST_AT_ONCE = 64

_TEXTS = ("rule", "state", "set_aside")
# Whether the reminder catches up with what is late, and not in the next part of what fell due together. It then keeps where
# it stood, for the case that the clock is ahead.
CATCHES_UP = """
    reminders.start + reminders.defer + reminders.grace < given.now
    AND (caught_at IS NULL OR reminders.start + reminders.defer > caught_at)
"""
KEPT = ("start", "rule", "fired", "missed", "last_at")
MOVE_ON = GivenRows(
    columns={"id": "TEXT", "claim": "TEXT", "now": "BIGINT"}
    | {name: "TEXT" if name in _TEXTS else "BIGINT" for name in MOVING},
    sql=f"""
    UPDATE reminders SET {", ".join(f"{name} = given.{name}" for name in MOVING)},
        {", ".join(f"was_{name} = CASE WHEN {CATCHES_UP} THEN reminders.{name} ELSE was_{name} END" for name in KEPT)},
        caught_at = CASE WHEN {CATCHES_UP} THEN given.now ELSE caught_at END, crashes = 0, claimed_by = NULL, revision = revision + 1
    FROM given WHERE reminders.id = given.id AND claimed_by = given.claim RETURNING reminders.id
    """,  # noqa: S608 - our own names
)
MISS = """
    UPDATE deliveries SET state = 'missed', error = $2, settled_at = $3 WHERE message_id = $1
"""
WHY_MISSED = "it fell due while no daemon ran, and is not sent late"


class _Ended(NamedTuple):
    """An outcome, and the lease of its deliveries if they are to be claimed."""

    fired: Fired
    now: datetime
    lease: timedelta | None


class SqlDueReminders(ClaimingStore):
    def __init__(self, database: Database, *, worker: str, feed: SqlFeed) -> None:
        super().__init__(database, DUE, worker=worker)
        self._feed = feed
        self._lanes = PlainLanes(DUE, database.dialect.skip_locked)
        self._handed = ClaimedDeliveries(database, worker=worker)
        self._fired: Batches[str, _Ended, Sequence[Delivery] | None] = Batches(
            self._finish, turns=due_turns, gathers=True
        )

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        claim = self._new_claim(now, lease)
        rows, people = await self._database.write(lambda: self._claimed(claim, limit))
        found = await self._read_each(claim, rows, reminder_of)
        found.sort(key=lambda reminder: reminder.start + reminder.defer)
        return [
            Claimed(reminder=each, people=people.get(each.id, ()), claim=claim.name)
            for each in found
        ]

    async def finish(
        self, fired: Fired, *, now: datetime, lease: timedelta | None = None
    ) -> Sequence[Delivery] | None:
        return await self._fired.do(fired.claimed.claim, _Ended(fired, now, lease))

    async def _finish(
        self, name: str, ended: Sequence[_Ended]
    ) -> Sequence[Sequence[Delivery] | None]:
        """`name` is that of their claim."""
        now = max(one.now for one in ended)
        until = now + max(one.lease or timedelta(0) for one in ended)
        claim = Claim(f"{name}/handed", micros(until), micros(now))
        done, rows = await self._database.write(lambda: _finish(ended, claim, now, self._feed))
        handed: dict[str, list[Delivery]] = {one.fired.next.id: [] for one in ended}
        for delivery in await self._handed.read(claim, rows):
            if delivery.message:
                handed[delivery.message.content.reminder].append(delivery)
        return [
            handed[one.fired.next.id] if stored else None
            for one, stored in zip(ended, done, strict=True)
        ]

    def _claimed(
        self, claim: Claim, limit: int
    ) -> Script[tuple[Sequence[Row], dict[str, tuple[str, ...] | None]]]:
        """The claimed rows as they are stored, and the people who joined each, None for a crowd."""
        rows = yield from self._lanes.take(claim, limit)
        people = yield from few_people([row["id"] for row in rows], MOST_AT_ONCE)
        return rows, people


def _finish(
    ended: Sequence[_Ended], claim: Claim, now: datetime, feed: SqlFeed
) -> Script[tuple[list[bool], list[Row]]]:
    """Store the outcomes of one claim. Returns for each whether the claim was still held: else nothing is
    stored; and the rows of the deliveries that are claimed."""
    moved: set[str] = set()
    for statement in MOVE_ON.statements([_values(one.fired, one.now) for one in ended]):
        moved |= {row["id"] for row in (yield statement)}
    done = [one.fired.next.id in moved for one in ended]
    stored = list(compress(ended, done))
    handed = [
        each for one in stored if one.lease for each in one.fired.firings if not each.is_missed
    ]
    waiting = [
        each for one in stored for each in one.fired.firings if each.is_missed or not one.lease
    ]
    rows = yield from put_claimed([(one.message, one.targets) for one in handed], claim, now)
    yield from _put(waiting, now)
    yield from feed.often([entry for one in stored for entry in _told(one.fired, now)])
    gone = [one for one in ended if one.fired.next.id not in moved]
    targets = [each for one in gone for firing in one.fired.firings for each in firing.targets]
    yield from give_back(targets, claim)
    return done, rows


def _told(fired: Fired, now: datetime) -> Iterator[FeedEntry]:
    for firing in fired.firings:
        data = {
            "id": fired.next.id,
            "app": fired.next.app_id,
            "message": firing.message.id,
            "missed": firing.is_missed,
        }
        yield FeedEntry(at=now, what=FeedKind.FIRED, data=data)


def _values(fired: Fired, now: datetime) -> tuple[object, ...]:
    return (fired.next.id, fired.claimed.claim, micros(now), *stored(fired.next, MOVING))


def _put(firings: Sequence[Firing], now: datetime) -> Script[None]:
    new = yield from put_messages([(one.message, one.targets) for one in firings], now)
    for firing in firings:
        if firing.is_missed and firing.message.id in new:
            yield Statement(MISS, (firing.message.id, WHY_MISSED, micros(now)))
