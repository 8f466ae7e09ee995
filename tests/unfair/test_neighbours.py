"""A sick neighbour at each outgoing path, and what the healthy ones see: that they are served.

While they are served the sick one stays sick. So a healthy one that has to wait for it waits until `ENOUGH`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.business import Business
from tests.day_loop import DayLoop, LoopClock, run
from tests.house import APPID
from tests.unfair.neighbours import (
    MANY,
    MENU,
    PATHS,
    SETTINGS,
    TEXTS,
    Street,
    babbling,
    hanging,
    street,
)
from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.delivery.model import DeliveryState, Way
from wechat_scheduler.engine.clock import SystemClock

MOMENT = timedelta(milliseconds=50)
ENOUGH = timedelta(minutes=5)


def played(
    state: Path, sickness: Callable[[Business], None], play: Callable[[Street], Awaitable[None]]
) -> None:
    """Play it on a street whose time moves while nothing else does."""
    clock = LoopClock()

    async def on_it() -> None:
        async with street(state, sickness, clock) as place:
            async with asyncio.timeout(ENOUGH.total_seconds()):
                await play(place)

    run(DayLoop(clock), on_it)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():
        await SystemClock().sleep(MOMENT)


async def a_new_credential(place: Street) -> None:
    appid = await place.account()

    assert await place.town.caller.value(f"{appid}/0")


async def a_known_credential(place: Street) -> None:
    assert await place.town.caller.value(f"{APPID}/0")


async def a_qr_code(place: Street) -> None:
    assert await place.town.codes.lasting(place.town.app, Purpose.APP)


async def a_credential_with_params(place: Street) -> None:
    path = await place.user_token(place.healthy.url("/params"))

    assert await place.town.caller.value(path)


async def a_notification(place: Street) -> None:
    await place.account(notify=place.healthy.url("/notify"))

    async def told() -> bool:
        return any(call.path == "/notify" for call in place.healthy.calls)

    await until(told)


async def a_callback(place: Street) -> None:
    await place.tell_app(place.healthy.url("/callback"), events=1)

    async def told() -> bool:
        return any(call.path == "/callback" for call in place.healthy.calls)

    await until(told)


async def a_message(place: Street) -> None:
    await arrives(place, place.people[0], Way.TEMPLATE)


async def arrives(place: Street, uid: str, way: Way) -> None:
    message = await place.send(uid, way)

    async def accepted() -> bool:
        return await place.state(message) in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)

    await until(accepted)


async def a_call_through_the_gateway(place: Street) -> None:
    assert "total" in await place.passed("/cgi-bin/user/get")


async def a_tunnel(place: Street) -> None:
    assert await place.tunnel("api", await place.consumer()) == b"200"


HEALTHY = (
    a_known_credential,
    a_new_credential,
    a_credential_with_params,
    a_notification,
    a_callback,
    a_message,
    a_qr_code,
    a_call_through_the_gateway,
    a_tunnel,
)


async def crowded(place: Street) -> None:
    """Wait until no place is left for a further receiver of that purpose: half of them for `params`."""
    places = SETTINGS["callbacks__slots"]

    async def taken() -> bool:
        return len({call.headers["Host"] for call in place.sick.calls}) >= places // 2 * 3 // 4

    await until(taken)


def test_neighbours_that_never_answer_keep_nothing_from_the_healthy(tmp_path: Path) -> None:
    async def play(place: Street) -> None:
        for path, sicken in PATHS.items():
            await sicken(place)
            await sickened(place, path)

        for served in HEALTHY:
            await served(place)

    played(tmp_path, hanging, play)


def test_many_that_never_answer_keep_nothing_from_calls_for_another_purpose(tmp_path: Path) -> None:
    own = {"notify": a_notification, "params": a_credential_with_params, "callbacks": a_callback}

    async def play(place: Street) -> None:
        place.hosts = MANY
        for path, same in own.items():
            hanging(place.sick)
            await PATHS[path](place)
            await crowded(place)

            for served in HEALTHY:
                if served is not same:
                    await served(place)
            await recovered(place)

    played(tmp_path, lambda _: None, play)


def test_a_neighbour_that_answers_badly_keeps_nothing_from_the_healthy(tmp_path: Path) -> None:
    async def play(place: Street) -> None:
        for path in ("notify", "params", "callbacks"):
            await PATHS[path](place)
            await sickened(place, path)

        for served in HEALTHY:
            await served(place)

    played(tmp_path, babbling, play)


def test_an_account_that_wechat_does_not_answer_keeps_nothing_from_another(tmp_path: Path) -> None:
    async def play(place: Street) -> None:
        place.town.wechat.sandbox.script(TEXTS, appid=APPID, times=None, hang=True)
        for uid in place.people:
            await place.send(uid, Way.TEXT)
        await sickened(place, "texts")

        other = await place.town.another("wx4444444444444444")
        await arrives(replace(place, town=other), await other.follow(), Way.TEXT)

    played(tmp_path, hanging, play)


async def recovered(place: Street) -> None:
    """Let what hung end, and forget its calls."""
    place.sick.recover()
    await place.town.clock.sleep(timedelta(minutes=1))
    place.sick.calls.clear()


async def sickened(place: Street, path: str) -> None:
    """Wait until there are sick calls."""
    sandbox = place.town.wechat.sandbox

    async def begun() -> bool:
        if path == "tunnels":
            return bool(place.dialled)
        own = {"texts": TEXTS, "gateway": MENU}.get(path)
        return bool(sandbox.calls(own) if own else place.sick.calls)

    await until(begun)
