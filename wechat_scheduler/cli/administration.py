"""Manages keys and reads the audit: at the running daemon, or on the store where none runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import msgspec

from wechat_scheduler.access.audit import Action, AuditFilter
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.cli.daemon_address import connect, is_named
from wechat_scheduler.cli.options import take
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import is_held
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.errors import InUseError
from wechat_scheduler.upkeep.keys import Offline, is_kept_here, opened_keys
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.audit import AuditEntryResult, entry_result
from wechat_scheduler.web.native.keys import (
    KeyResult,
    MadeKeyResult,
    key_results,
    made_result,
    read_key_draft,
)
from wechat_scheduler.wechat.tokens import TYPES

T = TypeVar("T")


def administer(
    given: dict[str, Any],
    remote: Callable[[Admin], Awaitable[T]],
    local: Callable[["StoredKeys"], Awaitable[T]],
) -> T:
    """What `remote` returns at the daemon that the options name or that holds the state folder, and
    where none runs what `local` returns on the store in that folder.

    Raises what `connect` raises, and StartError.
    """
    if not is_named(given):
        config = take(given).load().config
        if is_kept_here(config):
            try:
                return asyncio.run(_on_store(config, local))
            except InUseError:
                if not is_held(config.state.dir):  # another folder's daemon uses the database
                    raise
    return connect(given, remote)


async def _on_store(config: Config, use: Callable[["StoredKeys"], Awaitable[T]]) -> T:
    clock = SystemClock()
    async with opened_keys(config, clock=clock) as offline:
        return await use(StoredKeys(offline, clock))


class StoredKeys:
    """Does on the store what the daemon does for `/v1/keys` and `/v1/audit`."""

    def __init__(self, offline: Offline, clock: Clock) -> None:
        self._keyring = offline.keyring
        self._auditor = offline.auditor
        self._admin = offline.admin
        self._clock = clock

    async def create_key(self, wish: Mapping[str, Any]) -> MadeKeyResult:
        draft = read_key_draft(msgspec.json.encode(wish), KindTable(TYPES))
        with self._noting(Action.KEY_CREATED, draft.id):
            made = await self._keyring.make(draft)
        return made_result(made, self._clock.now())

    async def keys(self) -> list[KeyResult]:
        return key_results(await self._keyring.all_keys(), self._clock.now())

    async def revoke_key(self, key_id: str) -> None:
        with self._noting(Action.KEY_REVOKED, key_id):
            await self._keyring.revoke(key_id, by=self._admin)

    def _noting(self, action: Action, key_id: str) -> AbstractContextManager[None]:
        return self._auditor.noting(action, lambda _: (key_id,), key=ADMIN, address="")

    async def audit(self, wanted: AuditFilter) -> list[AuditEntryResult]:
        return [entry_result(entry) for entry in await self._auditor.find(wanted)]
