"""What an app's own server is told, until it has taken it."""

import base64
import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.business import Business, Call, status
from tests.clock import START
from tests.day_loop import played
from tests.house import in_memory
from tests.sending.town import Town, town
from wechat_scheduler.audience.app_events import Wrote
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.engine.bulkhead import LONG_TURN


@pytest.fixture
async def server() -> AsyncIterator[Business]:
    async with Business() as business:
        yield business


@pytest.fixture
async def shop(place: Town, server: Business) -> Town:
    return await with_callback(place, server)


async def with_callback(place: Town, server: Business) -> Town:
    """The same town; its app has a callback."""
    app = replace(place.app, callback=server.url("/told"))
    await place.directory.change_app(app.id, lambda _: app)
    place.app = app
    return place


async def tell(shop: Town, *events: str) -> None:
    for event in events:
        wrote = Wrote(uid="UID_amy", content=event, at=START)
        await shop.sending.tell(shop.app, wrote, event_id=event)


def signed(shop: Town, call: Call) -> bool:
    key = base64.b64decode(shop.app.signing_secret.removeprefix("whsec_"))
    head = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}."
    digest = hmac.digest(key, head.encode() + call.body, "sha256")
    return call.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


async def test_an_event_is_told_once_and_signed(shop: Town, server: Business) -> None:
    await tell(shop, "scan", "scan")

    await shop.settle()

    (call,) = server.calls
    (delivery,) = await shop.deliveries()
    assert (call.json["action"], call.json["data"]["content"]) == ("send_up_cmd", "scan")
    assert signed(shop, call)
    assert (delivery.state, delivery.way) == (DeliveryState.DELIVERED, "webhook")


async def test_a_server_that_was_down_is_told_later_under_the_same_id(
    shop: Town, server: Business
) -> None:
    server.script(status(502), times=3)
    await tell(shop, "scan")

    while len(server.calls) < 4:
        await shop.settle()
        shop.clock.advance(timedelta(minutes=1))

    (delivery,) = await shop.deliveries()
    assert len({call.headers["webhook-id"] for call in server.calls}) == 1
    assert all(signed(shop, call) for call in server.calls)
    assert (delivery.state, delivery.tries) == (DeliveryState.DELIVERED, 4)


async def test_a_callback_that_nobody_takes_ends(shop: Town, server: Business) -> None:
    server.script(status(500), times=1_000)
    await tell(shop, "scan")

    while [one.state for one in await shop.deliveries()] == [DeliveryState.PENDING]:
        await shop.settle()
        shop.clock.advance(timedelta(minutes=20))

    (delivery,) = await shop.deliveries()
    assert delivery.state is DeliveryState.DEAD
    assert "given up" in delivery.reason


async def test_what_an_app_without_a_callback_was_to_be_told_is_cancelled(
    shop: Town, server: Business
) -> None:
    await tell(shop, "scan")
    await shop.directory.change_app(shop.app.id, lambda app: replace(app, callback=""))

    await shop.settle()

    (delivery,) = await shop.deliveries()
    assert server.calls == []
    assert delivery.state is DeliveryState.CANCELLED
    assert "no callback" in delivery.reason


def test_a_server_that_hangs_is_told_one_thing_at_a_time_and_all_in_the_end(tmp_path: Path) -> None:
    async def play() -> tuple[int, int, set[DeliveryState]]:
        async with Business() as server, town(tmp_path, opener=in_memory, callbacks__slots=8) as at:
            server.script(server.hang, times=12)
            shop = await with_callback(at, server)
            await tell(shop, *(str(number) for number in range(12)))
            await shop.caller.settle()
            at_first = len(server.calls)
            shop.clock.advance(LONG_TURN)
            await shop.caller.settle()
            later = len(server.calls)
            server.release()

            while any(one.state is DeliveryState.PENDING for one in await shop.deliveries()):
                shop.clock.advance(LONG_TURN)
                await shop.settle()
            return at_first, later, {one.state for one in await shop.deliveries()}

    assert played(play) == (4, 5, {DeliveryState.DELIVERED})
