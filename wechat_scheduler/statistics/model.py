"""The counts of the statistics, and the hours and days that they belong to."""

import enum
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.credentials.policy import SHANGHAI
from wechat_scheduler.engine.records import dataclass

# The errcode of a failure to which WeChat gave none, and that of all codes beyond those that an hour counts.
NO_ERRCODE: Final = "none"
OTHER_ERRCODES: Final = "other"
# The account of the numbers of all.
ALL_ACCOUNTS: Final = ""
# The periods that are kept and can be shown: two days beside one another, and a year beside the one before.
MOST_HOURS: Final = 48
MOST_DAYS: Final = 400


class StatisticsSpan(enum.StrEnum):
    """The length of a period. A day begins at midnight in Shanghai."""

    HOUR = "hour"
    DAY = "day"

    @property
    def lasts(self) -> timedelta:
        return timedelta(hours=1) if self is StatisticsSpan.HOUR else timedelta(days=1)

    @property
    def most(self) -> int:
        """The number of periods that are kept."""
        return MOST_HOURS if self is StatisticsSpan.HOUR else MOST_DAYS

    def begin(self, now: datetime) -> datetime:
        """The beginning of the period of that instant, in UTC."""
        local = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
        return (local if self is StatisticsSpan.HOUR else local.replace(hour=0)).astimezone(UTC)


class Counted(enum.StrEnum):
    """What is counted. The values are stored."""

    REFRESHED = "refreshed"
    REFRESH_FAILED = "refresh_failed"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    SEND_FAILED = "send_failed"
    DEAD = "dead"
    CALLED_BACK = "called_back"
    CALLBACK_FAILED = "callback_failed"
    CALLBACK_DEAD = "callback_dead"
    FIRED = "fired"
    MISSED = "missed"
    PUSHED = "pushed"
    ERROR = "error"
    """A failure of a refresh or of a message, counted by its errcode: as many as REFRESH_FAILED, SEND_FAILED and DEAD
    together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsCount:
    """A number of the period that begins `at`. `appid` is empty for all accounts together; only ERROR has an
    `errcode`."""

    appid: str
    span: StatisticsSpan
    at: datetime
    what: Counted
    errcode: str
    number: int


class StatisticsFilter(NamedTuple):
    """The counts of periods that begin at `since` or later, of these accounts."""

    span: StatisticsSpan
    since: datetime
    appids: Collection[str]


class StatisticsStore(Protocol):
    """Stores counts. Every method is atomic and may raise StorageError."""

    async def add(self, counts: Sequence[StatisticsCount]) -> None:
        """Add the numbers to those of the same account, period and errcode."""

    async def find(self, wanted: StatisticsFilter) -> Sequence[StatisticsCount]:
        """In any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressAddress:
    """The address that WeChat saw the calls of a machine come from."""

    host: str
    address: str
    seen_at: datetime


class EgressStore(Protocol):
    """Stores the last address of each machine. Every method is atomic and may raise StorageError."""

    async def put(self, seen: EgressAddress) -> None: ...

    async def find(self) -> Sequence[EgressAddress]:
        """The last seen first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsPeriod:
    """The numbers of the period that begins `at`; one that is missing is 0. `errors` are by errcode."""

    at: datetime
    numbers: Mapping[Counted, int]
    errors: Mapping[str, int]
