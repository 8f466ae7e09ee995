"""The databases in memory that tests use one after the other."""

import pytest

from tests.stores.memory import MemoryDatabase, memory_database


async def used(database: MemoryDatabase, *statements: str) -> object:
    """The connection of a database on which these were run, and which was closed then."""
    connection = database._connection
    for statement in statements:
        connection.execute(statement)
    await database.close()
    return connection


async def test_what_a_test_left_is_gone() -> None:
    left = await used(
        memory_database(),
        "INSERT INTO page_origins (appid, origins) VALUES ('wx1', '[]')",
        "INSERT INTO meta (name, value) VALUES ('pulse', '1')",
        "DELETE FROM meta WHERE name = 'schema_oldest'",
    )

    database = memory_database()

    assert database._connection is left
    assert await database.read("SELECT 1 FROM page_origins") == []
    names = [row["name"] for row in await database.read("SELECT name FROM meta ORDER BY name")]
    assert names == ["schema_oldest", "schema_version"]


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE page_origins", "CREATE TABLE others (id)", "PRAGMA foreign_keys = ON", "BEGIN"],
)
async def test_what_a_test_has_changed_is_not_used_again(statement: str) -> None:
    changed = await used(memory_database(), statement)

    database = memory_database()

    assert database._connection is not changed
    assert await database.read("SELECT 1 FROM page_origins") == []


async def test_two_at_once_are_two() -> None:
    assert memory_database()._connection is not memory_database()._connection
