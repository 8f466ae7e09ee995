"""The origins whose pages may ask: in a database of each kind, and in memory."""

import pytest

from tests.clock import FakeClock
from tests.stores.memory import memory_database
from wechat_scheduler.access.origins import PageOrigins
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.access.origins import SqlPageOrigins
from wechat_scheduler.storage.database import Database, Statement, each

SHOP, TEST = "https://shop.example.com", "http://127.0.0.1:8080"


class Failing:
    """A store whose reads fail."""

    def __init__(self, store: SqlPageOrigins) -> None:
        self._store = store
        self.on_change, self.allows, self.put = store.on_change, store.allows, store.put

    async def all_origins(self) -> dict[str, tuple[str, ...]]:
        raise StorageError("the database does not answer")


async def test_origins_come_back_as_they_were_put_and_an_empty_list_leaves_no_row(
    database: Database,
) -> None:
    store = SqlPageOrigins(database)
    await store.put("wx2", [TEST])
    await store.put("wx1", [SHOP])
    await store.put("wx1", [TEST, SHOP])

    assert await store.all_origins() == {"wx1": (TEST, SHOP), "wx2": (TEST,)}
    assert [await store.allows("wx2", origin) for origin in (TEST, SHOP)] == [True, False]

    await store.put("wx2", [])

    assert await store.all_origins() == {"wx1": (TEST, SHOP)}
    assert not await store.allows("wx2", TEST)


async def test_a_row_that_cannot_be_read_allows_nothing_and_harms_no_other() -> None:
    for damaged in ("x", '"https://shop.example.com"', "[5]", "{}", "null", ""):
        database = memory_database()
        store = SqlPageOrigins(database)
        await store.put("wx1", [SHOP])
        await store.put("wx2", [SHOP])
        database.run(
            each(
                [Statement("UPDATE page_origins SET origins = $1 WHERE appid = 'wx1'", (damaged,))]
            )
        )

        assert await store.all_origins() == {"wx2": (SHOP,)}, damaged
        assert not await store.allows("wx1", SHOP), damaged


async def test_what_another_process_allows_is_good_at_once_and_what_it_takes_back_after_a_reread() -> (
    None
):
    store, clock = SqlPageOrigins(memory_database()), FakeClock()
    here, there = PageOrigins(store, clock=clock), PageOrigins(store, clock=clock)
    await here.load()

    await there.put("wx1", [SHOP])
    allowed = await here.allows("wx1", SHOP)
    await there.put("wx1", [])
    await here.load()

    assert (allowed, await here.allows("wx1", SHOP)) == (True, False)


async def test_a_change_holds_at_once_also_if_the_store_cannot_be_read_after_it() -> None:
    origins = PageOrigins(Failing(SqlPageOrigins(memory_database())), clock=FakeClock())

    with pytest.raises(StorageError):
        await origins.put("wx1", [SHOP])

    assert origins.of("wx1") == (SHOP,)
