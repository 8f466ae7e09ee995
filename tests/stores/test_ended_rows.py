"""Rows that end by themselves are deleted a bounded number at a time, of whichever table."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.samples import NOW
from wechat_scheduler.storage.database import Row, Statement, rows_of
from wechat_scheduler.storage.upkeep import retention
from wechat_scheduler.storage.upkeep.retention import EndedRows, ended

ENDED: Final = [rows for rows in vars(retention).values() if isinstance(rows, EndedRows)]
# What an ended row has besides.
OVER: Final[Mapping[EndedRows, dict[str, object]]] = {
    retention.NOTIFICATIONS: {"state": "cancelled", "message_id": None, "claimed_by": None},
    retention.EVENTS: {"state": "done"},
    retention.STATISTICS_OF_HOURS: {"span": "hour"},
    retention.STATISTICS_OF_DAYS: {"span": "day"},
}


@pytest.mark.parametrize("rows", ENDED, ids=lambda rows: rows.table)
async def test_no_more_rows_are_deleted_in_one_transaction_than_asked_for(rows: EndedRows) -> None:
    database = memory_database()
    columns = await database.read(f"PRAGMA table_info({rows.table})")
    for number in range(3):
        add(database, rows, columns, number)

    forget = ended(database, rows)

    assert [await forget(NOW, 2) for _ in range(3)] == [2, 1, 0]


def add(
    database: MemoryDatabase, ended_rows: EndedRows, columns: Sequence[Row], number: int
) -> None:
    """A row of which each value has that number."""
    kinds: dict[str, object] = {"TEXT": str(number), "BIGINT": number}
    row = {str(column["name"]): kinds.get(column["type"]) for column in columns}
    row |= OVER.get(ended_rows, {})
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    sql = f"INSERT INTO {ended_rows.table} ({', '.join(row)}) VALUES ({places})"
    database.run(rows_of(Statement(sql, tuple(row.values()))))
