"""What every benchmark needs: servers on a core of their own, rounds that alternate, and a table.

Figures are medians over the rounds; a ratio is the median of the ratios within single rounds, so
that a machine that is slow for a while is slow for both sides of it. Only ratios are results.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]

Figures = Mapping[str, float]
"""What one round measured, by unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Something to measure; `measure` is None for what cannot run on this machine. `target` is the
    least ratio of its first figure to the baseline's, or the largest if less is better."""

    name: str
    measure: Callable[[], Figures] | None
    target: float | None = None
    less_is_better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of one contender. `value` is None if it was not run, `ratio` is to the baseline. `met`
    says whether the ratio reaches the target."""

    name: str
    value: float | None = None
    unit: str = ""
    ratio: float | None = None
    target: float | None = None
    less_is_better: bool = False
    met: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One table; `baseline` is the name of the row that the others are compared with."""

    title: str
    baseline: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server process."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """What all its threads have used of a core since it started."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9


class Bench:
    """How long to measure, and where to show that something happens."""

    def __init__(self, *, rounds: int, seconds: float, console: Console) -> None:
        self.rounds = rounds
        self.seconds = seconds
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
        rows = [
            row for one in contenders for row in _rows(one, samples[one.name], samples[baseline])
        ]
        return Result(title=title, baseline=baseline, rows=rows)


@contextmanager
def server(*command: str) -> Iterator[Server]:
    """Run a program, pinned to the servers' core, that prints `ready PORT` when it serves."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    ) as process:
        try:
            yield Server(pid=process.pid, port=_ready_port(process))
        finally:
            process.kill()


def python_server(module: str, *arguments: object) -> AbstractContextManager[Server]:
    """`server` for one of our own modules."""
    return server(sys.executable, "-m", module, *map(str, arguments))


def show(result: Result, console: Console) -> None:
    """One line for each contender, one column for each unit."""
    units = list(dict.fromkeys(row.unit for row in result.rows if row.unit))
    table = Table(title=f"{result.title} (× {result.baseline})", title_justify="left")
    table.add_column("", no_wrap=True)
    for unit in units:
        table.add_column(unit, justify="right", no_wrap=True)
        table.add_column("×", justify="right", style="dim")
    table.add_column("target", no_wrap=True)
    for name in dict.fromkeys(row.name for row in result.rows):
        table.add_row(name, *_cells(name, units, result.rows), _verdict(name, result.rows))
    console.print(table)


def as_json(results: Sequence[Result]) -> str:
    return json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False)


def _ready_port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    word, _, port = process.stdout.readline().partition(" ")
    if word != "ready":
        raise RuntimeError(f"{process.args!r} did not get ready")
    return int(port)


def _rows(one: Contender, samples: Sequence[Figures], baseline: Sequence[Figures]) -> Iterator[Row]:
    if not samples:
        yield Row(name=one.name, target=one.target)
        return
    for number, unit in enumerate(samples[0]):
        pairs = [(each[unit], base[unit]) for each, base in zip(samples, baseline, strict=False)]
        ratio = median(each / base for each, base in pairs) if pairs else None
        target = None if number or ratio is None else one.target
        yield Row(
            name=one.name,
            value=median(each[unit] for each in samples),
            unit=unit,
            ratio=ratio,
            target=target,
            less_is_better=one.less_is_better,
            met=None if target is None else _is_met(ratio, target, one.less_is_better),
        )


def _is_met(ratio: float, target: float, less_is_better: bool) -> bool:
    return ratio <= target if less_is_better else ratio >= target


def _cells(name: str, units: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    by_unit = {row.unit: row for row in rows if row.name == name}
    for unit in units:
        row = by_unit.get(unit, Row(name=name))
        yield "not run" if row.value is None else _number(row.value)
        yield "" if row.ratio is None else f"{row.ratio:.2f}"


def _verdict(name: str, rows: Sequence[Row]) -> str:
    words = {True: "met", False: "missed", None: "not run"}
    aimed = [row for row in rows if row.name == name and row.target is not None]
    return ", ".join(
        f"{'≤' if row.less_is_better else '≥'} {row.target}: {words[row.met]}" for row in aimed
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
