"""A business system that reads its token all the time, tries it at WeChat now and then, and reports one that
WeChat refuses: `python -m tests.endurance.reader KIND DAEMON KEY WECHAT`. It ends with its standard input, and
then tells what happened as a line of JSON for each process.
"""

import asyncio
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

from tests.house import APPID
from wechat_scheduler.client.client import Client
from wechat_scheduler.client.sync_client import SyncClient
from wechat_scheduler.client.sync_wire import SyncWire
from wechat_scheduler.client.wire import Wire
from wechat_scheduler.errors import SchedulerError

NAME = (APPID, "access_token")
PAUSE = 0.01
TRIED = 100  # one value in so many is tried at WeChat
THREADS = 4
REFUSED = 40001


class Tally:
    """The counts of one process."""

    def __init__(self, wechat: str) -> None:
        self._wechat = wechat
        self.counts: Counter[str] = Counter()
        self.values: set[str] = set()
        self.slowest = 0.0
        self.healing = 0.0

    def is_refused(self, value: str) -> bool:
        with urlopen(
            f"{self._wechat}/cgi-bin/ticket/getticket?type=jsapi&access_token={value}"
        ) as said:
            self.counts["tried"] += 1
            return bool(json.load(said)["errcode"] == REFUSED)

    def served(self, value: str, begun: float) -> bool:
        """Whether it is to be tried."""
        self.counts["served"] += 1
        self.values.add(value)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return self.counts["served"] % TRIED == 0

    def tell(self, who: str) -> None:
        told = {
            "who": who, **self.counts, "values": len(self.values),
            "slowest_ms": round(self.slowest * 1000, 1), "healing_ms": round(self.healing * 1000),
        }  # fmt: skip
        # A parent and its child say it at once: one write of a line is not divided, `print` may write two.
        os.write(sys.stdout.fileno(), f"{json.dumps(told)}\n".encode())


def counting(kind: Any, names: tuple[str, ...], counts: Callable[[], Counter[str]]) -> None:
    """Counts the calls of these methods as requests."""
    for name in names:
        plain = getattr(kind, name)

        def counted(*given: Any, _plain: Any = plain, **named: Any) -> Any:
            counts()["requests"] += 1
            return _plain(*given, **named)

        setattr(kind, name, counted)


def read(client: SyncClient, tally: Tally, ended: threading.Event) -> None:
    while not ended.wait(PAUSE):
        begun = time.monotonic()
        try:
            value = client.credential(*NAME)
        except SchedulerError as error:
            tally.counts[type(error).__name__] += 1
            continue
        if tally.served(value, begun) and tally.is_refused(value):
            tally.counts["refused"] += 1
            begun = time.monotonic()
            if tally.is_refused(client.invalid(*NAME, value)):
                tally.counts["dead successors"] += 1
            tally.healing = max(tally.healing, time.monotonic() - begun)


async def read_in_loop(url: str, key: str, tally: Tally, ended: threading.Event) -> None:
    async with Client(url, key, watch=True) as client:
        while not ended.is_set():
            await asyncio.sleep(PAUSE)
            begun = time.monotonic()
            try:
                value = await client.credential(*NAME)
            except SchedulerError as error:
                tally.counts[type(error).__name__] += 1
                continue
            if tally.served(value, begun) and await asyncio.to_thread(tally.is_refused, value):
                tally.counts["refused"] += 1
                begun = time.monotonic()
                following = await client.invalid(*NAME, value)
                if await asyncio.to_thread(tally.is_refused, following):
                    tally.counts["dead successors"] += 1
                tally.healing = max(tally.healing, time.monotonic() - begun)


def main(kind: str, url: str, key: str, wechat: str) -> None:
    tally, ended = Tally(wechat), threading.Event()
    counting(SyncWire, ("_exchange", "open_stream"), lambda: tally.counts)
    counting(Wire, ("_try", "open_stream"), lambda: tally.counts)
    if kind == "loop":
        looping = threading.Thread(target=lambda: asyncio.run(read_in_loop(url, key, tally, ended)))
        end_with_input([looping], ended)
        tally.tell(kind)
        return
    client = SyncClient(url, key, watch=True)
    client.credential(*NAME)
    child = os.fork() if kind == "forked" else 1
    if not child:
        kind, tally.counts = "child", Counter()
    threads = [
        threading.Thread(target=read, args=(client, tally, ended))
        for _ in range(THREADS if kind == "threads" else 1)
    ]
    end_with_input(threads, ended)
    tally.tell(kind)
    if child > 1:
        os.waitpid(child, 0)


def end_with_input(threads: list[threading.Thread], ended: threading.Event) -> None:
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
