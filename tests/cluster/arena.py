"""Several daemons on one PostgreSQL, with a sandbox in a process of its own, and what befalls them."""

import asyncio
import random
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from tests.cluster.shifted import shifting
from tests.house import APPID
from tests.postgres import SETTINGS, PostgresServer, server
from tests.program import Log, Program, program
from tests.replication import Replicated, replicated
from tests.warm import ENVIRONMENT
from tests.wire import Wire, wired
from wechat_scheduler.engine.clock import SystemClock

# Of a job, by SHORT_CLAIMS; the longest is that of a delivery, 3 callbacks and 5 calls.
LEASE, LONGEST_LEASE = 5.0, 8.0
# By then the server has ended what it was asked last.
NOTICED = 0.5
TRACKING = f"{SETTINGS} -c track_commit_timestamp=on"
HELD = """
    SELECT appid, due_at / 1e6::float8 AS until FROM jobs
    WHERE substr(claimed_by, 1, 8) = $1 AND kind = 'access_token'
"""
NEWEST = "SELECT name FROM nodes ORDER BY started_at DESC LIMIT 1"


class Blow(NamedTuple):
    """What befell a daemon, from a time to another; `held` are its jobs then, and the ends of their claims."""

    what: str
    daemon: int
    began: float
    ended: float
    held: Mapping[str, float] = {}


@dataclass(slots=True, kw_only=True)
class Place:
    """A place where a daemon runs again and again. `state` is `up`, `down` or what befalls it."""

    number: int
    folder: Path
    weixin: str
    database: str
    wire: Wire | None
    ahead: float
    environ: Mapping[str, str]
    program: Program | None = None
    stack: AsyncExitStack | None = None
    name: str = ""
    state: str = "down"
    since: float = 0.0
    logs: list[Log]

    @property
    def url(self) -> str:
        assert self.program is not None
        return self.program.url

    def turn(self, state: str) -> None:
        self.state, self.since = state, now()

    async def start(self) -> None:
        self.stack = AsyncExitStack()
        words = ("--wechat-api", self.weixin, "--database", self.database)
        running = program(
            self.folder,
            *words,
            environ={**self.environ, **shifting(self.ahead, self.folder.parent)},
        )
        self.program = await self.stack.enter_async_context(running)
        self.logs.append(self.program.log)
        self.turn("up")

    async def end(self) -> None:
        if self.stack is not None and self.program is not None:
            if self.program.process.returncode is None:
                self.program.process.send_signal(signal.SIGCONT)
            await self.stack.aclose()
            self.turn("down")

    def send(self, number: signal.Signals) -> None:
        assert self.program is not None
        if (code := self.program.process.returncode) is None:
            self.program.process.send_signal(number)
        else:
            print(
                f"daemon {self.number} had ended by itself with {code}:", self.logs[-1].events[-3:]
            )


class Arena:
    """`blows` is what befell whom, in order; `weixin` the process of the sandbox; `daemons` has the numbers of all that
    ever ran, by the names that their claims have."""

    def __init__(
        self,
        places: Sequence[Place],
        postgres: PostgresServer | Replicated,
        url: str,
        rng: random.Random,
        weixin: int,
    ) -> None:
        self.places = places
        self.postgres = postgres
        self.url = url
        self.rng = rng
        self.weixin = weixin
        self.blows: list[Blow] = []
        self.daemons: dict[str, int] = {}
        self.pool: asyncpg.Pool

    @property
    def key(self) -> str:
        assert self.places[0].program is not None
        return self.places[0].program.admin_key

    def up(self) -> list[Place]:
        return [place for place in self.places if place.state == "up"]

    async def start(self, place: Place) -> None:
        await place.start()
        await self.name(place)

    async def name(self, place: Place) -> None:
        """Find out the name of the daemon that has just started there."""
        place.name = await self.pool.fetchval(NEWEST)
        self.daemons[place.name] = place.number

    async def rage(self, kinds: Sequence[str], seconds: float) -> None:
        """Deal blows of these kinds at random, always one daemon left that none befalls; returns when all are
        over."""
        ends = now() + seconds
        async with asyncio.TaskGroup() as group:
            while now() < ends:
                if len(standing := self.up()) > 1:
                    blow = BLOWS[self.rng.choice(kinds)]
                    group.create_task(blow(self, self.rng.choice(standing)))
                await pause(self.rng.uniform(2, 10))

    async def holds(self, place: Place) -> dict[str, float]:
        """The jobs that a daemon holds, and until when."""
        return {row["appid"]: row["until"] for row in await self.pool.fetch(HELD, place.name)}

    async def kill(self, place: Place) -> None:
        place.turn("killed")
        place.send(signal.SIGKILL)
        began = now()
        await pause(NOTICED)
        self.blows.append(Blow("kill", place.number, began, now(), await self.holds(place)))
        await place.end()
        await pause(self.rng.uniform(1, 8))
        await self.start(place)

    async def freeze(self, place: Place) -> None:
        place.turn("frozen")
        place.send(signal.SIGSTOP)
        began = now()
        await pause(NOTICED)
        held = await self.holds(place)
        await pause(self.rng.uniform(1.2, 2.5) * LONGEST_LEASE)
        place.send(signal.SIGCONT)
        self.blows.append(Blow("freeze", place.number, began, now(), held))
        place.turn("up")

    async def restart_postgres(self, place: Place) -> None:
        """Befalls all."""
        began = now()
        assert isinstance(self.postgres, PostgresServer)
        await asyncio.to_thread(self.postgres.restart)
        self.blows += [Blow("restart", one.number, began, now()) for one in self.places]

    async def fail_over(self, place: Place) -> None:
        """Befalls all, once: there is one standby, which takes the place of the first some seconds later."""
        if not isinstance(self.postgres, Replicated) or not self.postgres.is_whole:
            return
        began = now()
        await self.postgres.lose_the_first()
        await pause(self.rng.uniform(3, 15))
        await self.postgres.promote_the_second()
        self.blows += [Blow("failover", one.number, began, now()) for one in self.places]

    async def lose(self, place: Place, what: str, lose: Callable[[Wire], None]) -> None:
        assert place.wire is not None
        place.turn(what)
        began = now()
        lose(place.wire)
        await pause(60)
        place.wire.heal()
        self.blows.append(Blow(what, place.number, began, now()))
        place.turn("up")


def _losing(
    what: str, lose: Callable[[Wire], None]
) -> Callable[[Arena, Place], Coroutine[Any, Any, None]]:
    return lambda arena, place: arena.lose(place, what, lose)


BLOWS: dict[str, Callable[[Arena, Place], Coroutine[Any, Any, None]]] = {
    "kill": Arena.kill,
    "freeze": Arena.freeze,
    "restart": Arena.restart_postgres,
    "failover": Arena.fail_over,
    "silent": _losing("silent", Wire.hold),
    "unanswered": _losing("unanswered", lambda wire: wire.hold(forth=False)),
    "unasked": _losing("unasked", lambda wire: wire.hold(back=False)),
    "cut": _losing("cut", Wire.cut),
}
WIRED = frozenset(BLOWS) - {"kill", "freeze", "restart", "failover"}


@asynccontextmanager
async def arena(
    folder: Path,
    *,
    aheads: Sequence[float],
    life: float,
    people: int,
    seed: int,
    wires: bool = False,
    standby: bool = False,
    environ: Mapping[str, str],
) -> AsyncIterator[Arena]:
    """A daemon for each of `aheads`, the seconds that its clock is ahead."""
    overlap = str(3 * LEASE)
    weixin = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.cluster.weixin",
        str(len(aheads)), str(life), overlap, APPID, str(people),
        stdout=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )  # fmt: skip
    async with _database(standby) as (postgres, url), AsyncExitStack() as stack:
        stack.callback(weixin.kill)
        assert weixin.stdout is not None
        ports = (await weixin.stdout.readline()).decode().split()[1:]
        places = []
        for number, (port, ahead) in enumerate(zip(ports, aheads, strict=True)):
            wire = await stack.enter_async_context(wired(url)) if wires else None
            places.append(
                Place(
                    number=number, folder=folder / str(number), database=wire.url if wire else url,
                    weixin=f"http://127.0.0.1:{port}", wire=wire, ahead=ahead, environ=environ, logs=[],
                )
            )  # fmt: skip
        field = Arena(places, postgres, url, random.Random(seed), weixin.pid)
        await _begin(field, stack)
        yield field


@asynccontextmanager
async def _database(standby: bool) -> AsyncIterator[tuple[PostgresServer | Replicated, str]]:
    if standby:
        async with replicated(TRACKING) as pair:
            yield pair, pair.url
    else:
        with server(TRACKING) as postgres:
            async with postgres.fresh_database() as url:
                yield postgres, url


async def _begin(field: Arena, stack: AsyncExitStack) -> None:
    first, *others = field.places
    await first.start()
    field.pool = await stack.enter_async_context(
        asyncpg.create_pool(field.url, min_size=0, max_size=4, max_inactive_connection_lifetime=5)
    )
    for place in field.places:
        stack.push_async_callback(place.end)
    await field.name(first)
    for place in others:
        place.folder.mkdir(parents=True)
        for name in ("sealing.key", "admin.key"):
            shutil.copy(first.folder / name, place.folder / name)
        await field.start(place)


def now() -> float:
    """Seconds since 1970."""
    return SystemClock().now().timestamp()


async def pause(seconds: float) -> None:
    await SystemClock().sleep_seconds(seconds)
