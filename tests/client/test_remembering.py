"""What a client asks while it is refused, or its daemon is away: once in a second."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from tests.business import Business, status
from tests.client.in_threads import EITHER, ClientType, ThreadedClock
from tests.client.passing import passing
from tests.client.test_client import ACCOUNT, enveloped, issued, stand_in
from tests.house import APPID
from wechat_scheduler.errors import (
    CallError,
    ForbiddenError,
    NotFoundError,
    RequestError,
    UnauthorizedError,
    UnavailableError,
    UnreachableError,
)

__all__ = ["stand_in"]

SECOND = timedelta(seconds=1)
WRONG_KEY = enveloped(401, "", "this API key is not valid")
THROTTLED = status(
    429, b'{"code":429,"message":"too many wrong keys","result":""}', Retry_After="60"
)
pytestmark = pytest.mark.parametrize("either", EITHER)


async def failure(client: Any, *name: str) -> Exception:
    with pytest.raises((CallError, RequestError)) as caught:
        await client.credential(*(name or (APPID, "0")))
    return caught.value


@pytest.mark.parametrize(
    ("code", "raised"), [(401, UnauthorizedError), (403, ForbiddenError), (404, NotFoundError)]
)
async def test_a_refusal_is_raised_without_a_call_for_a_second(
    either: ClientType, stand_in: Business, code: int, raised: type
) -> None:
    clock = ThreadedClock()
    stand_in.script(enveloped(code, "", "no"))
    async with either(stand_in.url(), clock=clock) as client:
        refused = [await failure(client) for _ in range(3)]
        clock.advance(SECOND)
        stand_in.script(issued("token-1"))
        value = await client.credential(APPID, "0")

    assert {(type(one), str(one)) for one in refused} == {(raised, "no")}
    assert value == "token-1"
    assert len(stand_in.calls) == 2


async def test_a_wrong_key_is_refused_once_for_all_credentials_and_stays_the_cause(
    either: ClientType, stand_in: Business
) -> None:
    clock = ThreadedClock()
    stand_in.script(WRONG_KEY)
    async with either(stand_in.url(), clock=clock) as client:
        first = [await failure(client, APPID, str(kind)) for kind in range(5)]
        clock.advance(SECOND)
        stand_in.script(THROTTLED)
        throttled = await failure(client)
        clock.advance(59 * SECOND)
        later = await failure(client)

    assert {str(one) for one in (*first, throttled, later)} == {"this API key is not valid"}
    assert len(stand_in.calls) == 2


async def test_what_is_registered_is_asked_for_at_once(
    either: ClientType, stand_in: Business
) -> None:
    for answer in (enveloped(404, "", "no"), enveloped(200, "success"), issued("token-1")):
        stand_in.script(answer)

    async with either(stand_in.url(), clock=ThreadedClock()) as client:
        await failure(client)
        await client.register(ACCOUNT)

        assert await client.credential(APPID, "0") == "token-1"


async def test_a_daemon_that_is_away_after_the_expiry_is_tried_once_in_a_second(
    either: ClientType, stand_in: Business
) -> None:
    clock = ThreadedClock()
    stand_in.script(issued("token-1", minutes=1))
    async with either(stand_in.url(), clock=clock, patience=timedelta(0)) as client:
        await client.credential(APPID, "0")
        clock.advance(60 * SECOND)
        await stand_in.stop()
        away = await failure(client)
        await stand_in.start()
        stand_in.script(issued("token-2", minutes=9))
        remembered = await failure(client)
        clock.advance(SECOND)
        value = await client.credential(APPID, "0")

    assert isinstance(away, UnreachableError)
    assert str(remembered) == str(away)
    assert value == "token-2"


async def test_a_report_without_a_successor_says_why_wechat_gives_none(
    either: ClientType, stand_in: Business
) -> None:
    clock = ThreadedClock()
    job = (
        '{"appid":"wx1","kind":"access_token","state":"stale","next_attempt_at":"2026-01-01T00:00:00Z",'
        '"error":{"at":"2026-01-01T00:00:00Z","message":"WeChat: 40164 invalid ip",'
        '"advice":"add the address to the IP whitelist"}}'
    )
    fetched, reported = issued("token-1"), enveloped(200, "refreshing")
    listed = status(200, f'{{"code":200,"message":"","result":[{job}]}}'.encode())

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/tasks":
            return await listed(request)
        return await (reported if request.method == "POST" else fetched)(request)

    stand_in.always = answer
    async with either(stand_in.url(), clock=clock) as client:
        await client.credential(APPID, "0")
        with pytest.raises(UnavailableError) as caught:
            await passing(clock, client.invalid(APPID, "0", "token-1"))

    assert str(caught.value).endswith(
        "has no newer one yet: WeChat: 40164 invalid ip: add the address to the IP whitelist"
    )
    assert stand_in.calls[-1].path == "/tasks"
