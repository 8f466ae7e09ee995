"""No secret is found in anything that is written, shown or stored."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import APPID, AUTHORIZER, WeChat, wechat
from tests.secrets.story import ACCOUNTS, Left, live

# Something that each place must hold, so that nothing is found safe for being empty.
KNOWN = {
    "log": "credential.refreshed",
    "errors": "must begin with http",
    "/tasks": APPID,
    "/metrics": "wechat_scheduler_refreshes_total",
    "/readyz": APPID,
    "/callbacks": "ticket_at",
    "/v1/keys": "shop",
    "/v1/audit": "credential.read",
    "doctor": "probe: ",
    "backup": AUTHORIZER,
    "wechat-scheduler.db, open": "SQLite format 3",
    "wechat-scheduler.db-wal, open": AUTHORIZER,
    "wechat-scheduler.db, closed": AUTHORIZER,
    "wechat-scheduler.db.lock, open": "",
    "wechat-scheduler.db.lock, closed": "",
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def weixin(clock: FakeClock) -> AsyncIterator[WeChat]:
    async with wechat(clock, accounts=ACCOUNTS) as running:
        yield running


@pytest.fixture
async def left(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> Left:
    return await live(tmp_path / "state", weixin, clock)


async def test_no_secret_is_found_in_anything_that_is_left_behind(left: Left) -> None:
    places = {where for where in left.written if not where.endswith("-shm, open")}

    assert left.leaks() == []
    assert places == set(KNOWN)
    for where, text in KNOWN.items():
        assert text.encode() in left.written[where], where
    assert len(left.secrets) > 25
    assert all(len(secret) >= 12 for secret in left.secrets.values())


async def test_a_secret_that_was_written_would_be_found() -> None:
    left = Left(secrets={"key": "a&b-c"}, written={"log": b"x a%26b-c", "file": b"nothing"})

    assert left.leaks() == [("key", "log")]
