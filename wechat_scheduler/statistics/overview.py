"""The numbers that a person looks at first, each cheap however many rows are stored."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.statistics.egress import EgressWatch
from wechat_scheduler.statistics.model import EgressAddress

# A person reads "more than 10,000"; to count further would take longer with each row.
MOST_ROWS: Final = 10_000
# What died before, and what is due later, is in the lists.
LOOKED_AT: Final = timedelta(days=1)


class RowCount(NamedTuple):
    """At most MOST_ROWS; `more` says whether there are more."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCounts:
    """The deliveries of messages and callbacks that `waiting` counts are not sent yet; `dead` ones died within
    LOOKED_AT, and `reminders` are due within it."""

    waiting: RowCount
    dead: RowCount
    reminders: RowCount


class OverviewStore(Protocol):
    """Every method may raise StorageError. `kind` is the name of the database program."""

    kind: str

    async def work(self, *, apps: Sequence[int] | None, now: datetime) -> WorkCounts:
        """Of these apps; None for all."""

    async def size(self) -> int:
        """The size of the database in bytes."""


class OverviewDesk:
    """`started_at` is the start of this process; `commit_time` is how long a commit takes; `kind` as in
    OverviewStore."""

    def __init__(
        self,
        store: OverviewStore,
        egress: EgressWatch,
        *,
        commit_time: Callable[[], timedelta],
        clock: Clock,
    ) -> None:
        self._store = store
        self._egress = egress
        self._clock = clock
        self.commit_time = commit_time
        self.started_at = clock.now()
        self.kind = store.kind

    async def work(self, *, apps: Sequence[int] | None) -> WorkCounts:
        """As `OverviewStore.work`."""
        return await self._store.work(apps=apps, now=self._clock.now())

    async def size(self) -> int:
        """As `OverviewStore.size`."""
        return await self._store.size()

    async def egress(self) -> Sequence[EgressAddress]:
        """As `EgressWatch.find`."""
        return await self._egress.find()
