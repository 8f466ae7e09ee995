"""A node that loses the database while it stores an outcome stores it again, and does nothing twice."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.cluster.conftest import Cluster, WrongClock
from tests.house import APPID, Caller, WeChat
from tests.sending.town import Town, settled_in
from tests.wire import Wire, wired
from wechat_scheduler.daemon.delivery import lease_of
from wechat_scheduler.engine import clockwork
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.clockwork import LONGEST_SLEEP, Clockwork
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.postgres import change_listener
from wechat_scheduler.storage.postgres.database import STATEMENT_TIMEOUT

PATH = f"{APPID}/0"
SOON, SHORTLY = timedelta(seconds=10), timedelta(seconds=1)
TOKEN, SENDS = "/cgi-bin/token", "/cgi-bin/message/template/send"
ROTATING = {"wechat__access_token_endpoint": "token"}
LOSSES: dict[str, Callable[[Wire], None]] = {
    "before the commit arrived": lambda wire: wire.lose_commit(reaches=False, closes=True),
    "before it was answered": lambda wire: wire.lose_commit(reaches=True, closes=True),
    "silent before the commit": lambda wire: wire.lose_commit(reaches=False, closes=False),
    "silent after the commit": lambda wire: wire.lose_commit(reaches=True, closes=False),
    "before the transaction began": Wire.cut,
}


class Losing:
    """A `Work` that loses the database when it has something to store, once."""

    def __init__(self, node: Caller, work: str, wire: Wire, lose: Callable[[Wire], None]) -> None:
        self._work = getattr(node.daemon.cores, work).clockwork._work
        self._wire = wire
        self._database: Any = node.daemon.ground.database
        self._losses = [lose]
        self.has_failed = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

    async def finish(self, outcome: Any) -> None:
        for lose in self._losses:
            lose(self._wire)
        self._losses = []
        patience = 0.2
        while True:
            is_short = self._wire.will_be_silent
            self._database.patience = patience if is_short else STATEMENT_TIMEOUT
            try:
                return await self._work.finish(outcome)
            except StorageError:
                self._database.patience = STATEMENT_TIMEOUT
                if not self._wire.will_be_silent:
                    self.has_failed.set()
                    self._wire.heal()
                    raise
                patience *= 2  # on a slow machine a statement before the COMMIT ended


@pytest.fixture
async def wire(database_url: str) -> AsyncIterator[Wire]:
    async with wired(database_url) as wire:
        yield wire


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockwork, "STORE_PAUSE", timedelta(milliseconds=20))
    # What it says to itself is not to be the COMMIT that is lost.
    monkeypatch.setattr(change_listener, "PING_EVERY", timedelta(days=1))


async def quiet(node: Caller) -> None:
    """Return once the node has said to itself what it says at its start."""
    assert await node.daemon.ground.database.hears()


async def turn(node: Caller, losing: Losing) -> None:
    """One pass of the loop."""
    await quiet(node)
    loop: Clockwork[Any, Any] = Clockwork(losing, clock=node.daemon.ground.clock, slots=4)
    assert await loop.run_once() == 1
    assert losing.has_failed.is_set()


async def test_a_value_that_wechat_gave_is_stored_without_asking_again(
    node: Cluster, wire: Wire, weixin: WeChat
) -> None:
    async with node("near") as near, node("far", database=wire.url, **ROTATING) as far:
        await far.register({"type": 0})
        await far.settle()
        for number, (loss, lose) in enumerate(LOSSES.items(), start=2):
            await far.call("POST", f"/task/{PATH}/refresh")

            await turn(far, Losing(far, "credentials", wire, lose))

            value = await far.value(PATH)
            await near.settle()
            await far.settle()
            assert weixin.sandbox.calls(TOKEN) == number, loss
            assert value == await far.value(PATH) == await near.value(PATH), loss
            assert (await near.fetch(PATH)).headers["ETag"] == f'"{number}"', loss


async def test_a_value_whose_claim_another_node_has_taken_over_is_dropped(
    node: Cluster, wire: Wire, weixin: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock(SystemClock().now())
    async with (
        node("near", clock=clock, **ROTATING) as near,
        node("far", clock=clock, database=wire.url, **ROTATING) as far,
    ):
        lease = far.daemon.ground.config.refresh.lease
        monkeypatch.setattr(clockwork, "STORE_PAUSE", 2 * lease)
        await far.register({"type": 0})
        losing = Losing(far, "credentials", wire, LOSSES["before the commit arrived"])

        async with asyncio.TaskGroup() as group:
            group.create_task(turn(far, losing))
            await losing.has_failed.wait()
            await clock.asleep()
            clock.advance(lease)
            async with asyncio.timeout(60):  # the server holds the row until it has seen the cut
                while weixin.sandbox.calls(TOKEN) < 2:
                    await near.settle()
            clock.advance(lease)
        await far.daemon.cores.credentials.manager.changed_elsewhere(None)
        await far.settle()

        assert weixin.sandbox.calls(TOKEN) == 2
        assert await far.value(PATH) == await near.value(PATH)


@pytest.mark.parametrize("work", ["delivery", "reminders"])
async def test_a_message_is_shown_once(
    node: Cluster, wire: Wire, weixin: WeChat, work: str
) -> None:
    clock = WrongClock(timedelta(0))
    async with node("far", database=wire.url, clock=clock) as far:
        town = await settled_in(weixin, far, clock)
        uid = await town.follow()
        for number, (loss, lose) in enumerate(LOSSES.items(), start=1):
            await SENDERS[work](town, uid)
            clock.ahead += 2 * SOON

            await turn(far, Losing(far, work, wire, lose))
            await far.settle()

            assert len(await town.arrived(uid)) == number, loss
        states = [(one.state.value, one.tries) for one in await town.deliveries()]
        assert states == [("accepted", 1)] * len(LOSSES)


@pytest.mark.parametrize(("work", "is_cut"), [("delivery", False), ("reminders", True)])
async def test_what_was_stored_leaves_soon_though_the_daemon_that_took_it_got_no_answer(
    node: Cluster, wire: Wire, weixin: WeChat, work: str, is_cut: bool
) -> None:
    async with node("near") as near, node("far", database=wire.url) as far:
        town = await settled_in(weixin, far, far.daemon.ground.clock)
        openid = await town.openid(await town.follow("o-one"))
        await quiet(far)
        async with sleeping(near if is_cut else far):
            wire.lose_commit(reaches=True, closes=True)
            await SENDERS[work](town, openid, after=SHORTLY, status=503)
            if is_cut:
                wire.cut()

            async with asyncio.timeout(LONGEST_SLEEP.total_seconds() / 2):
                while not town.people.arrived(APPID, openid):
                    await SystemClock().sleep(timedelta(milliseconds=20))


async def test_a_job_whose_removal_was_not_answered_is_handed_out_no_more(
    node: Cluster, wire: Wire
) -> None:
    async with node("far", database=wire.url) as far:
        await far.register({"type": 0})
        await far.settle()
        await far.value(PATH)
        await quiet(far)
        wire.lose_commit(reaches=True, closes=True)

        removal = await far.call("DELETE", f"/task/{PATH}")

        assert removal.status == 503
        async with asyncio.timeout(60):
            while (await far.fetch(PATH)).status != 404:
                await SystemClock().sleep(timedelta(milliseconds=20))


@asynccontextmanager
async def sleeping(node: Caller) -> AsyncIterator[None]:
    """The loops that send run, and have nothing to do."""
    loops = [node.daemon.cores.reminders.clockwork, node.daemon.cores.delivery.clockwork]
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(loop.run())
        while any(loop._looks_at == math.inf for loop in loops):
            await SystemClock().sleep(timedelta(milliseconds=5))
        yield
        for loop in loops:
            loop.stop()


async def test_a_message_whose_outcome_waits_longer_than_its_claim_is_sent_once(
    node: Cluster, wire: Wire, weixin: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock(SystemClock().now())
    async with node("far", clock=clock, database=wire.url) as far:
        lease = lease_of(far.daemon.ground.config)
        monkeypatch.setattr(clockwork, "STORE_PAUSE", 2 * lease)
        town = await settled_in(weixin, far, clock)
        uid = await town.follow()
        await say(town, uid)
        losing = Losing(far, "delivery", wire, LOSSES["silent before the commit"])

        async with asyncio.TaskGroup() as group:
            group.create_task(turn(far, losing))
            await losing.has_failed.wait()
            await clock.asleep()
            clock.advance(lease)
            await far.settle()
            states = [one.state.value for one in await town.deliveries()]
            clock.advance(lease)

        assert states == ["accepted"]
        assert weixin.sandbox.calls(SENDS) == len(await town.arrived(uid)) == 1


async def say(town: Town, uid: str, *, after: timedelta = timedelta(0), status: int = 200) -> None:
    body = {"app": town.app.id, "to": [uid], "channel": "template", "text": "hello"}
    assert (await town.call("POST", "/v1/messages", body)).status == status


async def remind(town: Town, uid: str, *, after: timedelta = SOON, status: int = 200) -> None:
    body = {"app": town.app.id, "to": [uid], "channel": "template", "title": "r"}
    body["time"] = (town.clock.now() + after).isoformat()
    answer = await town.call("POST", "/v1/reminders", body)
    if answer.json.get("reason") == "time.past":  # this machine is too slow for that
        await remind(town, uid, after=2 * after, status=status)
    else:
        assert answer.status == status, answer.json


SENDERS = {"delivery": say, "reminders": remind}
