"""Connections are opened one after the other, and seldom where they fail."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any, cast

import asyncpg
import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from wechat_scheduler.storage.postgres.connector import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Connector,
    NoConnectionLeftError,
)

CONNECTION = cast(asyncpg.Connection, object())
TICK = timedelta(milliseconds=10)
MINUTE = 60


class Server:
    """Counts who wants a connection, and refuses while there is an `error`."""

    def __init__(self) -> None:
        self.error: Exception | None = ConnectionRefusedError("refused")
        self.attempts = 0

    async def connect(self, *args: Any, **options: Any) -> asyncpg.Connection:
        self.attempts += 1
        if self.error is not None:
            raise self.error
        return CONNECTION


async def refused(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> str:
    """With which words; empty if it is not."""
    try:
        await connect()
    except (OSError, asyncpg.PostgresError) as error:
        return str(error)
    return ""


async def test_a_hundred_callers_make_one_attempt_and_the_others_are_told_of_the_next() -> None:
    server, clock = Server(), FakeClock()
    connector = Connector(server.connect, clock, Random(1))

    said = [await refused(connector) for _ in range(100)]

    assert server.attempts == 1
    assert said[0] == "refused"
    assert "refused; the next attempt is in 0." in said[1]


async def test_during_a_long_outage_a_daemon_tries_every_few_seconds() -> None:
    server, clock = Server(), FakeClock()
    connector = Connector(server.connect, clock, Random(1))

    for _ in range(MINUTE * 100):
        await refused(connector)
        clock.advance(TICK)

    longest = LONGEST_PAUSE.total_seconds()
    assert MINUTE / longest <= server.attempts <= 2 * MINUTE / longest + 6


async def test_daemons_that_lost_the_server_together_come_back_one_by_one() -> None:
    clock, servers = FakeClock(), [Server() for _ in range(20)]
    connectors = [Connector(it.connect, clock, Random(n)) for n, it in enumerate(servers)]
    at_once = []

    for _ in range(MINUTE * 100):
        before = sum(it.attempts for it in servers)
        for connector in connectors:
            await refused(connector)
        at_once.append(sum(it.attempts for it in servers) - before)
        clock.advance(TICK)

    assert at_once[0] == 20
    assert max(at_once[MINUTE * 50 :]) <= 3


async def test_after_the_pause_a_server_that_is_back_is_reached_and_the_next_loss_begins_anew() -> (
    None
):
    server, clock = Server(), FakeClock()
    connector = Connector(server.connect, clock, Random(1))
    await refused(connector)
    server.error = None

    early = await refused(connector)
    clock.advance(FIRST_PAUSE)
    reached = [await connector() for _ in range(3)]
    server.error = ConnectionRefusedError("refused again")

    assert early
    assert reached == [CONNECTION] * 3
    assert await refused(connector) == "refused again"


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.ProtocolViolationError("no more connections allowed (max_client_conn)"),
    ],
)
async def test_a_server_without_a_connection_left_is_asked_seldom_too_and_named_with_the_remedy(
    error: Exception,
) -> None:
    server, clock = Server(), FakeClock()
    server.error = error
    connector = Connector(server.connect, clock, Random(1))

    with capture_logs() as log:
        said = {await refused(connector) for _ in range(5)}
    attempts, server.error = server.attempts, None
    clock.advance(FIRST_PAUSE)

    assert said == {str(NoConnectionLeftError())}
    assert attempts == 1
    assert [entry["event"] for entry in log] == ["storage.no_connection_left"]
    assert await connector() is CONNECTION
