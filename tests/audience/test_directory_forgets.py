"""What was changed or ended stays so, even where a load was in progress and the store does not answer again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.audience.people import an_app
from tests.clock import FakeClock
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.suite import VAULT
from tests.watched_clock import turn
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.model import App, Token, TokenKind
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.audience.apps import SqlApps

SHOP = an_app("shop")


class SlowApps(SqlApps):
    """What was read is held back until `arrive` is set."""

    def __init__(self, database: MemoryDatabase) -> None:
        super().__init__(database, VAULT)
        self.read, self.arrive = asyncio.Event(), asyncio.Event()
        self.arrive.set()

    async def all_tokens(self) -> Sequence[Token]:
        """The last that a load reads."""
        tokens = await super().all_tokens()
        self.read.set()
        await self.arrive.wait()
        return tokens


CHANGES: dict[str, Callable[[Directory], Awaitable[object]]] = {
    "the app is removed": lambda directory: directory.remove_app(SHOP.id),
    "its token is reset": lambda directory: directory.reset_token(SHOP.id),
    "its links are renewed": lambda directory: directory.renew_links(SHOP.id),
    "it is renamed": lambda directory: directory.change_app(
        SHOP.id, lambda app: replace(app, name="other")
    ),
    "a user's token is replaced": lambda directory: directory.make_user_token(SHOP.id, "u1"),
    "a user's tokens are revoked": lambda directory: directory.revoke_tokens(
        TokenKind.USER, uid="u1"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_load_that_began_before_a_change_does_not_undo_it(
    change: Callable[[Directory], Awaitable[object]],
) -> None:
    database = memory_database()
    store = SlowApps(database)
    directory = Directory(store, clock=FakeClock())
    made = await directory.make_app(SHOP)
    texts = [made.token, *[await directory.make_user_token(app, "u1") for app in (0, SHOP.id)]]
    before = await seen(directory, texts)
    store.read.clear()
    store.arrive.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(tolerant(directory.load()))
        await store.read.wait()
        changing = group.create_task(tolerant(change(directory)))
        while await seen(directory, texts) == before:
            await turn()
        database.down = True
        store.arrive.set()

    assert changing.done()
    assert await seen(directory, texts) != before


async def seen(directory: Directory, texts: Sequence[str]) -> tuple[App | None, list[bool]]:
    """The app in memory, and which of the tokens open."""
    return directory.app(SHOP.id), [await directory.find_holder(text) is not None for text in texts]


async def tolerant(work: Awaitable[object]) -> None:
    with suppress(StorageError):
        await work
