"""A further native route is one row: here its handler, and the row in a table."""

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.access.doors import make
from tests.access.test_routes import ROWS
from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon, in_memory, wechat
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web import routes as web_routes
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.native import routes
from wechat_scheduler.web.native.route import NativeRoute, Parameter, query
from wechat_scheduler.web.routes import all_routes


class PingResult(msgspec.Struct):
    """What was pinged, and how loudly."""

    appid: str
    volume: str


async def ping(request: web.Request) -> web.Response:
    place, volume = request.match_info, request.query.get("volume", "low")
    return envelope.success(PingResult(f"{place['appid']}/{place['bell']}", volume))


PING = NativeRoute(
    "POST", "/v1/pings/{appid}/{bell}", ping, Scope.PUSH,
    "Rings a bell.",
    result=PingResult, errors=(409,), takes=(
        Parameter("path", "bell", "The bell."),
        query("volume", "How loudly.", {"enum": ["low", "high"]}),
    ),
)  # fmt: skip


@pytest.fixture
async def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Caller]:
    monkeypatch.setattr(routes, "NATIVE", (*routes.NATIVE, PING))
    monkeypatch.setattr(
        web_routes, "router_of", cache(web_routes.router_of.__wrapped__)
    )  # not those before
    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, opener=in_memory) as opened,
    ):
        yield opened


async def test_it_is_served_to_who_has_its_scope_and_reaches_the_account(keeper: Caller) -> None:
    path = f"/v1/pings/{APPID}/door?volume=high"
    keys = {
        "right": (await make(keeper, "push", appids=[APPID])).text,
        "other scope": (await make(keeper, "read")).text,
        "other account": (await make(keeper, "push", appids=["wx9"])).text,
        "none": "",
    }

    answers = {who: await keeper.call("POST", path, key=key) for who, key in keys.items()}

    assert answers["right"].result == {"appid": f"{APPID}/door", "volume": "high"}
    assert [answer.status for answer in answers.values()] == [200, 403, 403, 401]


async def test_it_is_described(keeper: Caller) -> None:
    document = (await keeper.call("GET", "/openapi.json")).json

    described: dict[str, Any] = document["paths"][PING.path]["post"]
    assert described["summary"] == "Rings a bell."
    assert described["security"][0] == {"bearer": ["push"]}
    assert [(one["in"], one["name"]) for one in described["parameters"]] == [
        ("path", "appid"), ("path", "bell"), ("query", "volume"),
    ]  # fmt: skip
    assert described["responses"].keys() == {
        *("200", "400", "401", "403", "404", "409", "429", "500", "503")
    }
    assert "PingResult" in document["components"]["schemas"]


async def test_a_wrong_method_and_a_typing_error_name_it(keeper: Caller) -> None:
    wrong = await keeper.call("GET", f"/v1/pings/{APPID}/door")
    near = await keeper.call("POST", f"/v1/ping/{APPID}/door")

    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
    assert near.json["message"].endswith(f"did you mean {PING.path}?")


async def test_the_test_of_strangers_misses_its_line(keeper: Caller) -> None:
    missing = {(route.method, route.path) for route in all_routes()} - ROWS.keys()

    assert missing == {("POST", PING.path)}
