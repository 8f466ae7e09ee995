"""Moves the store from SQLite to PostgreSQL or back, while no daemon runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from wechat_scheduler.config.database_urls import DATABASE
from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.config.state_folder import PulseMark, state_folder
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import ConfigError, SealingError, StateError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.sealing import check_sealing
from wechat_scheduler.storage.sealing_keys import NAME_IT, load_or_create_keys
from wechat_scheduler.storage.sqlite.backup import make_empty
from wechat_scheduler.storage.sqlite.database import path_of
from wechat_scheduler.storage.sqlite.files import has_content
from wechat_scheduler.storage.upkeep.moving import (
    MARK,
    MOVED,
    MOVING,
    MovedTable,
    end_move,
    move,
    refuse,
)
from wechat_scheduler.upkeep.opened import look_first
from wechat_scheduler.upkeep.safe_paths import place_of_database


async def move_store(
    settings: StateSettings,
    source: str,
    target: str,
    *,
    config_file: Path | None = None,
    clock: Clock,
) -> AsyncIterator[MovedTable]:
    """Copy everything from the URL `source` to `target`, and compare it; yields each table once the copy is
    equal. A database at `config_file` is refused.

    The next call continues an interrupted move. Raises ConfigError, StateError, SealingError.
    """
    urls = {url.partition(":")[0] == "sqlite": url for url in (source, target)}
    if len(urls) < 2:
        raise ConfigError(
            "one of the two must be a sqlite: URL and the other a postgresql: URL; to copy between two databases "
            "of one kind, use backup and restore, or pg_dump and pg_restore"
        )
    place_of_database(msgspec.structs.replace(settings, database=urls[True]), config_file)
    with state_folder(settings.dir, database=urls[True]):
        await _look(settings, source, target, clock)
        if target.startswith("sqlite:"):
            make_empty(path_of(target))
        async with _opened(source, clock) as original, _opened(target, clock) as copy:
            async for table in move(original, copy, name=DATABASE.show(source)):
                yield table
            await end_move(original, copy, where=DATABASE.show(target))
        PulseMark(settings.dir).forget()


async def _look(settings: StateSettings, source: str, target: str, clock: Clock) -> None:
    """Check before any change that no daemon uses either, the source is whole, and its sealing key is here."""
    if source.startswith("sqlite:") and not has_content(path_of(source)):
        raise StateError(f"there is no database at {path_of(source)}")
    async with look_first(source, clock=clock) as database:
        if not await _lacks_its_end(database, target, clock):
            await refuse(database, MOVED, MOVING)
        await _check_key(settings, database)
    if not target.startswith("sqlite:"):
        async with look_first(target, clock=clock, empty=True):
            pass


async def _lacks_its_end(source: Database, target: str, clock: Clock) -> bool:
    """Whether an earlier move to `target` was killed between its two marks: then no daemon starts on either
    database."""
    moved = [row["value"] for row in await source.read(MARK, MOVED)]
    if moved != [DATABASE.show(target)]:
        return False
    if target.startswith("sqlite:") and not has_content(path_of(target)):
        return False
    async with look_first(target, clock=clock) as copy:
        return bool(await copy.read(MARK, MOVING))


async def _check_key(settings: StateSettings, database: Database) -> None:
    """A daemon on the copy needs the same sealing key."""
    file = settings.sealing_key_file
    if not file.exists():
        raise SealingError(
            f"there is no sealing key at {file}: name the state folder of the daemon with --state, "
            f"{NAME_IT}"
        )
    await check_sealing(database, load_or_create_keys(file, create=False))


@asynccontextmanager
async def _opened(url: str, clock: Clock) -> AsyncIterator[Database]:
    async with Supervisor() as supervisor:
        database = await open_database(
            url, migrations=MIGRATIONS, clock=clock, supervisor=supervisor
        )
        try:
            yield database
        finally:
            await database.close()
