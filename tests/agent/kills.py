"""An agent that is killed again and again while values rotate, and readers of what it hands over."""

import json
import random
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import warm
from tests.agent.test_running import a_listener
from tests.agent.workshop import CREDENTIAL, is_alive, read, until
from tests.house import APPID, Caller, WeChat, daemon, in_memory, wechat
from tests.program import ENVIRONMENT
from wechat_scheduler.engine.clock import SystemClock

TOKEN = "/cgi-bin/token"
# A file may be this late after its value: the agent's loop has to turn, and times are whole seconds.
LATE = timedelta(seconds=1.5)
# An agent that started less than this ago may not have looked yet.
YOUNG = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Observer:
    """Reads the file without a pause, in a thread of its own."""

    file: Path
    reads: int = 0
    halves: list[bytes] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    agent_since: datetime | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self._stop.wait(0.0005):
            self._look(datetime.now(UTC))  # noqa: TID251 - what a program beside the agent sees

    def stop(self) -> None:
        self._stop.set()

    def _look(self, now: datetime) -> None:
        self.reads += 1
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return
        try:
            token = json.loads(content)["access_token"]
            expires_at = datetime.fromisoformat(token["expires_at"])
        except (ValueError, KeyError):
            self.halves.append(content)
            return
        self.seen.add(token["value"])
        is_watched = self.agent_since is not None and now - self.agent_since > YOUNG
        if is_watched and now > expires_at + LATE:
            self.late.append(f"{now - expires_at} after {expires_at}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of it."""

    rotations: int
    kills: int
    droughts: int
    reads: int
    values: int


async def survives(
    folder: Path, *, rotations: int, seed: int, lifetime: timedelta, droughts: int = 0
) -> Tally:
    """Rotates, kills half of the time at a random moment, and lets values expire `droughts` times. Never half a
    file, never a value beyond its life; at the end file, signals and child have the newest value."""
    rng = random.Random(seed)
    async with (
        wechat(SystemClock(), token_lifetime=lifetime) as weixin,
        daemon(
            folder / "state",
            weixin.url,
            opener=in_memory,
            wechat__access_token_endpoint="token",
            refresh__retry_cap="1s",
        ) as keeper,
    ):
        await keeper.register({"type": 0})
        async with _observed(folder) as observer:
            run = _Run(folder, keeper, weixin, observer, rng)
            try:
                return await run.go(rotations, droughts)
            finally:
                await run.end(signal.SIGKILL)


@asynccontextmanager
async def _observed(folder: Path) -> AsyncIterator[Observer]:
    observer = Observer(folder / "token.json")
    thread = threading.Thread(target=observer.watch)
    app = a_listener(observer.file, folder / "told", folder / "ready")
    thread.start()
    try:
        await until((folder / "ready").exists)
        (folder / "app.pid").write_text(str(app.pid))
        yield observer
    finally:
        app.kill()
        app.wait()
        observer.stop()
        thread.join()


class _Run:
    def __init__(
        self, folder: Path, keeper: Caller, weixin: WeChat, observer: Observer, rng: random.Random
    ) -> None:
        self._folder, self._keeper, self._weixin = folder, keeper, weixin
        self._observer, self._rng = observer, rng
        self._kills = 0
        self._process: warm.Process | None = None

    async def go(self, rotations: int, droughts: int) -> Tally:
        file = self._write_file()
        dry = set(self._rng.sample(range(rotations), droughts))
        for number in range(rotations):
            await self._start(file)
            known = len(self._observer.seen)
            await self._keeper.call("POST", f"/task/{APPID}/0/refresh")
            if number in dry:
                await self._dry_out()
            await self._wait_a_while(known)
            if self._rng.random() < 0.5:
                await self._kill()
        await self._start(file)
        await until(self._is_settled)
        await self.end(signal.SIGTERM)
        self._judge()
        return Tally(
            rotations=rotations,
            kills=self._kills,
            droughts=droughts,
            reads=self._observer.reads,
            values=len(self._observer.seen),
        )

    def _write_file(self) -> str:
        child = f"echo $$ $WECHAT_ACCESS_TOKEN >> {self._folder}/children; exec sleep 600"
        file = self._folder / "agent.toml"
        file.write_text(
            f'[daemon]\nurl = "{self._keeper.daemon.url}"\nkey = "{self._keeper.daemon.admin_key}"\n'
            f'{CREDENTIAL}[[files]]\npath = "{self._observer.file}"\n'
            f'[[signals]]\npid_file = "{self._folder}/app.pid"\n'
            f'[exec]\nrun = ["sh", "-c", "{child}"]\n'
        )
        return str(file)

    async def _start(self, file: str) -> None:
        if self._process is None:
            words = ("agent", "--config", file)
            self._process = await warm.start(*words, environ=ENVIRONMENT)
            self._observer.agent_since = datetime.now(UTC)  # noqa: TID251 - as `watch`

    async def _kill(self) -> None:
        await self.end(signal.SIGKILL)
        self._kills += 1

    async def end(self, number: int) -> None:
        self._observer.agent_since = None
        if self._process is not None:
            self._process.send_signal(number)
            await self._process.wait()
            self._process = None

    async def _dry_out(self) -> None:
        """WeChat issues nothing until the value has expired and the file is gone."""
        self._weixin.sandbox.script(TOKEN, errcode=-1, times=None)
        await until(lambda: not self._observer.file.exists(), patience=MINUTE)
        self._weixin.sandbox.clear_scripts()
        await self._keeper.call("POST", f"/task/{APPID}/0/refresh")
        await until(self._observer.file.exists, patience=MINUTE)

    async def _wait_a_while(self, known: int) -> None:
        """Until a moment after a new value is in the file, or until any moment."""
        if self._rng.random() < 0.5:
            await until(lambda: len(self._observer.seen) > known)
        goal = self._observer.reads + self._rng.randrange(1, 60)
        await until(lambda: self._observer.reads >= goal)

    def _children(self) -> list[list[str]]:
        return [line.split() for line in read(self._folder / "children").splitlines()]

    def _is_settled(self) -> bool:
        """File, signals and child have one value, and no older child lives."""
        content = read(self._observer.file)
        if not content or not self._children():
            return False
        value = json.loads(content)["access_token"]["value"]
        *older, newest = self._children()
        told = read(self._folder / "told").strip()
        return (
            newest[1:] == [value]
            and is_alive(int(newest[0]))
            and f'"{value}"' in told.rpartition('"access_token"')[2]
            and not any(is_alive(int(pid)) for pid, *_ in older)
        )

    def _judge(self) -> None:
        assert self._observer.halves == []
        assert self._observer.late == []
        assert not any(is_alive(int(pid)) for pid, *_ in self._children())
