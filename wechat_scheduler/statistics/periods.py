"""Puts counts side by side, a period for each hour or day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from wechat_scheduler.statistics.model import (
    Counted,
    StatisticsCount,
    StatisticsPeriod,
    StatisticsSpan,
)


def periods_of(
    counts: Iterable[StatisticsCount], span: StatisticsSpan, number: int, now: datetime
) -> list[StatisticsPeriod]:
    """The last periods, the oldest first, up to the one that is not over; also those without a number."""
    numbers: defaultdict[datetime, Counter[Counted]] = defaultdict(Counter)
    errors: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for count in counts:
        if count.what is Counted.ERROR:
            errors[count.at][count.errcode] += count.number
        else:
            numbers[count.at][count.what] += count.number
    last = span.begin(now)
    begins = [last - back * span.lasts for back in reversed(range(number))]
    return [StatisticsPeriod(at=at, numbers=numbers[at], errors=errors[at]) for at in begins]


def total_of(periods: Iterable[StatisticsPeriod]) -> tuple[Counter[Counted], Counter[str]]:
    """The numbers of all periods together, and the errors by errcode."""
    numbers: Counter[Counted] = Counter()
    errors: Counter[str] = Counter()
    for period in periods:
        numbers.update(period.numbers)
        errors.update(period.errors)
    return numbers, errors
