"""Hours or a day in which everything that can hang hangs in turn, and the neighbours of it.

Tokens live for two turns, so that each is renewed in every second turn however long the day is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from tests.business import Business
from tests.day_loop import DayLoop, LoopClock
from tests.house import APPID, AUTHORIZER, COMPONENT
from tests.stores.memory import MemoryDatabase, memory_database
from tests.unfair.neighbours import Street, street
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.errors import SchedulerError
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.sqlite.database import READERS

# More sick calls than any purpose has places.
MANY = 10

# The first look is while the first calls of the sick hang.
SOON = timedelta(seconds=5)

# What is asked for is there, and what is sent has arrived, after this long.
IN_TIME = timedelta(seconds=10)

TEMPLATE = "/cgi-bin/message/template/send"
OLD = "wx5555555555555555"

# As few places as on the street, but calls that are given up as they are by default.
PLACES = {
    "callbacks__timeout": "10s",
    "wechat__timeout": "10s",
    "refresh__lease": "60s",
    "server__fetch_deadline": "10s",
}


class SlowDatabase(MemoryDatabase):
    """A statement with `slow` in it never ends, and keeps its reader, until `slow` changes."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = ""
        self.hurried = asyncio.Event()
        self._readers = asyncio.Semaphore(READERS)

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        async with self._readers:
            if self.slow and self.slow in sql:
                await self.hurried.wait()
            return await super().read(sql, *params)


@dataclass(slots=True, kw_only=True)
class Day:
    """`group` has what goes on for the present turn only; `way` is how healthy messages go; `before` is what
    hung in the last turn; a turn takes as long as `turn_takes`. `newer` and `older` are the credentials that
    became healthy ones in this turn and in the last."""

    street: Street
    turn_takes: timedelta
    loop: DayLoop
    clock: LoopClock
    database: SlowDatabase
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    way: Way = Way.TEMPLATE
    before: str = ""
    healthy: list[tuple[str, int]] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    tunneller: str = ""
    """The secret of a consumer that uses tunnels."""

    @property
    def sandbox(self) -> Any:
        return self.street.town.wechat.sandbox

    async def turn(self, hangs: Mapping[str, "Hang"], needs: Sequence["Need"]) -> None:
        """Minutes in which these hang, and what the healthy ones need meanwhile."""
        name = " ".join(hangs)
        # What hung is asked less often for a while, in the next turn, too.
        self.way = Way.TEXT if TEMPLATE in (name, self.before) else Way.TEMPLATE
        self.before = name
        async with asyncio.TaskGroup() as self.group:
            self.street.healthy.calls.clear()
            until = self.clock.now() + self.turn_takes
            for hang in hangs.values():
                await hang(self)
            await self.clock.sleep(SOON)
            while self.clock.now() < until:
                await self.look(name, needs)
                await self.clock.sleep(self.turn_takes / 2)
            self.recover()
        await self.remove_old()

    def keep(self, path: str) -> None:
        """Expect the credential to be fresh until the end of the next turn."""
        appid, number, *_ = path.split("/")
        self.healthy.append((appid, int(number)))
        self.newer.append(path)

    async def remove_old(self) -> None:
        for path in self.older:
            appid, number, *_ = path.split("/")
            self.healthy.remove((appid, int(number)))
            await self.street.town.caller.call("DELETE", f"/task/{path}")
        self.older, self.newer = self.newer, []

    async def jobs(self) -> list[dict[str, Any]]:
        return await self.street.town.caller.jobs("?limit=1000")

    async def user(self, business: Business, *, host: str = "", sick: bool = False) -> str:
        """Register the token of a user, whose refresh token that business has; returns its path."""
        self.street.names += 1
        appid = f"wx{self.street.names:016d}"
        user = self.sandbox.grant_user(appid)
        where = f"/params/{appid}"
        business.answers[where] = lambda: {"refresh_token": user.refresh_token}
        task = {"type": 2, "openid": user.openid, "params": business.url(where, host=host)}
        assert (await self.street.town.caller.register(task, appid=appid)).result == "success"
        path = f"{appid}/2/{user.openid}"
        if not sick:
            self.keep(path)
        return path

    def stranger(self, path: str) -> str:
        """The appid of another account, for which that path of WeChat hangs."""
        self.street.names += 1
        appid = f"wx{self.street.names:016d}"
        self.sandbox.script(path, appid=appid, times=None, hang=True)
        return appid

    async def platform(self, appid: str) -> None:
        """Register a platform and an account that authorised it."""
        grant = self.sandbox.grant_authorizer(appid, AUTHORIZER)
        business, where = self.street.healthy, f"/platform/{appid}"
        business.answers[where] = lambda: {
            "component_verify_ticket": self.sandbox.ticket(appid).value,
            "authorizer_refresh_token": grant.authorizer_refresh_token,
        }
        task = {"params": business.url(where)}
        await self.street.town.caller.register(
            {"type": 3} | task, {"type": 4, "authorizer_appid": AUTHORIZER} | task, appid=appid
        )

    def recover(self) -> None:
        self.street.sick.recover()
        self.sandbox.clear_scripts()
        self.loop.deaf.clear()
        self.database.slow = ""
        self.database.hurried.set()

    async def look(self, name: str, needs: Sequence["Need"]) -> None:
        """Every healthy one asks for what it needs."""
        for need in needs:
            try:
                async with asyncio.timeout(IN_TIME.total_seconds()):
                    await need(self)
            except (TimeoutError, AssertionError, SchedulerError) as error:
                self.late.append(f"{name} {self.clock.now():%H:%M} {need.__name__}: {error!r}")


Hang: TypeAlias = Callable[[Day], Awaitable[None]]
Need: TypeAlias = Callable[[Day], Awaitable[None]]


@asynccontextmanager
async def a_day(
    state: Path, loop: DayLoop, clock: LoopClock, *, turn_takes: timedelta
) -> AsyncIterator[Day]:
    database = SlowDatabase()
    memory_database().pour_into(database)

    async def opener(url: str, **_: Any) -> MemoryDatabase:
        return database

    async with street(
        state,
        lambda _: None,
        clock,
        many=MANY,
        opener=opener,
        options={"token_lifetime": 2 * turn_takes},
        **PLACES,
    ) as place:
        day = Day(street=place, turn_takes=turn_takes, loop=loop, clock=clock, database=database)
        await healthy(day)
        yield day


async def healthy(day: Day) -> None:
    """A credential of each kind."""
    town, caller = day.street.town, day.street.town.caller
    callback = day.street.healthy.url("/callback")
    town.app = await town.directory.change_app(
        town.app.id, lambda app: replace(app, callback=callback)
    )
    await caller.register({"type": 1})
    await caller.register({"type": 0}, appid=OLD, access_token_endpoint="token")
    await day.platform(COMPONENT)
    day.healthy += [(APPID, 0), (APPID, 1), (OLD, 0), (COMPONENT, 3), (COMPONENT, 4)]
    await day.user(day.street.healthy)
    day.newer.clear()  # they stay
    day.tunneller = await day.street.consumer()
    await day.clock.sleep(day.turn_takes / 2)
