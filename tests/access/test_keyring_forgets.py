"""What was revoked opens nothing, even where the store does not answer a second time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from tests.clock import FakeClock
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.model import ADMIN, Key, Scope, digest
from wechat_scheduler.errors import StorageError


def key(key_id: str, text: str) -> Key:
    return Key(
        id=key_id,
        name=key_id,
        hash=digest(text),
        scopes=frozenset((Scope.ADMIN,)),
        created_at=FakeClock().now(),
    )


class FailingStore:
    """Takes a revocation, and is away from then on."""

    def __init__(self) -> None:
        self.away = False
        self.used_at: datetime | None = None

    async def all_keys(self) -> Sequence[Key]:
        if self.away:
            raise StorageError("away")
        keys = (key(ADMIN, "master"), key("shop", "secret"))
        return [replace(one, last_used_at=self.used_at) for one in keys]

    async def put_admin(self, digest: str, *, now: datetime) -> bool:
        raise NotImplementedError

    async def add(self, key: Key, *, signing_secret: str) -> None:
        raise NotImplementedError

    async def revoke(self, key_id: str, *, spare: str, now: datetime) -> bool:
        self.away = True
        return True

    async def lapse(self, *, now: datetime) -> None:
        raise NotImplementedError

    def on_change(self, listener: Callable[[], None]) -> None:
        raise NotImplementedError


async def test_a_revoked_key_is_forgotten_before_the_store_is_asked_again() -> None:
    heard: list[bool] = []
    keyring = Keyring(FailingStore(), clock=FakeClock())
    await keyring.load()
    keyring.on_change(lambda: heard.append(True))

    with pytest.raises(StorageError):
        await keyring.revoke("shop", by=key(ADMIN, "master"))

    assert keyring.find("secret") is None
    assert keyring.find("master") is not None
    assert heard


async def test_a_look_at_keys_that_are_as_they_were_disturbs_nobody() -> None:
    heard: list[bool] = []
    store = FailingStore()
    keyring = Keyring(store, clock=FakeClock())
    await keyring.load()
    keyring.on_change(lambda: heard.append(True))

    store.used_at = FakeClock().now()
    await keyring.load()

    assert not heard
    assert [one.last_used_at for one in await keyring.all_keys()] == [store.used_at] * 2
