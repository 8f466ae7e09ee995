"""A value that WeChat refused is reported, and its successor taken."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.client.in_threads import EITHER, ClientType, ThreadedClock
from tests.client.passing import passing
from tests.house import APPID, SECRET, Caller, daemon, in_memory, wechat

# Far more turns of the loop than a call takes fit into the client's patience.
SHORT = timedelta(milliseconds=1)
NAME = (APPID, "access_token")
ACCOUNT = {
    "appid": APPID,
    "appsecret": SECRET,
    "access_token_endpoint": "token",
    "tasks": [{"type": 0}],
}


@pytest.fixture
def clock() -> ThreadedClock:
    return ThreadedClock()


@pytest.fixture
async def caller(tmp_path: Path, clock: ThreadedClock) -> AsyncIterator[Caller]:
    """A daemon whose clockworks turn."""
    async with (
        wechat(clock) as real,
        daemon(tmp_path, real.url, clock=clock, loops=True, opener=in_memory) as opened,
    ):
        yield opened


@pytest.mark.parametrize("watch", [False, True])
@pytest.mark.parametrize("kind", EITHER)
async def test_a_value_that_wechat_refused_is_replaced(
    caller: Caller, clock: ThreadedClock, watch: bool, kind: ClientType
) -> None:
    url, key = caller.daemon.url, caller.daemon.admin_key
    async with kind(url, key, watch=watch, clock=clock) as client:
        await client.register(ACCOUNT)
        old = await client.credential(*NAME)
        clock.advance(timedelta(seconds=31))

        new = await passing(clock, client.invalid(*NAME, old), SHORT)
        late = await client.invalid(*NAME, old)

        assert new not in ("", old)
        assert late == new == await client.credential(*NAME)
