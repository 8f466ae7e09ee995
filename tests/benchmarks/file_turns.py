"""The longest transaction and turn with a database in a file: its writer has a thread of its own."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from tests.benchmarks.cores import Bare, bare_cores
from tests.benchmarks.harness import Bench, Row, python_server
from tests.benchmarks.late import late
from tests.stores import test_work as work
from tests.stores.samples import credential
from tests.stores.suite import opened
from wechat_scheduler.credentials.model import (
    Account,
    ClaimedJob,
    JobKey,
    Registration,
    Rotated,
    Spent,
    Task,
)
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.database import Database, Script, Statement, rows_of
from wechat_scheduler.storage.database import Row as Stored

T = TypeVar("T")

IDLE = "idle"
PLATFORM = "wxplatform"
BODY = 500
"""Tasks of one registration."""


class TimedDatabase:
    """Measures the longest script of another database since `watch`, without its commit, in seconds of its
    thread's CPU."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._plain = database.write
        self.dialect = database.dialect
        self.cpu = 0.0

    def watch(self) -> None:
        self.cpu = 0.0

    async def write(self, script: Callable[[], Script[T]]) -> T:
        result: T = await self._plain(lambda: self._timed(script()))
        return result

    async def read(self, sql: str, *params: object) -> Sequence[Stored]:
        rows: Sequence[Stored] = await self._database.read(sql, *params)
        return rows

    def _timed(self, script: Script[T]) -> Script[T]:
        began = time.thread_time()
        result = yield from script
        self.cpu = max(self.cpu, time.thread_time() - began)
        return result


def run(bench: Bench, deliveries: int, authorisers: int) -> list[Row]:
    rows = asyncio.run(_stored(IDLE, _nothing, 0))
    for case in (
        work.a_message_is_claimed,
        work.a_message_is_cancelled_and_replayed,
        work.a_message_is_forgotten,
    ):
        name = f"{case.__name__.replace('_', ' ')}: {deliveries:,}"
        with bench.busy(f"{name} in a file"):
            rows += asyncio.run(_stored(name, case, deliveries))
    with bench.busy("authorisers wake"), python_server("tests.benchmarks.upstream") as upstream:
        rows += asyncio.run(_woken(f"http://127.0.0.1:{upstream.port}", authorisers))
    return rows


async def _nothing(bench: work.Bench, size: int) -> None:
    bench.database.watch()
    await bench.outbox.claim(now=work.NOW, limit=64, lease=work.LEASE)
    await bench.outbox.next_due()


async def _stored(
    name: str, case: Callable[[work.Bench, int], Awaitable[None]], size: int
) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(f"sqlite://{folder}/state.db") as database:
            timed = TimedDatabase(database)
            bench = work.Bench(timed)
            begin = timed.watch
            with late(time.thread_time) as longest:

                def watch() -> None:
                    begin()
                    longest[0] = 0.0

                timed.watch = watch  # type: ignore[method-assign]  # its rows are made
                await case(bench, size)
            return _rows(name, timed, longest[0])


def _rows(name: str, timed: TimedDatabase, turn: float) -> list[Row]:
    return [
        Row(name=name, value=timed.cpu * 1000, unit="ms of CPU in a transaction"),
        Row(name=name, value=turn * 1000, unit="ms of CPU in a turn"),
    ]


async def _woken(url: str, number: int) -> list[Row]:
    """That many accounts of a platform are due at once, each with a value, a refresh token and a `notify`
    of its own; and the same for a new secret of the platform while all of them fail."""
    async with bare_cores(url, slots=64, counters=Counters()) as bare:
        credentials = bare.ground.stores.credentials
        await _registered(bare, number)
        database: Any = bare.ground.database
        timed = TimedDatabase(database)
        database.write = timed.write
        loop, rows = bare.cores.credentials.clockwork, []
        turning = bare.ground.supervisor.contained("refreshing", loop.run())
        for name, begin in (
            ("authorisers are due at once", partial(_due, bare)),
            ("authorisers that fail begin anew", partial(_begin_anew, bare)),
        ):
            timed.watch()
            with late(time.thread_time) as longest:
                now = bare.ground.clock.now()
                await begin()
                loop.wake()
                while (due := await credentials.next_due()) is not None and due <= now:
                    await bare.ground.clock.sleep_seconds(0.1)
                rows += _rows(f"{name}: {number:,}", timed, longest[0])
        loop.stop()
        await turning
        return rows


async def _registered(bare: Bare, number: int) -> None:
    store, clock = bare.ground.stores.credentials, bare.ground.clock
    await bare.ground.stores.pushes.put_ticket(PLATFORM, "ticket", now=clock.now())
    keys = [JobKey(PLATFORM, "component_access_token")]
    keys += [JobKey(PLATFORM, "authorizer_access_token", f"wx{n:016}") for n in range(number)]
    for start in range(0, len(keys), BODY):
        await store.register(_registration(keys[start : start + BODY]), now=clock.now())
    while jobs := await store.claim(now=clock.now(), limit=BODY, lease=work.LEASE):
        await together(store.save(_first(job, bare), now=clock.now()) for job in jobs)


def _registration(keys: Sequence[JobKey], secret: str = "s") -> Registration:
    return Registration(
        account=Account(appid=PLATFORM, secret=secret),
        owner="b",
        tasks=tuple(Task(key=key, notify=f"http://127.0.0.1:9/{key.subject}") for key in keys),
    )


def _first(job: ClaimedJob, bare: Bare) -> Rotated:
    issued = credential("v" * 136, at=bare.ground.clock.now(), refresh_token="r" * 136)
    return Rotated(
        job=job,
        credential=issued,
        subject=job.key.subject,
        longest=work.HOUR,
        due_at=issued.renew_at,
        spent=Spent(calls=1),
    )


async def _due(bare: Bare) -> None:
    await _write(bare, "UPDATE jobs SET due_at = 0")


async def _begin_anew(bare: Bare) -> None:
    later = "UPDATE jobs SET fault = 'x', due_at = 9000000000000000 WHERE subject <> ''"
    await _write(bare, later)
    await bare.cores.credentials.manager.register(_registration([], secret="new"))


async def _write(bare: Bare, sql: str) -> None:
    """Past the measurement."""
    database: Database = bare.ground.database
    await type(database).write(database, lambda: rows_of(Statement(sql)))
