"""A client that is told each rotation, by a stream or by long polls, and goes on where neither is possible."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from tests.client.passing import passing
from tests.client.told import Told, told
from tests.clock import FakeClock
from wechat_scheduler.client import Client, Fetched
from wechat_scheduler.errors import NotFoundError, UnreachableError

APPID, PATH = "wx1", "wx1/access_token"
NAME = (APPID, "access_token")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def daemon(clock: FakeClock) -> AsyncIterator[Told]:
    async with told(clock) as opened:
        await opened.rotate(PATH, "token-1")
        yield opened


@pytest.fixture
async def client(daemon: Told, clock: FakeClock) -> AsyncIterator[Client]:
    async with opened_client(daemon, clock) as opened:
        yield opened


def opened_client(daemon: Told, clock: FakeClock) -> Client:
    return Client(daemon.business.url(), "wsk_x", clock=clock, patience=timedelta(0), watch=True)


async def watched(client: Client, daemon: Told, path: str = PATH) -> str:
    """The value, once it was fetched, the stream stands, and it was fetched again."""
    before = len(daemon.business.calls)
    value = await client.credential(*path.split("/"))
    await daemon.listened()
    await daemon.business.called(before + 3)
    return value


async def second(updates: AsyncIterator[Fetched]) -> Fetched:
    """The next that a client hears after what it knew."""
    return await asyncio.wait_for(anext(updates), 30)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what is under way."""
    while not is_so():  # noqa: ASYNC110 - it tells no one
        await asyncio.sleep(0)  # noqa: TID251


async def test_a_rotation_that_the_stream_tells_is_used_without_a_call(
    daemon: Told, client: Client
) -> None:
    updates = client.follow(NAME)
    first = await second(updates)
    await daemon.business.called(3)

    await daemon.rotate(PATH, "token-2")
    told = await second(updates)

    assert (first.value, told.value, told.version) == ("token-1", "token-2", "2")
    assert told.expires_at == daemon.values[PATH][2]
    assert await client.credential(*NAME) == "token-2"
    assert len(daemon.business.calls) == 3


async def test_a_value_is_used_beyond_its_max_age_while_the_stream_stands(
    daemon: Told, client: Client, clock: FakeClock
) -> None:
    updates = client.follow(NAME)
    await second(updates)
    await daemon.business.called(3)
    await daemon.rotate(PATH, "token-2")
    await second(updates)
    for _ in range(4):
        clock.advance(timedelta(seconds=30))
        await daemon.rotate("wx1/jsapi_ticket", "of another")  # a sign of life
        await until(lambda: client._memory._live_until >= clock.boottime() + 45)

    values = [await client.credential(*NAME) for _ in range(100)]

    assert set(values) == {"token-2"}
    assert daemon.asked() == 2


async def test_a_stream_that_ended_is_continued_and_what_it_missed_is_told(
    daemon: Told, client: Client, clock: FakeClock
) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)

    daemon.cut()
    await daemon.rotate(PATH, "token-2", quietly=True)
    daemon.tell("credential.rotated", daemon._data(PATH))
    told = await passing(clock, second(updates))

    assert told.value == "token-2"
    assert daemon.last_ids[1:] in ([], ["1"], ["2"])


async def test_after_a_resync_all_that_is_kept_is_fetched(daemon: Told, client: Client) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)

    await daemon.rotate(PATH, "token-2", quietly=True)
    daemon.tell("resync", {})

    assert (await second(updates)).value == "token-2"


async def test_a_credential_that_is_removed_is_not_used_again(daemon: Told, client: Client) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)

    await daemon.remove(PATH)
    gone = await second(updates)

    assert (gone.value, gone.expires_at) == ("", None)
    assert isinstance(gone.error, NotFoundError)
    with pytest.raises(NotFoundError):
        await client.credential(*NAME)


async def test_an_event_without_a_value_makes_the_client_fetch(
    daemon: Told, client: Client
) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)

    await daemon.rotate(PATH, "token-2", quietly=True)
    daemon.tell("credential.rotated", {**daemon._data(PATH), "value": ""})

    assert (await second(updates)).value == "token-2"


async def test_a_credential_may_be_named_by_number_and_without_its_subject(
    daemon: Told, client: Client
) -> None:
    await daemon.rotate("wx1/access_token/o_alice", "of-alice")
    updates = client.follow((APPID, "0"), (APPID, "access_token", "o_alice"))
    before = [(await second(updates)).value for _ in range(2)]
    await daemon.listened()

    await daemon.rotate(PATH, "token-2")
    by_number = await second(updates)
    await daemon.rotate("wx1/access_token/o_alice", "of-alice-2")
    of_alice = await second(updates)

    assert before == ["token-1", "of-alice"]
    assert (by_number.name.kind, by_number.value) == ("0", "token-2")
    assert (of_alice.name.subject, of_alice.value) == ("o_alice", "of-alice-2")


async def test_where_no_stream_comes_through_rotations_are_told_by_long_polls(
    daemon: Told, client: Client
) -> None:
    daemon.streams = False
    updates = client.follow(NAME)
    await second(updates)
    calls = await daemon.business.called(3)

    await daemon.rotate(PATH, "token-2")

    assert (await second(updates)).value == "token-2"
    assert [call.path for call in calls[:3]] == ["/task/" + PATH, "/v1/events", "/task/" + PATH]
    assert dict(calls[2].pairs) == {"wait": "30", "version": "1"}


async def test_a_daemon_that_knows_neither_is_polled(
    daemon: Told, client: Client, clock: FakeClock
) -> None:
    daemon.streams = daemon.waits = False
    await client.credential(*NAME)
    await daemon.business.called(3)
    await clock.asleep()
    await daemon.rotate(PATH, "token-2")

    early = await client.credential(*NAME)
    clock.advance(MINUTE)
    late = await client.credential(*NAME)

    assert (early, late) == ("token-1", "token-2")
    assert len(daemon.business.calls) == 4


async def test_ten_minutes_without_a_daemon_cost_its_callers_nothing(
    daemon: Told, client: Client, clock: FakeClock
) -> None:
    await watched(client, daemon)
    await daemon.stop()
    await away(client, clock)

    values = set[str]()
    for _ in range(600):
        clock.advance(timedelta(seconds=1))
        values |= {await client.credential(*NAME) for _ in range(10)}
        await asyncio.sleep(0)  # noqa: TID251 - the watcher tries again
    was_away = client._memory.away
    await daemon.rotate(PATH, "token-2")
    await daemon.start()
    updates = client.follow(NAME)
    while (after := await passing(clock, second(updates))).value != "token-2":
        pass

    assert values == {"token-1"}
    assert was_away
    assert after.version == "2"


async def away(client: Client, clock: FakeClock) -> None:
    """Wait until the watcher knows that the daemon is."""
    while not client._memory.away:
        clock.advance(timedelta(milliseconds=20))
        await asyncio.sleep(0)  # noqa: TID251


async def test_a_value_dies_at_its_expiry_while_the_daemon_is_away(
    daemon: Told, client: Client, clock: FakeClock
) -> None:
    await watched(client, daemon)
    await daemon.stop()

    clock.advance(120 * MINUTE)

    with pytest.raises(UnreachableError):
        await client.credential(*NAME)


async def test_a_client_that_is_closed_or_forgotten_watches_no_longer(
    daemon: Told, clock: FakeClock
) -> None:
    async with opened_client(daemon, clock) as closed:
        await watched(closed, daemon)
        (task,) = watchers()
    forgotten = await opened_client(daemon, clock).__aenter__()
    wire = forgotten._wire
    await watched(forgotten, daemon)
    (other,) = watchers()

    del forgotten
    await asyncio.wait([other])
    await wire.close()

    assert task.cancelled()
    assert other.cancelled()
    assert not watchers()


def watchers() -> list["asyncio.Task[None]"]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "wechat-scheduler watch"]
