"""One try: what goes out, what comes back, and what is said when nothing does."""

import asyncio
import gzip
from datetime import timedelta

import aiohttp
import pytest

from tests.wechat.conftest import PATH, SHORT, JumpingClock, refusal, wechat_client
from tests.wechat.hostile import AMBIGUOUS, HostileServer, Reply, answer, drop, endless, hang
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.client import WeChatClient

OK = answer({"access_token": "TOKEN", "expires_in": 7200})


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "text/html", "nonsense"]
)
async def test_json_of_any_content_type_is_understood(
    client: WeChatClient, server: HostileServer, content_type: str
) -> None:
    body = b' {"access_token": "TOKEN",\n "expires_in": 345} '
    server.script(answer(body, content_type=content_type))

    got = await client.get(PATH, {"appid": "wx1"})

    assert got.text("access_token") == "TOKEN"
    assert got.lifetime() == timedelta(seconds=345)
    assert got.json == body.decode()


async def test_query_values_arrive_whatever_they_contain(
    client: WeChatClient, server: HostileServer
) -> None:
    params = {"appid": "wx1", "ticket": "ticket@@@a+b/c=d&e?f#g%20 微信"}

    await client.get(PATH, params)

    assert server.received[0].query == params


async def test_post_sends_unescaped_utf8_json(client: WeChatClient, server: HostileServer) -> None:
    await client.post("/cgi-bin/message/custom/send", {"access_token": "T"}, {"content": "喝水<b>"})

    received = server.received[0]
    assert received.raw == '{"content":"喝水<b>"}'.encode()
    assert received.headers["content-type"] == "application/json"
    assert received.query == {"access_token": "T"}


async def test_gzip_is_unpacked(client: WeChatClient, server: HostileServer) -> None:
    server.script(answer(gzip.compress(b'{"a": "b"}'), headers="Content-Encoding: gzip\r\n"))

    assert (await client.get(PATH, {})).text("a") == "b"


async def test_a_gzip_bomb_is_refused(client: WeChatClient, server: HostileServer) -> None:
    bomb = gzip.compress(b'{"a": "' + b"b" * 5_000_000 + b'"}')
    server.script(answer(bomb, headers="Content-Encoding: gzip\r\n"))

    error = await refusal(client)

    assert "the answer exceeds" in str(error)


async def test_an_endless_answer_is_not_read_to_its_end(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(endless())

    error = await refusal(client)

    assert "the answer exceeds" in str(error)


@pytest.mark.parametrize(("what", "reply"), AMBIGUOUS.items(), ids=AMBIGUOUS)
async def test_ambiguous_failure_is_transient_and_not_repeated(
    client: WeChatClient, server: HostileServer, what: str, reply: Reply
) -> None:
    server.script(reply)

    error = await refusal(client)

    assert str(error).startswith(f"/cgi-bin/token: {what}")
    assert error.reaction is Reaction.TRANSIENT
    assert error.errcode is None
    assert error.advice
    assert len(server.received) == client.tries == 1


async def test_silence_ends_with_the_timeout_and_is_not_repeated(
    session: aiohttp.ClientSession, server: HostileServer, clock: JumpingClock
) -> None:
    server.script(hang())
    client = wechat_client(session, server.url, clock, timeout=SHORT)

    error = await refusal(client)

    assert str(error) == "/cgi-bin/token: no answer within 0.03 s"
    assert error.reaction is Reaction.TRANSIENT
    assert client.tries == 1


async def test_a_kept_connection_that_breaks_is_not_used_to_repeat_a_get(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(OK, drop())
    await client.get(PATH, {})

    await refusal(client)

    assert len(server.received) == 2


async def test_failed_tls_is_not_tried_again(
    session: aiohttp.ClientSession, clock: JumpingClock
) -> None:
    async with await asyncio.start_server(_no_tls, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        client = wechat_client(session, f"https://127.0.0.1:{port}", clock)

        error = await refusal(client)

    assert str(error) == "/cgi-bin/token: no TLS with 127.0.0.1"
    assert error.reaction is Reaction.TRANSIENT
    assert client.tries == 1


async def _no_tls(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"no TLS is spoken here\r\n")
    writer.close()
