"""What happened is counted by hour, by day, by account and for all together."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from tests.clock import FakeClock
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.errors import StorageError
from wechat_scheduler.statistics.egress import EgressWatch
from wechat_scheduler.statistics.meter import MOST_ACCOUNTS, MOST_ERRCODES, StatisticsMeter
from wechat_scheduler.statistics.model import (
    OTHER_ERRCODES,
    Counted,
    EgressAddress,
    StatisticsCount,
    StatisticsPeriod,
    StatisticsSpan,
)
from wechat_scheduler.statistics.periods import periods_of, total_of
from wechat_scheduler.storage.database import Database, Statement, each
from wechat_scheduler.storage.statistics import SqlEgress, SqlStatistics

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 18, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai


def meter_on(
    database: Database, clock: FakeClock | None = None, named: Collection[str] = ()
) -> StatisticsMeter:
    clock = clock or FakeClock(NOON)
    return StatisticsMeter(SqlStatistics(database), clock=clock, is_named=named.__contains__)


async def shown(
    meter: StatisticsMeter, clock: FakeClock, span: StatisticsSpan, number: int, *appids: str
) -> list[StatisticsPeriod]:
    counts = await meter.find(span, number, appids=appids or None)
    return periods_of(counts, span, number, clock.now())


async def test_the_numbers_of_several_processes_add_up(database: Database) -> None:
    clock = FakeClock(NOON)
    meters = [meter_on(database, clock) for _ in range(2)]
    for meter in meters:
        for _ in range(2):  # the second time, it is not the first of the hour
            meter.count(Counted.DELIVERED, "wx1", number=2)
            meter.count(Counted.DELIVERED, "wx2")
            meter.count(Counted.ERROR, "wx1", errcode="45009")
            await meter.flush()

    for meter in meters:
        for span in StatisticsSpan:
            (all_of_them,) = await shown(meter, clock, span, 1)
            (one,) = await shown(meter, clock, span, 1, "wx1")
            (both,) = await shown(meter, clock, span, 1, "wx1", "wx2")

            assert all_of_them.numbers == both.numbers == {Counted.DELIVERED: 12}
            assert one.numbers == {Counted.DELIVERED: 8}
            assert all_of_them.errors == one.errors == {"45009": 4}


async def test_what_is_not_stored_yet_is_shown() -> None:
    clock, database = FakeClock(NOON), memory_database()
    meter = meter_on(database, clock)
    meter.count(Counted.FIRED, "wx1")
    await meter.flush()
    meter.count(Counted.FIRED, "wx1")

    (all_of_them,) = await shown(meter, clock, StatisticsSpan.DAY, 1)
    (of_another,) = await shown(meter, clock, StatisticsSpan.DAY, 1, "wx2")

    assert all_of_them.numbers == {Counted.FIRED: 2}
    assert of_another.numbers == {}


async def test_hours_and_days_come_without_gaps_and_a_day_begins_in_shanghai() -> None:
    clock = FakeClock(datetime(2026, 11, 18, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    meter = meter_on(memory_database(), clock)
    meter.count(Counted.PUSHED, "")
    clock.advance(3 * HOUR)
    meter.count(Counted.PUSHED, "", number=5)

    hours = await shown(meter, clock, StatisticsSpan.HOUR, 5)
    days = await shown(meter, clock, StatisticsSpan.DAY, 3)

    assert [hour.numbers.get(Counted.PUSHED, 0) for hour in hours] == [0, 1, 0, 0, 5]
    assert hours[-1].at == datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert [day.numbers.get(Counted.PUSHED, 0) for day in days] == [0, 1, 5]
    assert days[-1].at == datetime(2026, 11, 18, 16, tzinfo=UTC)
    assert total_of(days)[0] == {Counted.PUSHED: 6}


async def test_nothing_is_lost_while_the_store_is_away() -> None:
    clock = FakeClock(NOON)
    database: MemoryDatabase = memory_database()
    meter = meter_on(database, clock)
    meter.count(Counted.REFRESHED, "wx1")
    database.down = True
    with pytest.raises(StorageError):
        await meter.flush()
    meter.count(Counted.REFRESHED, "wx1")
    database.down = False

    await meter.flush()

    (hour,) = await shown(meter, clock, StatisticsSpan.HOUR, 1)
    assert hour.numbers == {Counted.REFRESHED: 2}


async def test_accounts_without_end_take_a_bounded_number_of_rows() -> None:
    clock, database = FakeClock(NOON), memory_database()
    meter = meter_on(database, clock, named=["wx_of_a_key"])
    for number in range(MOST_ACCOUNTS + 50):
        meter.count(Counted.REFRESHED, f"wx{number}")
    meter.count(Counted.REFRESHED, "wx_of_a_key")
    await meter.flush()

    (last,) = await shown(meter, clock, StatisticsSpan.HOUR, 1, f"wx{MOST_ACCOUNTS}")
    (named,) = await shown(meter, clock, StatisticsSpan.HOUR, 1, "wx_of_a_key")
    (all_of_them,) = await shown(meter, clock, StatisticsSpan.HOUR, 1)

    assert last.numbers == {}
    assert named.numbers == {Counted.REFRESHED: 1}
    assert all_of_them.numbers == {Counted.REFRESHED: MOST_ACCOUNTS + 51}
    assert len(await database.read("SELECT * FROM statistics")) == 2 * (MOST_ACCOUNTS + 2)


async def test_errcodes_without_end_become_one() -> None:
    clock = FakeClock(NOON)
    meter = meter_on(memory_database(), clock)
    for errcode in range(MOST_ERRCODES + 7):
        meter.count(Counted.ERROR, "", errcode=str(errcode))
    (hour,) = await shown(meter, clock, StatisticsSpan.HOUR, 1)
    clock.advance(HOUR)
    meter.count(Counted.ERROR, "", errcode="later")

    hours = await shown(meter, clock, StatisticsSpan.HOUR, 2)

    assert len(hour.errors) == MOST_ERRCODES + 1
    assert hour.errors[OTHER_ERRCODES] == 7
    assert hours[1].errors == {"later": 1}


@pytest.mark.parametrize("damaged", [2**63 - 1, 2**54, -1])
async def test_a_damaged_number_is_replaced_by_the_next(database: Database, damaged: int) -> None:
    clock = FakeClock(NOON)
    meter = meter_on(database, clock)
    for what in (Counted.DEAD, Counted.MISSED):
        meter.count(what, "")
    await meter.flush()
    spoil = Statement("UPDATE statistics SET number = $1 WHERE what = 'dead'", (damaged,))
    await database.write(lambda: each([spoil]))

    (spoilt,) = await shown(meter, clock, StatisticsSpan.HOUR, 1)
    meter.count(Counted.DEAD, "", number=3)
    await meter.flush()
    (mended,) = await shown(meter, clock, StatisticsSpan.HOUR, 1)

    assert spoilt.numbers == {Counted.MISSED: 1}
    assert mended.numbers == {Counted.MISSED: 1, Counted.DEAD: 3}


async def test_the_last_address_of_each_machine_is_kept(database: Database) -> None:
    clock, store = FakeClock(NOON), SqlEgress(database)
    here, there = (EgressWatch(store, host=host, clock=clock) for host in ("here", "there"))
    here.note("203.0.113.7")
    there.note("203.0.113.8")
    await there.flush()
    clock.advance(HOUR)
    here.note("203.0.113.9")

    found = await here.find()

    assert found == [
        EgressAddress(host="here", address="203.0.113.9", seen_at=NOON + HOUR),
        EgressAddress(host="there", address="203.0.113.8", seen_at=NOON),
    ]


def test_tallies_of_periods_that_are_not_shown_are_left_out() -> None:
    old = StatisticsCount(
        appid="",
        span=StatisticsSpan.HOUR,
        at=NOON - 9 * HOUR,
        what=Counted.FIRED,
        errcode="",
        number=1,
    )

    periods = periods_of([old], StatisticsSpan.HOUR, 2, NOON)

    assert [period.numbers for period in periods] == [{}, {}]
