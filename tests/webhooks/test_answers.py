"""The guarded client reads responses, those of servers that misbehave too."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.business import (
    Answer,
    Business,
    cut_short,
    drop,
    endless,
    garbage,
    raw,
    redirect,
    status,
)
from tests.webhooks.clients import client_of, push
from wechat_scheduler.errors import CallError, LastingError
from wechat_scheduler.webhooks.client import GuardedClient

SECRET = "/cb/notify?key=hunter2"

INTERIM = b"HTTP/1.1 103 Early Hints\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def hasty() -> AsyncIterator[GuardedClient]:
    async with client_of(timeout=timedelta(milliseconds=50)) as client:
        yield client


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
async def test_any_2xx_accepts_a_post(business: Business, client: GuardedClient, code: int) -> None:
    business.script(status(code))

    await push(client, business.url())


@pytest.mark.parametrize("code", [400, 401, 404, 410, 429, 500, 502, 503])
async def test_any_other_answer_is_an_error_that_names_the_place_only(
    business: Business, client: GuardedClient, code: int
) -> None:
    business.script(status(code, b"hunter2"))

    with pytest.raises(CallError) as caught:
        await push(client, business.url(SECRET, user="me:hunter2"))

    assert str(caught.value) == f"notify of {business.url('/cb/notify')} answered {code}"


@pytest.mark.parametrize("code", [301, 400, 401, 404, 410, 422, 408, 425, 429, 500, 503])
async def test_a_refusal_that_no_repetition_mends_is_told_apart(
    business: Business, client: GuardedClient, code: int
) -> None:
    business.script(status(code))

    with pytest.raises(CallError) as caught:
        await push(client, business.url())

    assert isinstance(caught.value, LastingError) is (code < 500 and code not in (408, 425, 429))


@pytest.mark.parametrize("code", [201, 204, 404, 500])
async def test_a_fetch_takes_200_alone(
    business: Business, client: GuardedClient, code: int
) -> None:
    business.script(status(code))

    with pytest.raises(CallError, match=rf"^params of http://127.0.0.1:\d+/ answered {code}$"):
        await client.fetch(business.url(), what="params")


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    business: Business, client: GuardedClient, code: int
) -> None:
    async with Business() as elsewhere:
        business.script(redirect(elsewhere.url(), code), times=2)

        with pytest.raises(CallError, match=f"answered {code}, and redirects are not followed"):
            await push(client, business.url())
        with pytest.raises(CallError, match=f"answered {code}"):
            await client.fetch(business.url(), what="params")

        assert elsewhere.calls == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (drop, "closed the connection without an answer"),
        (garbage, "did not answer in HTTP"),
        (raw(b""), "closed the connection without an answer"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n"), "did not answer in HTTP"),
    ],
)
async def test_broken_answers_are_errors_that_name_the_place_only(
    business: Business, client: GuardedClient, answer: Answer, reason: str
) -> None:
    # A GET whose connection breaks is tried a second time.
    business.script(answer, times=3)

    with pytest.raises(CallError) as pushed:
        await push(client, business.url(SECRET, user="me:hunter2"))
    with pytest.raises(CallError) as fetched:
        await client.fetch(business.url(SECRET, user="me:hunter2"), what="params")

    assert str(pushed.value) == f"notify of {business.url('/cb/notify')} {reason}"
    assert str(fetched.value) == f"params of {business.url('/cb/notify')} {reason}"


async def test_an_answer_that_breaks_off_is_no_answer_to_a_fetch_but_accepts_a_post(
    business: Business, client: GuardedClient
) -> None:
    business.script(cut_short, times=2)

    with pytest.raises(CallError, match="broke off in the middle of its answer"):
        await client.fetch(business.url(), what="params")
    await push(client, business.url())


async def test_a_server_that_hangs_is_given_up(business: Business, hasty: GuardedClient) -> None:
    business.script(business.hang, times=2)

    with pytest.raises(CallError, match="did not answer in time"):
        await push(hasty, business.url())
    with pytest.raises(CallError, match="did not answer in time"):
        await hasty.fetch(business.url(), what="params")


async def test_large_answers_are_refused_to_a_fetch_and_ignored_after_a_post(
    business: Business,
) -> None:
    business.script(status(200, b"x" * 100))
    business.script(status(200, b"x" * 101), times=2)
    async with client_of(answer_limit=100) as client:
        whole = await client.fetch(business.url(), what="params")
        with pytest.raises(CallError, match="answered more than 100 bytes"):
            await client.fetch(business.url(), what="params")
        await push(client, business.url())

    assert whole == b"x" * 100


async def test_an_answer_without_end_is_cut_off(business: Business, client: GuardedClient) -> None:
    business.script(endless, times=2)

    with pytest.raises(CallError, match="answered more than 10000 bytes"):
        await client.fetch(business.url(), what="params")
    await push(client, business.url())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (INTERIM * 200 + WHOLE, "with too many interim responses"),
        (INTERIM * 20_000, "with too many interim responses"),
        (CHUNKED + b"1\r\nz\r\n" * 9_000 + b"0\r\n\r\n", "more than 10000 bytes"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 8_000 + (b"\r\nX: " + b"y" * 8_000) * 9, "more than"),
    ],
    ids=["interim", "interim without end", "chunks of one byte", "a long head"],
)
async def test_what_stands_around_an_answer_is_bounded_like_the_answer(
    business: Business, client: GuardedClient, answer: bytes, reason: str
) -> None:
    business.script(raw(answer))

    with pytest.raises(CallError, match=f"answered {reason}"):
        await client.fetch(business.url(), what="params")


async def test_some_interim_responses_are_skipped(
    business: Business, client: GuardedClient
) -> None:
    business.script(raw(INTERIM * 7 + WHOLE))

    assert await client.fetch(business.url(), what="params") == b"{}"


async def test_compressed_answers_are_not_asked_for_and_not_unpacked(
    business: Business, client: GuardedClient
) -> None:
    packed = gzip.compress(b"0" * 1_000_000)
    business.script(status(200, packed, Content_Encoding="gzip"))

    answer = await client.fetch(business.url(), what="params")

    assert answer == packed
    assert business.calls[0].headers["Accept-Encoding"] == "identity"
