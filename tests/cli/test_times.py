"""Times, as people and as programs read them."""

from datetime import timedelta

import pytest

from tests.clock import START
from wechat_scheduler.cli.times import brief, relative, rfc3339, span


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (243, "4 min 3 s"),
        (599, "9 min 59 s"),
        (619, "10 min"),
        (3_600, "1 h"),
        (3_659, "1 h"),
        (6_743, "1 h 52 min"),
        (86_400 + 59, "1 d"),
        (3 * 86_400 + 4 * 3_600 + 300, "3 d 4 h"),
        (-12, "12 s"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_a_brief_span_has_no_spaces() -> None:
    assert brief(timedelta(hours=1, minutes=52)) == "1h52m"


@pytest.mark.parametrize(
    ("seconds", "said"), [(6_743, "in 1 h 52 min"), (-12, "12 s ago"), (0.9, "now"), (-0.9, "now")]
)
def test_an_instant_is_said_from_where_the_reader_stands(seconds: float, said: str) -> None:
    assert relative(START + timedelta(seconds=seconds), START) == said


def test_programs_get_instants_in_utc() -> None:
    assert rfc3339(START) == "2026-11-18T02:30:00Z"
