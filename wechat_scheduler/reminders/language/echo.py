"""The meaning of a sentence in one Chinese sentence. `parse` reads it back as the same reminder."""

from datetime import datetime, timedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.wording import (
    day_of_year,
    describe,
    hour_words,
    moment_words,
)

FIRST = pattern(r"[,，]第一次在 ?(?P<moment>[^“”]{4,40})$")
"""The end of the echo of a recurrence."""


def told(
    start: datetime,
    rule: str,
    *,
    title: str,
    end: datetime | None,
    advance: timedelta | None,
    within: bool = False,
) -> str:
    """每月25日 早上8:00 提醒“还信用卡”，第一次在 2026年11月25日 周三 早上8:00."""
    span = _until(start, end, rule) if end else ""
    when = ("最晚" if within else "") + describe(rule, start, span=span)
    early = f"提前{_length(advance)}" if advance else ""
    what = f"{when} {early}提醒" + (f"“{title}”" if title else "")
    return f"{what}，第一次在 {moment_words(start)}" if rule else what


def _until(start: datetime, end: datetime, rule: str) -> str:
    """The end without its weekday, which would be read as that of the start. In a recurrence it is the
    next time that the clock shows."""
    same = bool(rule) or start.date() == end.date()
    return f"到{hour_words(end)}" if same else f"到{day_of_year(end)} {hour_words(end)}"


def _length(advance: timedelta) -> str:
    seconds = int(advance.total_seconds())
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}秒"
