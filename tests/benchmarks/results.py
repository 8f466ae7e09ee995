"""What benchmarks found: figures, their ratios, and which targets are met.

Figures are medians over the rounds; a ratio is the median of the ratios within single rounds, so
that a machine that is slow for a while is slow for both sides of it. Only ratios are results.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

Figures = Mapping[str, float]
"""What one round measured, by unit."""

ITSELF: Final = "itself"
"""A target that is `to` this is one for the figure, not for a ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The ratio of the figure `unit` (the first if empty) to that of the contender `to` (the baseline if
    empty): the least, or the largest if less is better."""

    ratio: float
    unit: str = ""
    to: str = ""
    less_is_better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of one contender. `value` is None if it was not run, `ratio` is to the baseline."""

    name: str
    value: float | None = None
    unit: str = ""
    ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a contender meets a target. `ratio` and `met` are None if it, or what it is compared with,
    was not run."""

    name: str
    target: Target
    ratio: float | None
    met: bool | None

    @property
    def aim(self) -> str:
        """Such as `≥ 0.6 × bare client loop`."""
        target = self.target
        sign = "≤" if target.less_is_better else "≥"
        unit = f"{target.unit} " if target.unit else ""
        return f"{unit}{sign} {target.ratio:g}" + ("" if target.to == ITSELF else f" × {target.to}")

    @property
    def word(self) -> str:
        return {True: "met", False: "missed", None: "not run"}[self.met]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One table; `baseline` is the name of the row that the others are compared with."""

    title: str
    baseline: str
    rows: Sequence[Row]
    verdicts: Sequence[Verdict] = ()


def compared(
    title: str,
    aims: Mapping[str, Sequence[Target]],
    samples: Mapping[str, Sequence[Figures]],
    baseline: str,
) -> Result:
    """The table of what the rounds brought, by contender; none for one that was not run."""
    rows = [row for name in aims for row in _rows(name, samples[name], samples[baseline])]
    verdicts = [_verdict(name, target, samples, baseline) for name in aims for target in aims[name]]
    return Result(title=title, baseline=baseline, rows=rows, verdicts=verdicts)


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
        verdicts = "\n".join(f"{v.aim}: {v.word}" for v in result.verdicts if v.name == name)
        table.add_row(name, *_cells(name, units, result.rows), verdicts)
    console.print(table)


def as_json(results: Sequence[Result]) -> str:
    return json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _rows(name: str, samples: Sequence[Figures], baseline: Sequence[Figures]) -> Iterator[Row]:
    if not samples:
        yield Row(name=name)
        return
    for unit in samples[0]:
        value = median(each[unit] for each in samples)
        yield Row(name=name, value=value, unit=unit, ratio=_ratio(unit, samples, baseline))


def _verdict(
    name: str, target: Target, samples: Mapping[str, Sequence[Figures]], baseline: str
) -> Verdict:
    ours, to = samples[name], target.to or baseline
    unit = target.unit or (next(iter(ours[0])) if ours else "")
    aim = Target(ratio=target.ratio, unit=unit, to=to, less_is_better=target.less_is_better)
    if to == ITSELF:
        found = median(each[unit] for each in ours) if ours else None
    else:
        found = _ratio(unit, ours, samples[to])
    met = (
        None if found is None else found <= aim.ratio if aim.less_is_better else found >= aim.ratio
    )
    return Verdict(name=name, target=aim, ratio=found, met=met)


def _ratio(unit: str, ours: Sequence[Figures], theirs: Sequence[Figures]) -> float | None:
    pairs = [(our[unit], their[unit]) for our, their in zip(ours, theirs, strict=False)]
    return median(our / their if their else 0.0 for our, their in pairs) if pairs else None


def _cells(name: str, units: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    by_unit = {row.unit: row for row in rows if row.name == name}
    for unit in units:
        row = by_unit.get(unit, Row(name=name))
        yield "not run" if row.value is None else number(row.value)
        yield "" if row.ratio is None else f"{row.ratio:.2f}"
