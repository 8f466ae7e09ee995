"""Does on the store what the daemon does for `/v1/keys` and `/v1/audit`."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import click
import msgspec

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditFilter
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.upkeep.keys import Offline, opened_keys
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.audit import AuditEntryResult, entry_result
from wechat_scheduler.web.native.keys import (
    KeyResult,
    MadeKeyResult,
    ended_before,
    key_results,
    made_result,
    note_on_keys,
    read_key_draft,
)
from wechat_scheduler.wechat.tokens import TYPES

T = TypeVar("T")


async def on_store(config: Config, use: Callable[["StoredKeys"], Awaitable[T]]) -> T:
    """What `use` returns. Raises InUseError while a daemon holds the state folder, and StartError."""
    clock = SystemClock()
    async with opened_keys(config, clock=clock) as offline:
        return await use(StoredKeys(offline, clock))


class StoredKeys:
    """The commands' counterpart of `Admin`."""

    def __init__(self, offline: Offline, clock: Clock) -> None:
        self._keyring = offline.keyring
        self._auditor = offline.auditor
        self._admin = offline.admin
        self._clock = clock

    async def create_key(self, wish: Mapping[str, Any]) -> MadeKeyResult:
        draft = read_key_draft(msgspec.json.encode(wish), KindTable(TYPES))
        note = note_on_keys(self._keyring, draft)
        with self._noting(Action.KEY_CREATED, draft.id):
            made = await self._keyring.make(draft)
        if note:
            click.echo(note, err=True)
        return made_result(made, self._clock.now())

    async def keys(self) -> list[KeyResult]:
        return key_results(await self._keyring.all_keys(), self._clock.now())

    async def revoke_key(self, key_id: str) -> str:
        """The note that the daemon would answer with."""
        with self._noting(Action.KEY_REVOKED, key_id):
            has_opened = await self._keyring.revoke(key_id, by=self._admin)
        return "" if has_opened else ended_before(key_id)

    def _noting(self, action: Action, key_id: str) -> AbstractContextManager[None]:
        return self._auditor.noting(action, lambda _: (key_id,), key=ADMIN, address="")

    async def audit(self, wanted: AuditFilter) -> list[AuditEntryResult]:
        return [entry_result(entry) for entry in await self._auditor.find(wanted)]
