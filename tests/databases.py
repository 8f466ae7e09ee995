"""Fixtures of suites that open databases of both kinds themselves. `tests/running.py` gives them to all: an import
of `postgres` into another module would start a server of its own. What only uses a database with the product's schema
takes the `database` of `tests/lasting.py`; a suite with tables of its own takes this one, and says what they are:

@pytest.fixture
def migrations() -> Traversable: ...
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.clock import FakeClock
from tests.postgres import PostgresServer, postgres
from tests.reused import bare_database, postgres_database
from tests.template import lay_database
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database

__all__ = ["database", "database_url", "migrations", "open_again", "postgres"]

Open: TypeAlias = Callable[[], Awaitable[Database]]


@pytest.fixture
def migrations() -> Traversable:
    """The real ones; a suite with tables of its own overrides this."""
    return MIGRATIONS


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(
    request: pytest.FixtureRequest, migrations: Traversable, tmp_path: Path
) -> AsyncIterator[str]:
    """A database of each kind in turn, without rows. If its schema is the product's, it has it already."""
    is_ours = migrations is MIGRATIONS
    if request.param == "sqlite":
        file = tmp_path / "state.db"
        if is_ours:
            await lay_database(file)
        yield f"sqlite://{file}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        async with postgres_database(server) if is_ours else bare_database(server) as url:
            yield url


@pytest.fixture
async def open_again(database_url: str, migrations: Traversable) -> AsyncIterator[Open]:
    """Opens the test's database, as often as wanted; all are closed at the end."""
    async with Supervisor() as supervisor, AsyncExitStack() as stack:

        async def open_() -> Database:
            database = await open_database(
                database_url, migrations=migrations, clock=FakeClock(), supervisor=supervisor
            )
            stack.push_async_callback(database.close)
            return database

        yield open_


@pytest.fixture
async def database(open_again: Open) -> Database:
    """The test's database, open."""
    return await open_again()
