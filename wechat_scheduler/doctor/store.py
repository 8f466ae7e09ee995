"""Examines the database: whether it answers, fits this version, and can be decrypted."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from wechat_scheduler.config.os_errors import AS_ROOT
from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.config.state_folder import emptied
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.engine.clock import AHEAD, SET_CLOCK, Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import SchedulerError, SealingError, StateError, StorageError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS, load, oldest_schema, schema_version
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import Sealer, check_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys
from wechat_scheduler.storage.set_aside import rows_set_aside
from wechat_scheduler.storage.sqlite.database import path_of
from wechat_scheduler.storage.upkeep.damaged import OPENED, damaged_rows, opened_in_part
from wechat_scheduler.storage.upkeep.moving import MOVED, MOVING, refuse
from wechat_scheduler.storage.upkeep.sealed import has_older
from wechat_scheduler.upkeep.opened import looked_at

# Rows in one examination.
MOST = 20
AFTER = {
    "delivery": "fix the cause, then run wechat-scheduler deliveries replay; the log of that time says more",
    "reminder": "give it another time or rule and resume it, or remove it",
    "event": "have the account's administrator authorise the platform again, or revoke the authorisation",
}
REGISTER = "register the account again with its AppSecret and its tasks, with notify and params"
MEND = {
    "accounts": REGISTER,
    "jobs": f"{REGISTER}; if that does not help, remove the task first",
    "registrations": REGISTER,
    "callbacks": "send the token and the AES key of the push URL again: PUT /callbacks/{appid}",
    "pushes": "wait for WeChat's next ticket, which comes every ten minutes",
    "meta": "stop the daemon, and restore a backup",
}
OTHERWISE = "stop the daemon, and correct or delete them in the table {}, or restore a backup"
NEEDED = "without the right key no secret can be decrypted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedStore:
    """The findings, and the database with its keys if it can be read."""

    findings: tuple[Finding, ...]
    database: Database | None = None
    vault: Vault | None = None


@asynccontextmanager
async def opened(settings: StateSettings, *, clock: Clock) -> AsyncIterator[ExaminedStore]:
    """Opens the database for reading, even while a daemon uses it."""
    missing = _missing(settings)
    if missing is not None:
        yield ExaminedStore(findings=(missing,))
        return
    try:
        async with looked_at(
            settings.database, clock=clock, listen=settings.listen_database
        ) as database:
            yield await _examined(database, settings.sealing_key_file)
    except StateError as error:
        yield ExaminedStore(
            findings=(fail("store", str(error), "see [state] in the configuration"),)
        )


def _missing(settings: StateSettings) -> Finding | None:
    """A finding if the database's file is missing or empty, or cannot be looked at."""
    if not settings.database.startswith("sqlite:"):
        return None
    file = path_of(settings.database)
    try:
        if file.stat().st_size:
            return None
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        return fail("store", f"cannot access {file}: {(error.strerror or '').lower()}", AS_ROOT)
    if reason := emptied(settings.dir, database=settings.database):
        says, _, advice = reason.partition(": ")
        return fail("store", says, advice)
    return warn("store", "there is no database yet", "start the daemon, which makes it")


def newest(found: datetime | None, now: datetime) -> Iterator[Finding]:
    """A warning if the daemon stored an instant that is ahead of this machine's clock."""
    if found is not None and found - now > AHEAD:
        yield warn(
            "stored instants",
            f"the clock is {(found - now).total_seconds():.0f} s behind the newest of them",
            f"{SET_CLOCK}; do nothing if it was ahead until now",
        )


async def _examined(database: Database, key_file: Path) -> ExaminedStore:
    newest = load(MIGRATIONS)[-1].version
    try:
        version = await schema_version(database)
    except StorageError as error:
        return ExaminedStore(findings=(fail("store", str(error), "restore it from a backup"),))
    if version > newest and await oldest_schema(database) > newest:
        says = f"schema version {version} is newer than {newest}, which this version knows"
        advice = "install the newer wechat-scheduler again"
        return ExaminedStore(findings=(fail("store", says, advice),))
    if version < newest:
        says = f"schema version {version}; the next start brings it to {newest}"
        return ExaminedStore(findings=(warn("store", says, "make a backup before the next start"),))
    await refuse(database, MOVED, MOVING)
    says = f"{database.dialect.name} answers, schema version {version}"
    if version > newest:
        says = f"{says}; this version knows {newest}, and works with it, since newer versions only added to it"
        advice = "upgrade wechat-scheduler here too"
        return await _with_keys(database, key_file, warn("store", says, advice))
    return await _with_keys(database, key_file, ok("store", says))


async def _with_keys(database: Database, key_file: Path, store: Finding) -> ExaminedStore:
    try:
        sealer = load_or_create_keys(key_file, create=False)
        await check_sealing(database, sealer)
    except SchedulerError as error:
        advice = NEEDED if isinstance(error, SealingError) else "try again in a moment"
        return ExaminedStore(findings=(store, fail("sealing key", str(error), advice)))
    return ExaminedStore(
        findings=(store, await _age(database, sealer, key_file)),
        database=database,
        vault=Vault(sealer),
    )


async def set_aside(database: Database) -> AsyncIterator[Finding]:
    """A failure for each row that was set aside; at most `MOST`."""
    for row in await rows_set_aside(database, limit=MOST):
        says = f"the {row.queue} {row.name} is set aside: {row.reason}"
        yield fail("rows", says, AFTER[row.queue])


async def damaged(database: Database, vault: Vault) -> AsyncIterator[Finding]:
    """A failure for each table with rows that cannot be read, and a word on what was not looked at."""
    async for found in damaged_rows(database, vault):
        rows = "1 row" if found.number == 1 else f"{found.number} rows"
        says = (
            f"{rows} of the table {found.table} cannot be read, first {found.first}: {found.column}"
        )
        yield fail("rows", says, MEND.get(found.table, OTHERWISE.format(found.table)))
    for column in await opened_in_part(database):
        yield ok("rows", f"of {column} the first {OPENED:,} secrets were opened, and no more")


async def _age(database: Database, sealer: Sealer, key_file: Path) -> Finding:
    try:
        is_behind = await has_older(database, sealer)
    except StorageError as error:
        return fail("sealing key", f"{key_file} fits, but {error}", "try again if that is done")
    if is_behind:
        return warn(
            "sealing key",
            f"{key_file} fits, but some secrets are still sealed with an older key in it",
            "stop the daemon, and run wechat-scheduler keys rotate-sealing",
        )
    return ok("sealing key", f"{key_file} fits")
