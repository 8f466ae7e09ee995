"""What another process changed while the store did not answer is loaded as soon as it does."""

from tests.audience.people import an_app
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from tests.watched_clock import WatchedClock
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.daemon.heard import LOAD_AGAIN, HeardRereads
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.audience.apps import SqlApps

SHOP = an_app("shop")


async def test_a_removed_app_ends_once_the_store_answers_again() -> None:
    clock, database = WatchedClock(), memory_database()
    near, far = (Directory(SqlApps(database, VAULT), clock=clock) for _ in range(2))
    await near.make_app(SHOP)
    await far.load()

    async with Supervisor() as supervisor:
        heard = HeardRereads("apps", far.load, supervisor, clock)
        await near.remove_app(SHOP.id)
        database.down = True
        heard()
        await clock.waited()
        before = far.app(SHOP.id)
        database.down = False
        clock.advance(LOAD_AGAIN)
        await clock.calm()
        after = far.app(SHOP.id)

    assert before == SHOP
    assert after is None


async def test_many_changes_while_the_store_is_away_are_loaded_once() -> None:
    clock, database, loads = WatchedClock(), memory_database(), 0
    directory = Directory(SqlApps(database, VAULT), clock=clock)

    async def load() -> None:
        nonlocal loads
        await directory.load()
        loads += 1

    async with Supervisor() as supervisor:
        heard = HeardRereads("apps", load, supervisor, clock)
        database.down = True
        for _ in range(100):
            heard()
            await clock.calm()
        database.down = False
        clock.advance(LOAD_AGAIN)
        await clock.calm()

    assert loads == 1
