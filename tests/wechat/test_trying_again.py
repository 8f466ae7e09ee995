"""A call is repeated only if WeChat did not act on it."""

import asyncio
import socket
from datetime import timedelta

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.day_loop import played
from tests.wechat.conftest import PATH, JumpingClock, refusal, wechat_client
from tests.wechat.hostile import BUSY, HostileServer, Reply, answer, drop
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.session import client_session

OK = answer({"access_token": "TOKEN", "expires_in": 7200})


async def test_busy_is_tried_again_until_it_passes(
    client: WeChatClient, server: HostileServer, clock: JumpingClock
) -> None:
    server.script(BUSY, BUSY, OK)

    got = await client.get(PATH, {})

    assert got.text("access_token") == "TOKEN"
    assert client.tries == 3
    assert len(clock.naps) == 2
    assert sum(clock.naps) < 2


async def test_busy_is_tried_three_times_at_most(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(BUSY)

    error = await refusal(client)

    assert error.errcode == -1
    assert len(server.received) == 3


async def test_a_slow_busy_answer_is_not_waited_for_again(
    client: WeChatClient, server: HostileServer, clock: JumpingClock
) -> None:
    server.script(slowly(BUSY, clock, timedelta(seconds=2)))

    await refusal(client)

    assert len(server.received) == 1


async def test_trying_again_ends_with_the_first_failure_that_may_have_done_something(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(BUSY, drop())

    error = await refusal(client)

    assert "the connection was lost" in str(error)
    assert len(server.received) == 2


async def test_refused_connection_is_tried_again(
    session: aiohttp.ClientSession, clock: JumpingClock, closed_port: int
) -> None:
    client = wechat_client(session, f"http://127.0.0.1:{closed_port}", clock)

    error = await refusal(client)

    assert str(error).startswith(f"/cgi-bin/token: cannot connect to 127.0.0.1:{closed_port}: ")
    assert error.reaction is Reaction.TRANSIENT
    assert client.tries == 3


async def test_unknown_host_is_tried_again(clock: JumpingClock) -> None:
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=KnowsNoHost())
    ) as session:
        client = wechat_client(session, "http://api.weixin.qq.com", clock)

        error = await refusal(client)

    assert str(error) == "/cgi-bin/token: host api.weixin.qq.com not found"
    assert client.tries == 3


def test_a_call_with_all_its_tries_ends_with_the_timeout() -> None:
    clock = JumpingClock()

    async def play() -> str:
        async with HostileServer() as server, client_session() as session:
            server.script(slowly(BUSY, clock, timedelta(seconds=1)), OK)
            client = wechat_client(session, server.url, clock, timeout=timedelta(seconds=0.5))
            return str(await refusal(client))

    assert played(play) == "/cgi-bin/token: not sent, since its 0.5 s were over"


def slowly(reply: Reply, clock: JumpingClock, delay: timedelta) -> Reply:
    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock.advance(delay)
        await reply(reader, writer)

    return late


class KnowsNoHost(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError("name or service not known")

    async def close(self) -> None:
        return None


class LeapingClock(JumpingClock):
    """The process stands still for a while each time before it looks at the clock."""

    def boottime(self) -> float:
        self.advance(timedelta(seconds=11))
        return super().boottime()


async def test_a_process_that_stood_still_in_a_call_does_not_send_it_late(
    session: aiohttp.ClientSession, server: HostileServer
) -> None:
    client = wechat_client(session, server.url, LeapingClock())

    error = await refusal(client)

    assert (server.received, error.reaction) == ([], Reaction.TRANSIENT)
    assert error.verdict is not Verdict.AMBIGUOUS
