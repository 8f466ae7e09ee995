"""No regular expression that sees the text of strangers takes more than linear time. Work is counted, not
timed."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import wechat_scheduler
from tests.steps import TooManyStepsError, Tracer, hostile
from wechat_scheduler.engine.patterns import LatePattern

# The rooms that read what came over the network. Sentences are short: `reminders.longest`.
ROOMS = ("access", "audience", "delivery", "pushes", "web", "webhooks", "wechat")
WAYS = "match|fullmatch|search|sub|subn|finditer|findall|split"
REPEATS = (12, 24, 48)
# What a pattern of a bounded length may cost beside its text's length.
FREE = 300


def patterns() -> Iterator[tuple[str, re.Pattern[Any], list[str]]]:
    """The name of each pattern, the pattern, and the ways in which it is used."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(
            [f"{wechat_scheduler.__path__[0]}/{room}"], f"wechat_scheduler.{room}."
        ):
            module = importlib.import_module(found.name)
            source = Path(module.__file__ or "").read_text(encoding="utf-8")
            for name, pattern in vars(module).items():
                if isinstance(pattern, LatePattern):
                    pattern = re.compile(pattern.pattern, pattern.flags)
                if isinstance(pattern, re.Pattern) and re.search(rf"^{name}\b.*= ", source, re.M):
                    ways = sorted(set(re.findall(rf"\b{name}\.({WAYS})\b", source))) or ["search"]
                    yield f"{found.name.partition('.')[2]}:{name}", pattern, ways


def worst(pattern: re.Pattern[Any], ways: list[str]) -> tuple[str, str] | None:
    """A text to repeat whose work grows faster than its length; None without one."""
    tracer = Tracer(pattern)
    for before, pump in hostile(tracer):
        for way in ways:
            try:
                work = [tracer.count(before + pump * count + "\0", way) for count in REPEATS]
            except TooManyStepsError:
                return before, pump
            first, second = (more - less for less, more in pairwise(work))
            if second > 2.6 * first + FREE:
                return before, pump
    return None


def test_the_work_of_a_pattern_grows_with_the_length_of_the_text_only() -> None:
    found = {name: worst(pattern, ways) for name, pattern, ways in patterns()}

    assert len(found) > 100
    assert {name: text for name, text in found.items() if text is not None} == {}


@pytest.mark.parametrize(
    "pattern",
    [
        rb"<Encrypt>\s*(?:<!\[CDATA\[)?([^<\]]*)(?:\]\]>)?\s*</Encrypt>",
        r"\{ *([^{}]+?) *\}",
        r"<[!?][^>]*>",
        r"<(script|style)(?=[\s/>])(?:[^>=]|=)*+>.*?</\1>",
        r"(a+)+b",
        r"\s*\brid",
    ],
)
def test_a_pattern_that_takes_longer_is_found(pattern: Any) -> None:
    assert worst(re.compile(pattern), ["search"]) is not None


def test_the_counted_matcher_matches_what_re_matches() -> None:
    text = 'x <a href="b">c</a> {  d } 12:30\n'
    tried = [
        r"<(\w+)[^>]*>(.*?)</\1>",
        r"\{ *+(\w+) *\}",
        r"(?<!\d)\d{2}:(?=\d)",
        r"[^\W\d]+\b",
        r"(?i)HREF|C$",
    ]

    for pattern in tried:
        tracer = Tracer(re.compile(pattern))
        tracer.count(text, "search")
        found = re.search(pattern, text)
        assert found is not None
        assert tracer.found == found.span()
