"""Where keys and the audit are seen to: at the daemon that holds the state, else on the store."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from wechat_scheduler.access.audit import Action, Search
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.cli.options import take
from wechat_scheduler.cli.reach import ask, is_elsewhere
from wechat_scheduler.client.admin import ApiKey, AuditEntry, NewApiKey
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.errors import InUseError
from wechat_scheduler.upkeep.keys import Offline, is_kept_here, opened_keys
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.audit import entry_result
from wechat_scheduler.web.native.keys import key_results, made_result, read_wish
from wechat_scheduler.wechat.tokens import TYPES

T = TypeVar("T")


class Desk(Protocol):
    """What `client_admin.Admin` does, wherever it is done."""

    async def create_key(self, wish: Mapping[str, Any]) -> NewApiKey: ...

    async def keys(self) -> list[ApiKey]: ...

    async def revoke_key(self, key_id: str) -> None: ...

    async def audit(
        self, *, key: str = "", action: str = "", name: str = "", limit: int
    ) -> list[AuditEntry]: ...


def at_desk(given: dict[str, Any], call: Callable[[Desk], Awaitable[T]]) -> T:
    """What `call` gets: from the daemon that the options name or that holds the state folder, and
    where none does from the store in it.

    Raises what `reach.ask` raises, and StartError.
    """
    if is_elsewhere(given):
        return ask(given, call)
    config = take(given).load().config
    if not is_kept_here(config):
        return ask(given, call)
    try:
        return asyncio.run(_on_disk(config, call))
    except InUseError:
        return ask(given, call)


async def _on_disk(config: Config, call: Callable[[Desk], Awaitable[T]]) -> T:
    clock = SystemClock()
    async with opened_keys(config, clock=clock) as offline:
        return await call(_Disk(offline, clock))


class _Disk:
    """Answers in the form in which the daemon would."""

    def __init__(self, offline: Offline, clock: Clock) -> None:
        self._keyring = offline.keyring
        self._auditor = offline.auditor
        self._admin = offline.admin
        self._clock = clock

    async def create_key(self, wish: Mapping[str, Any]) -> NewApiKey:
        made = await self._keyring.make(read_wish(msgspec.json.encode(wish), KindTable(TYPES)))
        await self._auditor.note(Action.KEY_CREATED, made.key.id, key=ADMIN, address="")
        return _as_received(made_result(made, self._clock.now()), NewApiKey)

    async def keys(self) -> list[ApiKey]:
        found = key_results(await self._keyring.all_keys(), self._clock.now())
        return _as_received(found, list[ApiKey])

    async def revoke_key(self, key_id: str) -> None:
        await self._keyring.revoke(key_id, by=self._admin)
        await self._auditor.note(Action.KEY_REVOKED, key_id, key=ADMIN, address="")

    async def audit(
        self, *, key: str = "", action: str = "", name: str = "", limit: int
    ) -> list[AuditEntry]:
        search = Search(key=key, action=action, object=name, limit=limit)
        found = [entry_result(entry) for entry in await self._auditor.find(search)]
        return _as_received(found, list[AuditEntry])


def _as_received(result: object, form: type[T]) -> T:
    return msgspec.json.decode(msgspec.json.encode(result), type=form)
