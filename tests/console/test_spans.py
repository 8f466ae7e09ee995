"""What is left and how far it is are told by one rule: the nearest number of the unit that is shown."""

from datetime import timedelta

import pytest

from wechat_scheduler.web.console.spans import distance, length


@pytest.mark.parametrize(
    ("seconds", "left", "away"),
    [
        (29.6, "30 s", "in under a minute"),
        (59.6, "1 min", "in 1 min"),
        (80, "1 min", "in 1 min"),
        (100, "2 min", "in 2 min"),
        (580, "10 min", "in 10 min"),
        (3569, "59 min", "in 59 min"),
        (3580, "1 h", "in 1 h"),
        (6000, "1 h 40 min", "in 2 h"),
        (7170, "2 h", "in 2 h"),
        (84_720, "23 h 32 min", "in 1 d"),
        (86_390, "1 d", "in 1 d"),
        (90_000, "1 d 1 h", "in 1 d"),
        (172_700, "2 d", "in 2 d"),
    ],
)
def test_a_length_and_a_distance_are_rounded_alike(seconds: float, left: str, away: str) -> None:
    span = timedelta(seconds=seconds)

    assert " ".join(words.en for words in length(span)) == left
    assert distance(span).en == away


def test_what_is_past_is_rounded_as_what_is_ahead() -> None:
    assert distance(timedelta(seconds=-100)) == ("2 min ago", "2 分钟前")
    assert distance(timedelta(0)) == ("just now", "刚刚")
    assert [*length(timedelta(0))] == [("0 s", "0 秒")]
