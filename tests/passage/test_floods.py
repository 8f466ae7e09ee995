"""A caller with more calls than places."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.house import APPID
from tests.passage.conftest import MENU, Gate, gate

USERS, USER_INFO = "/cgi-bin/user/get", "/sns/userinfo"


async def stand_in(place: Gate, name: str) -> str:
    body = {"name": name, "appids": [APPID], "stand_in": True}
    made = (await place.keeper.call("POST", "/v1/consumers", body=body)).result
    query = f"grant_type=client_credential&appid={APPID}&secret={made['secret']}"
    answer = await place.said("GET", f"/cgi-bin/token?{query}", token="")
    return str(answer["access_token"])


async def test_a_consumer_that_floods_is_refused_and_another_of_the_account_is_served(
    tmp_path: Path,
) -> None:
    async with gate(tmp_path / "state", gateway__account_connections="4") as place:
        shop, crm = await stand_in(place, "shop"), await stand_in(place, "crm")
        sandbox = place.weixin.sandbox
        sandbox.script(MENU, times=None, hang=True)

        async with asyncio.TaskGroup() as group:
            flood = [group.create_task(place.errcode("GET", MENU, token=shop)) for _ in range(9)]
            # Three of these six at least are refused, and not before three calls are under way.
            await asyncio.wait(flood[:6], return_when=asyncio.FIRST_COMPLETED)
            done = [task.result() for task in flood if task.done()]
            more = await place.errcode("GET", USERS, token=shop)
            other = await place.errcode("GET", USERS, token=crm)
            sandbox.stop()

        answered = [task.result() for task in flood]

    assert set(done) == {45011}
    assert (more, other) == (45011, 0)
    assert sorted(answered) == [-1] * 3 + [45011] * 6


async def test_calls_without_an_account_take_no_places_from_other_addresses(tmp_path: Path) -> None:
    async with gate(tmp_path / "state", gateway__account_connections="4") as place:
        url = f"{place.keeper.daemon.url}{USER_INFO}?access_token=x&openid=y"
        sandbox = place.weixin.sandbox
        sandbox.script(USER_INFO, times=None, hang=True)

        async def called(number: int, path: str = USER_INFO) -> Any:
            connector = aiohttp.TCPConnector(local_addr=(f"127.0.0.{number}", 0))
            async with (
                aiohttp.ClientSession(connector=connector) as session,
                session.get(url.replace(USER_INFO, path)) as response,
            ):
                return (await response.json(content_type=None))["errcode"]

        async with asyncio.TaskGroup() as group:
            flood = [group.create_task(called(number)) for number in (1, 2) for _ in range(4)]
            await asyncio.wait(flood[:4], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(flood[4:], return_when=asyncio.FIRST_COMPLETED)
            spared = await called(3, "/sns/auth")
            sandbox.stop()

    assert sorted(task.result() for task in flood) == [-1] * 6 + [45011] * 2
    assert spared not in (45011, -1)
