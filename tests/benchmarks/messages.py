"""Messages: accepted durably, and sent from few and from many that wait."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from tests.benchmarks.cores import Bare, bare_cores
from tests.benchmarks.harness import Bench, Contender, Figures, Result, python_server
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.audience.model import App, Template
from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.delivery.model import Content, Outcome, Way
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.wechat.session import client_session

APPID = "wx1"
ACCEPTED = 5_000
SENT = 1_000
MANY = 100_000
PEOPLE = 1_000
WRITERS = 64
SLOTS = 64
ONE_COMMIT = "one row, one commit"
BARE = "bare client loop"
FIELDS = {"keyword1": "{title}", "keyword2": "{content}"}
SEND = "/cgi-bin/message/template/send"
CONTENT = Content(way=Way.TEMPLATE, title="订单已发货", text="您的订单已发货，请注意查收。")


def run(bench: Bench) -> list[Result]:
    with (
        python_server("tests.benchmarks.upstream") as upstream,
        tempfile.TemporaryDirectory() as folder,
    ):
        url = f"http://127.0.0.1:{upstream.port}"
        crowded = Path(folder) / "crowded"
        crowded.mkdir()
        with bench.busy(f"{MANY:,} messages"):
            uvloop.run(_fill(url, crowded))
        return [_accepting(bench, url), _sending(bench, url, crowded)]


def _accepting(bench: Bench, url: str) -> Result:
    contenders = [
        Contender(name=ONE_COMMIT, measure=_commits),
        Contender(name="message and delivery", measure=partial(_run, _accept, url)),
    ]
    return bench.compare(f"Accepting {ACCEPTED:,}", contenders, baseline=ONE_COMMIT)


def _sending(bench: Bench, url: str, crowded: Path) -> Result:
    contenders = [
        Contender(name=BARE, measure=partial(_run, _bare, url)),
        Contender(
            name=f"from {SENT:,} that wait", measure=partial(_run, _deliver, url), target=0.6
        ),
        Contender(
            name=f"from {MANY:,} that wait",
            measure=partial(_run, partial(_deliver, folder=crowded), url),
            target=0.6,
        ),
    ]
    return bench.compare(f"Sending {SENT:,}", contenders, baseline=BARE)


def _run(measured: Callable[[str], Coroutine[Any, Any, Figures]], url: str) -> Figures:
    return uvloop.run(measured(url))


def _commits() -> Figures:
    """What a program gets that commits each row by itself: as durable, one fsync for each."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(f"{folder}/rows.db", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, content TEXT)")
        started = time.perf_counter()
        for number in range(SENT):
            database.execute("INSERT INTO messages VALUES (?, ?)", (number, CONTENT.text))
        took = time.perf_counter() - started
        database.close()
    return {"messages/s": SENT / took}


async def _accept(url: str) -> Figures:
    async with bare_cores(url, slots=SLOTS, counters=Counters()) as bare:
        app = await open_shop(bare)
        started = time.perf_counter()
        await _put(bare, app, ACCEPTED)
        return {"messages/s": ACCEPTED / (time.perf_counter() - started)}


async def _bare(url: str) -> Figures:
    return {"deliveries/s": SENT / await post_all(url, SENT)}


async def post_all(url: str, count: int) -> float:
    """The same session and calls, as many in flight, and nothing done with the answers; in seconds."""
    async with client_session() as session:
        numbers = iter(range(count))
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(SLOTS):
                group.create_task(_post(session, f"{url}{SEND}", numbers))
        return time.perf_counter() - started


async def _post(session: aiohttp.ClientSession, url: str, numbers: Iterator[int]) -> None:
    for number in numbers:
        body = {
            "touser": f"o-{number}",
            "template_id": "T" * 43,
            "data": {"keyword1": {"value": CONTENT.title}, "keyword2": {"value": CONTENT.text}},
            "client_msg_id": str(number),
        }
        async with session.post(url, params={"access_token": "t" * 136}, json=body) as response:
            await response.read()


async def _deliver(url: str, folder: Path | None = None) -> Figures:
    """What the daemon does with a due delivery, from claim to commit. Where more wait than are measured, as many are
    sent before: those that are claimed beyond the last one were then claimed beyond the first one, too."""
    tally = Tally(ahead=SENT if folder else 0)
    async with bare_cores(url, slots=SLOTS, counters=tally, folder=folder) as bare:
        if folder is None:
            await _put(bare, await open_shop(bare), SENT)
        await bare.cores.audience.directory.load()
        dispatching = bare.cores.delivery.clockwork
        tally.began = time.perf_counter()
        turning = bare.ground.supervisor.essential("dispatching", dispatching.run())
        await tally.full.wait()
        took = time.perf_counter() - tally.began
        dispatching.stop()
        await turning
    return {"deliveries/s": SENT / took}


class Tally(Counters):
    """`full` once as many deliveries as are measured are stored as sent, which `began` after the ones `ahead`."""

    def __init__(self, *, ahead: int) -> None:
        super().__init__()
        self.full = asyncio.Event()
        self.began = 0.0
        self._left = ahead + SENT

    def sent(self, outcome: Outcome, receipt: str | None) -> None:
        super().sent(outcome, receipt)
        self._left -= 1
        if self._left == SENT:
            self.began = time.perf_counter()
        if self._left <= 0:
            self.full.set()


async def _fill(url: str, folder: Path) -> None:
    async with bare_cores(url, slots=SLOTS, counters=Counters(), folder=folder) as bare:
        await _put(bare, await open_shop(bare), MANY)


async def open_shop(bare: Bare) -> App:
    """An account with its token, an app, and its people: they are known by number."""
    account, key = Account(appid=APPID, secret="s"), JobKey(APPID, "access_token")
    registration = Registration(account=account, owner="b", tasks=(Task(key=key),))
    await bare.ground.stores.credentials.register(registration, now=bare.ground.clock.now())
    await bare.cores.credentials.clockwork.run_once()
    template = Template(template_id="T" * 43, fields=FIELDS)
    app = replace(
        draft_app("shop", APPID, now=bare.ground.clock.now()),
        templates={"message": template, "reminder": template},
    )
    await bare.cores.audience.directory.make_app(app)
    openids = {str(number): f"o-{number}" for number in range(PEOPLE)}
    await bare.cores.audience.desk.bind(app, openids)
    return app


async def _put(bare: Bare, app: App, count: int) -> None:
    """Each message to one person, from many writers at once."""
    numbers = iter(range(count))
    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(_write(bare, app, numbers))


async def _write(bare: Bare, app: App, numbers: Iterator[int]) -> None:
    sending = bare.cores.delivery.sending
    for number in numbers:
        order = await sending.prepare(app, CONTENT, names=[str(number % PEOPLE)])
        await sending.put(order)
