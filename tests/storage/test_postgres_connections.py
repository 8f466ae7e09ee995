"""How connections to PostgreSQL are opened."""

import asyncio
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import pytest

from tests.clock import FakeClock
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.postgres.connections import (
    acquired,
    completed,
    listening,
    place_of,
    pooled,
)
from wechat_scheduler.storage.postgres.connector import Connector
from wechat_scheduler.storage.postgres.failures import explained

URL = "postgresql://me:se%26cret@bouncer:6432/ours?sslmode=verify-full&sslrootcert=/ca.pem"
TLS = {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
ALL = TLS | {"user": "me", "password": "se&cret", "dbname": "ours"}


@pytest.mark.parametrize(
    ("listen", "hosts", "query"),
    [
        ("postgresql://own:5433", "own:5433", ALL),
        ("postgresql://one:1,two:2", "one:1,two:2", ALL),
        ("postgresql://own/other", "own", ALL | {"dbname": "other"}),
        ("postgresql://own/?database=other", "own", ALL | {"dbname": "other"}),
        ("postgresql:///other", "bouncer:6432", ALL | {"dbname": "other"}),
        ("postgresql://own?ssl=off", "own", ALL | {"ssl": "off"}),
        ("postgresql://own?sslmode=disable", "own", ALL | {"sslmode": "disable"}),
        ("postgresql://?host=/run", "", ALL | {"host": "/run"}),
        ("postgresql://[::1]:5433", "[::1]:5433", ALL),
        ("postgresql://you:word@own", "own", ALL | {"user": "you", "password": "word"}),
        ("postgresql://own?user=you", "own", ALL | {"user": "you"}),
        ("postgresql://own?password=word", "own", ALL | {"password": "word"}),
        ("postgresql://:5432", "", ALL | {"host": "bouncer", "port": "5432"}),
        ("postgresql:///?port=5432", "", ALL | {"host": "bouncer", "port": "5432"}),
    ],
)
def test_what_the_address_to_listen_at_does_not_name_is_that_of_the_database(
    listen: str, hosts: str, query: dict[str, str]
) -> None:
    found = urlsplit(completed(listen, URL))

    assert (found.netloc, found.path) == (hosts, "")
    assert dict(parse_qsl(found.query)) == query


def test_a_place_in_the_query_of_the_database_is_not_that_of_the_address_to_listen_at() -> None:
    url = "postgresql:///ours?host=/run&port=6432&hostaddr=10.0.0.1&user=me&sslmode=require"

    found = completed("postgresql://own", url)

    assert found == "postgresql://own?user=me&sslmode=require&dbname=ours"


@pytest.mark.parametrize(
    "listen",
    [
        "postgresql://h:hunter2",
        "postgresql://[hunter2",
        "postgresql://?port=hunter2",
        "postgresql://h?hunter2",
    ],
)
def test_a_malformed_address_to_listen_at_is_refused_without_showing_it(listen: str) -> None:
    with pytest.raises(StateError, match=r"state\.listen_database is not a valid") as refusal:
        listening("postgresql://me@host/name", listen, asyncpg.connect)

    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_malformed_address_of_the_database_is_not_taken_for_that_to_listen_at() -> None:
    with pytest.raises(StateError, match=r"the database URL is not a valid") as refusal:
        listening("postgresql://me@host/name?hunter2", "postgresql://own", asyncpg.connect)

    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u:p@db.example:5433/x", "db.example:5433"),
        ("postgresql://u:p@one:1,two:2/x?target_session_attrs=primary", "one:1,two:2"),
        ("postgresql:///x?host=/run/postgresql", "/run/postgresql"),
        ("postgresql://u:p@[::1]/x", "[::1]"),
        ("postgresql:///x", "this machine's socket"),
    ],
)
def test_the_place_of_a_database_names_its_servers_and_no_password(url: str, place: str) -> None:
    assert place_of(url) == place


class FillingServer:
    """Gives one connection, and is full for the next, which learns it when `answers` is set."""

    def __init__(self) -> None:
        self.asked, self.answers = asyncio.Event(), asyncio.Event()
        self._is_full = False

    async def connect(self, *args: Any, **options: Any) -> asyncpg.Connection:
        if self._is_full:
            self.asked.set()
            await self.answers.wait()
            raise asyncpg.TooManyConnectionsError("full")
        self._is_full = True
        return await asyncpg.connect(*args, **options)


async def test_a_connection_that_became_free_is_found_behind_a_place_that_got_none(
    postgres: PostgresServer,
) -> None:
    server, clock = FillingServer(), FakeClock()
    async with postgres_database(postgres) as url:
        pool = await pooled(url, 2, Connector(server.connect, clock, Random(1)))
        first = await pool.acquire()
        process = first.get_server_pid()

        async def give_back() -> None:
            await server.asked.wait()
            await pool.release(first)
            server.answers.set()

        found, _ = await together([acquired(pool, clock, asyncio.Lock()), give_back()])

        assert found.get_server_pid() == process
        await pool.release(found)
        await pool.close()


def test_words_about_the_driver_are_not_shown() -> None:
    """asyncpg says so of a connection that was given up while the process stood still."""
    with (
        pytest.raises(StorageError, match="PostgreSQL failed: the connection was lost"),
        explained(),
    ):
        raise asyncpg.InternalClientError(
            "cannot switch to state 12; another operation (2) is in progress"
        )
