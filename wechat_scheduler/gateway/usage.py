"""Counts the calls that passed, by caller, account, path and day."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog

from wechat_scheduler.credentials.policy import DAY, next_quota_day
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.counts import release
from wechat_scheduler.errors import StorageError
from wechat_scheduler.gateway.model import CONSUMER
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.gateway.uses import GatewayUse, UsageStore, UseFilter

# Callers choose their paths: beyond this many a day, of one caller and account, they are counted as OTHER, and
# so are longer ones, since an index of PostgreSQL takes 2,704 bytes. WeChat's have under 100 characters.
MOST_PATHS: Final = 200
# So are accounts beyond this many that are not the consumer's, which may be any that it names.
MOST_REFUSED: Final = 50
LONGEST_PATH: Final = 256
OTHER: Final = "other"
# As long as the audit.
KEPT: Final = timedelta(days=90)
# Those that are named when the calls are used up.
LARGEST: Final = 3

TOLD_EVERY: Final = timedelta(hours=1)
CLEAR_IT: Final = "slow the largest users down, or clear it with wechat-scheduler quota clear {path} --appid {appid}"

log = structlog.get_logger(__name__)


class _Numbers(NamedTuple):
    calls: int = 0
    errors: int = 0
    refused: int = 0

    def plus(self, more: "_Numbers") -> "_Numbers":
        return _Numbers(*map(sum, zip(self, more, strict=True)))


def uncounted(name: str, *labels: str) -> None:
    """A counter for a meter without metrics: counts nothing."""


_NONE: Final = _Numbers()


class _UsePlace(NamedTuple):
    at: datetime
    caller: str
    appid: str
    path: str


class _DayCalls:
    """The calls of a day by caller: those that are stored, and those that are not among them."""

    def __init__(self) -> None:
        self.stored: Mapping[str, int] = {}
        self.since: Counter[str] = Counter()


class UsageMeter:
    """Counts in memory until `flush`. `tally` counts the calls of consumers for the metrics.

    `begin` knows the calls of this process at once, and those of others since their and our last `settle`.
    """

    def __init__(
        self, store: UsageStore, *, clock: Clock, tally: Callable[..., None] = uncounted
    ) -> None:
        self._store = store
        self._clock = clock
        self._tally = tally
        self._counts: dict[_UsePlace, _Numbers] = {}
        self._paths: dict[tuple[str, str], set[str]] = {}
        self._refused: dict[str, set[str]] = {}
        self._day = next_quota_day(clock.now()) - DAY
        self._told: dict[tuple[str, str], float] = {}
        self._flushing = asyncio.Lock()
        self._days = {self._day: _DayCalls()}
        self._under_way: Counter[str] = Counter()

    def today(self) -> datetime:
        """The beginning of the day that WeChat counts in."""
        now = self._clock.now()
        if not self._day <= now < self._day + DAY:
            return next_quota_day(now) - DAY
        return self._day

    def begin(self, caller: str, most: int = 0) -> timedelta | None:
        """A call begins, and ends with `count`. Returns the pause until midnight, and begins none, if the caller has
        made `most` today; 0 means no limit."""
        day = self._turned()
        made = day.stored.get(caller, 0) + day.since[caller] + self._under_way[caller]
        if most and made >= most:
            return self._day + DAY - self._clock.now()
        self._under_way[caller] += 1
        return None

    def count(self, caller: str, appid: str, path: str, *, failed: bool) -> None:
        """Count a call that has begun, now that it ends."""
        self._turned().since[caller] += 1
        release(self._under_way, caller)
        self._add(caller, appid, path, _Numbers(1, int(failed)))
        if caller.startswith(CONSUMER):
            outcome = "failed" if failed else "answered"
            self._tally("gateway_consumer_calls", caller.removeprefix(CONSUMER), outcome)

    def refused(self, error: CallerRefusedError, appid: str, path: str) -> None:
        """Count a call of a consumer that does not pass."""
        self._turned()
        if error.name:
            caller = f"{CONSUMER}{error.name}"
            if error.refusal is CallerRefusal.REACH:
                appid = _within(self._refused.setdefault(caller, set()), appid, MOST_REFUSED)
            self._add(caller, appid, path, _Numbers(refused=1))

    def _add(self, caller: str, appid: str, path: str, numbers: _Numbers) -> None:
        place = _UsePlace(self._day, caller, appid, self._bounded(caller, appid, path))
        self._counts[place] = self._counts.get(place, _NONE).plus(numbers)

    async def settle(self) -> None:
        """Store the counts, and read what all processes have counted today. Raises StorageError."""
        async with self._flushing:
            await self._flush()
            day, today = self._turned(), self._day
            stored = await self._store.calls(today)
            day.stored, day.since = stored, Counter()
            for place, numbers in self._counts.items():
                day.since[place.caller] += numbers.calls if place.at == today else 0

    async def flush(self) -> None:
        """Store the counts. Raises StorageError; nothing is lost by it."""
        async with self._flushing:
            await self._flush()

    async def _flush(self) -> None:
        counts, self._counts = self._counts, {}
        if not counts:
            return
        uses = [
            GatewayUse(**place._asdict(), **numbers._asdict()) for place, numbers in counts.items()
        ]
        try:
            await self._store.add(uses)
        except StorageError:
            for place, numbers in self._counts.items():
                counts[place] = counts.get(place, _NONE).plus(numbers)
            self._counts = counts
            raise

    async def find(self, wanted: UseFilter) -> Sequence[GatewayUse]:
        """Like `UsageStore.find`, with what was counted until now."""
        await self.flush()
        return await self._store.find(wanted)

    async def largest(self, appid: str, path: str) -> Sequence[GatewayUse]:
        """Today's largest users of a path of the account."""
        wanted = UseFilter(at=self.today(), appid=appid, path=path, limit=LARGEST)
        return [use for use in await self.find(wanted) if use.calls]

    async def passed(self, appid: str, path: str) -> int:
        """Today's calls of a path of the account that passed here."""
        wanted = UseFilter(at=self.today(), appid=appid, path=path)
        return sum(use.calls for use in await self.find(wanted))

    async def used_up(self, appid: str, path: str) -> None:
        """WeChat allows no more calls today: say once an hour who made the most. A StorageError is only logged."""
        boottime = self._clock.boottime()
        if boottime < self._told.get((appid, path), 0.0):
            return
        self._told = {place: until for place, until in self._told.items() if boottime < until}
        self._told[appid, path] = boottime + TOLD_EVERY.total_seconds()
        try:
            largest = [f"{use.caller}: {use.calls}" for use in await self.largest(appid, path)]
        except StorageError as error:
            log.warning("gateway.usage_unread", error=str(error))
            return
        log.warning(
            "gateway.used_up",
            appid=appid,
            path=path,
            largest=largest,
            advice=CLEAR_IT.format(path=path, appid=appid),
        )

    def _turned(self) -> _DayCalls:
        """Today's calls. The day before is kept, for a clock that is set back over midnight."""
        today = self.today()
        if today != self._day:
            kept = {day: self._days[day] for day in (self._day, today) if day in self._days}
            self._day, self._days = today, {today: _DayCalls()} | kept
            self._paths, self._refused = {}, {}
        return self._days[self._day]

    def _bounded(self, caller: str, appid: str, path: str) -> str:
        paths = self._paths.setdefault((caller, appid), set())
        return OTHER if len(path) > LONGEST_PATH else _within(paths, path, MOST_PATHS)


def _within(known: set[str], name: str, most: int) -> str:
    """The name, or OTHER for one beyond `most`."""
    if name not in known and len(known) >= most:
        return OTHER
    known.add(name)
    return name
