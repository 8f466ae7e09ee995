"""Who made which calls through the gateway."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from tests.cli.commands import invoke
from tests.clock import FakeClock
from tests.house import APPID, Caller
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.errors import StorageError
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.gateway.usage import (
    KEPT,
    MOST_PATHS,
    MOST_REFUSED,
    OTHER,
    UsageMeter,
)
from wechat_scheduler.gateway.uses import UseFilter
from wechat_scheduler.storage.access.gateway_uses import SqlUsage
from wechat_scheduler.storage.database import Database

SHOP, CRM = "consumer/shop", "consumer/crm"
MENU, SEND = "/cgi-bin/menu/get", "/cgi-bin/message/template/send"


async def found(meter: UsageMeter, **wanted: str | int) -> list[tuple[str, str, int, int]]:
    uses = await meter.find(UseFilter(at=meter.today(), **wanted))  # type: ignore[arg-type]
    return [(use.caller, use.path, use.calls, use.errors) for use in uses]


async def test_calls_of_several_processes_add_up(database: Database) -> None:
    meters = [UsageMeter(SqlUsage(database), clock=FakeClock()) for _ in range(2)]
    for meter in meters:
        for caller, path, failed in ((SHOP, SEND, False), (SHOP, SEND, True), (CRM, MENU, False)):
            meter.count(caller, APPID, path, failed=failed)
        await meter.flush()

    assert await found(meters[0]) == [(SHOP, SEND, 4, 2), (CRM, MENU, 2, 0)]
    assert await found(meters[0], path=MENU) == [(CRM, MENU, 2, 0)]
    assert await found(meters[0], caller=SHOP, limit=1) == [(SHOP, SEND, 4, 2)]
    assert await found(meters[0], appid="wx2") == []


async def test_refused_calls_are_counted_beside_those_that_pass(database: Database) -> None:
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    refusal = CallerRefusedError(CallerRefusal.MINUTE, name="shop")
    meter.begin(SHOP, 2)
    meter.count(SHOP, APPID, SEND, failed=False)
    for _ in range(2):
        meter.refused(refusal, APPID, SEND)
        await meter.settle()

    (use,) = await meter.find(UseFilter(at=meter.today()))

    assert (use.calls, use.errors, use.refused) == (1, 0, 2)
    assert meter.begin(SHOP, 2) is None


async def test_a_day_begins_at_midnight_in_shanghai() -> None:
    clock = FakeClock(datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC))
    meter = UsageMeter(SqlUsage(memory_database()), clock=clock)
    meter.count(SHOP, APPID, MENU, failed=False)
    before = await found(meter)

    clock.advance(timedelta(seconds=1))

    assert before == [(SHOP, MENU, 1, 0)]
    assert await found(meter) == []


async def test_the_days_calls_are_those_that_all_processes_have_settled(database: Database) -> None:
    here, there = (UsageMeter(SqlUsage(database), clock=FakeClock()) for _ in range(2))
    made = [one.begin(SHOP, 2) for one in (here, there)]
    for one in (here, there):
        one.count(SHOP, APPID, MENU, failed=False)
    unsettled = [one.begin(SHOP, 2) for one in (here, there)]
    for one in (here, there, here):
        await one.settle()

    settled = [one.begin(SHOP, 2) for one in (here, there)]
    there.count(SHOP, APPID, MENU, failed=True)

    assert made == unsettled == [None, None]
    assert [pause is None for pause in settled] == [False, False]
    assert there.begin(SHOP, 4) is None
    assert here.begin(CRM, 1) is None


async def test_the_days_calls_are_known_after_a_restart(database: Database) -> None:
    before = UsageMeter(SqlUsage(database), clock=FakeClock())
    before.begin(SHOP)
    before.count(SHOP, APPID, MENU, failed=False)
    await before.flush()
    after = UsageMeter(SqlUsage(database), clock=FakeClock())
    await after.settle()

    assert after.begin(SHOP, 1) is not None
    assert after.begin(SHOP, 2) is None


async def test_calls_beyond_the_days_limit_wait_for_midnight_in_shanghai() -> None:
    clock = FakeClock(datetime(2026, 11, 18, 15, 0, tzinfo=UTC))  # 23:00 in Shanghai
    meter = UsageMeter(SqlUsage(memory_database()), clock=clock)
    first = [meter.begin(SHOP, 2) for _ in range(2)]  # none has ended yet
    meter.count(SHOP, APPID, MENU, failed=False)

    pause = meter.begin(SHOP, 2)
    clock.advance(timedelta(hours=1))

    assert first == [None, None]
    assert pause == timedelta(hours=1)
    assert meter.begin(SHOP, 2) is None
    assert meter.begin(SHOP, 2) is not None  # one of yesterday goes on


async def test_the_calls_of_both_days_are_known_when_the_clock_is_set_over_midnight_and_back() -> (
    None
):
    clock = FakeClock(datetime(2026, 11, 18, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    meter = UsageMeter(SqlUsage(memory_database()), clock=clock)
    for made in (2, 1):  # on the first day, and on the second one
        for _ in range(made):
            meter.begin(SHOP)
            meter.count(SHOP, APPID, MENU, failed=False)
        await meter.settle()
        meter.begin(SHOP)
        meter.count(SHOP, APPID, MENU, failed=False)  # not settled yet
        clock.jump(timedelta(minutes=1))

    known = []
    for minutes in (-2, 1):
        clock.jump(timedelta(minutes=minutes))
        known.append([meter.begin(SHOP, most) is None for most in (2, 3)])

    assert known == [[False, False], [False, True]]


async def test_a_settling_that_fails_forgets_no_call() -> None:
    database = memory_database()
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    meter.begin(SHOP)
    meter.count(SHOP, APPID, MENU, failed=False)
    database.down = True

    with pytest.raises(StorageError):
        await meter.settle()

    assert meter.begin(SHOP, 1) is not None


async def test_the_largest_users_of_a_path_are_named() -> None:
    meter = UsageMeter(SqlUsage(memory_database()), clock=FakeClock())
    for number in range(5):
        for _ in range(number + 1):
            meter.count(f"consumer/c{number}", APPID, SEND, failed=False)
    meter.count(SHOP, APPID, MENU, failed=False)

    largest = await meter.largest(APPID, SEND)

    assert [(use.caller, use.calls) for use in largest] == [
        ("consumer/c4", 5),
        ("consumer/c3", 4),
        ("consumer/c2", 3),
    ]


async def test_paths_without_end_are_one_row() -> None:
    database = memory_database()
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    for number in range(MOST_PATHS + 50):
        meter.count(SHOP, APPID, f"/cgi-bin/{number}", failed=True)

    assert (await found(meter))[0] == (SHOP, OTHER, 50, 50)
    assert len(await database.read("SELECT * FROM gateway_uses")) == MOST_PATHS + 1


async def test_accounts_without_end_that_a_consumer_may_not_use_are_one_row() -> None:
    database = memory_database()
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    refusal = CallerRefusedError(CallerRefusal.REACH, name="shop")
    for number in range(MOST_REFUSED + 50):
        meter.refused(refusal, f"wx{number}", MENU)

    (other, *_) = await meter.find(UseFilter(at=meter.today(), appid=OTHER))

    assert (other.caller, other.calls, other.refused) == (SHOP, 0, 50)
    assert len(await database.read("SELECT * FROM gateway_uses")) == MOST_REFUSED + 1


async def test_a_path_that_is_too_long_for_an_index_is_counted_with_the_others(
    database: Database,
) -> None:
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    meter.count(SHOP, APPID, f"/cgi-bin/{random.Random(1).randbytes(3000).hex()}", failed=True)
    meter.count(SHOP, APPID, MENU, failed=False)

    assert await found(meter) == [(SHOP, MENU, 1, 0), (SHOP, OTHER, 1, 1)]


async def test_nothing_is_lost_while_the_store_is_away() -> None:
    database: MemoryDatabase = memory_database()
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    meter.count(SHOP, APPID, MENU, failed=False)
    database.down = True
    with pytest.raises(StorageError):
        await meter.flush()
    meter.count(SHOP, APPID, MENU, failed=True)
    database.down = False

    assert await found(meter) == [(SHOP, MENU, 2, 1)]


async def test_the_route_and_the_command_show_it(keeper: Caller, clock: FakeClock) -> None:
    meter = keeper.daemon.cores.gateway.usage
    meter.count(SHOP, APPID, SEND, failed=False)
    meter.count(CRM, APPID, SEND, failed=True)
    meter.count(SHOP, APPID, SEND, failed=False)
    state = str(keeper.daemon.ground.config.state.dir)

    listed = (await keeper.call("GET", "/v1/usage?day=2026-11-18")).result
    yesterday = (await keeper.call("GET", "/v1/usage?day=2026-11-17")).result
    wrong = await keeper.call("GET", "/v1/usage?day=today")
    with structlog.testing.capture_logs():
        shown = await asyncio.to_thread(invoke, "consumers", "usage", "shop", "--state", state)

    use = {
        "day": "2026-11-18",
        "caller": SHOP,
        "appid": APPID,
        "path": SEND,
        "calls": 2,
        "errors": 0,
        "refused": 0,
    }
    assert listed == [use, use | {"caller": CRM, "calls": 1, "errors": 1}]
    assert yesterday == []
    assert wrong.json["message"] == "day: must be a day such as 2026-11-18"
    assert [line.split() for line in shown.out.splitlines()] == [
        ["CALLS", "ERRORS", "REFUSED", "CALLER", "APPID", "PATH"],
        ["2", "0", "0", SHOP, APPID, SEND],
    ]


async def test_old_days_are_forgotten(keeper: Caller, clock: FakeClock) -> None:
    meter = keeper.daemon.cores.gateway.usage
    meter.count(SHOP, APPID, SEND, failed=False)
    await meter.flush()

    clock.advance(KEPT + timedelta(days=2))
    await keeper.daemon.cores.pulse.run_once()
    await keeper.daemon.cores.rounds.run_once()

    assert await keeper.daemon.ground.database.read("SELECT * FROM gateway_uses") == []


async def test_the_usage_of_an_unknown_consumer_is_an_error(keeper: Caller) -> None:
    state = str(keeper.daemon.ground.config.state.dir)

    with structlog.testing.capture_logs():
        shown = await asyncio.to_thread(invoke, "consumers", "usage", "nobody", "--state", state)

    assert shown.code == 1
    assert "there is no consumer nobody" in shown.err
