"""Writes what a run found into the README and its Chinese twin, between two marks."""

import platform
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

from tests.benchmarks.chinese import in_chinese
from tests.benchmarks.harness import CORES
from tests.benchmarks.results import ITSELF, Result, Verdict, number
from wechat_scheduler.engine.clock import SystemClock

ROOT: Final = Path(__file__).parents[2]
NEXT_LINE: Final = "<br>"
BEGIN, END = "<!-- performance: written by the benchmarks -->", "<!-- performance: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words around the figures; `named` says what the benchmarks call things."""

    page: Path
    intro: str
    head: str
    words: dict[bool | None, str]
    named: Callable[[str], str] = str


LANGUAGES: Final = (
    Language(
        page=ROOT / "README.md",
        intro="Measured on {date} with CPython {python} on {cores} cores ({processor}), which other "
        "programs may have used too: medians of {rounds} rounds that alternate between the program and "
        "what it is compared with. {met} of {all} targets are met.",
        head="| what | figure | aimed at: ratio |\n|---|---|---|",
        words={True: "met", False: "**missed**", None: "not run"},
    ),
    Language(
        page=ROOT / "docs" / "README.zh-CN.md",
        intro="{date} 用 CPython {python} 在 {cores} 个核（{processor}）上测得，别的程序可能也在用这台机器："
        "本程序和对照轮流测 {rounds} 轮，取中位数。{all} 个目标达到 {met} 个。",
        head="| 项目 | 数值 | 目标: 比值 |\n|---|---|---|",
        words={True: "达到", False: "**未达到**", None: "未测"},
        named=in_chinese,
    ),
)


def write_readme(results: Sequence[Result], *, rounds: int) -> None:
    """Raises LookupError if a page has no marks."""
    for language in LANGUAGES:
        text = language.page.read_text("utf-8")
        if not re.search(f"(?s){BEGIN}\n.*{END}", text):
            raise LookupError(f"{language.page} has no line {BEGIN}")
        before, _, rest = text.partition(f"{BEGIN}\n")
        _, _, after = rest.partition(END)
        found = section(results, language, rounds=rounds)
        language.page.write_text(f"{before}{BEGIN}\n{found}{END}{after}", "utf-8")


def section(results: Sequence[Result], language: Language, *, rounds: int) -> str:
    """A line for each thing with targets, with the missed ones too."""
    verdicts = [verdict for result in results for verdict in result.verdicts]
    intro = language.intro.format(
        date=SystemClock().now().date(),
        python=platform.python_version(),
        cores=len(CORES),
        processor=_processor(),
        rounds=rounds,
        met=sum(verdict.met is True for verdict in verdicts),
        all=len(verdicts),
    )
    lines = [
        _line(result, list(of_one), language)
        for result in results
        for _, of_one in groupby(result.verdicts, key=attrgetter("name"))
    ]
    return "\n".join((intro, "", language.head, *lines, ""))


def _line(result: Result, verdicts: Sequence[Verdict], language: Language) -> str:
    columns = zip(*(_cells(result, verdict, language) for verdict in verdicts), strict=True)
    joined = (NEXT_LINE.join(dict.fromkeys(column)) for column in columns)
    return language.named(f"| {result.title}: {verdicts[0].name} | {' | '.join(joined)} |")


def _cells(result: Result, verdict: Verdict, language: Language) -> tuple[str, ...]:
    figure = next(
        (
            f"{number(row.value)} {row.unit}"
            for row in result.rows
            if row.value is not None and (row.name, row.unit) == (verdict.name, verdict.target.unit)
        ),
        "",
    )
    is_ratio = verdict.ratio is not None and verdict.target.to != ITSELF
    ratio = f"{verdict.ratio:.2f}" if is_ratio else ""
    return figure, f"{verdict.aim}: {ratio} {language.words[verdict.met]}".replace(":  ", ": ")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
