"""Reminders: a crowd that is due in the same minute, and how late one is on an ordinary day."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

import uvloop

from tests.benchmarks.cores import Bare, bare_cores
from tests.benchmarks.harness import Bench, Contender, Figures, Result, python_server
from tests.benchmarks.messages import PEOPLE, SLOTS, WRITERS, open_shop, post_all
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Attempt, Outcome, Settled, Way
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.reminders.model import Reminder

CROWD = 5_000
GREAT = 100_000
# As dense as 1,000 in a minute, for a quarter of one. Reminders fall on whole seconds.
SPREAD, SPAN = 250, 15
# How many are made in a second at the least, before they fall due. A busy machine gets more time.
MADE = (1_500, 500, 150)
BARE = "bare client loop"


def run(bench: Bench) -> list[Result]:
    with _upstream() as url:
        contenders = [
            Contender(name=BARE, measure=partial(_bare, url, CROWD)),
            Contender(
                name=f"{CROWD:,} due at once", measure=partial(_due, url, CROWD), target=0.45
            ),
        ]
        title = "1,000 reminders due in a minute"
        lateness = [Contender(name="from due to taken", measure=partial(_late, url))]
        return [
            bench.compare("Reminders handed to WeChat", contenders, baseline=BARE),
            bench.compare(title, lateness, baseline="from due to taken"),
        ]


def run_great(bench: Bench) -> list[Result]:
    """As many as a large platform has at eight in the morning. It takes minutes."""
    with _upstream() as url:
        contenders = [
            Contender(name=BARE, measure=partial(_bare, url, GREAT)),
            Contender(
                name=f"{GREAT:,} due at once", measure=partial(_due, url, GREAT), target=0.45
            ),
        ]
        return [bench.compare("Reminders handed to WeChat", contenders, baseline=BARE)]


@contextmanager
def _upstream() -> Iterator[str]:
    with python_server("tests.benchmarks.upstream") as upstream:
        yield f"http://127.0.0.1:{upstream.port}"


def _bare(url: str, count: int) -> Figures:
    """The same calls, as many in flight, and nothing done with the answers."""
    took = uvloop.run(post_all(url, count))
    return {"reminders/s": count / took, "s to the last": took}


def _due(url: str, count: int) -> Figures:
    """From the moment at which all are due to the last that WeChat took, and that is stored."""
    late = _lived(url, [timedelta(0)] * count)
    return {"reminders/s": count / max(late), "s to the last": max(late)}


def _late(url: str) -> Figures:
    rng = random.Random(SPREAD)
    offsets = [timedelta(seconds=rng.randrange(SPAN)) for _ in range(SPREAD)]
    late = sorted(_lived(url, offsets))
    return {"p50 ms": late[len(late) // 2] * 1e3, "p99 ms": late[int(len(late) * 0.99)] * 1e3}


class TooSlowError(Exception):
    """The first reminders fell due before the last were made."""


def _lived(url: str, offsets: list[timedelta]) -> list[float]:
    """How many seconds after it was due each was stored as taken."""
    for made in MADE:
        with suppress(TooSlowError):
            return uvloop.run(_lived_through(url, offsets, made))
    raise RuntimeError("this machine makes reminders too slowly")


async def _lived_through(url: str, offsets: list[timedelta], made: int) -> list[float]:
    watch = Watch(len(offsets))
    async with bare_cores(url, slots=SLOTS, counters=watch) as bare:
        app = await open_shop(bare)
        begin = bare.ground.clock.now() + timedelta(seconds=2 + len(offsets) / made)
        begin = begin.replace(microsecond=0)
        await _make(bare, app, [begin + offset for offset in offsets])
        loops = (bare.cores.reminders.clockwork, bare.cores.delivery.clockwork)
        turning = [bare.ground.supervisor.essential("loop", loop.run()) for loop in loops]
        await watch.full.wait()
        for loop in loops:
            loop.stop()
        await asyncio.wait(turning)
    return watch.late


async def _make(bare: Bare, app: App, times: list[datetime]) -> None:
    """Raises TooSlowError."""
    found = await bare.ground.stores.aliases.find(app, [str(number) for number in range(PEOPLE)])
    uids = [found[str(number)].subscriber.uid for number in range(PEOPLE)]
    numbered, too_late = enumerate(times), min(times) - timedelta(milliseconds=200)

    async def write() -> None:
        for number, at in numbered:
            if bare.ground.clock.now() >= too_late:
                return
            # Its text says when it was due, for whoever sees it taken.
            reminder = Reminder(
                app_id=app.id,
                source="benchmark",
                title="吃药",
                detail=at.isoformat(),
                start=at,
                way=Way.TEMPLATE,
                owner=uids[number % PEOPLE],
                created_at=bare.ground.clock.now(),
            )
            await bare.cores.reminders.desk.create(reminder)

    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(write())
    if bare.ground.clock.now() >= too_late:
        raise TooSlowError


class Watch(Counters):
    """`late` holds the seconds from due to stored as taken; `full` once all are."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.full = asyncio.Event()
        self.late: list[float] = []
        self._count = count
        self._clock = time.time

    def sent(self, outcome: Outcome, receipt: str | None) -> None:
        super().sent(outcome, receipt)
        match outcome:
            case Settled(attempt=Attempt(error="")) if message := outcome.delivery.message:
                due = datetime.fromisoformat(message.content.text)
                self.late.append(self._clock() - due.timestamp())
        if len(self.late) == self._count:
            self.full.set()
