import random
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import aiohttp
import pytest

from tests.clock import FakeClock
from tests.wechat.hostile import HostileServer
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.session import client_session

PATH = "/cgi-bin/token"
# Long enough for a socket on this machine, short enough for a test that waits in vain.
SHORT = timedelta(milliseconds=30)


class JumpingClock(FakeClock):
    """Each sleep ends at once and moves the clock by its length."""

    def __init__(self) -> None:
        super().__init__()
        self.naps: list[float] = []

    async def sleep_seconds(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.advance(timedelta(seconds=seconds))


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
async def server() -> AsyncIterator[HostileServer]:
    async with HostileServer() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with client_session() as session:
        yield session


@pytest.fixture
def client(
    server: HostileServer, session: aiohttp.ClientSession, clock: JumpingClock
) -> WeChatClient:
    return wechat_client(session, server.url, clock)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is bound, so that no other program gets it, but does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def wechat_client(
    session: aiohttp.ClientSession,
    base: str,
    clock: JumpingClock,
    timeout: timedelta = timedelta(seconds=10),
) -> WeChatClient:
    return WeChatClient(
        session=session, base=base, timeout=timeout, clock=clock, rng=random.Random(7)
    )


async def refusal(client: WeChatClient, **params: str) -> WeChatError:
    with pytest.raises(WeChatError) as caught:
        await client.get(PATH, params)
    return caught.value
