"""The console's pages with many accounts, one in a hundred of which fails, beside those with three."""

import asyncio
import http.client
import json
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

from tests.benchmarks.crowd import fill
from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import Bench, Contender, Figures, Result, Target
from tests.benchmarks.results import ITSELF
from tests.console.elements import read
from wechat_scheduler.config.loading import DATABASE_NAME

FEW, MANY = 3, 10_000
LOOKS = 15
UNTIL, CPU = "ms", "CPU ms"
TARGETS = (Target(ratio=100, to=ITSELF, less_is_better=True),)
PAGES: Final[Mapping[str, str]] = {
    "first page": "/",
    "accounts": "/console/credentials",
    "failing accounts": "/console/credentials?error=operator",
    "one account searched for": "/console/credentials?search=wx00000000000099",
}
FAULT: Final = {
    "at": "2026-01-01T00:00:00Z",
    "reaction": "operator",
    "message": "/cgi-bin/stable_token: 40125 invalid appsecret",
    "endpoint": "/cgi-bin/stable_token",
    "errcode": 40125,
    "advice": "register the account again with its AppSecret",
}


def run(bench: Bench) -> list[Result]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        visits = {}
        for number in (FEW, MANY):
            with bench.busy(f"{number:,} accounts"):
                state = folder / str(number)
                state.mkdir()
                asyncio.run(fill(state, number))
                _spoil(state)
            visits[number] = _Visit(stack.enter_context(daemon(state)))
        return [
            bench.compare(
                f"Console: {name}",
                [
                    Contender(
                        name=f"{number:,} accounts",
                        measure=partial(visits[number].look, path),
                        targets=TARGETS,
                    )
                    for number in (FEW, MANY)
                ],
                baseline=f"{FEW:,} accounts",
            )
            for name, path in PAGES.items()
        ]


def _spoil(state: Path) -> None:
    """As WeChat's refusals would have left it."""
    with closing(sqlite3.connect(state / DATABASE_NAME)) as database, database:
        database.execute(
            "UPDATE jobs SET fault = ?, attempts = 3 WHERE rowid % 100 = 2", (json.dumps(FAULT),)
        )


class _Visit:
    """Someone who is signed in to a daemon's console, on one connection."""

    def __init__(self, started: Started) -> None:
        self._server = started.server
        self._cookies: SimpleCookie = SimpleCookie()
        self._headers: dict[str, str] = {"Accept": "text/html"}
        self._connection = http.client.HTTPConnection("127.0.0.1", started.server.port)
        door = self._ask("GET", "/console/sign-in")
        (form,) = [one for one in read(door).find("form") if one["action"] == "/console/sign-in"]
        fields = {one["name"]: one["value"] for one in form.find("input")}
        self._ask("POST", "/console/sign-in", urlencode(fields | {"key": started.admin_key}))
        self.look("/")  # loads what the console puts off until somebody looks

    def look(self, path: str) -> Figures:
        """The median of some looks at a page: how long until it is there, and what it costs the daemon."""
        used, waits = self._server.cpu_seconds(), []
        for _ in range(LOOKS):
            began = time.perf_counter()
            self._ask("GET", path)
            waits.append(time.perf_counter() - began)
        cpu = (self._server.cpu_seconds() - used) / LOOKS
        return {UNTIL: median(waits) * 1e3, CPU: cpu * 1e3}

    def _ask(self, method: str, path: str, form: str | None = None) -> str:
        origin = f"http://127.0.0.1:{self._server.port}"
        posted = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        self._connection.request(method, path, form, self._headers | (posted if form else {}))
        response = self._connection.getresponse()
        text = response.read().decode()
        if response.status != (303 if form else 200):
            raise RuntimeError(f"{path}: {response.status} {response.reason}")
        for cookie in response.headers.get_all("Set-Cookie", ()):
            self._cookies.load(cookie)
        kept = [f"{name}={one.value}" for name, one in self._cookies.items()]
        self._headers["Cookie"] = "; ".join(kept)
        return text
