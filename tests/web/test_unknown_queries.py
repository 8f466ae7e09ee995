"""A parameter that a route of our own API does not know is refused, so that a misspelt one is not ignored. The
original's routes ignore parameters, as the original did."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import Caller, daemon, in_memory, wechat
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.native import original
from wechat_scheduler.web.native.routes import NATIVE

OURS = [
    route
    for route in NATIVE
    if isinstance(route.scope, Scope) and not original.has(route.method, route.path)
]


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Caller]:
    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, opener=in_memory) as opened,
    ):
        yield opened


UNKNOWN = [
    ("/tasks?appd=1", "appd: is not known here; did you mean appid?"),
    ("/v1/deliveries?stat=dead", "stat: is not known here; did you mean state?"),
    ("/v1/reminders?State=paused", "State: is not known here; did you mean state?"),
    ("/v1/messages?app=1&u%69dd=x", "uidd: is not known here; did you mean uid?"),
    (
        "/v1/messages?=x",
        '"": is not known here; this path takes app, reminder, uid, ids, since, until, after, limit',
    ),
    ("/v1/nodes?x=1", "x: is not known here; this path takes no parameters"),
    ("/v1/settings?app=1", "app: is not known here; this path takes no parameters"),
    ("/tasks?appid=wx1&appid=wx2", "appid: is given twice; give it once"),
    ("/tasks?limit=5&limit=5", "limit: is given twice; give it once"),
    (
        "/v1/events?kinds=credential.rotated&kinds=user.acted",
        "kinds: is given twice; give it once",
    ),
    (
        "/v1/messages?zzz&_=1",
        "zzz: is not known here; this path takes app, reminder, uid, ids, since, until, after, limit",
    ),
]


async def test_an_unknown_parameter_is_named(keeper: Caller) -> None:
    for path, message in UNKNOWN:
        answer = await keeper.call("GET", path)

        assert (answer.status, answer.json["reason"]) == (400, "request.invalid"), path
        assert answer.json["message"] == message, path


KNOWN = [
    "/tasks?_=17",
    "/tasks?_=17&_=18",
    "/v1/deliveries?_t=1&limit=5",
    "/tasks?limit=1",
    "/v1/apps?_=1",
    "/healthz?probe=1",
    "/readyz?probe=1",
]


async def test_what_keeps_a_cache_away_and_what_is_known_is_no_error(keeper: Caller) -> None:
    for path in KNOWN:
        assert (await keeper.call("GET", path)).status == 200, path


async def test_every_route_of_our_own_refuses_other_parameters(keeper: Caller) -> None:
    for route in OURS:
        path = re.sub(r"\{.*?\}", "17", route.path)

        answer = await keeper.call(route.method, f"{path}?other=1", body={})

        assert answer.status == 400, route.path
        assert answer.json["message"].startswith("other: is not known here"), route.path


async def test_the_originals_routes_ignore_parameters_as_the_original_did(keeper: Caller) -> None:
    body = {"appid": "wx1111111111111111", "appsecret": "sandbox-secret", "tasks": [{"type": 0}]}

    for path in ("/register", "/registe"):
        assert (await keeper.call("POST", f"{path}?x=1", body=body)).status == 200
    await keeper.settle()

    first, second, third = [
        (await keeper.call("GET", f"/task/wx1111111111111111/0{query}")).json
        for query in ("", "?x=1", "?x=1")
    ]
    assert first["code"] == 200
    assert first == second == third


async def test_without_a_key_nothing_is_said_of_parameters(keeper: Caller) -> None:
    answer = await keeper.call("GET", "/tasks?appd=1", key="")

    assert answer.status == 401
