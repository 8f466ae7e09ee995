"""A request that fits no route is told the methods of the path, or the nearest path."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import Caller, daemon, in_memory, wechat

UNKNOWN = "no route has this path"


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Caller]:
    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, loops=False, opener=in_memory) as opened,
    ):
        yield opened


FIXED = [
    ("GET", "/v1/reminders/parse", "POST"),
    ("DELETE", "/v1/reminders/preview", "POST"),
    ("PUT", "/v1/reminders/parse", "POST"),
    ("GET", "/v1/deliveries/replay", "POST"),
    ("PUT", "/tasks", "GET"),
    ("PATCH", "/v1/reminders", "GET, POST"),
]


async def test_a_fixed_path_names_its_methods_and_is_no_id(keeper: Caller) -> None:
    for method, path, allowed in FIXED:
        answer = await keeper.call(method, path)

        assert (answer.status, answer.headers["Allow"]) == (405, allowed), path
        assert answer.json["message"] == f"use {allowed} here", path


NOT_THERE = [
    ("/v1/reminder", f"{UNKNOWN}; did you mean /v1/reminders?"),
    ("/v1/reminder/17", f"{UNKNOWN}; did you mean /v1/reminders/{{reminder}}?"),
    ("/v1/delivery/17/replay", f"{UNKNOWN}; did you mean /v1/deliveries/{{delivery}}/replay?"),
    ("/task/wx1", f"{UNKNOWN}; did you mean /task/{{appid}}/{{type}}?"),
    ("/task/wx1111111111111111", f"{UNKNOWN}; did you mean /task/{{appid}}/{{type}}?"),
    ("/v1/apps/1984547305314432/app-key", f"{UNKNOWN}; GET /openapi.json"),
    ("/regster", f"{UNKNOWN}; did you mean /register?"),
    ("/nowhere", f"{UNKNOWN}; GET /openapi.json"),
    ("/favicon.ico", f"{UNKNOWN}; GET /openapi.json"),
    ("/v1/reminders" + "s" * 200, f"{UNKNOWN}; GET /openapi.json"),
]


async def test_a_path_that_is_not_there_names_the_nearest(keeper: Caller) -> None:
    for path, message in NOT_THERE:
        answer = await keeper.call("GET", path)

        assert answer.status == 404, path
        assert answer.json["message"].startswith(message), path
