"""What a process has to read again: it heard of a change, or stood still. The store may not answer then."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import START, FakeClock
from tests.credentials.office import TICKET, TOKEN, USER, Office, register_user, value
from tests.watched_clock import WatchedClock
from wechat_scheduler.credentials import rereads
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import JobKey, Snapshot
from wechat_scheduler.credentials.rereads import READ_AGAIN, Rereads
from wechat_scheduler.credentials.standstill import STANDSTILL, Standstill
from wechat_scheduler.errors import StorageError

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("said", [TOKEN, None])
async def test_what_was_heard_of_while_the_store_was_down_is_handed_out_once_it_is_back(
    office: Office, said: JobKey | None
) -> None:
    await register_user(office, USER)
    await office.register(TOKEN)
    await office.settle()
    await value(office, USER)
    await value(office)
    await office.store.hasten(TOKEN, now=office.clock.now())
    (job,) = await office.store.claim(now=office.clock.now(), limit=1, lease=HOUR)
    outcome = await office.refresher.attempt(job)
    await office.store.save(outcome, now=office.clock.now())
    office.database.down = True

    async with asyncio.TaskGroup() as group:
        group.create_task(office.manager.heard(said))
        await office.clock.calm()
        office.database.down = False
        office.clock.advance(READ_AGAIN)

    assert await value(office) == "access_token-2"


class Shelf:
    """Jobs in memory, and a store that says that it holds `changed` otherwise."""

    def __init__(self, *keys: JobKey) -> None:
        self.clock = WatchedClock()
        self.cells = {key: Cell(key) for key in keys}
        for key, cell in self.cells.items():
            cell.hold(Snapshot(key=key, credential=None, fault=None, due_at=START), self.clock)
        self.changed_now = set(keys)
        self.is_down = False
        self.asked: list[JobKey] = []
        self.read: list[JobKey] = []
        self.believed: list[JobKey] = []
        self.later: list[Coroutine[Any, Any, None]] = []
        self.rereads = Rereads(
            self, self.cells, self.reload, self.believed.append, self.clock, self.background
        )
        self.on_read: Callable[[], object] = lambda: None

    async def changed(self, known: Sequence[Snapshot]) -> Sequence[JobKey]:
        self.asked += [one.key for one in known]
        if self.is_down:
            raise StorageError("down")
        return [one.key for one in known if one.key in self.changed_now]

    def background(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self.later.append(work)

    async def reload(self, key: JobKey) -> None:
        if self.is_down:
            raise StorageError("down")
        self.read.append(key)
        await asyncio.sleep(0)  # noqa: TID251 - others have their turn
        self.on_read()


async def test_only_those_that_changed_are_read_and_the_others_are_believed() -> None:
    shelf = Shelf(TOKEN, TICKET)
    shelf.changed_now = {TICKET}

    await shelf.rereads.read_all()

    assert (shelf.read, shelf.believed) == ([TICKET], [TOKEN])


async def test_while_the_store_is_down_all_are_asked_for_again() -> None:
    shelf = Shelf(TOKEN, TICKET)
    shelf.is_down = True

    async with asyncio.TaskGroup() as group:
        group.create_task(shelf.rereads.read_all())
        await shelf.clock.calm()
        shelf.is_down = False
        shelf.clock.advance(READ_AGAIN)

    assert shelf.read == [TOKEN, TICKET]


async def test_what_this_process_changed_is_read_as_soon_as_the_store_is_back() -> None:
    shelf = Shelf(TOKEN)
    shelf.is_down = True

    with pytest.raises(StorageError):
        await shelf.rereads.read_own(TOKEN)
    async with asyncio.TaskGroup() as group:
        for work in shelf.later:
            group.create_task(work)
        await shelf.clock.calm()
        shelf.is_down = False
        shelf.clock.advance(READ_AGAIN)

    assert shelf.read == [TOKEN]


async def test_a_job_that_is_said_to_have_changed_ever_so_often_is_asked_for_once_a_second() -> (
    None
):
    shelf = Shelf(TOKEN)
    shelf.is_down = True

    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(shelf.rereads.read(TOKEN))
        await shelf.clock.calm()
        asked = len(shelf.asked)
        shelf.is_down = False
        shelf.clock.advance(READ_AGAIN)

    assert asked == 1
    assert shelf.read == [TOKEN]


async def test_however_often_all_are_to_be_read_again_each_has_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rereads, "PART", 1)
    shelf = Shelf(TOKEN, TICKET, USER)
    calls = iter(range(4))

    async with asyncio.TaskGroup() as group:

        def again() -> None:
            if next(calls, None) is not None:
                group.create_task(shelf.rereads.read_all())

        shelf.on_read = again
        await shelf.rereads.read_all()

    assert shelf.read[:3] == [TOKEN, TICKET, USER]


def test_a_job_is_doubted_after_a_standstill_until_it_was_read() -> None:
    clock, stood = FakeClock(), list[bool]()
    standstill = Standstill(lambda: [TOKEN, TICKET], clock)
    standstill.on_standstill(lambda: stood.append(True))

    before = standstill.doubts(TOKEN)
    clock.advance(STANDSTILL + READ_AGAIN)
    doubts = [standstill.doubts(TOKEN) for _ in range(2)]
    believed = standstill.believes(TOKEN)
    clock.advance(STANDSTILL)
    again = standstill.doubts(TOKEN)
    standstill.believe(TOKEN)

    assert not before
    assert doubts == [True, False]  # callers do not wait each time
    assert not believed
    assert again
    assert standstill.believes(TOKEN)
    assert not standstill.believes(TICKET)
    assert stood == [True]
