"""A day in which everything that can hang hangs in turn: `pytest -s tests/endurance/hanging.py`.

Time is moved by the test; only calls that hang take real time, until they are given up.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from tests.business import Business
from tests.clock import FakeClock
from tests.sending.town import Town, town
from tests.unfair.neighbours import EVER, TEXTS
from wechat_scheduler.audience.app_events import Wrote
from wechat_scheduler.delivery.model import Content, DeliveryState

STEP = timedelta(minutes=10)
STABLE = "/cgi-bin/stable_token"
SETTINGS = {"callbacks__timeout": "400ms", "wechat__timeout": "400ms", "callbacks__slots": 8}
SICK = tuple(f"wx{number:016d}" for number in range(12))
WELL = tuple(f"wx{number:016d}" for number in range(100, 104))


@dataclass(slots=True)
class Day:
    town: Town
    sick: Business
    well: Business
    person: str
    texts_hang: bool = False
    sent: list[int] = field(default_factory=list)

    async def live(self, hours: int) -> None:
        """Each ten minutes every healthy credential is fetched, and a message is sent."""
        for _ in range(timedelta(hours=hours) // STEP):
            self.town.clock.advance(STEP)
            order = await self.town.sending.prepare(
                self.town.app, Content(title="hello"), names=[self.person]
            )
            await self.town.sending.put(order)
            await self.town.sending.tell(
                self.town.app,
                Wrote(uid=self.person, content="hello", at=self.town.clock.now()),
                event_id=str(order.message.id),
            )
            if not self.texts_hang:  # such a text may have arrived, and is given up
                self.sent.append(order.message.id)
            await self.town.settle()
            for appid in WELL:
                answer = await self.town.caller.fetch(f"{appid}/0")
                assert answer.status == 200, answer.json

    async def delivered(self) -> bool:
        states = [
            delivery.state
            for number in self.sent
            for delivery in await self.town.deliveries(message_id=number)
        ]
        return all(state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED) for state in states)


@asynccontextmanager
async def day(state: Path) -> AsyncIterator[Day]:
    async with (
        Business() as sick,
        Business() as well,
        town(state, clock=FakeClock(), **SETTINGS) as place,
    ):
        for appid in SICK:
            await place.caller.register({"type": 0, "notify": sick.url("/n")}, appid=appid)
        for appid in WELL:
            await place.caller.register({"type": 0, "notify": well.url("/n")}, appid=appid)
        app = replace(place.app, callback=sick.url("/callback"))
        place.app = await place.directory.change_app(app.id, lambda _: app)
        await place.settle()
        try:
            yield Day(town=place, sick=sick, well=well, person=await place.follow())
        finally:
            sick.release()
            place.wechat.sandbox.stopped.set()


def business_hangs(place: Day) -> None:
    place.sick.script(place.sick.hang, times=EVER)


def tokens_of_some_accounts_hang(place: Day) -> None:
    for appid in SICK:
        place.town.wechat.sandbox.script(STABLE, appid=appid, times=None, hang=True)


def texts_hang(place: Day) -> None:
    place.texts_hang = True
    place.town.wechat.sandbox.script(TEXTS, times=None, hang=True)


TURNS: tuple[Callable[[Day], None], ...] = (
    business_hangs,
    tokens_of_some_accounts_hang,
    texts_hang,
)


async def test_a_day_in_which_everything_hangs_in_turn_leaves_the_healthy_fresh(
    tmp_path: Path,
) -> None:
    async with day(tmp_path) as place:
        for hang in TURNS:
            hang(place)
            await place.live(4)
            print(f"{hang.__name__}: {len(place.sick.calls)} calls of the sick so far")
            place.town.wechat.sandbox.clear_scripts()
            place.sick.recover()
            place.texts_hang = False
            await place.live(4)

        assert await place.delivered()
        told = {call.json["access_token"] for call in place.well.calls if call.path == "/n"}
        held = {await place.town.caller.value(f"{appid}/0") for appid in WELL}
        assert held <= told
