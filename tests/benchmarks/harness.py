"""What every benchmark needs: servers on a core of their own, and rounds that alternate."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tests.benchmarks.results import Figures as Figures
from tests.benchmarks.results import Result as Result
from tests.benchmarks.results import Row as Row
from tests.benchmarks.results import Target as Target
from tests.benchmarks.results import compared

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Something to measure; `measure` is None for what cannot run on this machine. `target` is the
    ratio of its first figure to the baseline's that is aimed at: the least, or the largest if less is
    better. `targets` are others."""

    name: str
    measure: Callable[[], Figures] | None
    target: float | None = None
    less_is_better: bool = False
    targets: Sequence[Target] = ()

    @property
    def aims(self) -> Sequence[Target]:
        if self.target is None:
            return self.targets
        return (Target(ratio=self.target, less_is_better=self.less_is_better), *self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server process."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """What all its threads have used of a core since it started."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9

    def wants_a_core(self) -> bool:
        """Whether one of its threads runs, or would if a core were free."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return any(stat.read_text().rpartition(") ")[2].startswith("R") for stat in stats)


class Bench:
    """How long to measure, and where to show that something happens."""

    def __init__(self, *, rounds: int, seconds: float, console: Console) -> None:
        self.rounds = rounds
        self.seconds = seconds
        self.console = console
        # Drawn between the measurements only: a thread that draws would take part in them.
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            auto_refresh=False,
            transient=True,
        )

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """Show `what` is going on before anything is measured."""
        with self._progress as progress:
            task = progress.add_task(what, total=None)
            progress.refresh()
            yield
            progress.remove_task(task)

    def compare(self, title: str, contenders: Sequence[Contender], *, baseline: str) -> Result:
        """Measure everybody in turn, round after round."""
        samples: dict[str, list[Figures]] = {contender.name: [] for contender in contenders}
        running = [(one.name, one.measure) for one in contenders if one.measure is not None]
        with self._progress as progress:
            task = progress.add_task(title, total=self.rounds * len(running))
            for name, measure in running * self.rounds:
                progress.update(task, description=f"{title}: {name}", refresh=True)
                samples[name].append(measure())
                progress.advance(task)
            progress.remove_task(task)
        return compared(title, {one.name: one.aims for one in contenders}, samples, baseline)


@contextmanager
def server(*command: str, core: int = SERVER_CORE) -> Iterator[Server]:
    """Run a program, pinned to a core, that prints `ready PORT` when it serves."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    ) as process:
        try:
            yield Server(pid=process.pid, port=_ready_port(process))
        finally:
            process.kill()


def python_server(
    module: str, *arguments: object, core: int = SERVER_CORE
) -> AbstractContextManager[Server]:
    """`server` for one of our own modules."""
    return server(sys.executable, "-m", module, *map(str, arguments), core=core)


def _ready_port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    word, _, port = process.stdout.readline().partition(" ")
    if word != "ready":
        raise RuntimeError(f"{process.args!r} did not get ready")
    return int(port)
