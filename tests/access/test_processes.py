"""Several daemons on one database: a key or an origin that ends at one ends at all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.access.doors import end, make, polling
from tests.clock import FakeClock
from tests.console.visitor import Browser, browser
from tests.house import APPID, Answer, Caller, WeChat, daemon
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.web.signing import SHOP, allow
from wechat_scheduler.engine.clock import SystemClock

PATH = f"/task/{APPID}/0"
# Seconds until the others have heard of it, on a machine that has much else to do.
PATIENCE = 60
MOMENT = timedelta(milliseconds=10)


async def test_keys_and_origins_made_and_ended_at_one_daemon_are_so_at_the_other(
    tmp_path: Path, postgres: PostgresServer, weixin: WeChat, clock: FakeClock
) -> None:
    shared: dict[str, Any] = {"state__sealing_key_file": str(tmp_path / "sealing.key")}
    async with (
        postgres_database(postgres) as url,
        daemon(tmp_path / "a", weixin.url, clock=clock, state__database=url, **shared) as here,
        daemon(tmp_path / "b", weixin.url, clock=clock, state__database=url, **shared) as there,
    ):
        await here.register({"type": 0})
        await here.settle()
        signed_out = await session_of_another(here, there)
        key = await make(here, "read")

        await allow(here, SHOP)
        signs = [await until_signed(there, 404, clock)]  # no ticket is registered
        await allow(here)
        signs.append(await until_signed(there, 403, clock))
        made = await until(there, key.text, 200, clock)
        async with polling(there, PATH, key.text) as line:
            await line.warm()
            await end(here, key)
            ended = await until(there, key.text, 401, clock)
            clock.advance(timedelta(minutes=1))  # refused keys are throttled, the unknown one too
            hot = await line.ask()

    assert (made, ended, hot) == (True, True, 401)
    assert signs == [True, True]
    assert signed_out


async def session_of_another(here: Caller, there: Caller) -> bool:
    """Whether a session that was opened at one daemon is good at the other, until the first ends it."""
    async with browser(here) as visitor:
        await visitor.sign_in(here.daemon.admin_key)
        elsewhere = Browser(there, visitor.session)
        assert (await elsewhere.open("/console/access/sessions")).title == "Access"
        (one,) = (await here.call("GET", "/v1/sessions")).result
        await here.call("DELETE", f"/v1/sessions/{one['id']}")
        return await soon(lambda: is_signed_out(elsewhere))


async def is_signed_out(visitor: Browser) -> bool:
    return "sign-in" in (await visitor.open("/console/access/sessions")).url.path


async def soon(is_so: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it comes to be so."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not await is_so():
                await SystemClock().sleep(MOMENT)
            return True
    return False


async def until(keeper: Caller, key: str, status: int, clock: FakeClock) -> bool:
    return await _until(lambda: keeper.call("GET", PATH, key=key), status, clock)


async def until_signed(keeper: Caller, status: int, clock: FakeClock) -> bool:
    """As a page without a key."""
    path, origin = f"/v1/jssdk/{APPID}/signature?url={SHOP}/", {"Origin": SHOP}
    return await _until(lambda: keeper.call("GET", path, key="", headers=origin), status, clock)


async def _until(ask: Callable[[], Awaitable[Answer]], status: int, clock: FakeClock) -> bool:
    """Ask until the answer is that one. Whoever asks too often with a key that is not known yet has
    to wait for a minute."""

    async def is_answered() -> bool:
        answered = (await ask()).status
        if answered == 429:
            clock.advance(timedelta(minutes=1))
        return answered == status

    return await soon(is_answered)
