"""A row of a list of work whose name is no text: it comes once, and what is behind it is done."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.samples import LEASE, NOW
from tests.stores.suite import VAULT, sql_credentials
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.audience.joined import of_removed
from wechat_scheduler.storage.audience.removals import next_part
from wechat_scheduler.storage.credentials.bound_jobs import mend_bound_jobs
from wechat_scheduler.storage.database import Script, Statement, rows_of
from wechat_scheduler.storage.rows import micros
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.storage.upkeep.retention import OldMessages, forgetting
from wechat_scheduler.storage.upkeep.sealed import reseal

T = TypeVar("T")

# Text that is not UTF-8, as another program or a bad disk leaves it.
DAMAGED = "CAST(x'5bff' AS TEXT)"


class EndingDatabase(MemoryDatabase):
    """It takes a hundred scripts: what wants more goes on for ever."""

    def __init__(self) -> None:
        super().__init__()
        memory_database().pour_into(self)
        self._left = 100

    async def write(self, script: Callable[[], Script[T]]) -> T:
        self._left -= 1
        assert self._left, "it goes on for ever"
        return await super().write(script)


async def removed_reminders(database: MemoryDatabase) -> None:
    await forgetting(database, of_removed)(NOW, 9)


async def removals(database: MemoryDatabase) -> None:
    for _ in range(3):
        await forgetting(database, next_part)(NOW, 9)


async def wakings(database: MemoryDatabase) -> None:
    credentials = sql_credentials(database, "here")
    for _ in range(2):
        await credentials.claim(now=NOW, limit=1, lease=LEASE)


async def bound_jobs(database: MemoryDatabase) -> None:
    await mend_bound_jobs(database, VAULT, NOW)


async def api_keys(database: MemoryDatabase) -> None:
    keys = SqlKeys(database, VAULT)
    for _ in range(3):
        await keys.silence()


# What does the work of a table, and the values of a row with that name.
WORKS: dict[str, tuple[Callable[[MemoryDatabase], Awaitable[None]], str]] = {
    "removed_reminders": (removed_reminders, "({name}, 0)"),
    "removals": (removals, "({name}, 0, 0)"),
    "wakings": (wakings, "({name}, 'ticket', '', '', 0)"),
    "bound_jobs": (bound_jobs, "({name}, 'access_token', 'x')"),
    "api_keys (hash, id, name, signing_secret, created_at, scopes, silenced)": (
        api_keys,
        "({name}, {name}, '', '', 0, '', 2)",
    ),
}


@pytest.mark.parametrize("table", WORKS)
async def test_what_is_behind_a_damaged_name_is_done(table: str) -> None:
    work, values = WORKS[table]
    database, name = EndingDatabase(), table.partition(" ")[0]
    for one in (DAMAGED, "'\x7f'"):
        database.run(rows_of(Statement(f"INSERT INTO {table} VALUES {values.format(name=one)}")))

    await work(database)

    left = "silenced = 2" if name == "api_keys" else "TRUE"
    assert list(await database.read(f"SELECT 1 FROM {name} WHERE {left}")) == []


async def test_an_old_message_that_cannot_be_forgotten_keeps_no_round_from_its_end() -> None:
    database = EndingDatabase()
    database.run(_messages())

    gone = await OldMessages(database).forget(NOW, 500)

    (left,) = await database.read("SELECT count(*) AS number FROM messages")
    assert (gone, left["number"]) == (1, 1)


async def test_sealing_anew_ends_at_a_damaged_name() -> None:
    database = EndingDatabase()
    database.run(rows_of(Statement(f"INSERT INTO accounts VALUES ({DAMAGED}, 'x', 'token', 0)")))

    done = await reseal(database, Sealer([bytes(32)]))

    assert (done.texts, len(done.unreadable)) == (0, 1)


def _messages() -> Script[None]:
    put = (
        "INSERT INTO messages (id, app_id, content, priority, created_at) VALUES ({}, 1, '', 1, $1)"
    )
    for name in (DAMAGED, "7"):
        yield Statement(put.format(name), (micros(NOW) - 1,))
