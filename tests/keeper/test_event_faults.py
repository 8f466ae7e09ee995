"""Streams of events beside damaged rows, after long pauses and with keys that end."""

import random
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from tests.access.doors import end, make
from tests.clock import FakeClock
from tests.house import APPID, Caller
from tests.keeper.streams import MANY, ROTATED, following, put_many, reading_slowly
from wechat_scheduler.feed import reader
from wechat_scheduler.feed.model import KEPT
from wechat_scheduler.storage.database import Statement, each

PATH = f"{APPID}/0"
SECOND = timedelta(seconds=1)
# Each spoils one row, or the head.
DAMAGE = (
    """UPDATE feed SET data = '{"version": "x"}'""",
    """UPDATE feed SET data = '{"version": null}'""",
    """UPDATE feed SET data = '[]'""",
    """UPDATE feed SET what = 'nonsense'""",
    """UPDATE feed SET what = 'delivery.ended', data = '{"app": [1]}', appid = ''""",
    """UPDATE feed SET what = 'reminder.fired', data = '{"app": null}', appid = ''""",
    """UPDATE feed SET at = 'x'""",
    """INSERT INTO feed_head VALUES (1, 'x', 'x', 'x') ON CONFLICT (id) DO UPDATE SET last = 'x',
       wanted_until = 'x', wanted_since = 'x'""",
)


async def rotate(keeper: Caller) -> None:
    await keeper.call("POST", f"/task/{PATH}/refresh")
    await keeper.settle()


async def execute(keeper: Caller, sql: str, *values: object) -> None:
    await keeper.daemon.ground.database.write(lambda: each([Statement(sql, values)]))


@pytest.fixture
async def kept(keeper: Caller) -> Caller:
    """The daemon with one credential, of version 1."""
    await keeper.register({"type": 0}, access_token_endpoint="token")
    await keeper.settle()
    return keeper


async def test_what_is_damaged_is_left_out_and_all_else_is_told(kept: Caller) -> None:
    for damage in DAMAGE:
        async with following(kept, ROTATED) as stream:
            hello = await stream.next()
        await rotate(kept)
        await execute(kept, damage)

        async with following(kept) as stream, following(kept, ROTATED, after=hello.id) as back:
            await rotate(kept)
            _, told = await stream.nexts(2)
            while (missed := await back.next()).id < told.id:
                pass

        assert (told.what, told.data) == (missed.what, missed.data), damage


async def test_a_damaged_row_ends_no_stream_that_is_open(kept: Caller) -> None:
    async with following(kept) as stream:
        hello = await stream.next()
        await execute(
            kept,
            """INSERT INTO feed VALUES (7, NULL, 1, 'credential.rotated', $1, 'access_token', '',
            '{"version": "x"}')""",
            APPID,
        )
        await rotate(kept)
        told = await stream.next()

    assert (hello.what, told.data["version"]) == ("hello", 2)


async def test_who_comes_back_after_the_store_forgot_some_reads_anew(
    kept: Caller, clock: FakeClock
) -> None:
    async with following(kept, ROTATED) as stream:
        await stream.next()
        await rotate(kept)
        seen = await stream.next()
    await rotate(kept)
    clock.advance(KEPT + SECOND)
    await execute(kept, "DELETE FROM feed")
    await rotate(kept)

    async with following(kept, ROTATED, after=seen.id) as stream:
        first = await stream.next()

    assert first.what == "resync"


async def test_a_stream_that_slept_while_the_store_forgot_some_ends(
    kept: Caller, clock: FakeClock
) -> None:
    async with following(kept, ROTATED) as stream:
        await stream.next()
        await rotate(kept)
        await stream.next()
        await execute(kept, "DELETE FROM feed")
        await execute(kept, "UPDATE feed_head SET last = last + 1")
        clock.advance(reader.UNREAD + SECOND)
        await stream.lost()

    async with following(kept, ROTATED, after=stream.last) as stream:
        first = await stream.next()

    assert first.what == "resync"


async def test_a_key_that_ends_gets_no_more_of_what_it_missed(kept: Caller) -> None:
    key = await make(kept, "read", appids=[APPID])
    async with following(kept, key=key.text) as stream:
        hello = await stream.next()
    await put_many(kept, after=hello.id)

    async with reading_slowly(kept, key.text, after=hello.id) as reader:
        begun = await reader.readuntil(b"event: credential.rotated")
        await end(kept, key)
        rest = await reader.read()

    told = (begun + rest).count(b"event: credential.rotated")
    assert 0 < told < MANY


async def test_after_2038_a_rotation_is_stored_and_told(kept: Caller, clock: FakeClock) -> None:
    for years in (13, 60):
        clock.advance(timedelta(days=365 * years))
        async with following(kept, ROTATED) as stream:
            await stream.next()
            await rotate(kept)
            told = await stream.next()

        assert (await kept.fetch(PATH)).headers["ETag"] == f'"{told.data["version"]}"'


@pytest.mark.parametrize("seed", range(2))
async def test_who_comes_back_at_any_time_is_told_each_event_once(
    kept: Caller, clock: FakeClock, seed: int
) -> None:
    rng = random.Random(seed)
    async with following(kept, ROTATED) as stream:
        first = await stream.next()
    put, told = 0, [first.id]
    for _ in range(12):
        sizes = [rng.randint(1, 40) for _ in range(2)]
        await put_many(kept, sizes[0])
        async with AsyncExitStack() as others:
            if rng.random() < 0.5:  # the daemon reads on for another
                await (await others.enter_async_context(following(kept))).next()
            async with following(kept, ROTATED, after=told[-1]) as stream:
                await put_many(kept, sizes[1])
                clock.advance(reader.LOOK_EVERY)
                put += sum(sizes)
                left = put - len(told) + 1
                told += [event.id for event in await stream.nexts(rng.randint(1, left))]
    async with following(kept, ROTATED, after=told[-1]) as stream:
        told += [event.id for event in await stream.nexts(put - len(told) + 1)]

    database = kept.daemon.ground.database
    rows = await database.read("SELECT sequence FROM feed WHERE sequence >= $1", first.id)
    assert told == sorted(row["sequence"] for row in rows)
