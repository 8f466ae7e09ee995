"""An agent in the tests' process: a daemon whose values a test turns, a clock that it moves."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from tests.clock import FakeClock
from wechat_scheduler.agent.assembly import assembled
from wechat_scheduler.agent.reading import load
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.agent.settings import AgentConfig
from wechat_scheduler.agent.values import KeptValue, WantedCredential
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import SchedulerError

APPID = "wx1111111111111111"
LIFE = timedelta(hours=2)
# Time that a test moves while threads and processes work does not come to its end.
YEAR = timedelta(days=365)
PATIENCE = timedelta(seconds=60)
TURN = timedelta(milliseconds=1)
DAEMON = '[daemon]\nurl = "http://127.0.0.1:9001"\nkey = "wsk_x"\n'
CREDENTIAL = f'[[credentials]]\nappid = "{APPID}"\ntype = "access_token"\n'
TOKEN = WantedCredential(
    name="access_token",
    appid=APPID,
    kind="access_token",
    subject="",
    variable="WECHAT_ACCESS_TOKEN",
)


def kept(
    value: str,
    clock: FakeClock,
    *,
    version: int = 1,
    life: timedelta = LIFE,
    wanted: WantedCredential = TOKEN,
) -> KeptValue:
    return KeptValue(
        wanted=wanted,
        value=value,
        version=version,
        expires_at=clock.now() + life,
        until=clock.boottime() + life.total_seconds(),
    )


class TurningDaemon:
    """Hands out the value that the test set last; `error` is raised instead."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.error: SchedulerError | None = None
        self.asked = 0
        self._version = 0
        self._value: KeptValue | None = None
        self._turned = asyncio.Event()

    def turn(self, value: str, *, life: timedelta = LIFE) -> None:
        self._version += 1
        self._value = kept(value, self.clock, version=self._version, life=life)
        self.stir()

    def fail(self, error: SchedulerError | None) -> None:
        self.error = error
        self.stir()

    def stir(self) -> None:
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()

    async def next(self, wanted: WantedCredential, known: KeptValue | None) -> KeptValue:
        self.asked += 1
        while True:
            if self.error is not None:
                raise self.error.with_traceback(None)
            if self._value is not None and (known is None or known.version != self._value.version):
                return _handed(self._value, wanted)
            await self._turned.wait()


def _handed(value: KeptValue, wanted: WantedCredential) -> KeptValue:
    return KeptValue(
        wanted=wanted,
        value=value.value,
        version=value.version,
        expires_at=value.expires_at,
        until=value.until,
    )


def config(folder: Path, text: str, *, credentials: str = CREDENTIAL) -> AgentConfig:
    file = folder / "agent.toml"
    file.write_text(DAEMON + credentials + text, encoding="utf-8")
    return load(file, {})


def agent(
    folder: Path,
    text: str,
    daemon: TurningDaemon,
    *,
    credentials: str = CREDENTIAL,
    environ: dict[str, str] | None = None,
) -> Agent:
    return assembled(
        config(folder, text, credentials=credentials),
        daemon,
        environ=environ or {"PATH": "/usr/bin:/bin"},
        clock=daemon.clock,
        rng=random.Random(7),
    )


@asynccontextmanager
async def running(agent: Agent) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(agent.run(stop))
        try:
            yield stop
        except BaseException:
            task.cancel()
            raise
        stop.set()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def is_alive(pid: int) -> bool:
    """A process that ended may wait for its parent to hear of it."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


async def until(
    condition: Callable[[], bool],
    *,
    meanwhile: Callable[[], None] = lambda: None,
    patience: timedelta = PATIENCE,
) -> None:
    """Lets loops, threads and other processes turn; calls `meanwhile` before each look."""
    clock = SystemClock()
    async with asyncio.timeout(patience.total_seconds()):
        meanwhile()
        while not condition():
            await clock.sleep(TURN)
            meanwhile()


def holds(path: Path, number: int, text: str) -> Callable[[], bool]:
    """Whether the text stands in the file as often as that."""
    return lambda: read(path).count(text) == number
