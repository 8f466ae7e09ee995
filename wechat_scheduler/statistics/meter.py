"""Counts what happens by hour, day and account, in memory until the next flush."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError
from wechat_scheduler.statistics.model import (
    ALL_ACCOUNTS,
    OTHER_ERRCODES,
    Counted,
    StatisticsCount,
    StatisticsFilter,
    StatisticsSpan,
    StatisticsStore,
)

# Accounts that are counted on their own in a day, beside those that keys are limited to. All are in the totals.
MOST_ACCOUNTS: Final = 300
# Errcodes that are counted on their own in an hour. The tables of WeChat have about a thousand; a day meets few.
MOST_ERRCODES: Final = 50


# Where a number is counted: the beginning of an hour, the account, the value of Counted, the errcode. They are
# texts, since each delivery is counted, and an enum takes longer to hash.
_CountPlace: TypeAlias = tuple[datetime, str, str, str]


class StatisticsMeter:
    """`is_named` says whether a key is limited to the account, so that it has to see its numbers.

    What happened since the last `flush` is lost if the process is killed.
    """

    def __init__(
        self, store: StatisticsStore, *, clock: Clock, is_named: Callable[[str], bool]
    ) -> None:
        self._store = store
        self._clock = clock
        self._is_named = is_named
        self._counts: defaultdict[_CountPlace, int] = defaultdict(int)
        self._flushing = asyncio.Lock()
        self._hour = StatisticsSpan.HOUR.begin(clock.now())
        self._hour_ends = self._hour + StatisticsSpan.HOUR.lasts
        self._errcodes: set[str] = set()
        self._day = StatisticsSpan.DAY.begin(clock.now())
        self._accounts: set[str] = set()

    def count(self, what: Counted, appid: str, *, errcode: str = "", number: int = 1) -> None:
        """Count for the account, and for all. An account that is not known is empty."""
        hour = self._turned()
        if errcode:
            errcode = self._bounded(errcode)
        name = what._value_
        self._counts[hour, ALL_ACCOUNTS, name, errcode] += number
        if appid and self._is_on_its_own(appid):
            self._counts[hour, appid, name, errcode] += number

    async def flush(self) -> None:
        """Store the counts. Raises StorageError; nothing is lost by it."""
        async with self._flushing:
            counts, self._counts = self._counts, defaultdict(int)
            if not counts:
                return
            try:
                await self._store.add(list(_counts_of(counts, StatisticsSpan)))
            except StorageError:
                for place, number in counts.items():
                    self._counts[place] += number
                raise

    async def find(
        self, span: StatisticsSpan, periods: int, *, appids: Collection[str] | None
    ) -> list[StatisticsCount]:
        """The counts of the last periods, also of what is not stored yet: of these accounts, or, without
        them, of all together. Raises StorageError."""
        since = span.begin(self._clock.now()) - (periods - 1) * span.lasts
        wanted = StatisticsFilter(span, since, (ALL_ACCOUNTS,) if appids is None else appids)
        async with self._flushing:
            found = list(await self._store.find(wanted))
            found += (one for one in _counts_of(self._counts, (span,)) if _fits(one, wanted))
        return found

    def _turned(self) -> datetime:
        """The beginning of this hour."""
        now = self._clock.now()
        if not self._hour <= now < self._hour_ends:
            self._hour, self._errcodes = StatisticsSpan.HOUR.begin(now), set()
            self._hour_ends = self._hour + StatisticsSpan.HOUR.lasts
            if (day := StatisticsSpan.DAY.begin(now)) != self._day:
                self._day, self._accounts = day, set()
        return self._hour

    def _bounded(self, errcode: str) -> str:
        if errcode not in self._errcodes and len(self._errcodes) >= MOST_ERRCODES:
            return OTHER_ERRCODES
        self._errcodes.add(errcode)
        return errcode

    def _is_on_its_own(self, appid: str) -> bool:
        if appid in self._accounts or self._is_named(appid):
            return True
        if len(self._accounts) >= MOST_ACCOUNTS:
            return False
        self._accounts.add(appid)
        return True


def _counts_of(
    counts: Mapping[_CountPlace, int], spans: Iterable[StatisticsSpan]
) -> Iterator[StatisticsCount]:
    """The counts of the hours, for each of the spans."""
    for span in spans:
        summed: Counter[_CountPlace] = Counter()
        for (hour, appid, what, errcode), number in counts.items():
            summed[span.begin(hour), appid, what, errcode] += number
        for (at, appid, what, errcode), number in summed.items():
            yield StatisticsCount(
                appid=appid, span=span, at=at, what=Counted(what), errcode=errcode, number=number
            )


def _fits(count: StatisticsCount, wanted: StatisticsFilter) -> bool:
    return count.at >= wanted.since and count.appid in wanted.appids
