"""What another process has just made is found, though this one did not hear of it."""

import asyncio

import pytest

from tests.audience.people import an_app
from tests.clock import FakeClock
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.engine import read_through
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.audience.apps import SqlApps

SHOP = an_app("shop")


class CountedApps(SqlApps):
    """`asked` are the ids that were looked for."""

    def __init__(self, database: MemoryDatabase) -> None:
        super().__init__(database, VAULT)
        self.asked: list[int] = []

    async def has_app(self, app_id: int) -> bool:
        self.asked.append(app_id)
        return await super().has_app(app_id)


@pytest.fixture
def database() -> MemoryDatabase:
    return memory_database()


@pytest.fixture
def store(database: MemoryDatabase) -> CountedApps:
    return CountedApps(database)


@pytest.fixture
def near(store: CountedApps) -> Directory:
    return Directory(store, clock=FakeClock())


@pytest.fixture
def far(store: CountedApps) -> Directory:
    return Directory(store, clock=FakeClock())


async def test_an_app_and_its_token_are_found_at_another_directory(
    near: Directory, far: Directory
) -> None:
    made = await near.make_app(SHOP)
    text = await near.make_user_token(SHOP.id, "u1")

    tokens = [await far.find_holder(one) for one in (made.token, text)]
    app = await far.find_app(SHOP.id)

    assert app == SHOP
    assert [token.app_id if token else None for token in tokens] == [SHOP.id, SHOP.id]


async def test_a_token_that_was_replaced_there_opens_nothing_here(
    near: Directory, far: Directory
) -> None:
    made = await near.make_app(SHOP)
    new = await near.reset_token(SHOP.id)

    assert await far.find_holder(made.token) is None
    assert await far.find_holder(new) is not None


async def test_all_who_ask_for_a_new_app_at_once_find_it_with_one_question(
    near: Directory, far: Directory, store: CountedApps
) -> None:
    await near.make_app(SHOP)

    async with asyncio.TaskGroup() as group:
        asking = [group.create_task(far.find_app(SHOP.id)) for _ in range(20)]

    assert [task.result() for task in asking] == [SHOP] * 20
    assert store.asked == [SHOP.id]


async def test_strangers_cost_a_bounded_number_of_questions_a_second(
    store: CountedApps, near: Directory
) -> None:
    clock = FakeClock()
    far = Directory(store, clock=clock)
    made = await near.make_app(SHOP)

    found = [await far.find_app(1 + number % 200) for number in range(1000)]
    asked = len(store.asked)
    clock.advance(read_through.PERIOD)

    assert found == [None] * 1000
    assert asked == read_through.QUESTIONS
    assert await far.find_app(SHOP.id) == made.app


async def test_while_the_store_is_away_an_unknown_app_is_not_said_to_be_none(
    far: Directory, database: MemoryDatabase
) -> None:
    database.down = True

    with pytest.raises(StorageError):
        await far.find_app(SHOP.id)
