"""The connections to PostgreSQL: a pool for the work, and one that listens. A pooler may stand between.

A pooler such as pgbouncer may give each transaction another connection of the server. Nothing of ours then
stays in a session: no prepared statement, no setting, no lock that outlives its transaction. Only LISTEN
has to, on a connection of its own.
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import asyncpg

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.postgres.connector import Connector, NoConnectionLeftError

Connect: TypeAlias = Callable[..., Awaitable[asyncpg.Connection]]

# Seconds by the real clock: the limit for a server that is dead, or for a network that is.
CONNECT_TIMEOUT = 10.0
# While the server has no connection left, one unit of work at a time looks for a free one of ours.
LOOK_FOR_FREE = timedelta(milliseconds=5)
# Prepared statements that each connection keeps: enough for all of ours.
STATEMENTS = 256
NAME = "wechat-scheduler"
# A transaction that waits this long for its next statement is of a process that stands still or is cut off: the
# server ends it, since no other gets the rows that it locked.
IDLE = timedelta(seconds=10)
# The parameters of a URL that say where the server is.
_PLACE = ("host", "hostaddr", "port")


async def pooled(url: str, most: int, connector: Connector) -> asyncpg.Pool:
    """At `most` that many connections for the work; behind a pooler they keep no prepared statements.
    Raises StateError, and asyncpg's errors."""
    pool = await _pool(url, most, connector, statements=STATEMENTS)
    try:
        parts = urlsplit(url)
        _check_ports(parts.netloc.rpartition("@")[2], dict(parse_qsl(parts.query)).get("port", ""))
        async with asyncio.timeout(CONNECT_TIMEOUT):
            if await _is_direct(pool):
                return pool
    except (ValueError, OverflowError):
        # `from None`: the cause may quote the URL, which has the password.
        raise _malformed() from None
    await pool.close()
    return await _pool(url, most, connector, statements=0)


async def acquired(pool: asyncpg.Pool, clock: Clock, waiting: asyncio.Lock) -> asyncpg.Connection:
    """A connection of the pool. If the server has none left, the next of the pool that is free; `waiting` is
    the pool's, for those that wait for it."""
    try:
        return await pool.acquire(timeout=CONNECT_TIMEOUT)
    except NoConnectionLeftError as error:
        full = error
    with suppress(TimeoutError):
        async with asyncio.timeout(CONNECT_TIMEOUT), waiting:
            while True:
                with suppress(NoConnectionLeftError):
                    return await pool.acquire()
                await clock.sleep(LOOK_FOR_FREE)
    raise full


def listening(url: str, listen: str, connect: Connect) -> Connect:
    """Opens the connection that listens: at `listen`, whose missing parts are those of `url`. Raises StateError."""
    return partial(
        connect,
        completed(listen, url) if listen else url,
        timeout=CONNECT_TIMEOUT,
        statement_cache_size=0,
        server_settings={"application_name": NAME},
    )


def completed(listen: str, url: str) -> str:
    """`listen` with all that `url` names and it does not: also the password and the settings of TLS. If it names a
    server of its own, nothing of the other's address is used. Raises StateError."""
    refusal = StateError("state.listen_database is not a valid postgresql:// URL")
    new, old = _valid(listen, refusal), _valid(url, _malformed())
    if new.keys() & {"", "host", "hostaddr"}:
        old = {name: value for name, value in old.items() if name not in ("", *_PLACE)}
    elif "port" in new and "" in old:  # asyncpg takes no other port for hosts before the query
        old["host"] = unquote(re.sub(r":\d+(?=,|$)", "", old.pop("")))
    both = old | new
    hosts = both.pop("", "")
    return f"postgresql://{hosts}?{urlencode(both)}"


def _valid(url: str, refusal: StateError) -> dict[str, str]:
    """Like `_named`. Raises `refusal`."""
    try:
        return _named(url)
    except ValueError:
        raise refusal from None  # the cause may quote the password


def _malformed() -> StateError:
    return StateError("the database URL is not a valid postgresql:// URL")


def _named(url: str) -> dict[str, str]:
    """What a URL names, as its query would. The hosts before the query stay as they are, as "". Raises ValueError."""
    parts = urlsplit(url)
    who, _, hosts = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    if "database" in query:
        query.setdefault("dbname", query.pop("database"))
    bare = hosts.removeprefix(":")
    before = {"user": user, "password": password, "dbname": parts.path.removeprefix("/")}
    found = query | {name: unquote(value) for name, value in before.items() if value}
    found |= {"" if bare == hosts else "port": bare} if bare else {}
    _check_ports(hosts, found.get("port", ""))
    return found


def _check_ports(hosts: str, ports: str) -> None:
    """Both may be several. Raises ValueError: uvloop would connect to another port than 99999, and say nothing."""
    for one in (*hosts.split(","), *(f":{port}" for port in ports.split(","))):
        _ = urlsplit(f"//{one}").port


async def _pool(url: str, most: int, connector: Connector, *, statements: int) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url,
        min_size=0,  # asyncpg would open more by itself, and try again at moments of its own
        max_size=most,
        connect=connector,
        timeout=CONNECT_TIMEOUT,
        statement_cache_size=statements,
        init=_bound,
        reset=_leave_as_is,
        server_settings={"application_name": NAME},
    )


async def _is_direct(pool: asyncpg.Pool) -> bool:
    async with pool.acquire(timeout=CONNECT_TIMEOUT) as connection:
        return await _bound(connection)


async def _bound(connection: asyncpg.Connection) -> bool:
    """Sets IDLE, unless a pooler stands between, of which others use the sessions too: it tells a number of its own
    instead of that of the server's process. Prepares nothing. Returns whether none does."""
    limit, told = IDLE // timedelta(milliseconds=1), connection.get_server_pid()
    setting = f"set_config('idle_in_transaction_session_timeout', '{limit}', false)"
    found: str = await connection.execute(
        f"SELECT {setting} WHERE pg_backend_pid() = {told}", timeout=CONNECT_TIMEOUT
    )
    return found == "SELECT 1"


async def _leave_as_is(connection: asyncpg.Connection) -> None:
    """Do not reset the session, which saves a round trip: our units of work leave nothing in it."""


def unopened(url: str, error: StorageError) -> StateError:
    """Says which database cannot be opened."""
    unreached = isinstance(error.__cause__, OSError)
    advice = "; start PostgreSQL there, or correct state.database" if unreached else ""
    return StateError(f"cannot open the database at {place_of(url)}: {error}{advice}")


def place_of(url: str) -> str:
    """Where the server of a URL is, without user and password."""
    found = urlsplit(url)
    named = found.netloc.rpartition("@")[2] or dict(parse_qsl(found.query)).get("host", "")
    return named or "this machine's socket"


def said(error: Exception) -> str:
    """What the server, or the system that did not reach it, says."""
    if isinstance(error, asyncpg.InternalClientError):  # its words are about asyncpg
        return "the connection was lost"
    if isinstance(error, OSError) and error.strerror:
        named = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        return named.lower()
    return str(error).partition("\n")[0] or "no answer in time"
