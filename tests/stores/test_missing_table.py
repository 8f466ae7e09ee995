"""A table that is missing is a sentence with advice, and no driver's error."""

import pytest

from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.migrate import schema_version
from wechat_scheduler.storage.nodes import all_nodes, left


async def test_both_a_query_and_a_change_say_which_and_what_to_do(database: Database) -> None:
    await database.write(lambda: rows_of(Statement("DROP TABLE nodes")))

    for act in (all_nodes(database), database.write(lambda: rows_of(left("one")))):
        with pytest.raises(StorageError, match=r"nodes.*restore a backup"):
            await act


async def test_without_its_version_a_database_is_none_of_ours(database: Database) -> None:
    await database.write(lambda: rows_of(Statement("DROP TABLE meta")))

    with pytest.raises(StorageError, match=r"^this is not a database of wechat-scheduler$"):
        await schema_version(database)
