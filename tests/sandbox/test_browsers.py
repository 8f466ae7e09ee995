"""The sandbox asks for no key, so it answers no page of another origin and no other host name."""

import random
from collections.abc import Mapping

import aiohttp
import pytest

from tests.clock import FakeClock
from tests.sandbox.conftest import WeChat
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.server import open_sandbox

KILL = "/_sandbox/kill"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain"},
        {"User-Agent": "Mozilla/5.0", "Content-Type": "text/plain"},
        {"Host": "evil.example"},
        {"Host": "10.0.0.1:9002"},
    ],
)
@pytest.mark.parametrize("path", [KILL, "/cgi-bin/stable_token", "/_sandbox/nothing"])
async def test_a_page_of_another_origin_reaches_nothing(
    wechat: WeChat, headers: Mapping[str, str], path: str
) -> None:
    answer = await wechat.http.post(path, data=b'{"value": "x"}', headers=headers)

    assert answer.status == 403
    assert (await answer.json())["error"]


async def test_programs_and_its_own_page_reach_it(wechat: WeChat) -> None:
    own = {
        "Origin": str(wechat.http.make_url("")).rstrip("/"),
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
    }

    for headers in ({}, {"Content-Type": "text/plain"}, {"Host": "localhost:9002"}, own):
        answer = await wechat.http.post(KILL, data=b'{"value": "x"}', headers=headers)
        assert answer.status == 200, headers


async def test_a_sandbox_that_listens_elsewhere_has_other_names_too(clock: FakeClock) -> None:
    assert await _named_elsewhere("0.0.0.0", clock) == 200
    assert await _named_elsewhere("localhost", clock) == 403


async def _named_elsewhere(host: str, clock: Clock) -> int:
    rng = random.Random(7)
    async with (
        open_sandbox(SandboxOptions(), host=host, clock=clock, rng=rng) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/_sandbox/calls", headers={"Host": "sandbox:9002"}) as answer,
    ):
        return answer.status
