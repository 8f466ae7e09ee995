"""Stores what became of attempts: the values that wait at the same time in one transaction, each failure alone."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias

from wechat_scheduler.credentials.model import Failed, JobKey, Repeated, Rotated, Snapshot
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.engine.turns import due_turns
from wechat_scheduler.storage.credentials import jobs
from wechat_scheduler.storage.credentials.feed_entries import put_outcomes
from wechat_scheduler.storage.credentials.stored_values import Values
from wechat_scheduler.storage.database import Database, Script, each
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import Vault

_Value: TypeAlias = tuple[Rotated | Repeated, datetime]


class SqlJobOutcomes:
    """`tell` signals jobs to the other processes."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        feed: SqlFeed,
        tell: Callable[[Iterable[JobKey]], Script[None]],
    ) -> None:
        self._database = database
        self._vault = vault
        self._feed = feed
        self._tell = tell
        self._values: Batches[str, _Value, Snapshot | None] = Batches(self._save, turns=due_turns)

    async def save(self, outcome: Rotated | Repeated | Failed, *, now: datetime) -> Snapshot | None:
        if isinstance(outcome, Failed):
            return await self._database.write(partial(self._failure, outcome, now))
        return await self._values.do("", (outcome, now))

    async def _save(self, _: str, ended: Sequence[_Value]) -> Sequence[Snapshot | None]:
        outcomes, now = [outcome for outcome, _ in ended], max(now for _, now in ended)
        return await self._database.write(partial(self._several, outcomes, now))

    def _several(self, outcomes: Values, now: datetime) -> Script[Sequence[Snapshot | None]]:
        after = yield from jobs.save_values(self._vault, outcomes, now)
        yield from self._told(outcomes, after, now)
        return after

    def _failure(self, outcome: Failed, now: datetime) -> Script[Snapshot | None]:
        after = yield from jobs.save(self._vault, outcome, now)
        yield from self._told([outcome], [after], now)
        return after

    def _told(
        self,
        outcomes: Sequence[Rotated | Repeated | Failed],
        after: Sequence[Snapshot | None],
        now: datetime,
    ) -> Script[None]:
        yield from each(put_outcomes(zip(outcomes, after, strict=True), now))
        yield from self._tell([one.job.key for one in outcomes])
        self._feed.changed()
