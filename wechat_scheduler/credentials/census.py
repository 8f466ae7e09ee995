"""How many there are of everything, and how old: what an operator sees of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCensus:
    """The jobs of one kind. `calls` were made to WeChat today for all of them together,
    `most_calls` for the one that needed most; the instants are None where there is no value."""

    kind: str
    states: Mapping[Freshness, int]
    first_expiry: datetime | None
    oldest_issue: datetime | None
    calls: int
    most_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCensus:
    """So many jobs of a kind failed in the same way when they were last attempted."""

    kind: str
    reaction: Reaction
    endpoint: str
    errcode: int | None
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCensus:
    """Rows that wait for their time. Of these `due` are late, the first of them since `due_since`;
    `oldest` is when the one that waits longest was put there, or, of a message, first tried in vain;
    None where nothing can be said of that."""

    name: str
    waiting: int
    due: int
    due_since: datetime | None
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """As of one moment. `tickets` says when each platform's last ticket came, or
    since when the first is waited for."""

    kinds: tuple[KindCensus, ...]
    faults: tuple[FaultCensus, ...]
    queues: tuple[QueueCensus, ...]
    tickets: Mapping[str, datetime]


class CensusTaker(Protocol):
    """Counts what is stored. Cheap enough for every quarter of a minute; may raise StorageError."""

    async def census(self, *, now: datetime) -> Census: ...

    async def not_fresh(self, *, now: datetime, limit: int) -> Sequence[tuple[JobKey, Freshness]]:
        """The jobs without a value that is fresh, by name."""
        ...

    async def answers(self) -> bool:
        """True, if the store answers at all."""
        ...


class Health:
    """The questions of health probes to the store. Both methods may raise StorageError."""

    def __init__(self, taker: CensusTaker, *, clock: Clock) -> None:
        self._taker = taker
        self._clock = clock

    async def not_fresh(self, *, limit: int) -> Sequence[tuple[JobKey, Freshness]]:
        """The jobs without a fresh value, by name."""
        return await self._taker.not_fresh(now=self._clock.now(), limit=limit)

    async def store_answers(self) -> bool:
        return await self._taker.answers()
