"""Spans of time in the bot's words."""

from datetime import timedelta

from wechat_scheduler.reminders.language.wording import defer_words, until_words


def test_spans_are_told_in_two_units() -> None:
    cases = [
        (0, "1秒后"),
        (59, "59秒后"),
        (3600, "1小时后"),
        (90_000, "1天1小时后"),
        (86_459, "1天后"),
        (599, "10分钟后"),
    ]

    assert [until_words(timedelta(seconds=seconds)) for seconds, _ in cases] == [
        words for _, words in cases
    ]


def test_a_notice_ahead_or_behind_is_told() -> None:
    assert [defer_words(timedelta(minutes=each)) for each in (-30, 0, 1440)] == [
        "提前30分钟",
        "",
        "延后1天",
    ]
