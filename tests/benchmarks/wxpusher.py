"""WxPusher's API: one request to thousands beside a request to one, and who then gets how much."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from tests.audience.people import subscribe
from tests.benchmarks.harness import Bench, Contender, Figures, Result, python_server
from tests.house import APPID, Caller, daemon
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.audience.model import App, Template
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.engine.clock import SystemClock

PEOPLE = 10_000
TOPICS = 5
NAMED = 2_000
WRITERS = 64
ONE = "to one uid"
ALL = f"to {NAMED:,} uids and {TOPICS} topics of {PEOPLE:,}"
TEMPLATES = {"message": Template(template_id="T" * 43, fields={"keyword1": "{content}"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """An app's token, its people, and topics that each of them takes."""

    token: str
    uids: list[str]
    topics: list[int]


def run(bench: Bench) -> list[Result]:
    with (
        python_server("tests.benchmarks.upstream") as upstream,
        tempfile.TemporaryDirectory() as folder,
    ):
        url, state = f"http://127.0.0.1:{upstream.port}", Path(folder)
        with bench.busy(f"{TOPICS} topics of {PEOPLE:,}"):
            crowd = uvloop.run(_gather(url, state))
        one, everybody = crowd.uids[:1], crowd.uids[:NAMED]
        contenders = [
            Contender(name=ONE, measure=partial(_run, url, state, crowd, one, [])),
            Contender(name=ALL, measure=partial(_run, url, state, crowd, everybody, crowd.topics)),
        ]
        return [bench.compare("A send by WxPusher's API", contenders, baseline=ONE)]


def _run(url: str, state: Path, crowd: Crowd, uids: list[str], topics: list[int]) -> Figures:
    return uvloop.run(_send(url, state, crowd, uids, topics))


async def _send(url: str, state: Path, crowd: Crowd, uids: list[str], topics: list[int]) -> Figures:
    """How long the answer took; and, once all of it is sent, how often each person got it."""
    people = PEOPLE if topics else len(uids)
    body = {"appToken": crowd.token, "content": "降到 99 元", "uids": uids, "topicIds": topics}
    async with _house(url, state) as caller:
        await caller.call("GET", "/healthz")  # a connection, as clients keep one
        began = time.perf_counter()
        answer = await caller.call("POST", "/api/send/message", body=body, key="")
        answered = time.perf_counter() - began
        sent = await _sent(caller, answer.json["data"][0]["messageContentId"], people)
    return {"ms to answer": answered * 1000, "deliveries a person": sent / people}


async def _sent(caller: Caller, message_id: int, people: int) -> int:
    """What WeChat took of that message, when nothing more of it waits."""
    messages = caller.daemon.cores.delivery.sending._messages
    while True:
        view = await messages.message(message_id)
        assert view is not None
        counts = view.counts
        waiting = counts.get(DeliveryState.PENDING, 0) + counts.get(DeliveryState.SENDING, 0)
        if not waiting and counts.get(DeliveryState.ACCEPTED, 0) >= people:
            return counts[DeliveryState.ACCEPTED]
        await SystemClock().sleep_seconds(0.05)


async def _gather(url: str, state: Path) -> Crowd:
    async with _house(url, state) as caller:
        await caller.register({"type": 0})
        app = replace(draft_app("shop", APPID, now=SystemClock().now()), templates=TEMPLATES)
        audience, subscriptions = (
            caller.daemon.cores.audience,
            caller.daemon.ground.stores.subscriptions,
        )
        made = await audience.directory.make_app(app)
        openids = {str(number): f"o-{number}" for number in range(PEOPLE)}
        uids = list((await audience.desk.bind(app, openids)).values())
        topics = [(await audience.desk.topics.make(app, str(n))).id for n in range(TOPICS)]
        wanted = iter([(uid, topic) for topic in topics for uid in uids])
        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(_subscribe(subscriptions, app, wanted))
    return Crowd(token=made.token, uids=uids, topics=topics)


async def _subscribe(subscriptions: Any, app: App, wanted: Iterator[tuple[str, int]]) -> None:
    for uid, topic in wanted:
        await subscribe(subscriptions, app, uid, topic_id=topic)


@asynccontextmanager
async def _house(url: str, state: Path) -> AsyncIterator[Caller]:
    settings: dict[str, Any] = {"wechat__access_token_endpoint": "token", "log__level": "warning"}
    async with daemon(state, url, **settings) as caller:
        yield caller
