"""Manages keys and reads the audit: at the running daemon, or on the store where none runs."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from wechat_scheduler.cli.daemon_address import connect, is_named
from wechat_scheduler.cli.lazy_commands import quick_imports
from wechat_scheduler.cli.options import take
from wechat_scheduler.cli.usage_errors import as_typed
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.config.state_folder import is_held, running_at
from wechat_scheduler.errors import InUseError, InvalidRequestError, StateError

if TYPE_CHECKING:  # most commands ask a daemon, and need no store
    from wechat_scheduler.cli.stored_keys import StoredKeys

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
        if _has_run(config.state) and not _answers(config.state.dir):
            with quick_imports():
                from wechat_scheduler.cli.stored_keys import on_store
            try:
                return asyncio.run(on_store(config, local))
            except InvalidRequestError as error:
                raise as_typed(error) from error
            except InUseError:
                if not is_held(config.state.dir):  # another folder's daemon uses the database
                    raise
    return connect(given, remote)


def _has_run(state: StateSettings) -> bool:
    """Whether a daemon has ever run on this state; without its sealing key no key can be added."""
    return os.path.exists(state.sealing_key_file)


def _answers(folder: Path) -> bool:
    try:
        return bool(running_at(folder))
    except StateError:  # opening the store says what is wrong
        return False
