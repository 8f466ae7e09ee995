"""Keys and the audit, through the running daemon, or on the store where none runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from wechat_scheduler.access.audit import Action, Search
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.cli.options import take
from wechat_scheduler.cli.reach import connect, is_named
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.errors import InUseError
from wechat_scheduler.upkeep.keys import Offline, is_kept_here, opened_keys
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.audit import EntryResult, entry_result
from wechat_scheduler.web.native.keys import (
    KeyResult,
    MadeResult,
    key_results,
    made_result,
    read_wish,
)
from wechat_scheduler.wechat.tokens import TYPES

T = TypeVar("T")


class Administration(Protocol):
    """Keys and the audit. Each call raises what `reach.connect` raises."""

    async def create_key(self, wish: Mapping[str, Any]) -> MadeResult:
        """`wish` is the body of `POST /v1/keys`."""
        ...

    async def keys(self) -> list[KeyResult]:
        """All keys, ended ones too, the oldest first."""
        ...

    async def revoke_key(self, key_id: str) -> None: ...

    async def audit(self, *, key: str, action: str, name: str, limit: int) -> list[EntryResult]:
        """The newest `limit` entries that match, the newest first; empty filters match all, and
        `name` also matches the objects below it."""
        ...


def administer(given: dict[str, Any], use: Callable[[Administration], Awaitable[T]]) -> T:
    """What `use` returns: at the daemon that the options name or that holds the state folder, and
    where none runs on the store in that folder.

    Raises what `reach.connect` raises, and StartError.
    """
    if not is_named(given):
        config = take(given).load().config
        if is_kept_here(config):
            try:
                return asyncio.run(_on_store(config, use))
            except InUseError:
                pass
    return connect(given, lambda admin: use(_Remote(admin)))


async def _on_store(config: Config, use: Callable[[Administration], Awaitable[T]]) -> T:
    clock = SystemClock()
    async with opened_keys(config, clock=clock) as offline:
        return await use(_OnStore(offline, clock))


class _Remote:
    """Asks the daemon."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    async def create_key(self, wish: Mapping[str, Any]) -> MadeResult:
        return await self._admin.ask(MadeResult, "POST", "v1", "keys", body=wish)

    async def keys(self) -> list[KeyResult]:
        return await self._admin.ask(list[KeyResult], "GET", "v1", "keys")

    async def revoke_key(self, key_id: str) -> None:
        await self._admin.ask(str, "DELETE", "v1", "keys", key_id)

    async def audit(self, *, key: str, action: str, name: str, limit: int) -> list[EntryResult]:
        query = {"key": key, "action": action, "object": name, "limit": min(limit, 1000)}
        found: list[EntryResult] = []
        async for entry in self._admin.each(list[EntryResult], "v1", "audit", query=query):
            found.append(entry)
            if len(found) == limit:
                break
        return found


class _OnStore:
    """Does on the store what the daemon would do."""

    def __init__(self, offline: Offline, clock: Clock) -> None:
        self._keyring = offline.keyring
        self._auditor = offline.auditor
        self._admin = offline.admin
        self._clock = clock

    async def create_key(self, wish: Mapping[str, Any]) -> MadeResult:
        made = await self._keyring.make(read_wish(msgspec.json.encode(wish), KindTable(TYPES)))
        await self._auditor.note(Action.KEY_CREATED, made.key.id, key=ADMIN, address="")
        return made_result(made, self._clock.now())

    async def keys(self) -> list[KeyResult]:
        return key_results(await self._keyring.all_keys(), self._clock.now())

    async def revoke_key(self, key_id: str) -> None:
        await self._keyring.revoke(key_id, by=self._admin)
        await self._auditor.note(Action.KEY_REVOKED, key_id, key=ADMIN, address="")

    async def audit(self, *, key: str, action: str, name: str, limit: int) -> list[EntryResult]:
        search = Search(key=key, action=action, object=name, limit=limit)
        return [entry_result(entry) for entry in await self._auditor.find(search)]
