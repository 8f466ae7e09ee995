"""Counts and ages of all stored rows, for metrics and health probes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reasons import Reaction

DEAD_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCensus:
    """The jobs of one kind. `calls` are today's calls to WeChat for all of them, `most_calls` those for
    the job with the most; the instants are None if no job has a value."""

    kind: str
    states: Mapping[Freshness, int]
    first_expiry: datetime | None
    oldest_issue: datetime | None
    calls: int
    most_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCensus:
    """The number of jobs of a kind whose last attempt failed in this way."""

    kind: str
    reaction: Reaction
    endpoint: str
    errcode: int | None
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCensus:
    """Rows that wait for their due time. `due` of them are late, the first since `due_since`. `oldest`
    is the creation of the oldest row, or, for messages, its first failed attempt; None if unknown."""

    name: str
    waiting: int
    due: int
    due_since: datetime | None
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadCensus:
    """The number of messages that died on one channel, with WeChat's errcode, the last one `last`."""

    channel: str
    errcode: int | None
    deliveries: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """All counts at one moment. `dead` are the messages of the last DEAD_DAY. `aside` counts the rows
    that were set aside, by queue. `tickets` gives the arrival of each platform's last ticket, or the
    start of the wait for the first, by appid."""

    kinds: tuple[KindCensus, ...]
    faults: tuple[FaultCensus, ...]
    queues: tuple[QueueCensus, ...]
    dead: tuple[DeadCensus, ...]
    aside: Mapping[str, int]
    tickets: Mapping[str, datetime]


class CensusTaker(Protocol):
    """Counts stored rows. Cheap enough for a call every 15 s; may raise StorageError."""

    async def census(self, *, now: datetime) -> Census: ...

    async def not_fresh(self, *, now: datetime, limit: int) -> Sequence[tuple[JobKey, Freshness]]:
        """The jobs without a fresh value, in the order of their keys."""

    async def answers(self) -> bool:
        """True if the store answers."""


class Health:
    """The questions of health probes to the store. The methods may raise StorageError. `store_error` says
    why the store is not writable, empty if it is; `clock_ahead` how far this machine's clock is ahead of the
    store's."""

    def __init__(
        self,
        taker: CensusTaker,
        *,
        store_error: Callable[[], str],
        clock_ahead: Callable[[], timedelta],
        clock: Clock,
    ) -> None:
        self._taker = taker
        self.store_error = store_error
        self.clock_ahead = clock_ahead
        self._clock = clock

    async def not_fresh(self, *, limit: int) -> Sequence[tuple[JobKey, Freshness]]:
        """The jobs without a fresh value, in the order of their keys."""
        return await self._taker.not_fresh(now=self._clock.now(), limit=limit)

    async def store_answers(self) -> bool:
        return await self._taker.answers()
