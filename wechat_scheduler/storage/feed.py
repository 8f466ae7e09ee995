"""`feed.model.FeedStore` on a database, and the scripts that write what happened.

On PostgreSQL two transactions commit in another order than they took numbers: a reader that goes by these
would skip what commits late. So an entry is written without a place. Who reads gives places, one process at a
time, to what is committed; each place is above all that were visible before.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import count
from secrets import randbelow
from typing import Any, Final

import msgspec

from wechat_scheduler.feed.model import MOST, WANTED, FeedEntry, FeedHead, FeedKind
from wechat_scheduler.storage.checks import MOST_COUNTED, counted
from wechat_scheduler.storage.database import (
    BulkStatement,
    Database,
    GivenRows,
    Row,
    Script,
    Statement,
    each,
    insert_many,
    rows_of,
)
from wechat_scheduler.storage.rows import micros, record
from wechat_scheduler.storage.unreadable import readable

# Entries that get their places in one transaction.
BATCH: Final = 500

PUT = "INSERT INTO feed (id, at, what, appid, kind, subject, data)"
# Changes nothing, but locks the row: places are given one process after the other.
LOCK = """
    INSERT INTO feed_head (id, last, wanted_until, wanted_since) VALUES (1, 0, 0, 0)
    ON CONFLICT (id) DO UPDATE SET last = feed_head.last RETURNING last
"""
UNREAD = "SELECT id FROM feed WHERE sequence IS NULL ORDER BY id LIMIT $1"
ARRANGE = GivenRows(
    columns={"id": "BIGINT", "sequence": "BIGINT"},
    sql="""
    UPDATE feed SET sequence = given.sequence FROM given
    WHERE feed.id = given.id AND feed.sequence IS NULL RETURNING feed.id
    """,
)
ARRANGED = "UPDATE feed_head SET last = $1 WHERE id = 1"
LAST = "SELECT last, wanted_since FROM feed_head WHERE id = 1"
LARGEST = "SELECT MAX(sequence) AS last FROM feed WHERE sequence < $1"
IS_WANTED = "SELECT 1 FROM feed_head WHERE id = 1 AND wanted_until > $1"
# A beginning takes a place of its own, so that who was told of the one before is known to have missed some.
WANT = """
    INSERT INTO feed_head (id, last, wanted_until, wanted_since) VALUES (1, $2, $1, $2)
    ON CONFLICT (id) DO UPDATE SET wanted_until = excluded.wanted_until,
        wanted_since = CASE WHEN feed_head.wanted_until >= $2 THEN feed_head.wanted_since
                       WHEN feed_head.last < $2 THEN $2 ELSE feed_head.last + 1 END,
        last = CASE WHEN feed_head.wanted_until >= $2 THEN feed_head.last
               WHEN feed_head.last < $2 THEN $2 ELSE feed_head.last + 1 END
    RETURNING last, wanted_since
"""
_ENTRY = "SELECT sequence, at, what, appid, kind, subject, data FROM feed"
_READ = f"sequence < {MOST_COUNTED}"
AFTER = f"{_ENTRY} WHERE sequence > $1 AND {_READ} ORDER BY sequence LIMIT $2"
BEFORE_NEWEST = f"{_ENTRY} WHERE {_READ} ORDER BY sequence DESC LIMIT 1 OFFSET $1"
FORGET = """
    DELETE FROM feed WHERE id IN (
        SELECT id FROM (SELECT id, at FROM feed ORDER BY id LIMIT $2) oldest WHERE at < $1
        UNION ALL
        SELECT id FROM (SELECT id FROM feed ORDER BY id DESC LIMIT $2 OFFSET $3) beyond
    ) RETURNING 1 AS gone
"""

CHANGED: Final = "feed"

# Ids grow with the milliseconds since 2020, until 2089; those of one millisecond differ.
_BEGINNING: Final = 1_577_836_800_000
_NUMBER_BITS: Final = 22
_LARGEST_ID: Final = (1 << 63) - 1
# Places from there on were not given by us.
_MOST_GIVEN: Final = MOST_COUNTED // 2
_numbers = count(randbelow(1 << _NUMBER_BITS))


def put(entries: Sequence[FeedEntry]) -> Iterator[BulkStatement]:
    """For `yield from` in the script that makes the change."""
    if entries:
        yield insert_many(PUT, [_values(entry) for entry in entries], "ON CONFLICT DO NOTHING")


def forget(before: int, limit: int, most: int = MOST) -> Script[int]:
    """Deletes at most `limit` entries of before that time, and as many beyond the newest ones."""
    return len((yield Statement(FORGET, (before, limit, most))))


class SqlFeed:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake: Callable[[], object] = lambda: None
        # After the one there are only rows that cannot be read, up to the other.
        self._skipped = (0, 0)

    async def arrange(self, *, now: datetime) -> FeedHead:
        while await self._database.write(partial(_arrange, micros(now))) == BATCH:
            pass
        return _head(await self._database.read(LAST))

    async def want(self, *, now: datetime) -> FeedHead:
        want = Statement(WANT, (micros(now + WANTED), micros(now)))
        return _head(await self._database.write(lambda: rows_of(want)))

    async def after(self, sequence: int, *, limit: int) -> Sequence[FeedEntry]:
        place = self._skipped[1] if sequence == self._skipped[0] else sequence
        while rows := await self._database.read(AFTER, place, limit):
            if entries := _entries(rows):
                return entries
            place = rows[-1]["sequence"]
            self._skipped = (sequence, place)
        return ()

    async def before_newest(self, number: int) -> int:
        rows = await self._database.read(BEFORE_NEWEST, number)
        return _sound(rows[0]["sequence"]) if rows else 0

    def on_change(self, listener: Callable[[], object]) -> None:
        def heard(_: str) -> None:
            listener()

        self._wake = partial(asyncio.get_running_loop().call_soon_threadsafe, listener)
        self._database.on_signal(heard)

    def rare(self, entries: Sequence[FeedEntry]) -> Script[None]:
        """For `yield from` in a script: put entries, and tell the readers."""
        if entries:
            yield from each(put(entries))
            yield from self._database.dialect.signal(CHANGED)
            self.changed()

    def often(self, entries: Sequence[FeedEntry]) -> Script[None]:
        """For `yield from` in a script: put entries of what happens often, if a consumer wants them."""
        if entries and (yield Statement(IS_WANTED, (micros(entries[0].at),))):
            yield from self.rare(entries)

    def changed(self) -> None:
        """For a script, in its thread: it put entries. Where processes signal to one another, this one hears its
        own signals; elsewhere `arrange` comes after the unit of work of the script."""
        self._wake()


def _arrange(now: int) -> Script[int]:
    """Returns how many entries got a place."""
    if not (yield Statement(UNREAD, (1,))):
        return 0
    head = yield Statement(LOCK)
    last = _sound(head[0]["last"])
    if not last:
        last = _sound((yield Statement(LARGEST, (_MOST_GIVEN,)))[0]["last"])
    unread = yield Statement(UNREAD, (BATCH,))
    # Places go by the time, so that none comes twice after a backup was restored.
    first = max(last + 1, now)
    given = [(row["id"], first + number) for number, row in enumerate(unread)]
    changed = 0
    for statement in ARRANGE.statements(given):
        changed += len((yield statement))
    if changed:
        yield Statement(ARRANGED, (first + len(given) - 1,))
    return changed


def _head(rows: Sequence[Row]) -> FeedHead:
    if not rows:
        return FeedHead()
    return FeedHead(last=_sound(rows[0]["last"]), often_since=_sound(rows[0]["wanted_since"]))


def _sound(last: Any) -> int:
    """0 for what a damaged row holds."""
    return last if isinstance(last, int) and 0 <= last < _MOST_GIVEN else 0


def _values(entry: FeedEntry) -> tuple[object, ...]:
    at = micros(entry.at)
    number = next(_numbers) & ((1 << _NUMBER_BITS) - 1)
    data = msgspec.json.encode(entry.data).decode()
    names = (entry.appid, entry.kind, entry.subject)
    place = at // 1000 - _BEGINNING << _NUMBER_BITS | number
    return (place & _LARGEST_ID, at, FeedKind(entry.what).value, *names, data)


def _entries(rows: Sequence[Row]) -> list[FeedEntry]:
    return readable(rows, _entry, table="feed", key="sequence")


def _entry(row: Row) -> FeedEntry:
    data = msgspec.json.decode(row["data"], type=dict[str, Any])
    for name in ("app", "version"):
        counted(name, data.get(name, 0))
    return record(FeedEntry, row, data=data)
