"""WeChat's hosts, of which some do not answer."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.day_loop import played
from tests.passage.conftest import CREATE, MENU, gate
from tests.passage.upstream import Upstream, upstream
from wechat_scheduler.wechat.hosts import HOSTS, REST, SILENT, TRIAL, WeChatHosts, hosts_of

BASES = ("http://a", "http://b", "http://c")


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address at which nothing listens, and nothing else will."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{found.getsockname()[1]}"


@pytest.fixture
async def second() -> AsyncIterator[Upstream]:
    async with upstream() as running:
        yield running


async def test_the_next_host_gets_the_call_if_one_refuses_the_connection(
    tmp_path: Path, refusing: str, second: Upstream
) -> None:
    async with gate(tmp_path / "state", gateway__hosts=f"{refusing},{second.url}") as place:
        errcodes = [await place.errcode("POST", CREATE, json={"a": 1}) for _ in range(2)]

    assert errcodes == [0, 0]
    assert [it.body for it in second.came] == [b'{"a": 1}'] * 2


async def test_a_streamed_body_goes_to_the_next_host_whole(
    tmp_path: Path, refusing: str, second: Upstream
) -> None:
    settings = {"gateway__hosts": f"{refusing},{second.url}", "gateway__repeat_limit": "1KiB"}
    async with gate(tmp_path / "state", **settings) as place:
        await place.said("POST", CREATE, data=b"x" * 100_000)

    assert second.came[0].body == b"x" * 100_000


async def test_without_a_host_the_answer_is_wechats_busy_with_advice(
    tmp_path: Path, refusing: str
) -> None:
    async with gate(tmp_path / "state", gateway__hosts=refusing) as place:
        answer = await place.said("GET", MENU)

    assert answer["errcode"] == -1
    assert answer["errmsg"].startswith(f"system error: {MENU}: cannot connect to 127.0.0.1")
    assert answer["advice"]


async def test_a_call_that_a_host_took_and_did_not_answer_is_not_sent_again(
    tmp_path: Path, second: Upstream
) -> None:
    async with upstream(answer=b"") as first:
        hosts = f"{first.url},{second.url}"
        async with gate(tmp_path / "state", gateway__hosts=hosts) as place:
            answer = await place.said("POST", CREATE, json={})

    assert answer["errcode"] == -1
    assert (len(first.came), second.came) == (1, [])


def test_a_silent_host_is_left_after_some_calls(tmp_path: Path) -> None:
    async def play() -> list[int]:
        async with upstream(answer=None) as first, upstream() as second:
            hosts = f"{first.url},{second.url}"
            async with gate(tmp_path / "state", gateway__hosts=hosts) as place:
                # Paths of their own, since one that hangs gets one place at a time.
                return [
                    await place.errcode("GET", f"/cgi-bin/some/path{number}")
                    for number in range(SILENT + 1)
                ]

    assert played(play) == [-1] * SILENT + [0]


async def test_the_first_host_is_tried_again_by_one_call_after_its_rest(clock: FakeClock) -> None:
    hosts = WeChatHosts(BASES, clock=clock)
    hosts.failed("http://a", "refused")

    before = list(hosts.in_order())
    clock.advance(REST)
    trial, others = list(hosts.in_order()), list(hosts.in_order())
    hosts.works("http://a")

    assert before == others == ["http://b", "http://c", "http://a"]
    assert trial == list(BASES)
    assert list(hosts.in_order()) == list(BASES)


async def test_a_trial_without_an_end_lets_another_follow(clock: FakeClock) -> None:
    hosts = WeChatHosts(BASES, clock=clock)
    hosts.failed("http://a", "refused")
    clock.advance(REST)
    list(hosts.in_order())

    clock.advance(TRIAL)

    assert next(hosts.in_order()) == "http://a"


async def test_if_all_hosts_failed_the_one_that_failed_first_is_tried_first(
    clock: FakeClock,
) -> None:
    hosts = WeChatHosts(BASES, clock=clock)
    for base in ("http://b", "http://a", "http://c"):
        hosts.failed(base, "refused")
        clock.advance(TRIAL)

    assert list(hosts.in_order()) == ["http://b", "http://a", "http://c"]


async def test_a_host_that_answers_now_and_then_is_not_left(clock: FakeClock) -> None:
    hosts = WeChatHosts(BASES, clock=clock)
    for _ in range(SILENT):
        hosts.was_silent("http://a")
        hosts.works("http://a")

    assert next(hosts.in_order()) == "http://a"


def test_wechats_hosts_follow_the_one_that_is_set_and_a_sandbox_is_alone() -> None:
    assert hosts_of(HOSTS[0]) == HOSTS
    assert hosts_of(HOSTS[2]) == (*HOSTS[2:], *HOSTS[:2])
    assert hosts_of("http://127.0.0.1:9002") == ("http://127.0.0.1:9002",)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
