"""Jobs that rotate all the time on several daemons, those who read them there."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import asyncpg

from tests.cluster.arena import Arena, Place, now, pause
from tests.cluster.verdict import Issued
from tests.house import SECRET
from wechat_scheduler.storage.postgres.change_listener import CHANNEL

COMMITTED = """
    SELECT pg_xact_commit_timestamp(xmin) AS at, version FROM jobs
    WHERE appid = $1 AND kind = 'access_token'
"""
# Each that asks one daemon after another for a job that another daemon has just rotated.
WATCHERS = 8
# Seconds by which a value that was issued is stored, and handed out everywhere.
UNDER_WAY = 3.0


class Rotation:
    """`life` is that of a token in seconds. `seen` has the times from a commit to each daemon's first answer with
    it, `stale` those to the last without it, `heard` those until this program itself, which does nothing else with a
    change, had heard of it and read it: what the machine takes. `dead` are the values that were dead when they were
    asked for, `maybe` is the number of those that died until the answer came, `failures` answers that were none, `refusals` why."""

    def __init__(
        self, field: Arena, http: aiohttp.ClientSession, *, jobs: int, life: float, readers: int
    ) -> None:
        self._field = field
        self._http = http
        self._life = life
        self._readers = readers
        self._rng = field.rng
        self.appids = [f"wx{number:06d}" for number in range(jobs)]
        self._read: list[tuple[str, float, float, str, int]] = []
        self._changed: asyncio.Queue[str] = asyncio.Queue()
        self._idle = 0
        self._over = False
        self.reads: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.slowest: dict[int, float] = defaultdict(float)
        self.seen: list[float] = []
        self.stale: list[float] = []
        self.heard: list[float] = []
        self.dead: list[str] = []
        self.maybe = 0

    async def register(self) -> None:
        """Each job, spread over a life, so that as many fall due in each second."""
        each = self._life / max(1, len(self.appids))
        began = now()
        numbered = iter(enumerate(self.appids))

        async def some() -> None:
            for number, appid in numbered:
                await pause(began + number * each - now())
                place = self._rng.choice(self._field.up())
                body = {"appid": appid, "appsecret": SECRET, "tasks": [{"type": 0}]}
                async with self._http.post(f"{place.url}/register", json=body) as answer:
                    assert answer.status == 200, await answer.text()

        async with asyncio.TaskGroup() as group:
            for _ in range(16):
                group.create_task(some())

    async def warm(self) -> None:
        """Each daemon hands out each job once: what it has never read it does not have in a storm."""
        left = iter(itertools.product(self._field.places, self.appids))

        async def some() -> None:
            for place, appid in left:
                await self._ask(place, appid)

        async with asyncio.TaskGroup() as group:
            for _ in range(16):
                group.create_task(some())

    async def watch(self) -> None:
        """Read until `stop`."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listening())
            for place in list(self._field.places) * self._readers:
                group.create_task(self._reading(place))
            watchers = [
                group.create_task(self._watching()) for _ in range(WATCHERS if self._readers else 0)
            ]
            while not self._over:
                await pause(1)
                await self._judge()
            for task in [listening, *watchers]:
                task.cancel()

    def stop(self) -> None:
        self._over = True

    async def _listening(self) -> None:
        """Hear of the changed jobs, on a new connection after each loss."""
        while True:
            lost = asyncio.Event()
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                listener = await asyncpg.connect(self._field.url)
                try:
                    listener.add_termination_listener(lambda _, lost=lost: lost.set())
                    await listener.add_listener(CHANNEL, self._heard)
                    await lost.wait()
                finally:
                    listener.terminate()
            await pause(0.1)

    def _heard(self, *heard: Any) -> None:
        _, _, job = heard[-1].partition(" ")
        if job and self._idle > self._changed.qsize():  # else the wait for a watcher would count
            self._changed.put_nowait(job.split('"')[1])

    async def _reading(self, place: Place) -> None:
        while not self._over:
            if place.program is None or place.state in ("down", "killed"):
                await pause(0.01)
                continue
            state, asked = place.state, now()
            answered = await self._ask(place, self._rng.choice(self.appids))
            took = now() - asked
            if state == place.state and place.since < asked:
                self.reads[state] += 1
                self.slowest[place.number] = max(self.slowest[place.number], took)
                if answered is None:
                    self.failures[state] += 1
            await pause(0.01)

    async def _ask(self, place: Place, appid: str) -> int | None:
        """The version that a daemon hands out; its value will be judged."""
        asked = now()
        try:
            async with self._http.get(f"{place.url}/task/{appid}/0") as answer:
                said, at = await answer.json(), now()
                if answer.status != 200:
                    self.refusals[str(said.get("reason"))] += 1
                    return None
                value = said["result"]
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.refusals[type(error).__name__] += 1
            return None
        self._read.append((value, asked, at, appid, place.number))
        return int(answer.headers["ETag"].strip('"'))

    async def _watching(self) -> None:
        """How long after a commit each daemon hands the new version out, as long as it is up."""
        while True:
            self._idle += 1
            appid = await self._changed.get()
            self._idle -= 1
            with suppress(OSError, asyncpg.PostgresError):
                row = await self._field.pool.fetchrow(COMMITTED, appid)
                version, at = row["version"], row["at"].timestamp()
                self.heard.append(now() - at)
                async with asyncio.TaskGroup() as group:
                    for place in self._field.up():
                        group.create_task(self._until_seen(place, appid, version, at))

    async def _until_seen(self, place: Place, appid: str, version: int, at: float) -> None:
        old = at
        while place.state == "up" and place.since < at:
            asked = now()
            answered = await self._ask(place, appid)
            if answered is not None and answered >= version:
                if place.state == "up" and place.since < at:
                    self.seen.append(asked - at)
                    self.stale.append(old - at)
                return
            old = max(old, asked)
            await pause(0.002)

    async def _judge(self) -> None:
        """The sandbox says which of the values that were read were dead in that moment."""
        read, self._read = self._read, []
        asked = [(value, at) for value, _, at, _, _ in read]
        async with self._http.post(
            f"{self._field.places[0].weixin}/storm/dead", json=asked
        ) as answer:
            for (_, at, until, appid, daemon), dead in zip(read, await answer.json(), strict=True):
                if 0 < dead <= until - at:
                    self.maybe += 1  # it died while the answer was under way
                elif dead:
                    says = f"{appid} by {daemon} at {at:.2f}, after {until - at:.3f} s, dead for {dead:.2f} s"
                    self.dead.append(says)

    async def issued(self) -> dict[str, list[Issued]]:
        """All tokens, by appid."""
        found: dict[str, list[Issued]] = defaultdict(list)
        url = f"{self._field.places[0].weixin}/storm/issued"
        async with self._http.get(url) as answer:
            for at, daemon, appid, value in await answer.json():
                found[appid].append(Issued(at, daemon, value))
        return found

    async def overwritten(self) -> list[str]:
        """Each job for which a daemon hands out an older value than the newest that was issued; not one whose
        newest was just under way."""
        before = await self.issued()
        wrong = await self._older(before, before)
        await pause(UNDER_WAY if wrong else 0)
        return await self._older(wrong, before)

    async def _older(
        self, appids: Iterable[str], before: Mapping[str, Sequence[Issued]]
    ) -> list[str]:
        """Those for which a daemon hands out an older value than the newest of `before`."""
        given = defaultdict(list)
        left = iter(itertools.product(appids, self._field.places))

        async def some() -> None:
            for appid, place in left:
                given[appid].append(await self._given(place, appid))

        async with asyncio.TaskGroup() as group:
            for _ in range(16):
                group.create_task(some())
        after = await self.issued()
        return [
            appid
            for appid, values in given.items()
            if not {*values} <= {token.value for token in after[appid][len(before[appid]) - 1 :]}
        ]

    async def _given(self, place: Place, appid: str) -> str:
        async with self._http.get(f"{place.url}/task/{appid}/0") as answer:
            return str((await answer.json())["result"])
