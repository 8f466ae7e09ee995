"""What the benchmarks say of a run, without measuring anything."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks import report
from tests.benchmarks.results import ITSELF, Result, Target, as_json, compared

SAMPLES = {
    "bare": [{"calls/s": 100.0, "p99 ms": 1.0}, {"calls/s": 50.0, "p99 ms": 2.0}],
    "ours": [{"calls/s": 70.0, "p99 ms": 5.0}, {"calls/s": 30.0, "p99 ms": 8.0}],
    "nginx": [],
}
AIMS = (
    Target(ratio=0.6),
    Target(ratio=0.7),
    Target(ratio=3, unit="p99 ms", less_is_better=True),
    Target(ratio=1, to="nginx"),
    Target(ratio=7, unit="p99 ms", to=ITSELF, less_is_better=True),
)
# What has no Chinese name.
NAMES = {
    *("wechat-scheduler", "id", "CPU", "p99", "SIGUSR2", "nginx", "aiohttp", "Go", "net/http"),
    *("POST", "v1/messages", "reminds/api/", "api/send/message"),
}


def result() -> Result:
    return compared("Calling", {"bare": (), "ours": AIMS, "nginx": ()}, SAMPLES, "bare")


def test_each_target_is_met_or_missed_or_was_not_run() -> None:
    verdicts = result().verdicts

    assert [(one.aim, one.word) for one in verdicts] == [
        ("calls/s ≥ 0.6 × bare", "met"),
        ("calls/s ≥ 0.7 × bare", "missed"),
        ("p99 ms ≤ 3 × bare", "missed"),
        ("calls/s ≥ 1 × nginx", "not run"),
        ("p99 ms ≤ 7", "met"),
    ]
    assert verdicts[0].ratio == pytest.approx(0.65)
    assert json.loads(as_json([result()]))[0]["verdicts"][1]["met"] is False


def test_the_readme_gets_a_line_for_each_thing_with_targets_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [replace(each, page=tmp_path / each.page.name) for each in report.LANGUAGES]
    monkeypatch.setattr(report, "LANGUAGES", pages)
    for each in pages:
        each.page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")

    for _ in range(2):
        report.write_readme([result()], rounds=2)

    english, chinese = (each.page.read_text("utf-8") for each in pages)
    assert english.startswith(f"before\n{report.BEGIN}\nMeasured on ")
    assert english.endswith(f"|\n{report.END}\nafter\n")
    assert "<br>calls/s ≥ 0.7 × bare: 0.65 **missed**<br>" in english
    assert "2 of 5 targets are met" in english
    assert english.count("| Calling: ours |") == chinese.count("| Calling: ours |") == 1
    assert "old" not in english


def test_a_page_without_marks_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "README.md"
    page.write_text("nothing to see\n", "utf-8")
    monkeypatch.setattr(report, "LANGUAGES", [replace(report.LANGUAGES[0], page=page)])

    with pytest.raises(LookupError, match="has no line"):
        report.write_readme([result()], rounds=1)

    assert page.read_text("utf-8") == "nothing to see\n"


@pytest.mark.parametrize("language", report.LANGUAGES, ids=lambda each: each.page.name)
def test_both_pages_have_their_marks_once(language: report.Language) -> None:
    text = language.page.read_text("utf-8")

    assert (text.count(report.BEGIN), text.count(report.END)) == (1, 1)
    assert text.index(report.BEGIN) < text.index(report.END)


def test_the_chinese_page_says_in_chinese_what_was_measured() -> None:
    text = report.LANGUAGES[1].page.read_text("utf-8")
    _, _, table = text.partition(report.LANGUAGES[1].head)
    table, _, _ = table.partition(report.END)
    english = re.findall(r"[A-Za-z][\w/.-]+", table.replace(report.NEXT_LINE, " "))

    assert set(english) - NAMES == set()
