"""What `doctor` looks at in a large database is bounded, and it says where it stopped."""

import pytest

from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.doctor import store
from wechat_scheduler.doctor.finding import Level
from wechat_scheduler.doctor.store import damaged
from wechat_scheduler.storage.database import Statement, rows_of
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.storage.upkeep import damaged as upkeep

OPENED = 1_200

# Makes $1 secrets of accounts, of which none can be opened.
MAKE = """
    INSERT INTO accounts (appid, secret, endpoint, last_version)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    SELECT 'wx' || i, 's1.x', 'token', 0 FROM n
"""


class CountingVault(Vault):
    """Counts what it is asked to open."""

    opened = 0

    def open(self, text: str, place: str) -> str:
        self.opened += 1
        return super().open(text, place)


def filled(number: int) -> MemoryDatabase:
    database = memory_database()
    database.run(rows_of(Statement(MAKE, (number,))))
    return database


async def test_of_a_large_table_as_many_secrets_are_opened_as_of_a_smaller_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep, "OPENED", OPENED)
    monkeypatch.setattr(store, "OPENED", OPENED)
    vault = CountingVault(Sealer([bytes(32)]))

    found = [each async for each in damaged(filled(OPENED + 1), vault)]

    assert vault.opened == OPENED
    assert [(each.level, each.says) for each in found] == [
        (
            Level.FAIL,
            "1200 rows of the table accounts cannot be read, first wx1: secret",
        ),
        (Level.OK, "of accounts.secret the first 1,200 secrets were opened, and no more"),
    ]


async def test_of_a_table_that_is_looked_at_whole_nothing_is_said() -> None:
    found = [each async for each in damaged(filled(2), VAULT)]

    assert [each.level for each in found] == [Level.FAIL]
