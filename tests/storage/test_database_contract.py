"""The contract of `Database` on both drivers."""

import asyncio
import sqlite3
from functools import partial
from itertools import chain

import asyncpg
import pytest

from tests.databases import Open
from tests.storage.scripts import ChangedMindError, names, outcomes, put, put_then_fail
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Script, Statement, each

INSERT_NAME = "INSERT INTO items (name) VALUES ($1)"
CLAIM = """
    UPDATE items SET owner = $1
    WHERE id IN (SELECT id FROM items WHERE owner IS NULL ORDER BY name LIMIT $2 {skip_locked})
    RETURNING name
"""


async def test_a_write_returns_what_its_script_returns(database: Database) -> None:
    first = await database.write(lambda: put("first"))
    second = await database.write(lambda: put("second"))

    assert second > first


async def test_a_read_sees_what_was_committed_before_it(database: Database) -> None:
    await database.write(lambda: put("written"))

    assert await names(database) == ["written"]


async def test_a_script_decides_between_its_statements_by_the_rows_it_is_sent(
    database: Database,
) -> None:
    def put_once(name: str) -> Script[bool]:
        known = yield Statement("SELECT id FROM items WHERE name = $1", (name,))
        if not known:
            yield from put(name)
        return not known

    answers = [await database.write(lambda: put_once("once")) for _ in range(2)]

    assert answers == [True, False]
    assert await names(database) == ["once"]


async def test_a_script_without_statements_is_a_unit_of_work_too(database: Database) -> None:
    def answer() -> Script[str]:
        yield from each(())
        return "nothing to do"

    assert await database.write(answer) == "nothing to do"


async def test_a_script_that_raises_changes_nothing_and_its_error_comes_out(
    database: Database,
) -> None:
    with pytest.raises(ChangedMindError, match="unwanted"):
        await database.write(lambda: put_then_fail("unwanted"))

    assert await names(database) == []


async def test_a_statement_that_fails_takes_the_whole_unit_back_and_closes_its_script(
    database: Database,
) -> None:
    closed = []

    def put_twice() -> Script[None]:
        try:
            yield from put("same")
            yield from put("same")
        finally:
            closed.append(True)

    with pytest.raises((sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await database.write(put_twice)

    assert closed == [True]
    assert await names(database) == []


async def test_a_wrong_query_is_an_error_of_ours_and_not_trouble_with_the_store(
    database: Database,
) -> None:
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedColumnError)):
        await database.read("SELECT nothing")


async def test_a_hundred_concurrent_writes_all_commit(database: Database) -> None:
    wanted = [f"item {number:03}" for number in range(100)]

    numbers = await outcomes(*(database.write(partial(put, name)) for name in wanted))

    assert len(set(numbers)) == 100
    assert await names(database) == wanted


async def test_a_unit_that_fails_among_others_fails_alone(database: Database) -> None:
    def make(number: int) -> Script[int]:
        return put_then_fail(str(number)) if number % 3 == 0 else put(str(number))

    found = await outcomes(*(database.write(partial(make, number)) for number in range(30)))

    failed = [index for index, outcome in enumerate(found) if isinstance(outcome, Exception)]
    assert failed == list(range(0, 30, 3))
    assert len(await names(database)) == 20


async def test_rows_answer_by_column_and_in_order(database: Database) -> None:
    await database.write(lambda: put("named", "noted"))

    rows = await database.read("SELECT name, note, owner FROM items WHERE name = $1", "named")

    assert rows[0]["note"] == "noted"
    assert list(rows[0]) == ["named", "noted", None]


async def test_a_parameter_may_be_used_twice_and_in_any_order(database: Database) -> None:
    await database.write(lambda: put("b", "a"))

    rows = await database.read(
        "SELECT '$1' AS literal FROM items WHERE note = $2 AND name = $1 AND name <> $2", "b", "a"
    )

    assert [row["literal"] for row in rows] == ["$1"]


async def test_bytes_and_json_text_come_back_as_they_went(database: Database) -> None:
    await database.write(
        lambda: each([Statement("INSERT INTO items (name, extra, raw) VALUES ($1, $2, $3)",
                                ("x", '["é"]', b"\0\xff"))])
    )  # fmt: skip

    row = (await database.read("SELECT extra, raw FROM items"))[0]

    assert (row["extra"], bytes(row["raw"])) == ('["é"]', b"\0\xff")


@pytest.mark.parametrize("step", range(4))
async def test_cancelling_the_caller_leaves_the_unit_whole_or_not_at_all(
    database: Database, step: int
) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def cancelled_at_step() -> Script[None]:
        for number in range(4):
            if number == step:
                loop.call_soon_threadsafe(task.cancel)
            yield from put(str(number))

    async def write_and_wait() -> None:
        await database.write(cancelled_at_step)
        await asyncio.Event().wait()

    with pytest.raises(asyncio.CancelledError):
        await write_and_wait()
    task.uncancel()
    await database.write(lambda: put("later"))

    assert await names(database) in (["later"], ["0", "1", "2", "3", "later"])


async def test_two_connections_never_claim_the_same_row(open_again: Open) -> None:
    databases = [await open_again(), await open_again()]
    wanted = [f"item {number:02}" for number in range(60)]
    await databases[0].write(lambda: each(Statement(INSERT_NAME, (name,)) for name in wanted))

    def claim(database: Database, owner: str) -> Script[list[str]]:
        sql = CLAIM.format(skip_locked=database.dialect.skip_locked)
        rows = yield Statement(sql, (owner, 5))
        return [row["name"] for row in rows]

    claimed = await outcomes(
        *(
            database.write(partial(claim, database, f"{owner} {turn}"))
            for turn in range(6)
            for owner, database in enumerate(databases)
        )
    )

    assert sorted(chain(*claimed)) == wanted


async def test_a_closed_database_keeps_its_rows_and_answers_nobody(open_again: Open) -> None:
    database = await open_again()
    await database.write(lambda: put("kept"))

    await database.close()
    await database.close()

    with pytest.raises(StorageError):
        await database.write(lambda: put("late"))
    with pytest.raises(StorageError):
        await names(database)
    assert await names(await open_again()) == ["kept"]


async def test_closing_finishes_what_was_begun(open_again: Open) -> None:
    database = await open_again()

    *written, _ = await outcomes(
        *(database.write(partial(put, str(number))) for number in range(10)), database.close()
    )

    kept = [number for number, outcome in enumerate(written) if isinstance(outcome, int)]
    assert await names(await open_again()) == [str(number) for number in kept]
