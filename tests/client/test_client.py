"""`Client` with a daemon that answers, refuses, hangs, restarts or is down."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from tests.business import Answer, Business, drop, garbage, status
from tests.clock import START, FakeClock
from tests.day_loop import played
from tests.house import APPID, COMPONENT, SECRET, Caller, daemon, in_memory, wechat
from wechat_scheduler.client import Client, Contest, Fault, Job, Receiver, SyncClient
from wechat_scheduler.credentials import model
from wechat_scheduler.errors import (
    CallError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    UnauthorizedError,
    UnavailableError,
    UnreachableError,
)
from wechat_scheduler.web.native import jobs as api_jobs

ACCOUNT = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}
MINUTE = timedelta(minutes=1)


def issued(value: str, *, version: int = 1, minutes: int = 120, max_age: int = 60) -> Answer:
    """A daemon's answer to a fetch; `minutes` after START the value expires."""
    expires = (START + minutes * MINUTE).isoformat()
    return enveloped(
        200,
        value,
        Cache_Control=f"private, max-age={max_age}",
        ETag=f'"{version}"',
        X_Credential_Expires=expires,
    )


def unchanged(*, version: int = 1, minutes: int = 120, max_age: int = 60) -> Answer:
    answer = issued("", version=version, minutes=minutes, max_age=max_age)

    async def without_body(request: web.Request) -> web.StreamResponse:
        full = await answer(request)
        return web.Response(status=304, headers=full.headers)

    return without_body


def enveloped(code: int, result: str, message: str = "", **headers: str) -> Answer:
    body = json.dumps({"code": code, "message": message, "result": result}).encode()
    return status(code, body, **headers)


class HastyClock(FakeClock):
    """Ends each sleep at once, after `meanwhile`."""

    def __init__(self, meanwhile: Callable[[int], Awaitable[None]]) -> None:
        super().__init__()
        self.meanwhile = meanwhile
        self.slept: list[timedelta] = []

    async def sleep(self, delay: timedelta) -> None:
        self.slept.append(delay)
        self.advance(delay)
        await self.meanwhile(len(self.slept))


async def nothing(pauses: int) -> None:
    pass


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def stand_in() -> AsyncIterator[Business]:
    """A server in the place of the daemon that answers as the test scripts it."""
    async with Business() as business:
        yield business


@pytest.fixture
async def client(stand_in: Business, clock: FakeClock) -> AsyncIterator[Client]:
    async with Client(stand_in.url(), "wsk_x", clock=clock, patience=timedelta(0)) as opened:
        yield opened


@pytest.fixture
async def caller(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Caller]:
    """A real daemon without loops."""
    async with (
        wechat(clock) as real,
        daemon(tmp_path, real.url, clock=clock, opener=in_memory) as opened,
    ):
        yield opened


@pytest.fixture
async def app(caller: Caller, clock: FakeClock) -> AsyncIterator[Client]:
    """A client of the real daemon."""
    async with Client(caller.daemon.url, caller.daemon.admin_key, clock=clock) as opened:
        yield opened


async def test_a_registered_credential_is_handed_out(caller: Caller, app: Client) -> None:
    await app.register(ACCOUNT)
    await caller.settle()

    assert await app.credential(APPID, "access_token") == await caller.value(f"{APPID}/0")


async def test_a_credential_comes_from_memory_as_long_as_the_daemon_allows(
    stand_in: Business, client: Client, clock: FakeClock
) -> None:
    stand_in.script(issued("token-1", max_age=60))

    values = [await client.credential(APPID, "0")]
    clock.advance(timedelta(seconds=59))
    values.append(await client.credential(APPID, "0"))

    assert values == ["token-1", "token-1"]
    (call,) = stand_in.calls
    assert (call.path, call.headers["Authorization"]) == (f"/task/{APPID}/0", "Bearer wsk_x")


async def test_after_that_only_a_newer_value_is_sent_again(
    stand_in: Business, client: Client, clock: FakeClock
) -> None:
    for answer in (issued("token-1"), unchanged(), issued("token-2", version=2)):
        stand_in.script(answer)

    values = []
    for _ in range(3):
        values.append(await client.credential(APPID, "0"))
        clock.advance(MINUTE)

    assert values == ["token-1", "token-1", "token-2"]
    asked = [call.headers.get("If-None-Match") for call in stand_in.calls]
    assert asked == [None, '"1"', '"1"']


async def test_subjects_have_credentials_of_their_own(stand_in: Business, client: Client) -> None:
    stand_in.script(issued("of-a"))
    stand_in.script(issued("of-b"))

    values = [await client.credential(APPID, "2", openid) for openid in ("oA", "oB", "oA")]

    assert values == ["of-a", "of-b", "of-a"]
    assert [call.path for call in stand_in.calls] == [f"/task/{APPID}/2/o{n}" for n in "AB"]


@pytest.mark.parametrize("max_age", [60, 0])
async def test_however_many_callers_wait_the_daemon_is_asked_once(
    stand_in: Business, client: Client, max_age: int
) -> None:
    stand_in.script(held(released := asyncio.Event(), issued("token-1", max_age=max_age)))

    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(client.credential(APPID, "0")) for _ in range(50)]
        await stand_in.called()
        released.set()

    assert {task.result() for task in waiting} == {"token-1"}
    assert len(stand_in.calls) == 1


async def test_callers_who_wait_together_fail_together(stand_in: Business, client: Client) -> None:
    stand_in.script(held(released := asyncio.Event(), enveloped(404, "", "no such job")))

    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(failure(client)) for _ in range(50)]
        await stand_in.called()
        released.set()

    assert {str(task.result()) for task in waiting} == {"no such job"}
    assert len(stand_in.calls) == 1


async def test_a_cancelled_caller_does_not_cancel_the_others(
    stand_in: Business, client: Client
) -> None:
    stand_in.script(stand_in.hang)
    stand_in.script(issued("token-1"))

    async with asyncio.TaskGroup() as group:
        leaving = group.create_task(client.credential(APPID, "0"))
        staying = group.create_task(client.credential(APPID, "0"))
        await stand_in.called()
        leaving.cancel()

    assert staying.result() == "token-1"


async def test_while_the_daemon_is_away_the_last_value_holds_until_its_own_expiry(
    stand_in: Business, client: Client, clock: FakeClock
) -> None:
    stand_in.script(issued("token-1", minutes=30))
    before = await client.credential(APPID, "0")
    await stand_in.stop()

    clock.advance(timedelta(minutes=29))
    away = await client.credential(APPID, "0")
    clock.advance(MINUTE)
    with pytest.raises(UnreachableError, match=r"^no daemon answers at .*: connection refused$"):
        await client.credential(APPID, "0")

    assert (before, away) == ("token-1", "token-1")


async def test_a_wall_clock_that_is_set_back_does_not_revive_an_expired_value(
    stand_in: Business, client: Client, clock: FakeClock
) -> None:
    stand_in.script(issued("token-1", minutes=30))
    await client.credential(APPID, "0")
    await stand_in.stop()

    clock.advance(timedelta(minutes=31))
    clock.jump(timedelta(hours=-1))

    assert isinstance(await failure(client), UnreachableError)


@pytest.mark.parametrize(
    "trouble",
    [drop, garbage, status(502, b"<html>Bad Gateway"), enveloped(503, "", "busy"), status(200)],
    ids=["drop", "garbage", "proxy", "unavailable", "empty"],
)
async def test_a_daemon_in_trouble_is_not_asked_by_every_caller(
    stand_in: Business, client: Client, clock: FakeClock, trouble: Answer
) -> None:
    stand_in.script(issued("token-1"))
    await client.credential(APPID, "0")
    clock.advance(MINUTE)
    stand_in.script(trouble, times=9)

    values = [await client.credential(APPID, "0") for _ in range(9)]
    at_once = len(stand_in.calls)
    clock.advance(timedelta(seconds=1))
    await client.credential(APPID, "0")

    assert set(values) == {"token-1"}
    # Twice, since aiohttp itself repeats a request if a kept connection breaks.
    assert at_once - 1 <= 2 < len(stand_in.calls)


def test_a_daemon_that_hangs_does_not_delay_a_caller_with_a_valid_value() -> None:
    async def play() -> str:
        clock = FakeClock()
        async with Business() as stand_in, Client(stand_in.url(), clock=clock) as client:
            stand_in.script(issued("token-1"))
            await client.credential(APPID, "0")
            clock.advance(MINUTE)
            stand_in.script(stand_in.hang, times=2)

            value = await client.credential(APPID, "0")
            with pytest.raises(UnreachableError, match=r"no response for 15 s$"):
                await client.jobs()
            return value

    assert played(play) == "token-1"


@pytest.mark.parametrize("code", [401, 404])
async def test_a_value_that_the_daemon_takes_back_is_gone(
    stand_in: Business, client: Client, clock: FakeClock, code: int
) -> None:
    stand_in.script(issued("token-1"))
    await client.credential(APPID, "0")
    clock.advance(MINUTE)
    stand_in.script(enveloped(code, "", "no"))

    refused = await failure(client)
    await stand_in.stop()
    clock.advance(timedelta(seconds=1))

    assert isinstance(refused, UnauthorizedError | NotFoundError)
    assert isinstance(await failure(client), UnreachableError)


async def test_a_daemon_that_lost_its_state_does_not_pass_another_value_for_ours(
    stand_in: Business, client: Client, clock: FakeClock
) -> None:
    for answer in (issued("token-1"), unchanged(minutes=180), issued("another", minutes=180)):
        stand_in.script(answer)
    await client.credential(APPID, "0")
    clock.advance(MINUTE)

    assert await client.credential(APPID, "0") == "another"


async def test_a_refresh_that_was_asked_for_is_not_hidden_by_memory(
    caller: Caller, app: Client
) -> None:
    await app.register({**ACCOUNT, "access_token_endpoint": "token"})
    await caller.settle()
    old = await app.credential(APPID, "0")

    await app.refresh(APPID, "0")
    await caller.settle()

    assert await app.credential(APPID, "0") not in ("", old)


async def test_a_daemon_that_restarts_is_waited_for(stand_in: Business) -> None:
    await stand_in.stop()
    stand_in.script(issued("token-1"))

    async def come_back(pauses: int) -> None:
        if pauses == 3:
            await stand_in.start()

    clock = HastyClock(come_back)
    async with Client(stand_in.url(), clock=clock) as client:
        assert await client.credential(APPID, "0") == "token-1"

    assert clock.slept == [timedelta(milliseconds=pause) for pause in (50, 100, 200)]


async def test_a_caller_with_a_valid_value_does_not_wait_for_a_daemon_that_is_down(
    stand_in: Business,
) -> None:
    stand_in.script(issued("token-1"))

    async with Client(stand_in.url(), clock=(clock := HastyClock(nothing))) as client:
        await client.credential(APPID, "0")
        await stand_in.stop()
        clock.advance(MINUTE)

        assert await client.credential(APPID, "0") == "token-1"

    assert clock.slept == []


async def test_a_daemon_that_stays_away_is_given_up(stand_in: Business) -> None:
    await stand_in.stop()

    async with Client(stand_in.url(user="x:k"), clock=(clock := HastyClock(nothing))) as client:
        with pytest.raises(UnreachableError) as caught:
            await client.register(ACCOUNT)

    assert str(caught.value) == f"no daemon answers at {stand_in.url()}: connection refused"
    assert timedelta(seconds=1) < sum(clock.slept, timedelta()) <= timedelta(seconds=3)


async def test_what_the_daemon_refuses_arrives_as_the_error_that_it_is(
    caller: Caller, app: Client
) -> None:
    platform = [{"type": 4, "subject": f"wx{n}", "params": "http://127.0.0.1/"} for n in (1, 2)]
    await app.register({"appid": COMPONENT, "appsecret": SECRET, "tasks": platform})

    with pytest.raises(NotFoundError, match=f"^no access_token is registered for {APPID}$"):
        await app.credential(APPID, "access_token")
    with pytest.raises(ConflictError, match="has several authorizer_access_token"):
        await app.credential(COMPONENT, "4")
    with pytest.raises(InvalidRequestError, match=r"^tasks\[0\]\.type: unknown task type 7"):
        await app.register({**ACCOUNT, "tasks": [{"type": 7}]})
    async with Client(caller.daemon.url, "wsk_wrong") as stranger:
        with pytest.raises(UnauthorizedError, match="key is unknown"):
            await stranger.jobs()


async def test_without_a_valid_value_the_app_learns_why_and_when_to_come_back(
    caller: Caller, app: Client
) -> None:
    await app.register({**ACCOUNT, "appsecret": "wrong-secret"})
    await caller.settle()

    with pytest.raises(UnavailableError, match="register the account again") as caught:
        await app.credential(APPID, "0")

    assert caught.value.retry_after > timedelta(seconds=1)


async def test_another_server_does_not_pass_for_a_daemon(
    stand_in: Business, client: Client
) -> None:
    stand_in.script(status(404, b"<html>nginx", Content_Type="text/html"))
    stand_in.script(status(302, Location="http://127.0.0.1:1/"))
    stand_in.script(enveloped(500, "", "something went wrong here"))

    for sentence in ("answered 404 and is no", "answered 302 and is no", "answered 500: something"):
        with pytest.raises(CallError, match=sentence):
            await client.jobs()


async def test_every_job_is_listed_however_many_pages_they_fill(app: Client) -> None:
    users = [f"o{number:03}" for number in range(101)]
    tasks = [{"type": 2, "openid": user, "params": "http://127.0.0.1/"} for user in users]
    await app.register({**ACCOUNT, "tasks": tasks})

    assert [job.subject for job in await app.jobs(appid=APPID, kind="2")] == users
    assert [job.subject for job in await app.jobs(subject="o042")] == ["o042"]
    assert await app.jobs(kind="0") == []


async def test_a_removed_job_is_gone(caller: Caller, app: Client) -> None:
    await app.register(ACCOUNT)
    await caller.settle()
    await app.credential(APPID, "0")

    await app.remove(APPID, "0")

    assert isinstance(await failure(app), NotFoundError)


FIELDS: list[tuple[type[msgspec.Struct], type]] = [
    (Job, api_jobs.JobResult),
    (Fault, model.Fault),
    (Contest, model.Contest),
    (Receiver, api_jobs.ReceiverResult),
]


def test_the_client_reads_every_field_of_a_job() -> None:
    for read, answered in FIELDS:
        assert set(read.__struct_fields__) == set(answered.__annotations__), (read, answered)


async def test_the_key_may_stand_in_the_url(caller: Caller) -> None:
    url = caller.daemon.url.replace("://", f"://x:{caller.daemon.admin_key}@")

    async with Client(url) as client:
        assert await client.jobs() == []


NO_URLS: list[str] = [
    *("", "127.0.0.1:9001", "localhost:9001", "ftp://host", "http://", "http://[::1"),
    *("http://host:70000", "http://host:port", "http://host:0", "http://a b", "http://a\\b"),
    *("http://..", "http://ho\nst/", f"http://{'a' * 64}/"),
]


@pytest.mark.parametrize("kind", [Client, SyncClient])
def test_a_url_that_cannot_be_a_daemons_is_refused_at_once(kind: type[Client | SyncClient]) -> None:
    for url in NO_URLS:
        with pytest.raises(
            ValueError, match=r"^the daemon's URL is written like http://127\.0\.0\.1:9001$"
        ):
            kind(url)


URLS: list[tuple[str, str]] = [
    ("HTTP://x:key@Host:80/a b/%20ä?q=1#f", "http://host/a%20b/%20%C3%A4"),
    (" https://微信.example:9001 ", "https://xn--vuqz89a.example:9001"),
    ("http://[::1]:9001/", "http://[::1]:9001/"),
]


@pytest.mark.parametrize("kind", [Client, SyncClient])
def test_a_url_is_read_as_browsers_do(kind: type[Client | SyncClient]) -> None:
    for given, read in URLS:
        assert kind(given).url == read, (given, read)


async def test_health_is_asked_without_a_key(caller: Caller, stand_in: Business) -> None:
    stand_in.script(status(500))
    healthy = []
    for url in (caller.daemon.url, stand_in.url(), "http://127.0.0.1:9"):
        async with Client(url, patience=timedelta(0)) as client:
            healthy.append(await client.healthy())

    assert healthy == [True, False, False]


def held(released: asyncio.Event, answer: Answer) -> Answer:
    """`answer`, once `released` is set."""

    async def later(request: web.Request) -> web.StreamResponse:
        await released.wait()
        return await answer(request)

    return later


async def failure(client: Client) -> Exception:
    """The error of a request for the access_token."""
    with pytest.raises((CallError, NotFoundError, UnauthorizedError)) as caught:
        await client.credential(APPID, "0")
    return caught.value
