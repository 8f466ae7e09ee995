"""Every call of Tencent's OpenAPI V3 is looked at in the same way, and answered with 200."""

import json
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from tests.house import in_memory, served
from tests.sending.town import Town, town
from tests.web.compat.games import DONE, IS_SET, SET, Game, play
from wechat_scheduler.errors import StorageError
from wechat_scheduler.web.compat.tencent.calls import refused
from wechat_scheduler.web.kit.error_formats import shaped


@pytest_asyncio.fixture(loop_scope="module")
async def game(place: Town) -> Game:
    return await play(place)


async def test_an_openkey_ends_after_two_hours_and_a_new_one_ends_it_at_once(fresh: Town) -> None:
    game = await play(fresh)
    renewed = await play(fresh, game.uid)
    former = await game.report()
    fresh.clock.advance(timedelta(hours=2))

    assert renewed.openid == game.openid
    assert former["ret"] == -64
    assert await renewed.report() == {"ret": 1002, "msg": "请先登录"}


async def test_a_call_comes_from_where_the_app_is(apart: Town) -> None:
    game = await play(apart)
    elsewhere = replace(apart.app, networks=(ip_network("203.0.113.0/24"),))
    await apart.directory.change_app(elsewhere.id, lambda _: elsewhere)

    assert (await game.report(sig="d3Jvbmc="))["ret"] == -4


async def test_who_tries_signatures_is_slowed_down(fresh: Town) -> None:
    game = await play(fresh)
    answers = [await game.report(sig="d3Jvbmc=") for _ in range(21)]

    assert [answer["ret"] for answer in answers] == [-5] * 20 + [-6]
    assert await game.report() == DONE


async def test_an_api_that_is_not_served_says_so(game: Game) -> None:
    not_served = (
        ("/v3/user/get_info", "GET"),
        ("/v3/pay/buy_goods", "POST"),
        (SET, "GET"),
        ("/v3/a", "GET"),
    )
    for path, method in not_served:
        assert (await game.ask(path, method))["ret"] == -9, path


UNREADABLE = [
    ("twice", "?pf=qzone", "pf=qzone"),
    ("long", "", "a" * 9000),
    ("many", "", "&".join(f"a{number}=" for number in range(101))),
    ("no text", "?%FF=%FE", "title0=\xff&pf"),
]


async def test_what_cannot_be_read_is_answered_with_200_too(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, server__body_limit="8KiB") as place:
        game = await play(place)
        for case, query, form in UNREADABLE:
            answer = json.loads((await game.send(SET + query, form)).json)

            assert answer["ret"] == -1, case
            as_xml = (await game.send(f"{SET}?format=xml", form)).json
            assert as_xml.startswith("<?xml"), case


@pytest.mark.parametrize("error", [StorageError("the store is gone"), ValueError("a mistake")])
async def test_what_goes_wrong_here_is_busy_and_tells_nothing(error: Exception) -> None:
    async def fails(request: web.Request) -> web.Response:
        raise error

    app = web.Application()
    app.router.add_post(SET, shaped(fails, refused))

    async with (
        served(app) as url,
        aiohttp.ClientSession() as session,
        session.post(url + SET) as response,
    ):
        answer = json.loads(await response.text())

    assert (response.status, answer["ret"]) == (200, 1001)
    assert str(error) not in answer["msg"]


async def test_a_path_with_further_slashes_may_be_signed_as_it_is_sent(game: Game) -> None:
    for path in (f"{IS_SET}/", f"/{IS_SET}", IS_SET.replace("/", "//")):
        answer = await game.ask(path, "GET", cmd="2")

        assert answer == {"ret": 0, "is_lost": 0, "setup": 1, "reg": 1}, path
