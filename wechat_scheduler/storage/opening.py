"""Opens a database by its URL, and imports the one driver that this takes."""

from importlib.resources.abc import Traversable

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.database import Database


async def open_database(
    url: str, *, migrations: Traversable, clock: Clock, supervisor: Supervisor
) -> Database:
    """Open the database at `url` and bring its schema up to the newest of `migrations`.

    `sqlite:///absolute/path` makes the file where it is missing; `postgresql://user@host/name`
    names a database that exists. Raises StateError when it cannot be used as it is.
    """
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        from wechat_scheduler.storage.sqlite import open_sqlite

        return await open_sqlite(url, migrations=migrations)
    if scheme in ("postgresql", "postgres"):
        from wechat_scheduler.storage.postgres import open_postgres

        return await open_postgres(url, migrations=migrations, clock=clock, supervisor=supervisor)
    raise StateError("the database URL begins with neither sqlite: nor postgresql:")


async def open_as_it_is(url: str, *, clock: Clock, supervisor: Supervisor) -> Database:
    """Open the database at `url` for looking only: nothing is made and no schema is changed.

    Raises StateError when there is none, or it cannot be opened.
    """
    if url.startswith("sqlite:"):
        from wechat_scheduler.storage.sqlite import SqliteView, path_of

        return SqliteView(path_of(url))
    from wechat_scheduler.storage.postgres import connect

    return await connect(url, clock=clock, supervisor=supervisor)


async def ask(database: Database) -> None:
    """Returns once the database has answered a trivial question. Raises StorageError."""
    await database.read("SELECT 1")
