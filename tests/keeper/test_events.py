"""What happens to credentials is told at once to those who follow it."""

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.access.doors import end, make
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon
from tests.keeper.streams import Event, following
from wechat_scheduler.web.kit import event_streams, waiting_requests
from wechat_scheduler.web.native import events
from wechat_scheduler.web.native.events import HEARTBEAT_EVERY

TASK = {"type": 0}
PATH = f"{APPID}/0"
# Each refresh brings another value.
ROTATING = {"access_token_endpoint": "token"}
SECOND = timedelta(seconds=1)


async def rotate(keeper: Caller, appid: str = APPID) -> None:
    await keeper.call("POST", f"/task/{appid}/0/refresh")
    await keeper.settle()


@pytest.fixture
async def kept(keeper: Caller) -> Caller:
    await keeper.register(TASK, **ROTATING)
    await keeper.settle()
    return keeper


async def test_a_rotation_is_told_with_the_value(kept: Caller) -> None:
    async with following(kept) as stream:
        pause, _ = await stream.line(), await stream.line()
        hello = await stream.next()
        await rotate(kept)
        told = await stream.next()

    assert pause == "retry: 1000"
    assert (hello.what, hello.data) == ("hello", {})
    assert told == Event(
        id=told.id,
        what="credential.rotated",
        data={
            "appid": APPID,
            "type": 0,
            "kind": "access_token",
            "subject": "",
            "version": 2,
            "expires_at": "2026-11-18T04:30:00Z",
            "expires_in": 7200,
            "value": await kept.value(PATH),
        },
    )
    assert told.id > hello.id


async def test_a_job_that_fails_is_told_once_and_so_is_its_removal(
    kept: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    async with following(kept, f"?appid={APPID}") as stream:
        weixin.sandbox.script("/cgi-bin/token", errcode=40164, times=2)
        for _ in range(2):
            await rotate(kept)
            clock.advance(timedelta(hours=1))
        weixin.sandbox.script("/cgi-bin/token", errcode=40125)
        await rotate(kept)
        await rotate(kept)
        await kept.call("DELETE", f"/task/{PATH}")
        _, *told = await stream.nexts(5)

    assert [event.what.partition(".")[2] for event in told] == [
        "failed", "failed", "rotated", "removed"
    ]  # fmt: skip


async def test_a_fault_that_changes_or_goes_without_a_new_value_is_told_once(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register(TASK)
    await keeper.settle()

    async with following(keeper, f"?appid={APPID}") as stream:
        for errcode in (40164, 40125):
            weixin.sandbox.script("/cgi-bin/stable_token", errcode=errcode)
            await rotate(keeper)
        for _ in range(2):
            clock.advance(timedelta(minutes=1))
            await rotate(keeper)
        await keeper.call("DELETE", f"/task/{PATH}")
        _, *told = await stream.nexts(5)

    assert [(event.what, event.data.get("errcode")) for event in told] == [
        ("credential.failed", 40164), ("credential.failed", 40125),
        ("credential.recovered", None), ("credential.removed", None),
    ]  # fmt: skip
    assert told[2].data["version"] == 1
    assert "value" not in told[2].data


async def test_a_failure_has_its_sentence_and_what_to_do(kept: Caller, weixin: WeChat) -> None:
    async with following(kept, "?kinds=credential.failed") as stream:
        weixin.sandbox.script("/cgi-bin/token", errcode=40164)
        await rotate(kept)
        _, failed = await stream.nexts(2)

    assert failed.data.keys() == {
        "appid", "type", "kind", "subject", "version", "expires_at", "expires_in", "errcode", "error",
        "advice",
    }  # fmt: skip
    assert failed.data["errcode"] == 40164
    assert "whitelist" in failed.data["error"]
    assert "IP" in failed.data["advice"]


async def test_only_a_key_that_reads_gets_the_value_and_only_of_what_it_reaches(
    kept: Caller,
) -> None:
    await kept.register(TASK, appid="wxother", **ROTATING)
    reads = await make(kept, "read", appids=[APPID])
    pushes = await make(kept, "push", appids=[APPID])
    typed = await make(kept, "read", types=[1])

    async with (
        following(kept, key=reads.text) as read,
        following(kept, key=pushes.text) as pushed,
        following(kept, key=typed.text) as other,
        following(kept, "?appid=wxother") as whole,
    ):
        await rotate(kept, "wxother")
        await rotate(kept)
        _, valued = await read.nexts(2)
        _, plain = await pushed.nexts(2)
        _, first = await whole.nexts(2)
        await kept.register({"type": 1}, **ROTATING)
        await kept.settle()
        _, ticket = await other.nexts(2)

    assert valued.data["value"] == await kept.value(PATH)
    assert plain.data == {name: said for name, said in valued.data.items() if name != "value"}
    assert (first.data["appid"], first.data["version"]) == ("wxother", 1)
    assert ticket.data["kind"] == "jsapi_ticket"


async def test_what_cannot_be_wanted_is_refused_by_its_name(kept: Caller) -> None:
    limited = await make(kept, "read", appids=[APPID], types=[0])

    for query, status, message in (
        ("kinds=credential.rotated,nonsense", 400, "kinds: unknown kind nonsense; use some of "),
        ("kinds=", 400, 'kinds: unknown kind ""; use some of credential.rotated, '),
        ("kinds=,", 400, 'kinds: unknown kind ""; use some of credential.rotated, '),
        ("type=77", 400, "type: unknown task type 77; use one of 0 access_token"),
        ("appid=a+b", 400, "appid: must be letters, digits"),
        ("kind=credential.rotated", 400, "kind: is not known here; did you mean kinds?"),
        ("kinds=delivery.ended", 403, "kinds: this API key lacks the scope push"),
        ("appid=wxother", 403, "appid: this API key is limited to the appids"),
        ("type=1", 403, "type: this API key is limited to the types access_token"),
    ):
        answer = await kept.call("GET", f"/v1/events?{query}", key=limited.text)

        assert answer.status == status, query
        assert answer.json["message"].startswith(message), answer.json["message"]


async def test_who_comes_back_misses_nothing(kept: Caller) -> None:
    async with following(kept) as stream:
        hello = await stream.next()
    for _ in range(3):
        await rotate(kept)
    async with following(kept, after=hello.id) as stream:
        told = await stream.nexts(3)
        await rotate(kept)
        live = await stream.next()
    async with following(kept, f"?last_event_id={told[1].id}") as stream:
        again = await stream.nexts(2)

    versions = [event.data["version"] for event in (*told, live)]
    assert versions == [4, 4, 4, 5]  # each with the current value
    assert [event.id for event in again] == [told[2].id, live.id]


async def test_an_id_that_the_store_does_not_know_means_reading_anew(kept: Caller) -> None:
    async with following(kept) as stream:
        hello = await stream.next()

    for after in ("1", str(hello.id + 1), "9" * 16, "9" * 40, "x", "-1"):
        async with following(kept, f"?last_event_id={after}") as stream:
            first = await stream.next()

        assert (first.what, first.data, first.id) == ("resync", {}, hello.id), after


async def test_a_heartbeat_comes_every_fifteen_seconds(kept: Caller, clock: FakeClock) -> None:
    async with following(kept) as stream:
        await stream.next()
        beats = []
        for _ in range(2):
            clock.advance(HEARTBEAT_EVERY)
            beats.append([await stream.line(), await stream.line()])

    assert beats == [[": heartbeat", ""]] * 2


async def test_the_stream_of_a_key_ends_with_the_key(kept: Caller, clock: FakeClock) -> None:
    revoked, short = await make(kept, "read"), await make(kept, "read", expires_in=10)

    async with following(kept, key=revoked.text) as one, following(kept, key=short.text) as other:
        await one.next()
        await other.next()
        await end(kept, revoked)
        is_revoked = await one.ended()
        clock.advance(10 * SECOND)
        is_expired = await other.ended()

    assert (is_revoked, is_expired) == (True, True)


async def test_beyond_the_bound_a_consumer_is_told_when_to_come_back(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_requests, "OF_A_KEY", 1)

    async with following(kept):
        refused = await kept.call("GET", "/v1/events")

    assert refused.status == 429
    assert refused.headers["Retry-After"] == "5"


async def test_a_consumer_that_is_too_far_behind_is_dropped_and_delays_no_other(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushes = await make(kept, "push")
    async with AsyncExitStack() as streams:
        with monkeypatch.context() as patch:
            patch.setattr(
                events, "_write", lambda *_: False
            )  # as if what was written stayed unsent
            far = await streams.enter_async_context(following(kept))
            await far.next()
        near = await streams.enter_async_context(following(kept, key=pushes.text))
        await near.next()
        monkeypatch.setattr(event_streams, "BEHIND", 250)  # an event with a value is longer
        await rotate(kept)
        told = await near.next()
        with pytest.raises(aiohttp.ClientError):
            await far.next()

    assert told.what == "credential.rotated"


async def told_to(kept: Caller, version: str) -> bytes:
    """What a consumer that asks with that version of HTTP gets for a rotation."""
    place = urlsplit(kept.daemon.url)
    head = f"GET /v1/events HTTP/{version}\r\nHost: a\r\nX-API-Key: {kept.daemon.admin_key}\r\n\r\n"
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(head.encode())
    try:
        greeting = await reader.readuntil(b"data: {}\n\n")
        if b"chunked" in greeting:
            await reader.readexactly(2)
        await rotate(kept)
        told = await reader.readuntil(b"\n\n")
        return told + (await reader.readexactly(2) if b"chunked" in greeting else b"")
    finally:
        writer.close()


async def test_a_consumer_of_http_1_0_is_told_without_chunks_and_others_with_them(
    kept: Caller,
) -> None:
    event = rb"id: \d+\nevent: credential.rotated\ndata: {.*}\n\n"

    assert re.fullmatch(event, await told_to(kept, "1.0"))
    for version in ("1.1", "2.0"):  # a line with 2.0 is read as one of 1.1
        size, _, chunk = (await told_to(kept, version)).partition(b"\r\n")
        assert re.fullmatch(event + rb"\r\n", chunk), version
        assert int(size, 16) == len(chunk) - 2, version


async def test_a_stop_ends_the_streams_and_the_next_process_goes_on_with_them(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with AsyncExitStack() as stack:
        async with daemon(tmp_path, weixin.url, clock=clock) as first:
            await first.register(TASK, **ROTATING)
            await first.settle()
            stream = await stack.enter_async_context(following(first))
            await stream.next()
        is_over = await stream.ended()
    async with daemon(tmp_path, weixin.url, clock=clock) as second:
        await rotate(second)
        async with following(second, after=stream.last) as stream:
            told = await stream.next()

    assert is_over
    assert (told.what, told.data["version"]) == ("credential.rotated", 2)
