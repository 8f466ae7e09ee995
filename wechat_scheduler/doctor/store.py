"""The database: whether it answers, fits this program, and can be read with the keys at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SchedulerError, SealingError, StateError, StorageError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS, load, schema_version
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealed import has_older
from wechat_scheduler.storage.sealing import Sealer, check_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys
from wechat_scheduler.storage.sqlite import path_of
from wechat_scheduler.upkeep.opened import looked_at

KEEP_A_COPY = "put back the copy that was made of it; without it nothing can be read again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was found, and, if it can be read, the database with its keys."""

    findings: tuple[Finding, ...]
    database: Database | None = None
    vault: Vault | None = None


@asynccontextmanager
async def opened(settings: StateSettings, *, clock: Clock) -> AsyncIterator[Opened]:
    """Open the database for reading, whoever else has it open."""
    if settings.database.startswith("sqlite:") and not path_of(settings.database).exists():
        advice = "the first start makes it"
        yield Opened(findings=(warn("store", "there is no database yet", advice),))
        return
    try:
        async with looked_at(settings.database, clock=clock) as database:
            yield await _looked_at(database, settings.sealing_key_file)
    except StateError as error:
        yield Opened(findings=(fail("store", str(error), "see [state] in the configuration"),))


async def _looked_at(database: Database, key_file: Path) -> Opened:
    newest = load(MIGRATIONS)[-1].version
    try:
        version = await schema_version(database)
    except StorageError as error:
        return Opened(findings=(fail("store", str(error), "restore it from a backup"),))
    if version > newest:
        says = f"schema version {version} is newer than this program, which knows {newest}"
        advice = "install the newer wechat-scheduler again"
        return Opened(findings=(fail("store", says, advice),))
    if version < newest:
        says = f"schema version {version}; the next start brings it to {newest}"
        return Opened(findings=(warn("store", says, "make a backup before that start"),))
    says = f"{database.dialect.name} answers, schema version {version}"
    return await _with_keys(database, key_file, ok("store", says))


async def _with_keys(database: Database, key_file: Path, store: Finding) -> Opened:
    try:
        sealer = load_or_create_keys(key_file, create=False)
        await check_sealing(database, sealer)
    except SchedulerError as error:
        advice = KEEP_A_COPY if isinstance(error, SealingError) else "look again in a moment"
        return Opened(findings=(store, fail("sealing key", str(error), advice)))
    return Opened(
        findings=(store, await _age(database, sealer, key_file)),
        database=database,
        vault=Vault(sealer),
    )


async def _age(database: Database, sealer: Sealer, key_file: Path) -> Finding:
    if await has_older(database, sealer):
        return warn(
            "sealing key",
            f"{key_file} fits; something is still sealed with an older key in it",
            "stop the daemon and run wechat-scheduler keys rotate-sealing to seal that anew",
        )
    return ok("sealing key", f"{key_file} fits")
