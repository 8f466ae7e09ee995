"""Rotates the sealing key: makes a new one and seals all secrets with it, while no daemon runs.

A daemon holds its keys in memory, so one that ran on could not read what is sealed with the new
key. Therefore every daemon on the database has to be stopped for these few seconds. A rotation that
was interrupted is completed by the next one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import state_folder
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.sealing import Sealer, need_newest_only, verify_sealing
from wechat_scheduler.storage.sealing_keys import (
    keep_newest_key,
    load_or_create_keys,
    put_new_key_in_front,
)
from wechat_scheduler.storage.upkeep.sealed import Resealed, has_older, reseal
from wechat_scheduler.upkeep.opened import look_first, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingRotation:
    """`older` are the ids of the keys that are still in the file after `newest`; `made` is false if an
    earlier rotation was only completed; `texts` counts the secrets that were sealed again."""

    newest: str
    older: tuple[str, ...]
    made: bool
    texts: int


async def rotate(config: Config, *, clock: Clock) -> SealingRotation:
    """Put a new key first in the key file and seal all secrets with it.

    An interrupted rotation is completed, without another new key. Raises StartError.
    """
    async with _alone(config, clock) as place:
        await verify_sealing(place.database, place.sealer)
        made = not await has_older(place.database, place.sealer)
        sealer = put_new_key_in_front(place.key_file) if made else place.sealer
        resealed = await _reseal(place.database, sealer)
        return SealingRotation(
            newest=sealer.key_id, older=sealer.older_keys, made=made, texts=resealed.texts
        )


async def forget_older(config: Config, *, clock: Clock) -> SealingRotation:
    """Remove the older keys from the key file, after sealing all secrets with the newest.

    Raises StartError.
    """
    async with _alone(config, clock) as place:
        resealed = await _reseal(place.database, place.sealer)
        await need_newest_only(place.database, place.sealer)
        sealer = keep_newest_key(place.key_file)
        return SealingRotation(newest=sealer.key_id, older=(), made=False, texts=resealed.texts)


class _Place(NamedTuple):
    database: Database
    sealer: Sealer
    key_file: Path


@asynccontextmanager
async def _alone(config: Config, clock: Clock) -> AsyncIterator[_Place]:
    """The database and its keys, while no daemon uses them."""
    url, key_file = config.state.database, config.state.sealing_key_file
    with state_folder(config.state.dir, database=url):
        async with look_first(url, clock=clock):
            pass
        sealer = load_or_create_keys(key_file, create=False)
        async with opened(config.state, clock=clock) as database:
            yield _Place(database, sealer, key_file)


async def _reseal(database: Database, sealer: Sealer) -> Resealed:
    """Raises SealingError if a secret cannot be decrypted: then its old key has to stay."""
    await verify_sealing(database, sealer)
    resealed = await reseal(database, sealer)
    if resealed.unreadable:
        count, first = len(resealed.unreadable), resealed.unreadable[0]
        raise SealingError(
            f"{count} sealed texts cannot be opened and were left as they are, the first is "
            f"{first}: remove and register that again, then run this once more"
        )
    return resealed
