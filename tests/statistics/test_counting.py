"""The daemon counts what its cores do, and shows it to each key as far as the key reaches."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon, in_memory, wechat
from tests.reminders.remembering import draft
from tests.sending.town import Town, town
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.statistics.model import StatisticsSpan

OTHER = "wx4444444444444444"
SEND = "/cgi-bin/message/template/send"


async def numbers(caller: Caller, query: str = "", **options: Any) -> dict[str, int]:
    """Those that are not 0, with the errors."""
    result = (await caller.call("GET", f"/v1/statistics{query}", **options)).result
    found = {name: number for name, number in result["total"].items() if number}
    return found | result["errors"]


async def send(place: Town, uid: str) -> None:
    content = Content(way=Way.TEMPLATE, title="hello", data={"thing1": "coffee"})
    await place.sending.put(await place.sending.prepare(place.app, content, names=[uid]))


async def key_for(caller: Caller, **limits: Any) -> str:
    body = {"name": "shop", "scopes": ["read"]} | limits
    return str((await caller.call("POST", "/v1/keys", body=body)).result["key"])


async def test_a_day_in_numbers(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory) as place:
        uids = [await place.follow() for _ in range(3)]
        place.wechat.sandbox.script_receipts(APPID, "failed:user block")
        place.wechat.sandbox.script(SEND, errcode=40036)
        for uid in uids:
            await send(place, uid)
        await place.settle()
        noon = place.clock.now() + timedelta(hours=1)
        await place.desk.create(draft(noon, app_id=place.app.id, owner=uids[0]))
        place.clock.advance_to(noon)
        await place.settle()

        found = await numbers(place.caller)
        assert found == {
            "refreshed": 1,
            "pushed": 6,  # three followed, and three receipts came
            "accepted": 3,
            "delivered": 2,
            "dead": 2,  # one refused, one not received
            "fired": 1,
            "40036": 1,
            "none": 1,  # of the one not received
        }
        assert await numbers(place.caller, f"?appid={APPID}&hours=2") == found
        assert await numbers(place.caller, "?days=1") == found
        assert await numbers(place.caller, f"?appid={OTHER}") == {}


async def test_a_refusal_of_the_address_is_counted_and_the_address_is_kept(
    keeper: Caller, weixin: Any
) -> None:
    weixin.sandbox.whitelist(APPID, ["203.0.113.7"])
    await keeper.register({"type": 0})
    await keeper.settle()

    (seen,) = await keeper.daemon.cores.statistics.egress.find()

    assert seen.address == "127.0.0.1"
    assert await numbers(keeper) == {"refresh_failed": 1, "40164": 1}


async def test_a_refresh_that_waits_for_its_parent_is_no_failure(keeper: Caller) -> None:
    await keeper.register({"type": 0}, {"type": 1}, appsecret="wrong")
    await keeper.settle()

    found = await numbers(keeper)

    assert found == {"refresh_failed": 1, "40125": 1}


async def test_a_refresh_that_waits_for_its_input_is_no_failure(keeper: Caller) -> None:
    await keeper.register({"type": 3})
    await keeper.settle()

    assert await numbers(keeper) == {}


async def test_a_refresh_that_brings_the_same_value_again_is_not_counted(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()

    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await keeper.settle()

    assert await numbers(keeper) == {"refreshed": 1}


async def test_a_limited_key_sees_its_own_accounts(keeper: Caller) -> None:
    for appid in (APPID, OTHER):
        await keeper.register({"type": 0}, appid=appid)
    await keeper.settle()
    both = await key_for(keeper, appids=[APPID, OTHER])
    one = await key_for(keeper, appids=[APPID])

    refused = await keeper.call("GET", f"/v1/statistics?appid={OTHER}", key=one)

    assert await numbers(keeper) == {"refreshed": 2}
    assert await numbers(keeper, key=both) == {"refreshed": 2}
    assert await numbers(keeper, key=one) == {"refreshed": 1}
    assert await numbers(keeper, f"?appid={OTHER}", key=both) == {"refreshed": 1}
    assert (refused.status, refused.json["reason"]) == (403, "key.reach")


async def test_a_wrong_number_of_periods_is_refused(keeper: Caller) -> None:
    asked = ("hours=0", "hours=49", "days=401", "days=x", "hours=1&days=1")

    said = {
        query: (await keeper.call("GET", f"/v1/statistics?{query}")).json["message"]
        for query in asked
    }

    assert said == {
        "hours=0": "hours: must be a number from 1 to 48",
        "hours=49": "hours: must be a number from 1 to 48",
        "days=401": "days: must be a number from 1 to 400",
        "days=x": "days: must be a number from 1 to 400",
        "hours=1&days=1": "days: cannot come with hours: give one of the two",
    }


async def test_a_stop_stores_the_numbers_and_the_next_start_shows_them(tmp_path: Path) -> None:
    clock = FakeClock()
    async with wechat(clock) as upstream:
        async with daemon(tmp_path / "state", upstream.url, clock=clock) as before:
            await before.register({"type": 0})
            await before.settle()
        async with daemon(tmp_path / "state", upstream.url, clock=clock) as after:
            assert await numbers(after) == {"refreshed": 1}


async def test_old_periods_are_forgotten(keeper: Caller, clock: FakeClock) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    database, cores = keeper.daemon.ground.database, keeper.daemon.cores
    left = []
    for span in StatisticsSpan:
        await cores.rounds.run_once()
        clock.advance((span.most + 2) * span.lasts)
        await cores.pulse.run_once()
        await cores.rounds.run_once()
        left.append({row["span"] for row in await database.read("SELECT span FROM statistics")})

    assert left == [{"day"}, set()]
