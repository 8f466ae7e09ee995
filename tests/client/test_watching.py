"""A client that is told each rotation, by a stream or by long polls, and goes on where neither is possible."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from tests.client.in_threads import EITHER, ClientType, InThreads, ThreadedClock, watchers
from tests.client.passing import passing
from tests.client.told import Told, told
from wechat_scheduler.client import Client, Fetched
from wechat_scheduler.client.kept import Name
from wechat_scheduler.errors import NotFoundError, UnreachableError

APPID, PATH = "wx1", "wx1/access_token"
NAME = (APPID, "access_token")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> ThreadedClock:
    return ThreadedClock()


@pytest.fixture(params=EITHER, ids=["loop", "threads"])
def kind(request: pytest.FixtureRequest) -> ClientType:
    found: ClientType = request.param
    return found


@pytest.fixture
async def daemon(clock: ThreadedClock) -> AsyncIterator[Told]:
    async with told(clock) as opened:
        await opened.rotate(PATH, "token-1")
        yield opened


@pytest.fixture
async def client(
    kind: ClientType, daemon: Told, clock: ThreadedClock
) -> AsyncIterator[Client | InThreads]:
    async with opened_client(kind, daemon, clock) as opened:
        yield opened


def opened_client(kind: ClientType, daemon: Told, clock: ThreadedClock) -> Client | InThreads:
    return kind(daemon.business.url(), "wsk_x", clock=clock, patience=timedelta(0), watch=True)


async def watched(client: Client | InThreads, daemon: Told, path: str = PATH) -> str:
    """The value, once the stream stands that tells its rotations."""
    value = await client.credential(*path.split("/"))
    await daemon.listened()
    await until(lambda: client._memory.is_told(Name(*path.split("/"))))
    return value


async def second(updates: AsyncIterator[Fetched]) -> Fetched:
    """The next that a client hears after what it knew."""
    return await asyncio.wait_for(anext(updates), 60)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what is under way."""
    while not is_so():  # noqa: ASYNC110 - it tells no one
        await asyncio.sleep(0)  # noqa: TID251


async def test_a_rotation_that_the_stream_tells_is_used_without_a_call(
    daemon: Told, client: Client | InThreads
) -> None:
    updates = client.follow(NAME)
    first = await second(updates)
    await watched(client, daemon)
    calls = len(daemon.business.calls)

    await daemon.rotate(PATH, "token-2")
    told = await second(updates)

    assert (first.value, told.value, told.version) == ("token-1", "token-2", "2")
    assert told.expires_at == daemon.values[PATH][2]
    assert await client.credential(*NAME) == "token-2"
    assert len(daemon.business.calls) == calls <= 3


async def test_a_value_is_used_beyond_its_max_age_while_the_stream_stands(
    daemon: Told, client: Client | InThreads, clock: ThreadedClock
) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)
    calls = daemon.asked()
    await daemon.rotate(PATH, "token-2")
    await second(updates)
    for _ in range(4):
        clock.advance(timedelta(seconds=30))
        await daemon.rotate("wx1/jsapi_ticket", "of another")  # a sign of life
        await until(lambda: client._memory._live_until >= clock.boottime() + 45)

    values = [await client.credential(*NAME) for _ in range(100)]

    assert set(values) == {"token-2"}
    assert daemon.asked() == calls


async def test_a_stream_that_ended_is_continued_and_what_it_missed_is_told(
    daemon: Told, client: Client | InThreads, clock: ThreadedClock
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


async def test_after_a_resync_all_that_is_kept_is_fetched(
    daemon: Told, client: Client | InThreads
) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)

    await daemon.rotate(PATH, "token-2", quietly=True)
    daemon.tell("resync", {})

    assert (await second(updates)).value == "token-2"


async def test_a_credential_that_is_removed_is_not_used_again(
    daemon: Told, client: Client | InThreads
) -> None:
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
    daemon: Told, client: Client | InThreads
) -> None:
    await watched(client, daemon)
    updates = client.follow(NAME)
    await second(updates)

    await daemon.rotate(PATH, "token-2", quietly=True)
    daemon.tell("credential.rotated", {**daemon._data(PATH), "value": ""})

    assert (await second(updates)).value == "token-2"


async def test_a_credential_may_be_named_by_number_and_without_its_subject(
    daemon: Told, client: Client | InThreads
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
    daemon: Told, client: Client | InThreads
) -> None:
    daemon.streams = False
    updates = client.follow(NAME)
    await second(updates)
    calls = await daemon.business.called(3)

    await daemon.rotate(PATH, "token-2")

    assert (await second(updates)).value == "token-2"
    assert sorted(call.path for call in calls[:3]) == ["/task/" + PATH] * 2 + ["/v1/events"]
    assert calls[2].pairs == [("wait", "30"), ("version", "1")]


async def test_a_daemon_that_knows_neither_is_polled(
    daemon: Told, client: Client | InThreads, clock: ThreadedClock
) -> None:
    daemon.streams = daemon.waits = False
    await client.credential(*NAME)
    await daemon.business.called(3)
    await until(lambda: clock._sleepers > 0)
    await daemon.rotate(PATH, "token-2")

    early = await client.credential(*NAME)
    clock.advance(MINUTE)
    late = await client.credential(*NAME)

    assert (early, late) == ("token-1", "token-2")
    assert len(daemon.business.calls) == 4


async def test_ten_minutes_without_a_daemon_cost_its_callers_nothing(
    daemon: Told, client: Client | InThreads, clock: ThreadedClock
) -> None:
    await watched(client, daemon)
    await daemon.stop()
    await away(client, clock)

    values = set[str]()
    for _ in range(120):
        clock.advance(timedelta(seconds=5))
        values |= {await client.credential(*NAME) for _ in range(3)}
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


async def away(client: Client | InThreads, clock: ThreadedClock) -> None:
    """Wait until the watcher knows that the daemon is."""
    while not client._memory.away:
        clock.advance(timedelta(milliseconds=20))
        await asyncio.sleep(0)  # noqa: TID251


async def test_a_value_dies_at_its_expiry_while_the_daemon_is_away(
    daemon: Told, client: Client | InThreads, clock: ThreadedClock
) -> None:
    await watched(client, daemon)
    await daemon.stop()

    clock.advance(120 * MINUTE)

    with pytest.raises(UnreachableError):
        await client.credential(*NAME)


async def test_a_client_that_is_closed_or_forgotten_watches_no_longer(
    kind: ClientType, daemon: Told, clock: ThreadedClock
) -> None:
    others = watchers()
    async with opened_client(kind, daemon, clock) as closed:
        await watched(closed, daemon)
        standing = watchers() - others
    after_its_end = watchers() - others
    forgotten = await opened_client(kind, daemon, clock).__aenter__()
    wire = getattr(forgotten, "_wire", None)
    await watched(forgotten, daemon)

    del forgotten, closed
    await until(lambda: not watchers() - others)
    if wire is not None:
        await wire.close()

    assert len(standing) == 1
    assert after_its_end == set()
