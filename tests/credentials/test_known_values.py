"""Tests of the values that callers show."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.credentials.office import LIFE, TICKET, TOKEN, Office
from wechat_scheduler.credentials.known_values import KINDS, OVERLAP, JobValues, KnownValues
from wechat_scheduler.credentials.model import JobKey, Snapshot
from wechat_scheduler.errors import StorageError


@dataclass(slots=True, kw_only=True)
class HeldValues:
    """The values of a store that answers once it is `free`."""

    values: JobValues
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self, key: JobKey) -> Snapshot | None:
        await self.free.wait()
        return await self.values.load(key)

    async def page(self, after: JobKey, *, limit: int) -> Sequence[Snapshot]:
        await self.free.wait()
        return await self.values.page(after, limit=limit)

    async def release(self) -> None:
        self.free.set()


@dataclass(slots=True, kw_only=True)
class CountedValues:
    """Counts how often all values are read, each time in the time that it `takes`."""

    values: JobValues
    clock: FakeClock
    takes: timedelta = timedelta(0)
    reads: int = 0

    async def load(self, key: JobKey) -> Snapshot | None:
        return await self.values.load(key)

    async def page(self, after: JobKey, *, limit: int) -> Sequence[Snapshot]:
        if after == JobKey("", KINDS[0]):
            self.reads += 1
            self.clock.advance(self.takes)
        return await self.values.page(after, limit=limit)


@pytest.fixture
async def known(office: Office) -> KnownValues:
    """The values of an office that keeps a token and a ticket."""
    found = KnownValues(office.store.values, clock=office.clock)
    office.manager.on_value(found.hold)
    await office.register(TOKEN, TICKET)
    await office.settle()
    return found


async def test_the_current_value_is_known_and_others_are_not(known: KnownValues) -> None:
    assert await known.job_of("access_token-1") == TOKEN
    assert await known.job_of("access_token-2") is None
    assert await known.job_of("jsapi_ticket-1") is None  # no token: nothing is called with it


async def test_a_replaced_value_is_known_for_five_minutes_more(
    known: KnownValues, office: Office
) -> None:
    await office.manager.refresh(TOKEN)
    await office.settle()

    found = [await known.job_of(f"access_token-{number}") for number in (1, 2)]
    office.clock.advance(OVERLAP)
    later = [await known.job_of(f"access_token-{number}") for number in (1, 2)]

    assert found == [TOKEN, TOKEN]
    assert later == [None, TOKEN]


async def test_a_replaced_value_that_was_reported_as_dead_is_known_until_its_expiry(
    known: KnownValues, office: Office
) -> None:
    office.clock.advance(timedelta(minutes=1))  # reports of younger values are believed later
    await office.manager.report(TOKEN, "access_token-1")
    await office.settle()

    found = []
    for delay in (
        timedelta(0),
        OVERLAP,
        LIFE - OVERLAP - timedelta(minutes=2),
        timedelta(minutes=1),
    ):
        office.clock.advance(delay)
        found.append(await known.job_of("access_token-1"))

    assert found == [TOKEN, TOKEN, TOKEN, None]


async def test_however_often_a_value_is_found_dead_the_first_is_known_until_its_expiry(
    known: KnownValues, office: Office
) -> None:
    for number in range(20):
        office.clock.advance(timedelta(minutes=1))
        await office.manager.report(TOKEN, f"access_token-{number + 1}")
        await office.settle()

    found = [await known.job_of(f"access_token-{number}") for number in (1, 2, 20, 21, 22)]

    assert found == [TOKEN, TOKEN, TOKEN, TOKEN, None]


async def test_a_value_is_known_until_its_expiry(known: KnownValues, office: Office) -> None:
    office.clock.advance(LIFE)

    assert await known.job_of("access_token-1") is None


async def test_a_value_from_before_a_restart_is_read_from_the_store(
    known: KnownValues, office: Office
) -> None:
    after = KnownValues(office.store.values, clock=office.clock)

    found = await after.job_of("access_token-1")

    assert found == TOKEN


async def test_all_who_ask_while_the_store_is_read_wait_for_it(
    known: KnownValues, office: Office
) -> None:
    held = HeldValues(values=office.store.values)
    after = KnownValues(held, clock=office.clock)

    async with asyncio.TaskGroup() as group:
        asking = [group.create_task(after.job_of("access_token-1")) for _ in range(3)]
        group.create_task(held.release())

    assert [one.result() for one in asking] == [TOKEN] * 3


async def test_a_store_that_was_away_is_read_for_the_next_who_asks(
    known: KnownValues, office: Office
) -> None:
    after = KnownValues(office.store.values, clock=office.clock)
    office.database.down = True
    with pytest.raises(StorageError):
        await after.job_of("access_token-1")
    office.database.down = False

    assert await after.job_of("access_token-1") == TOKEN


async def test_the_store_is_read_for_unknown_values_once_and_again_after_a_gap_in_the_signals(
    known: KnownValues, office: Office
) -> None:
    counted = CountedValues(values=office.store.values, clock=office.clock)
    after = KnownValues(counted, clock=office.clock)

    for _ in range(3):
        await after.job_of("unknown")
        office.clock.advance(timedelta(hours=1))
    once = counted.reads
    await after.look_again(None)
    for _ in range(3):
        await after.job_of("unknown")

    assert (once, counted.reads) == (1, 2)


async def test_callers_without_proof_have_the_store_read_for_a_tenth_of_the_time_at_most(
    known: KnownValues, office: Office
) -> None:
    counted = CountedValues(
        values=office.store.values, clock=office.clock, takes=timedelta(seconds=2)
    )
    after = KnownValues(counted, clock=office.clock)

    for _ in range(100):  # gaps without end, a second from one to the next
        await after.look_again(None)
        await after.job_of("unknown")
        office.clock.advance(timedelta(seconds=1))

    assert counted.reads == 6


async def test_a_signal_that_cannot_be_followed_has_the_store_read_for_the_next_who_asks(
    known: KnownValues, office: Office
) -> None:
    after = KnownValues(office.store.values, clock=office.clock)
    await after.job_of("unknown")
    await office.manager.refresh(TOKEN)
    await office.settle()
    office.database.down = True
    with pytest.raises(StorageError):
        await after.look_again(TOKEN)
    office.database.down = False

    assert await after.job_of("access_token-2") == TOKEN


async def test_a_value_of_another_daemon_is_known_once_it_signals_it(
    known: KnownValues, office: Office
) -> None:
    after = KnownValues(office.store.values, clock=office.clock)
    await after.job_of("unknown")
    await office.manager.refresh(TOKEN)
    await office.settle()

    await after.look_again(TOKEN)

    assert await after.job_of("access_token-2") == TOKEN


async def test_the_values_of_a_removed_job_are_unknown(known: KnownValues, office: Office) -> None:
    await office.manager.remove(TOKEN, owner="")

    assert await known.job_of("access_token-1") is None
