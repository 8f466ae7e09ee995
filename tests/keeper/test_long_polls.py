"""A fetch that waits for a newer version."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.access.doors import end, make, polling
from tests.clock import FakeClock
from tests.house import APPID, Answer, Caller, WeChat, daemon
from tests.keeper.streams import metrics, number_waiting
from wechat_scheduler import MEDIA_TYPE
from wechat_scheduler.web.kit import waiting_requests

TASK = {"type": 0}
# Each refresh brings another value.
ROTATING = {"access_token_endpoint": "token"}
PATH = f"{APPID}/0"
NO_NUMBERS = ("", "-1", "1.5", "+1", "%201", "abc", "1e1", "%EF%BC%91", "9" * 30, "0x1")
SECOND = timedelta(seconds=1)


@asynccontextmanager
async def waiting(
    keeper: Caller, clock: FakeClock, query: str, *, key: str | None = None, **headers: str
) -> AsyncIterator["asyncio.Task[Answer]"]:
    """A fetch that waits; it is answered by the end of the block."""
    async with asyncio.TaskGroup() as group:
        asked = keeper.call("GET", f"/task/{PATH}{query}", key=key, headers=headers)
        poll = group.create_task(asked)
        await clock.asleep()
        yield poll


async def rotate(keeper: Caller) -> None:
    await keeper.call("POST", f"/task/{PATH}/refresh")
    await keeper.settle()


@pytest.fixture
async def kept(keeper: Caller) -> Caller:
    """The daemon with one credential, of version 1."""
    await keeper.register(TASK, **ROTATING)
    await keeper.settle()
    return keeper


@pytest.mark.parametrize(
    ("query", "headers"),
    [("?wait=30&version=1", {}), ("?wait=30", {"If-None-Match": '"1"'})],
    ids=["version", "If-None-Match"],
)
async def test_a_rotation_answers_who_waits_for_it(
    kept: Caller, clock: FakeClock, query: str, headers: dict[str, str]
) -> None:
    before, began = await kept.value(PATH), clock.now()

    async with waiting(kept, clock, query, **headers) as poll:
        clock.advance(29 * SECOND)
        await rotate(kept)

    answer = poll.result()
    assert clock.now() - began == 29 * SECOND
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers.keys() >= {"X-Credential-Expires", "Cache-Control"}
    assert answer.result == await kept.value(PATH) != before


async def test_without_a_rotation_the_answer_comes_at_the_end_and_has_no_body(
    kept: Caller, clock: FakeClock
) -> None:
    async with waiting(kept, clock, "?wait=30&version=1") as poll:
        clock.advance(30 * SECOND)

    answer = poll.result()
    assert (answer.status, answer.json) == (304, "")
    assert answer.headers["ETag"] == '"1"'


async def test_the_same_poll_waits_each_time_and_never_is_answered_from_the_memo(
    kept: Caller, clock: FakeClock
) -> None:
    statuses = []
    for _ in range(4):
        async with waiting(kept, clock, "?wait=5&version=1") as poll:
            clock.advance(5 * SECOND)
        statuses.append(poll.result().status)

    async with waiting(kept, clock, "?wait=5&version=1") as poll:
        await rotate(kept)

    assert statuses == [304] * 4
    assert poll.result().status == 200


async def test_who_has_nothing_to_wait_for_is_answered_at_once(kept: Caller) -> None:
    for query, status in (
        ("?wait=30&version=7", 200),
        ("?wait=30", 200),
        ("?wait=0&version=1", 304),
        ("?version=1", 304),
        ("?version=7", 200),
        ("?_=1", 200),
    ):
        answers = [await kept.fetch(f"{PATH}{query}") for _ in range(3)]

        assert [answer.status for answer in answers] == [status] * 3, query


async def test_what_is_no_whole_number_is_refused_by_its_name(kept: Caller) -> None:
    for name, text in itertools.product(("wait", "version"), NO_NUMBERS):
        answer = await kept.fetch(f"{PATH}?{name}={text}")

        assert answer.status == 400, text
        limits = {"wait": " from 0 to 60"}.get(name, "")
        assert answer.json["message"] == f"{name}: must be a whole number{limits}"


async def test_a_misspelt_parameter_is_named_and_others_are_left_to_the_caller(
    kept: Caller,
) -> None:
    for query, near in (
        ("wiat=30&version=1", "wiat: is not known here; did you mean wait?"),
        ("wait=30&verison=1", "verison: is not known here; did you mean version?"),
        ("Wait=30", "Wait: is not known here; did you mean wait?"),
    ):
        refused = await kept.fetch(f"{PATH}?{query}")

        assert (refused.status, refused.json["message"]) == (400, near)

    for query in ("x=1", "_wait=1", "appid=wx1", "=1", "timestamp=1"):
        assert (await kept.fetch(f"{PATH}?{query}")).status == 200, query


async def test_a_number_that_is_given_twice_is_refused(kept: Caller) -> None:
    for query in ("wait=1&wait=x", "wait=1&version=1&wait=1", "version=1&version=2"):
        answer = await kept.fetch(f"{PATH}?{query}")

        assert answer.status == 400, query
        assert answer.json["message"].endswith(": is given twice; give it once")


async def test_a_wait_of_more_than_a_minute_is_refused(kept: Caller) -> None:
    answer = await kept.fetch(f"{PATH}?wait=61&version=1")

    assert answer.status == 400
    assert answer.json["message"] == "wait: must be a whole number from 0 to 60"


async def test_who_waits_for_a_first_value_gets_it_or_a_503(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register(TASK, **ROTATING)

    async with waiting(keeper, clock, "?wait=30") as in_vain:
        clock.advance(30 * SECOND)
    async with waiting(keeper, clock, "?wait=30") as in_time:
        await keeper.settle()

    assert in_vain.result().status == 503
    assert in_vain.result().json["reason"] == "task.pending"
    assert in_time.result().headers["ETag"] == '"1"'


async def test_a_value_that_expires_meanwhile_is_a_503_in_the_end(
    kept: Caller, clock: FakeClock, weixin: WeChat
) -> None:
    weixin.sandbox.script("/cgi-bin/token", status=502, times=None)
    clock.advance(timedelta(hours=2) - SECOND)
    await kept.settle()

    async with waiting(kept, clock, "?wait=30&version=1") as poll:
        clock.advance(30 * SECOND)

    assert poll.result().status == 503
    assert poll.result().json["reason"] == "task.expired"


async def test_a_job_that_is_removed_meanwhile_is_a_404(kept: Caller, clock: FakeClock) -> None:
    async with waiting(kept, clock, "?wait=30&version=1") as poll:
        await kept.call("DELETE", f"/task/{PATH}")

    assert poll.result().json["reason"] == "task.unknown"


async def test_a_key_that_is_revoked_meanwhile_gets_nothing(kept: Caller, clock: FakeClock) -> None:
    key = await make(kept, "read")

    async with waiting(kept, clock, "?wait=30&version=1", key=key.text) as poll:
        await end(kept, key)

    assert poll.result().json["reason"] == "key.invalid"


async def test_a_key_that_expires_meanwhile_gets_nothing(kept: Caller, clock: FakeClock) -> None:
    key = await make(kept, "read", expires_in=10)

    async with waiting(kept, clock, "?wait=30&version=1", key=key.text) as poll:
        clock.advance(10 * SECOND)

    assert poll.result().json["reason"] == "key.invalid"


@pytest.mark.parametrize("bound", ["OF_A_KEY", "MOST"])
async def test_beyond_the_bound_a_poll_is_told_when_to_come_back(
    kept: Caller, clock: FakeClock, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_requests, bound, 1)

    async with waiting(kept, clock, "?wait=30&version=1") as first:
        refused = await kept.fetch(f"{PATH}?wait=30&version=1")
        at_once = await kept.fetch(f"{PATH}?wait=30&version=7")
        await rotate(kept)
    async with waiting(kept, clock, "?wait=30&version=2") as later:
        clock.advance(30 * SECOND)

    assert refused.status == 429
    assert refused.json["reason"] == "request.throttled"
    assert refused.headers["Retry-After"] == "5"
    assert [at_once.status, first.result().status, later.result().status] == [200, 200, 304]


async def test_who_hangs_up_holds_no_place(kept: Caller, clock: FakeClock) -> None:
    async with polling(kept, f"/task/{PATH}?wait=60&version=1", kept.daemon.admin_key) as line:
        line.send()
        await number_waiting(kept, 1)

    await number_waiting(kept, 0)


async def test_the_time_that_a_poll_waits_is_no_slow_response(
    kept: Caller, clock: FakeClock
) -> None:
    async with waiting(kept, clock, "?wait=30&version=1"):
        clock.advance(30 * SECOND)

    series = 'wechat_scheduler_http_request_seconds_sum{route="/task/{appid}/{type}"} 0.0'
    assert series in await metrics(kept)


async def test_a_stop_answers_all_who_wait_at_once(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        asyncio.TaskGroup() as group,
        daemon(tmp_path, weixin.url, clock=clock) as keeper,
    ):
        await keeper.register(TASK, **ROTATING)
        await keeper.settle()
        await keeper.register(TASK, appid="wxother")
        outside = Caller(keeper.daemon, session)
        known = group.create_task(outside.fetch(f"{PATH}?wait=60&version=1"))
        missing = group.create_task(outside.fetch("wxother/0?wait=60"))
        await number_waiting(keeper, 2)

    assert known.result().status == 304
    assert missing.result().status == 503
    assert missing.result().headers["Retry-After"] == "1"
    assert known.result().headers["Connection"] == "close"


async def test_the_original_knows_neither_parameter(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock, compat__original_answers="true") as keeper:
        await keeper.register(TASK, **ROTATING)
        await keeper.settle()

        ignored = await keeper.fetch(f"{PATH}?wait=x&version=1")
        read = await keeper.fetch(f"{PATH}?version=1", Accept=MEDIA_TYPE)

    assert ignored.status == 200
    assert read.status == 304
