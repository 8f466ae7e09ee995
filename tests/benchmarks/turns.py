"""The longest transaction and turn of the loop under the largest inputs, beside idle.

The stores do the work that `tests/stores/test_work.py` counts. Their database is in memory and in the
loop, so that each transaction is also a turn. `file_turns.py` has those of a database in a file. Pages and bodies go to a daemon, beside a task that sleeps
for a millisecond again and again: how late it wakes is the turn, other threads' holds of the
interpreter included.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from tests.benchmarks import file_turns
from tests.benchmarks.harness import Bench, Result, Row
from tests.benchmarks.late import late
from tests.house import Answer
from tests.sending.town import Town, town
from tests.stores import test_work as work
from wechat_scheduler.delivery.model import Content, Form
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.log.setup import configure
from wechat_scheduler.web.native.registration import MOST_TASKS
from wechat_scheduler.web.pages.paths import message_path

IDLE = "idle"
JOINED, DELIVERIES, AUTHORISERS = 100_000, 1_000_000, 10_000
CHARACTERS, BODY = 40_000, 1 << 20
TIMES = 20
CASES: tuple[tuple[Callable[[work.Bench, int], Awaitable[None]], int], ...] = (
    (work.a_reminder_is_sent, JOINED),
    (work.a_reminder_is_shown_and_edited, JOINED),
    (work.a_reminder_is_deleted, JOINED),
    (work.a_topic_is_told, JOINED),
    (work.a_message_is_claimed, DELIVERIES),
    (work.a_message_is_cancelled_and_replayed, DELIVERIES),
    (work.a_message_is_forgotten, DELIVERIES),
    (work.one_who_got_many_messages_leaves, JOINED),
    (work.children_are_woken, AUTHORISERS),
    (work.jobs_are_due_at_once, AUTHORISERS),
)


def run(bench: Bench) -> list[Result]:
    configure(level="critical", format="text", stream=sys.stderr)
    rows = list(_stored(IDLE, _nothing, 0))
    for case, size in CASES:
        name = f"{case.__name__.replace('_', ' ')}: {size:,}"
        with bench.busy(name):
            rows += _stored(name, case, size)
    stores = Result(title="The longest transaction", baseline=IDLE, rows=_compared(rows))
    on_file = file_turns.run(bench, DELIVERIES, AUTHORISERS)
    filed = Result(title="In a file", baseline=IDLE, rows=_compared(on_file))
    with bench.busy("pages and bodies"):
        served = asyncio.run(_served())
    turns = Result(title="The longest turn of a daemon", baseline=IDLE, rows=_compared(served))
    return [stores, filed, turns]


def _compared(rows: list[Row]) -> list[Row]:
    """With the ratios to the row that is idle."""
    idle = {row.unit: row.value for row in rows if row.name == IDLE}

    def ratio(row: Row) -> float | None:
        base = idle[row.unit]
        return row.value / base if row.value is not None and base else None

    return [Row(name=row.name, value=row.value, unit=row.unit, ratio=ratio(row)) for row in rows]


async def _nothing(bench: work.Bench, size: int) -> None:
    bench.database.watch()
    await bench.outbox.claim(now=work.NOW, limit=64, lease=work.LEASE)
    await bench.outbox.next_due()


def _stored(
    name: str, case: Callable[[work.Bench, int], Awaitable[None]], size: int
) -> Iterator[Row]:
    bench, longest = work.Bench(), [0.0]
    database: Any = bench.database
    run, watch = database.run, database.watch

    def timed(script: Any) -> Any:
        began = time.thread_time()
        result = run(script)
        longest[0] = max(longest[0], time.thread_time() - began)
        return result

    def begun() -> None:
        watch()
        longest[0] = 0.0

    database.run, database.watch = timed, begun
    asyncio.run(case(bench, size))  # type: ignore[arg-type]  # it is a coroutine
    yield Row(name=name, value=float(database.longest), unit="hundreds of steps")
    yield Row(name=name, value=longest[0] * 1000, unit="ms of CPU")


async def _served() -> list[Row]:
    async with _place() as place:
        call = place.caller.call
        pages = iter([await _page(place) for _ in range(TIMES)])
        tasks = [
            {"type": 2, "openid": f"o{n:027}", "params": "http://127.0.0.1:9/"}
            for n in range(MOST_TASKS)
        ]
        body = {"appid": "wx9999999999999999", "appsecret": "s", "tasks": tasks}
        registration = msgspec.json.encode(body).ljust(BODY)
        refused = b"[" * BODY
        return [
            await _turn(IDLE, partial(call, "GET", f"/v1/apps/{place.app.id}")),
            await _turn("pages of 40,000 characters", lambda: call("GET", next(pages))),
            await _turn(
                "bodies of 1 MiB", partial(call, "POST", "/v1/messages", data=refused), status=400
            ),
            await _turn(
                f"a registration of {MOST_TASKS} tasks in 1 MiB",
                partial(call, "POST", "/registe", data=registration),
                1,
            ),
        ]


async def _page(place: Town) -> str:
    """The path of another page."""
    text = "- **very** long [a](https://a.example)\n" * (CHARACTERS // 39)
    content = Content(title="a", text=text, form=Form.MARKDOWN)
    order = await place.sending.prepare(place.app, content, names=[])
    await place.sending.put(order)
    path = message_path(place.links, order.message.id)
    assert (await place.caller.call("HEAD", path)).status < 500
    return path


@asynccontextmanager
async def _place() -> AsyncIterator[Town]:
    with tempfile.TemporaryDirectory() as folder:
        async with town(Path(folder), clock=SystemClock()) as place:
            yield place


async def _turn(
    name: str, call: Callable[[], Awaitable[Answer]], times: int = TIMES, status: int = 200
) -> Row:
    """The median over the calls of the longest turn during each."""
    turns = []
    for _ in range(times):
        with late() as longest:
            answer = await call()
            await SystemClock().sleep_seconds(0.005)  # until the task has woken
        assert answer.status == status, answer.json
        turns.append(longest[0])
    return Row(name=name, value=median(turns) * 1000, unit="ms")
