"""The listener keeps its connection."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from random import Random

import asyncpg
import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.postgres.change_listener import PING_EVERY, ChangeListener

SIGNAL = "SELECT pg_notify('wechat_scheduler', $1)"
LAST_WORDS = "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()"

END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


class ImpatientClock(FakeClock):
    """A pause ends at once; `wait` waits."""

    async def sleep(self, delay: timedelta) -> None:
        await super().sleep_seconds(delay.total_seconds())

    async def sleep_seconds(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    async with Supervisor() as supervisor:
        yield supervisor


async def send_nothing(payload: str) -> None:
    raise StorageError("the database does not answer")


async def test_it_tries_again_and_again_in_growing_pauses(url: str, supervisor: Supervisor) -> None:
    heard, refusals = asyncio.Event(), iter(range(4))

    async def connect() -> asyncpg.Connection:
        if next(refusals, None) is not None:
            raise ConnectionRefusedError
        return await asyncpg.connect(url)

    listener = ChangeListener(connect, send_nothing, ImpatientClock(), supervisor, Random(1))
    with capture_logs() as events:
        listener.add(lambda payload: heard.set())
        await heard.wait()
    await listener.close()

    assert {event["event"] for event in events} == {"storage.listener_lost"}
    pauses = [event["retry_in_seconds"] for event in events]
    assert all(
        most / 2 <= pause <= most for pause, most in zip(pauses, (0.1, 0.2, 0.4, 0.8), strict=True)
    )


async def test_after_a_connection_that_was_heard_on_the_pauses_are_short_again(
    url: str, supervisor: Supervisor
) -> None:
    sender, refusals, heard = await asyncpg.connect(url), iter(range(4)), asyncio.Event()

    async def connect() -> asyncpg.Connection:
        if next(refusals, None) is not None:
            raise ConnectionRefusedError
        return await asyncpg.connect(url)

    async def send(payload: str) -> None:
        await sender.execute(SIGNAL, payload)

    listener = ChangeListener(connect, send, ImpatientClock(), supervisor, Random(1))
    with capture_logs() as events:
        listener.add(lambda payload: heard.set())
        hears = await listener.hears()
        heard.clear()
        await sender.execute(END_OTHERS)
        await heard.wait()
    await listener.close()
    await sender.close()

    assert hears
    assert events[-1]["reason"] == "closed"
    assert events[-1]["retry_in_seconds"] <= 0.1


async def test_one_who_asks_learns_that_the_database_takes_nothing(
    url: str, supervisor: Supervisor
) -> None:
    listener = ChangeListener(
        partial(asyncpg.connect, url), send_nothing, FakeClock(), supervisor, Random(1)
    )

    with pytest.raises(StorageError, match="does not answer"):
        await listener.hears()

    await listener.close()


async def test_it_asks_a_silent_connection_whether_it_still_lives(
    url: str, supervisor: Supervisor
) -> None:
    clock, observer = FakeClock(), await asyncpg.connect(url)
    listener = ChangeListener(
        partial(asyncpg.connect, url), send_nothing, clock, supervisor, Random(1)
    )
    listener.add(lambda payload: None)

    async with asyncio.timeout(60):
        while "SELECT 1" not in [row["query"] for row in await observer.fetch(LAST_WORDS)]:
            clock.advance(PING_EVERY)

    await listener.close()
    await observer.close()


async def test_it_looks_every_few_seconds_while_what_is_sent_is_not_heard(
    url: str, supervisor: Supervisor
) -> None:
    clock, heard, sent = FakeClock(), asyncio.Queue[str](), asyncio.Event()

    async def lose(payload: str) -> None:
        sent.set()

    listener = ChangeListener(partial(asyncpg.connect, url), lose, clock, supervisor, Random(1))
    with capture_logs() as events:
        listener.add(heard.put_nowait)
        at_first = await heard.get()
        await sent.wait()
        time = supervisor.contained("time", clock.flow(PING_EVERY))
        again = await heard.get()
        time.cancel()
    await listener.close()

    assert (at_first, again) == ("", "")
    assert [(event["event"], event["log_level"]) for event in events] == [
        ("storage.signals_unheard", "warning")
    ]


async def test_it_tells_nobody_of_the_signal_that_shows_that_it_hears(
    url: str, supervisor: Supervisor
) -> None:
    clock, heard, sent = FakeClock(), asyncio.Queue[str](), asyncio.Event()
    sender = await asyncpg.connect(url)

    async def send(payload: str) -> None:
        await sender.execute(SIGNAL, payload)
        await sender.execute(SIGNAL, "a change")
        sent.set()

    listener = ChangeListener(partial(asyncpg.connect, url), send, clock, supervisor, Random(1))
    listener.add(heard.put_nowait)
    await sent.wait()
    told = [await heard.get(), await heard.get()]
    await listener.close()
    await sender.close()

    assert told == ["", "a change"]


async def test_closing_a_listener_without_callbacks_does_nothing(supervisor: Supervisor) -> None:
    async def connect() -> asyncpg.Connection:
        raise AssertionError("no connection was expected")

    listener = ChangeListener(connect, send_nothing, FakeClock(), supervisor, Random(1))

    await listener.close()
    await listener.close()
