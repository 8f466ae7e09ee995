"""What was revoked opens nothing, even where the store does not answer a second time."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime

import pytest

from tests.clock import FakeClock
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.suite import VAULT
from tests.watched_clock import turn
from wechat_scheduler.access.keyring import KeyDraft, Keyring
from wechat_scheduler.access.model import ADMIN, Key, Scope, digest
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.access.audit import SqlAudit
from wechat_scheduler.storage.access.keys import SqlKeys


def key(key_id: str, text: str) -> Key:
    return Key(
        id=key_id,
        name=key_id,
        hash=digest(text),
        scopes=frozenset((Scope.ADMIN,)),
        created_at=FakeClock().now(),
    )


class FailingStore(SqlKeys):
    """Takes a revocation, and is away from then on."""

    def __init__(self, database: MemoryDatabase) -> None:
        super().__init__(database, VAULT)
        self._memory = database

    async def revoke(self, key_id: str, *, spare: str, now: datetime) -> bool:
        revoked = await super().revoke(key_id, spare=spare, now=now)
        self._memory.down = True
        return revoked


@pytest.fixture
def database() -> MemoryDatabase:
    return memory_database()


@pytest.fixture
async def keyring(database: MemoryDatabase) -> Keyring:
    store = FailingStore(database)
    for one in (key(ADMIN, "master"), key("shop", "secret")):
        await store.add(one, signing_secret="secret")
    keyring = Keyring(store, clock=FakeClock())
    await keyring.load()
    return keyring


async def test_a_revoked_key_is_forgotten_before_the_store_is_asked_again(
    keyring: Keyring,
) -> None:
    heard: list[bool] = []
    keyring.on_change(lambda: heard.append(True))

    with pytest.raises(StorageError):
        await keyring.revoke("shop", by=key(ADMIN, "master"))

    assert keyring.find("secret") is None
    assert keyring.find("master") is not None
    assert heard


async def test_a_look_at_keys_that_are_as_they_were_disturbs_nobody(
    keyring: Keyring, database: MemoryDatabase
) -> None:
    heard: list[bool] = []
    used_at = FakeClock().now()
    keyring.on_change(lambda: heard.append(True))

    await SqlAudit(database).used({ADMIN: used_at, "shop": used_at})
    await keyring.load()

    assert not heard
    assert [one.last_used_at for one in await keyring.all_keys()] == [used_at] * 2


class SlowStore(SqlKeys):
    """What was read is held back until `arrive` is set. After a revocation the store is
    away."""

    def __init__(self, database: MemoryDatabase) -> None:
        super().__init__(database, VAULT)
        self._memory = database
        self.read, self.arrive = asyncio.Event(), asyncio.Event()
        self.arrive.set()

    async def all_keys(self) -> Sequence[Key]:
        keys = await super().all_keys()
        self.read.set()
        await self.arrive.wait()
        return keys

    async def revoke(self, key_id: str, *, spare: str, now: datetime) -> bool:
        revoked = await super().revoke(key_id, spare=spare, now=now)
        self._memory.down = True
        return revoked


async def test_a_load_that_began_before_a_revocation_does_not_bring_the_key_back(
    database: MemoryDatabase,
) -> None:
    store = SlowStore(database)
    for one in (key(ADMIN, "master"), key("shop", "secret")):
        await store.add(one, signing_secret="secret")
    keyring = Keyring(store, clock=FakeClock())
    await keyring.load()
    store.read.clear()
    store.arrive.clear()

    async with asyncio.TaskGroup() as group:
        loading = group.create_task(failing(keyring.load()))
        await store.read.wait()
        revoking = group.create_task(failing(keyring.revoke("shop", by=key(ADMIN, "master"))))
        while not database.down:
            await turn()
        store.arrive.set()

    assert keyring.find("secret") is None
    assert keyring.find("master") is not None
    assert (loading.result(), revoking.result()) == (StorageError, StorageError)


async def test_a_load_that_began_before_a_key_was_made_does_not_lose_it(
    database: MemoryDatabase,
) -> None:
    store = SlowStore(database)
    keyring = Keyring(store, clock=FakeClock())
    await keyring.load()
    store.read.clear()
    store.arrive.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(keyring.load())
        await store.read.wait()
        making = group.create_task(
            keyring.make(KeyDraft(name="shop", scopes=frozenset((Scope.READ,))))
        )
        while len(await SqlKeys.all_keys(store)) == 0:
            await turn()
        store.arrive.set()

    assert keyring.find(making.result().text) is not None


async def failing(work: Awaitable[object]) -> type[Exception] | None:
    """The error that it ends with."""
    try:
        await work
    except StorageError as error:
        return type(error)
    return None
