"""What happened is told in one order, and none of it is skipped or kept for ever."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.stores.memory import memory_database
from tests.stores.samples import NOW, SECOND
from tests.stores.suite import opened
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.feed.model import KEPT, MOST, FeedEntry, FeedKind
from wechat_scheduler.feed.reader import PAGE, FeedReader, Tell
from wechat_scheduler.storage.database import Database, Statement, each
from wechat_scheduler.storage.feed import SqlFeed, forget, put
from wechat_scheduler.storage.rows import micros


def entry(number: int, at: timedelta = timedelta(0)) -> FeedEntry:
    return FeedEntry(at=NOW + at, what=FeedKind.ENDED, appid="wx1", data={"id": number})


async def add(database: Database, *entries: FeedEntry) -> None:
    await database.write(lambda: each(put(entries)))


async def ids(feed: SqlFeed, after: int = 0) -> list[int]:
    return [entry.data["id"] for entry in await feed.after(after, limit=MOST)]


async def test_entries_have_the_order_of_their_commits(database: Database) -> None:
    feed = SqlFeed(database)
    await add(database, entry(1), entry(2))
    await feed.arrange(now=NOW)
    await add(database, entry(3, -SECOND))

    before = await ids(feed)
    head = await feed.arrange(now=NOW - SECOND)
    after = await feed.after(0, limit=10)

    assert before == [1, 2]
    assert [entry.data["id"] for entry in after] == [1, 2, 3]
    assert [entry.sequence for entry in after] == sorted({entry.sequence for entry in after})
    assert head.last == after[-1].sequence
    assert await ids(feed, after[1].sequence) == [3]
    assert await ids(feed, await feed.before_newest(2)) == [2, 3]
    assert await feed.before_newest(3) == 0


async def test_what_commits_late_comes_after_what_was_read_before(
    postgres: PostgresServer,
) -> None:
    async with postgres_database(postgres) as url, opened(url) as database:
        feed, late = SqlFeed(database), await asyncpg.connect(url)
        (statement,) = put([entry(1)])
        unit = late.transaction()
        await unit.start()
        await late.execute(statement.sql, *statement.rows[0])
        await add(database, entry(2))

        head = await feed.arrange(now=NOW)
        seen = await ids(feed)
        await unit.commit()
        await feed.arrange(now=NOW)
        then = await ids(feed, head.last)
        await late.close()

    assert (seen, then) == ([2], [1])


async def test_the_store_keeps_a_number_of_entries_and_for_a_time() -> None:
    database = memory_database()
    feed, day = SqlFeed(database), KEPT + SECOND
    await add(database, entry(-1, -day), entry(0, -KEPT + SECOND))
    await add(database, *(entry(number) for number in range(1, 9)))
    await feed.arrange(now=NOW)

    by_age = database.run(forget(micros(NOW - KEPT), 500))
    by_number = database.run(forget(micros(NOW - KEPT), 500, most=5))

    assert (by_age, by_number) == (1, 4)
    assert await ids(feed) == [4, 5, 6, 7, 8]


async def test_damaged_rows_stop_nothing() -> None:
    database = memory_database()
    feed = SqlFeed(database)
    await add(database, entry(1))
    await feed.arrange(now=NOW)
    damage = (
        "UPDATE feed_head SET last = 'x'",
        "INSERT INTO feed VALUES ('x', NULL, 'x', 'x', 'x', 'x', 'x', 'x')",
        "INSERT INTO feed VALUES (9223372036854775807, 'x', 1, 'x', '', '', '', '{}')",
        "INSERT INTO feed VALUES (3, 3, 1, 'credential.rotated', '', '', '', 'x')",
    )
    database.run(each(map(Statement, damage)))

    await add(database, entry(2, SECOND))
    await feed.arrange(now=NOW + SECOND)

    assert await ids(feed) == [1, 2]


class CountedFeed(SqlFeed):
    """Notes how many entries each query returned."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.read: list[int] = []

    async def after(self, sequence: int, *, limit: int) -> Sequence[FeedEntry]:
        found = await super().after(sequence, limit=limit)
        self.read.append(len(found))
        return found


async def tell_nobody(_: FeedEntry) -> Tell:
    raise AssertionError("these were told before")


async def test_a_reader_begins_with_all_that_is_kept_a_page_at_a_time() -> None:
    database, clock = memory_database(), FakeClock(NOW)
    feed = CountedFeed(database)
    await add(database, *(entry(number) for number in range(2 * PAGE)))
    await feed.arrange(now=NOW)

    async with Supervisor() as supervisor:
        background = supervisor.contained
        reader = FeedReader(
            feed,
            tell_nobody,
            lambda: False,
            lambda: False,
            lambda: None,
            clock=clock,
            background=background,
        )
        await reader.begin()
        first = (await feed.after(0, limit=1))[0].sequence
        missed = reader.since(first, often=False)

    assert missed is not None
    assert [one.data["id"] for one in missed] == list(range(1, 2 * PAGE))
    assert feed.read == [PAGE, PAGE, 0, 1]


async def test_rows_that_cannot_be_read_hide_none_behind_them_and_are_read_once() -> None:
    database = memory_database()
    feed = SqlFeed(database)
    await add(database, *(entry(number) for number in range(1, 5)))
    await feed.arrange(now=NOW)
    first, *_ = await feed.after(0, limit=1)
    database.run(
        each([Statement("UPDATE feed SET what = 'newer' WHERE sequence > $1", (first.sequence,))])
    )

    with capture_logs() as events:
        nothing = [await feed.after(first.sequence, limit=2) for _ in range(2)]
        await add(database, entry(5))
        await feed.arrange(now=NOW)
        then = await ids(feed, first.sequence)

    assert (list(map(list, nothing)), then) == ([[], []], [5])
    assert [event["row"] for event in events] == [str(first.sequence + n) for n in (1, 2, 3)]
