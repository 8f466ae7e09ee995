"""A database that tests use one after the other shows none of them what another did."""

from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from tests.lasting import OpenDatabases
from tests.postgres import PostgresServer
from wechat_scheduler.storage.database import Database, Statement, each

LEFT = (
    "INSERT INTO accounts VALUES ('wx1', '', 'token', 0)",
    "INSERT INTO meta VALUES ('left', 'behind')",
    "INSERT INTO audit (at, key_id, address, action, object, count) VALUES (0, '', '', '', '', 1)",
)
FOUND = """
    SELECT appid FROM accounts UNION ALL SELECT value FROM meta WHERE name = 'left'
    UNION ALL SELECT action FROM audit
"""
COLUMN = "ALTER TABLE accounts ADD COLUMN colour TEXT"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_rows_numbers_columns_and_its_end_are_forgotten(
    kind: str, open_databases: OpenDatabases, request: pytest.FixtureRequest
) -> None:
    def opened() -> AbstractAsyncContextManager[Database]:
        if kind == "sqlite":
            return open_databases.sqlite()
        server: PostgresServer = request.getfixturevalue("postgres")
        return open_databases.postgresql(server)

    for changes in (LEFT, (*LEFT, COLUMN), (*LEFT, COLUMN)):
        statements = list(map(Statement, changes))
        async with opened() as database:
            assert await database.read(FOUND) == []
            await database.write(partial(each, statements))
            assert [row["id"] for row in await database.read("SELECT id FROM audit")] == [1]
    async with opened() as database:
        await database.close()
    async with opened() as database:
        assert await database.read(FOUND) == []
