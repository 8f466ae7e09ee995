"""Very many rows of one account or app are due; what another one has is handled in the next turns of the loop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.sending.town import Town, town
from tests.stores.floods import flood
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.delivery.model import Content, DeliveryState
from wechat_scheduler.pushes.model import Event
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.storage.database import Row

MANY = 20_000
MINUTE = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Place:
    town: Town
    database: MemoryDatabase
    uid: str

    async def rows(self, sql: str) -> list[Row]:
        return list(await self.database.read(sql))


async def a_credential(place: Place) -> Callable[[], Awaitable[bool]]:
    await place.town.caller.register({"type": 0}, appid="wx7777777777777777")

    async def is_there() -> bool:
        job = await place.town.caller.job("appid=wx7777777777777777")
        return bool(job["state"] == "fresh")

    return is_there


async def an_event(place: Place) -> Callable[[], Awaitable[bool]]:
    now = place.town.clock.now()
    event = Event(
        appid="wx7", name="unauthorized", authorizer="wx8", code="", code_until=now, happened_at=now
    )
    await place.town.stores.events.put(event, now=now)

    async def is_done() -> bool:
        (row,) = await place.rows("SELECT state FROM events WHERE appid = 'wx7'")
        return bool(row["state"] == "done")

    return is_done


async def a_reminder(place: Place) -> Callable[[], Awaitable[bool]]:
    now = place.town.clock.now()
    reminder = Reminder(
        app_id=place.town.app.id, source="test", title="浇花", start=now + MINUTE, created_at=now
    )
    await place.town.desk.create(reminder, [place.uid])
    place.town.clock.advance(MINUTE)

    async def has_fired() -> bool:
        return bool(await place.town.deliveries(app_id=place.town.app.id))

    return has_fired


async def a_message(place: Place) -> Callable[[], Awaitable[bool]]:
    order = await place.town.sending.prepare(
        place.town.app, Content(title="hello", text="there"), names=[place.uid]
    )
    await place.town.sending.put(order)

    async def has_gone() -> bool:
        (delivery,) = await place.town.deliveries(message_id=order.message.id)
        return delivery.state is DeliveryState.ACCEPTED

    return has_gone


# By the loop: the table whose rows it claims, and what a healthy one has.
FLOODED: dict[str, tuple[str, Callable[[Place], Awaitable[Callable[[], Awaitable[bool]]]]]] = {
    "refreshing": ("jobs", a_credential),
    "hearing": ("events", an_event),
    "reminding": ("reminders", a_reminder),
    "dispatching": ("deliveries", a_message),
}
# Of jobs, the first claim of a flood finds the flood alone.
TURNS = {"refreshing": 2}


@pytest.mark.parametrize("name", FLOODED)
async def test_one_row_is_handled_beside_twenty_thousand_of_another_account(
    tmp_path: Path, name: str
) -> None:
    database = memory_database()

    async def opener(url: str, **_: Any) -> MemoryDatabase:
        return database

    async with town(tmp_path, clock=FakeClock(), opener=opener) as made:
        table, healthy = FLOODED[name]
        place = Place(town=made, database=database, uid=await made.follow())
        (loop,) = [each for each in made.caller.daemon.loops if each.name == name]
        assert loop.turn is not None
        database.run(flood(table, MANY, made.clock.now() - MINUTE))

        is_served = await healthy(place)
        for _ in range(TURNS.get(name, 1)):
            await loop.turn()

        assert await is_served()


async def test_each_loop_over_rows_is_flooded(tmp_path: Path) -> None:
    async with town(tmp_path) as made:
        names = {loop.name for loop in made.caller.daemon.loops if loop.claims is not None}

    assert names == set(FLOODED)
