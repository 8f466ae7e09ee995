"""Keys end at once on connections whose requests are answered from memory, too."""

from datetime import timedelta
from pathlib import Path

from tests.access.doors import end, make, polling
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon

PATH = f"/task/{APPID}/0"


async def test_a_revoked_key_opens_nothing_with_the_very_next_request(keeper: Caller) -> None:
    await ready(keeper)
    key, other = await make(keeper, "read"), await make(keeper, "read")
    async with polling(keeper, PATH, key.text) as line, polling(keeper, PATH, other.text) as rest:
        await line.warm()
        await rest.warm()

        await end(keeper, key)

        assert (await line.ask(), await rest.ask()) == (401, 200)


async def test_an_expiring_key_opens_nothing_from_that_moment_on(
    keeper: Caller, clock: FakeClock
) -> None:
    await ready(keeper)
    key = await make(keeper, "read", expires_in=60)
    async with polling(keeper, PATH, key.text) as line:
        await line.warm()

        clock.advance(timedelta(seconds=59.9))
        before = await line.ask()
        clock.advance(timedelta(seconds=0.1))

        assert (before, await line.ask()) == (200, 401)


async def test_a_clock_set_back_revives_no_key(keeper: Caller, clock: FakeClock) -> None:
    await ready(keeper)
    key = await make(keeper, "read", expires_in=60)
    async with polling(keeper, PATH, key.text) as line:
        clock.advance(timedelta(seconds=60))
        clock.jump(-timedelta(hours=1))
        await make(keeper, "read")  # which loads all keys anew

        assert await line.ask() == 401


async def test_a_key_with_networks_is_looked_at_each_time(keeper: Caller) -> None:
    await ready(keeper)
    key = await make(keeper, "read", networks=["127.0.0.2/32"])
    async with (
        polling(keeper, PATH, key.text, source="127.0.0.2") as near,
        polling(keeper, PATH, key.text, source="127.0.0.3") as far,
    ):
        await near.warm()

        assert await far.ask() == 401


async def test_reads_from_memory_count_for_the_audit_as_others_do(
    keeper: Caller, clock: FakeClock
) -> None:
    await ready(keeper)
    key = await make(keeper, "read")
    async with polling(keeper, PATH, key.text) as line:
        for _ in range(10):
            await line.ask()
        await keeper.daemon.cores.rounds.run_once()
        clock.advance(timedelta(minutes=31))  # into another hour
        for _ in range(5):
            await line.ask()

    assert await counts(keeper, key.id) == [5, 10]


async def test_what_was_counted_when_the_daemon_stops_is_kept(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock) as first:
        await ready(first)
        key = await make(first, "read")
        async with polling(first, PATH, key.text) as line:
            for _ in range(10):
                await line.ask()

    async with daemon(tmp_path, weixin.url, clock=clock) as second:
        assert await counts(second, key.id) == [10]


async def ready(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()


async def counts(keeper: Caller, key: str) -> list[int]:
    await keeper.daemon.cores.rounds.run_once()
    entries = (await keeper.call("GET", f"/v1/audit?key={key}&action=credential.read")).result
    return [entry["count"] for entry in entries]
