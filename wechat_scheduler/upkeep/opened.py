"""Opens a database for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.config.state_folder import emptied
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS, schema_version
from wechat_scheduler.storage.opening import open_as_it_is, open_database
from wechat_scheduler.storage.upkeep.moving import MOVED, MOVING, refuse


@asynccontextmanager
async def opened(settings: StateSettings, *, clock: Clock) -> AsyncIterator[Database]:
    """The database, its schema brought up to date. Raises StateError, also if it was emptied."""
    async with Supervisor() as supervisor:
        database = await open_database(
            settings.database,
            migrations=MIGRATIONS,
            clock=clock,
            supervisor=supervisor,
            emptied=emptied(settings.dir, database=settings.database),
        )
        try:
            await refuse(database, MOVED, MOVING)
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def looked_at(url: str, *, clock: Clock, listen: str = "") -> AsyncIterator[Database]:
    """The database at `url` as it is, for reading. Raises StateError if there is none."""
    async with Supervisor() as supervisor:
        database = await open_as_it_is(url, clock=clock, supervisor=supervisor, listen=listen)
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def look_first(url: str, *, clock: Clock, empty: bool = False) -> AsyncIterator[Database]:
    """The same, before any change: raises StateError too if a daemon uses the database, or, unless it may
    be `empty`, if it is none of ours."""
    async with looked_at(url, clock=clock) as database:
        if database.dialect.others and await database.read(database.dialect.others):
            raise StateError(
                "another wechat-scheduler is using this database: stop every daemon on it first"
            )
        try:
            if not empty:
                await schema_version(database)
        except StorageError as error:
            raise StateError(f"the database cannot be used: {error}") from error
        yield database
