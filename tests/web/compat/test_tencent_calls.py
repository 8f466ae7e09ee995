"""Every call of Tencent's OpenAPI V3 is looked at in the same way, and answered with 200."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.house import served
from tests.sending.town import Town, town
from tests.web.compat.games import DONE, IS_SET, SET, Game, play
from wechat_scheduler.errors import StorageError
from wechat_scheduler.web.compat.tencent.calls import refused
from wechat_scheduler.web.kit.error_formats import shaped


@pytest.fixture
async def game(place: Town) -> Game:
    return await play(place)


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[Game]:
    """Where bodies must not be long."""
    async with town(tmp_path, server__body_limit="8KiB") as place:
        yield await play(place)


async def test_an_openkey_ends_after_two_hours_and_a_new_one_ends_it_at_once(game: Game) -> None:
    renewed = await play(game.place, game.uid)
    former = await game.report()
    game.place.clock.advance(timedelta(hours=2))

    assert renewed.openid == game.openid
    assert former["ret"] == -64
    assert await renewed.report() == {"ret": 1002, "msg": "请先登录"}


async def test_a_call_comes_from_where_the_app_is(game: Game) -> None:
    place = game.place
    elsewhere = replace(place.app, networks=(ip_network("203.0.113.0/24"),))
    await place.directory.change_app(elsewhere.id, lambda _: elsewhere)

    assert (await game.report(sig="d3Jvbmc="))["ret"] == -4


async def test_who_tries_signatures_is_slowed_down(game: Game) -> None:
    answers = [await game.report(sig="d3Jvbmc=") for _ in range(21)]

    assert [answer["ret"] for answer in answers] == [-5] * 20 + [-6]
    assert await game.report() == DONE


@pytest.mark.parametrize(
    ("path", "method"),
    [("/v3/user/get_info", "GET"), ("/v3/pay/buy_goods", "POST"), (SET, "GET"), ("/v3/a", "GET")],
)
async def test_an_api_that_is_not_served_says_so(game: Game, path: str, method: str) -> None:
    assert (await game.ask(path, method))["ret"] == -9


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("?pf=qzone", "pf=qzone"),
        ("", "a" * 9000),
        ("", "&".join(f"a{number}=" for number in range(101))),
        ("?%FF=%FE", "title0=\xff&pf"),
    ],
    ids=["twice", "long", "many", "no text"],
)
async def test_what_cannot_be_read_is_answered_with_200_too(
    narrow: Game, query: str, form: str
) -> None:
    answer = json.loads((await narrow.send(SET + query, form)).json)

    assert answer["ret"] == -1
    assert (await narrow.send(f"{SET}?format=xml", form)).json.startswith("<?xml")


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


@pytest.mark.parametrize("path", [f"{IS_SET}/", f"/{IS_SET}", IS_SET.replace("/", "//")])
async def test_a_path_with_further_slashes_may_be_signed_as_it_is_sent(
    game: Game, path: str
) -> None:
    assert await game.ask(path, "GET", cmd="2") == {"ret": 0, "is_lost": 0, "setup": 1, "reg": 1}
