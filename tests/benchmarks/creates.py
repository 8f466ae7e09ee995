"""Creating over HTTP: 64 keep-alive connections, each creating again as soon as it was answered.

What is created is committed before the answer. The baseline parses the same bodies and stores nothing.
Messages and reminders are for tomorrow, so that accepting is measured and not sending. A message by
WxPusher's API is due at once: WeChat is silent meanwhile, and the daemon may make a few calls at a time only.
"""

import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import uvloop

from tests.benchmarks.cores import bare_cores
from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import Bench, Contender, Figures, Result, Server, python_server
from tests.benchmarks.load import load
from tests.benchmarks.messages import PEOPLE, SLOTS, open_shop
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.metrics.counters import Counters

BARE = "aiohttp, bare"
WARM = 500
FOREVER = 10**9
TOMORROW = SystemClock().now().replace(microsecond=0) + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """An app, its token, and that of one of its people."""

    app_id: int
    token: str
    user_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """One way to create: its path, the least ratio that is aimed at, and how the request is made of the
    number of the request, for a shop with an admin key."""

    path: str
    target: float
    body: Callable[[Shop, int], dict[str, object]]
    proof: Callable[[Shop, str], str] = lambda shop, key: ""


CREATES = (
    Create(
        path="/v1/messages",
        target=0.5,
        body=lambda shop, number: {
            "app": shop.app_id,
            "to": [str(number % PEOPLE)],
            "title": "订单已发货",
            "text": f"您的订单 {number} 已发货，请注意查收。",
            "not_before": TOMORROW.isoformat(),
        },
        proof=lambda shop, key: f"Authorization: Bearer {key}\r\n",
    ),
    Create(
        path="/reminds/api/",
        target=0.4,
        body=lambda shop, number: {
            "title": f"吃药 {number}",
            "desc": "每天一次",
            "time": int(TOMORROW.timestamp()) * 1000,
        },
        proof=lambda shop, key: f"Authorization: Token {shop.user_token}\r\n",
    ),
    Create(
        path="/api/send/message",
        target=0.4,
        body=lambda shop, number: {
            "appToken": shop.token,
            "content": f"您的订单 {number} 已发货，请注意查收。",
            "summary": "订单已发货",
            "contentType": 1,
            "uids": [str(number % PEOPLE)],
        },
    ),
)


def run(bench: Bench) -> list[Result]:
    return [_compare(bench, create) for create in CREATES]


def _compare(bench: Bench, create: Create) -> Result:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wechat = stack.enter_context(python_server("tests.benchmarks.upstream", "silent"))
        url = f"http://127.0.0.1:{wechat.port}"
        bare = stack.enter_context(python_server("tests.benchmarks.servers", "bare-create"))
        with bench.busy("an app and its people"):
            (folder / "state").mkdir()
            shop = uvloop.run(open_shop_of(url, folder / "state"))
        started = stack.enter_context(
            daemon(folder / "state", wechat=url, callbacks_slots="1", wechat_connections="1")
        )
        requests = requests_of(create, shop, started)
        contenders = [
            Contender(name=BARE, measure=_measure(bench, bare, requests)),
            Contender(
                name="wechat-scheduler",
                measure=_measure(bench, started.server, requests),
                target=create.target,
            ),
        ]
        return bench.compare(f"POST {create.path}", contenders, baseline=BARE)


async def open_shop_of(url: str, folder: Path) -> Shop:
    async with bare_cores(url, slots=SLOTS, counters=Counters(), folder=folder) as bare:
        app = await open_shop(bare)
        directory = bare.cores.audience.directory
        found = await bare.ground.stores.aliases.find(app, ["0"])
        uid = found["0"].subscriber.uid
        return Shop(
            app_id=app.id,
            token=await directory.reset_token(app.id),
            user_token=await directory.make_user_token(app.id, uid),
        )


def _measure(bench: Bench, server: Server, requests: Iterator[bytes]) -> Callable[[], Figures]:
    with bench.busy(f"warming up with {WARM:,} requests"):
        load(server.port, requests, seconds=60, count=WARM)
    return partial(_creates, server, requests, bench.seconds)


def _creates(server: Server, requests: Iterator[bytes], seconds: float) -> Figures:
    used = server.cpu_seconds()
    seen = load(server.port, requests, seconds=seconds, count=FOREVER)
    used = server.cpu_seconds() - used
    return {
        "creates/s": seen.rate,
        "p50 ms": seen.p50,
        "p99 ms": seen.p99,
        "CPU µs": used / seen.count * 1e6,
    }


def requests_of(create: Create, shop: Shop, started: Started) -> Iterator[bytes]:
    """Each with a text of its own, as a client library writes it."""
    head = (
        f"POST {create.path} HTTP/1.1\r\n"
        "Host: 127.0.0.1:9001\r\n"
        "Accept: */*\r\n"
        "User-Agent: python-requests/2.32.4\r\n"
        f"{create.proof(shop, started.admin_key)}"
        "Content-Type: application/json\r\n"
    )
    for number in itertools.count():
        body = json.dumps(create.body(shop, number)).encode()
        yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
