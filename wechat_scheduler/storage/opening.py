"""Opens a database by its URL, and imports only the driver that it needs."""

from importlib.resources.abc import Traversable

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.database import CONNECTIONS, Database


async def open_database(
    url: str,
    *,
    migrations: Traversable,
    clock: Clock,
    supervisor: Supervisor,
    emptied: str = "",
    listen: str = "",
    connections: int = CONNECTIONS,
    expanded: bool = False,
) -> Database:
    """Open the database at `url` and bring its schema up to the newest of `migrations`.

    `sqlite:///absolute/path` creates a missing file; `postgresql://user@host/name` names a database
    that exists; `listen` names it where a pooler that forwards no signals stands between; `connections` is the
    most that it opens for work, beside the one that listens. `emptied` says why a database without tables is not taken for a new one; empty takes
    it; `expanded` takes one whose schema a newer program expanded. Raises StateError if it cannot be used.
    """
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        from wechat_scheduler.storage.sqlite.database import open_sqlite

        return await open_sqlite(url, migrations=migrations, emptied=emptied, expanded=expanded)
    if scheme in ("postgresql", "postgres"):
        from wechat_scheduler.storage.postgres.database import open_postgres

        return await open_postgres(
            url,
            migrations=migrations,
            clock=clock,
            supervisor=supervisor,
            emptied=emptied,
            listen=listen,
            connections=connections,
            expanded=expanded,
        )
    raise StateError("the database URL begins with neither sqlite: nor postgresql:")


async def open_as_it_is(
    url: str, *, clock: Clock, supervisor: Supervisor, listen: str = ""
) -> Database:
    """Open the database at `url` for reading: creates nothing and changes no schema.

    Raises StateError if there is none, or it cannot be opened.
    """
    if url.startswith("sqlite:"):
        from wechat_scheduler.storage.sqlite.database import SqliteView, path_of

        return SqliteView(path_of(url))
    from wechat_scheduler.storage.postgres.database import connect

    return await connect(url, clock=clock, supervisor=supervisor, listen=listen)


async def ask(database: Database) -> None:
    """Returns if the database answers a trivial query. Raises StorageError."""
    await database.read("SELECT 1")
