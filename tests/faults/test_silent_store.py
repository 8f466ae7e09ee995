"""A store that does not answer: what is in memory is handed out at once, however overdue it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Business, Caller, WeChat, daemon, wechat
from tests.stores.silent import SilentDatabase
from wechat_scheduler.credentials.cells import LATENESS
from wechat_scheduler.errors import StorageError

LATE = timedelta(minutes=117)
DEAD = timedelta(hours=2)
TOKEN, TICKET = f"{APPID}/0", f"{APPID}/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A daemon that handed out the values at `paths` before."""

    caller: Caller
    database: SilentDatabase
    clock: FakeClock
    paths: tuple[str, ...]

    async def values(self) -> list[str]:
        async with asyncio.timeout(60):
            answers = [await self.caller.fetch(path) for path in self.paths]
        return [each.json["result"] if "code" in each.json else each.json for each in answers]


@asynccontextmanager
async def placed(state: Path, business: Business, **settings: Any) -> AsyncIterator[Place]:
    clock, database = FakeClock(), SilentDatabase()

    async def opener(url: str, **_: Any) -> SilentDatabase:
        return database

    async with (
        wechat(clock) as weixin,
        daemon(state, weixin.url, clock=clock, opener=opener, **settings) as caller,
    ):
        user = await registered(caller, weixin, business)
        place = Place(
            caller=caller,
            database=database,
            clock=clock,
            paths=(TOKEN, TICKET, f"{APPID}/2", f"{APPID}/2/{user}"),
        )
        await caller.settle()
        await place.values()
        try:
            yield place
        finally:
            database.speaks.set()


async def registered(caller: Caller, weixin: WeChat, business: Business) -> str:
    user = weixin.sandbox.grant_user(APPID)
    business.answers["/params"] = lambda: {"refresh_token": user.refresh_token}
    task = {"type": 2, "openid": user.openid, "params": business.url("/params")}
    await caller.register({"type": 0}, {"type": 1}, task)
    return user.openid


@pytest.mark.parametrize("original", [False, True])
async def test_what_is_valid_and_overdue_is_handed_out_while_the_store_is_silent(
    tmp_path: Path, business: Business, original: bool
) -> None:
    settings = {"compat__original_answers": original}
    async with placed(tmp_path, business, **settings) as place:
        before = await place.values()
        place.clock.advance(LATE)
        place.database.speaks.clear()

        first = await place.values()
        again = [await place.values() for _ in range(3)]
        place.clock.advance(timedelta(seconds=LATENESS + 1))
        later = await place.values()
        waiting = place.database.asked
        place.database.speaks.set()
        await place.caller.settle()

        assert [first, *again, later] == [before] * 5
        assert waiting == 3
        assert (await place.values())[0] != before[0]


async def test_a_message_is_sent_with_an_overdue_token_while_the_store_is_silent(
    tmp_path: Path, business: Business
) -> None:
    async with placed(tmp_path, business) as place:
        tokens = place.caller.daemon.cores.credentials.tokens
        before = await tokens.token(APPID)
        place.clock.advance(LATE)
        place.database.speaks.clear()

        async with asyncio.timeout(60):
            after = await tokens.token(APPID)

        assert after == before


async def test_what_has_expired_is_refused_at_the_deadline_while_the_store_is_silent(
    tmp_path: Path, business: Business
) -> None:
    async with placed(tmp_path, business) as place:
        place.clock.advance(DEAD)
        place.database.speaks.clear()

        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            fetch = group.create_task(place.caller.fetch(TOKEN))
            await place.clock.asleep()
            place.clock.advance(place.caller.daemon.ground.config.server.fetch_deadline)

        answer = fetch.result()
        assert (answer.status, answer.json["reason"]) == (503, "task.pending")


async def test_a_nudge_that_fails_does_not_keep_the_next_one_away(
    tmp_path: Path, business: Business
) -> None:
    async with placed(tmp_path, business) as place:
        before = await place.values()
        place.clock.advance(LATE)
        place.database.down = True
        await place.values()
        with pytest.raises(StorageError):
            await place.caller.settle()
        place.clock.advance(timedelta(seconds=LATENESS + 1))
        place.database.down = False

        await place.values()
        await place.caller.settle()

        assert (await place.values())[0] != before[0]
