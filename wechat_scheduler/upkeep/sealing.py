"""A new sealing key, and everything sealed anew with it, while no daemon runs.

A daemon holds its keys in memory, and on PostgreSQL there may be several with a key file each: one
that went on with the old keys could not read what is sealed with the new one. So all of them are
stopped for the few seconds that it takes. Killed at any point, it is simply run again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import state_folder
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SealingError, StateError, StorageError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import schema_version
from wechat_scheduler.storage.sealed import Resealed, has_older, reseal
from wechat_scheduler.storage.sealing import Sealer, need_newest_only, verify_sealing
from wechat_scheduler.storage.sealing_keys import (
    keep_newest_key,
    load_or_create_keys,
    put_new_key_in_front,
)
from wechat_scheduler.upkeep.opened import looked_at, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What was done. `older` are the ids of the keys that are still in the file behind `newest`;
    `made` is false where an earlier rotation was only brought to its end."""

    newest: str
    older: tuple[str, ...]
    made: bool
    texts: int


async def rotate(config: Config, *, clock: Clock) -> Rotation:
    """Put a new key in front of the key file and seal everything with it.

    One that was begun and not ended is ended, without another key. Raises StartError.
    """
    async with _alone(config, clock) as place:
        await verify_sealing(place.database, place.sealer)
        made = not await has_older(place.database, place.sealer)
        sealer = put_new_key_in_front(place.key_file) if made else place.sealer
        resealed = await _reseal(place.database, sealer)
        return Rotation(
            newest=sealer.key_id, older=sealer.older_keys, made=made, texts=resealed.texts
        )


async def forget_older(config: Config, *, clock: Clock) -> Rotation:
    """Take the older keys out of the key file, once nothing is sealed with them any more.

    Raises StartError.
    """
    async with _alone(config, clock) as place:
        resealed = await _reseal(place.database, place.sealer)
        await need_newest_only(place.database, place.sealer)
        sealer = keep_newest_key(place.key_file)
        return Rotation(newest=sealer.key_id, older=(), made=False, texts=resealed.texts)


class _Place(NamedTuple):
    database: Database
    sealer: Sealer
    key_file: Path


@asynccontextmanager
async def _alone(config: Config, clock: Clock) -> AsyncIterator[_Place]:
    """The database and its keys, with no daemon at work on them."""
    url, key_file = config.state.database, config.state.sealing_key_file
    with state_folder(config.state.dir, database=url):
        await _look_first(url, clock)
        sealer = load_or_create_keys(key_file, create=False)
        async with opened(url, clock=clock) as database:
            yield _Place(database, sealer, key_file)


async def _look_first(url: str, clock: Clock) -> None:
    """Before anything is changed. Raises StateError."""
    async with looked_at(url, clock=clock) as database:
        if database.dialect.others and await database.read(database.dialect.others):
            raise StateError(
                "another wechat-scheduler is using this database: stop every daemon on it first"
            )
        try:
            await schema_version(database)
        except StorageError as error:
            raise StateError(f"the database cannot be used: {error}") from error


async def _reseal(database: Database, sealer: Sealer) -> Resealed:
    """Raises SealingError if something could not be opened: then its old key must stay."""
    await verify_sealing(database, sealer)
    resealed = await reseal(database, sealer)
    if resealed.unreadable:
        count, first = len(resealed.unreadable), resealed.unreadable[0]
        raise SealingError(
            f"{count} sealed texts cannot be opened and were left as they are, the first is "
            f"{first}: remove and register that again, then run this once more"
        )
    return resealed
