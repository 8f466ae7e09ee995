"""Outcomes of deliveries that are not stored yet: what was sent is not sent a second time for want of a store.

Storing may last longer than the claim, as where a connection is silent, and a process may stand still. Then this
process may claim the delivery again while it still has the outcome.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from wechat_scheduler.delivery.model import Delivery, Outcome
from wechat_scheduler.engine.records import replace

# An outcome that is stored after this share of its lease may have come too late for its claim: the attempt began later
# than the claim.
LATE = 0.5


class UnsavedOutcomes:
    """The newest outcome of each delivery of a message, under the newest claim of this process. `_late` are those of
    which it is not known whether they were stored under their claim: a claim that was under way may have taken the
    delivery just before. A claim that begins later finds what was stored: a retry or a replay is to be sent."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Outcome, datetime]] = {}
        self._late: dict[int, tuple[Outcome, datetime]] = {}
        self._ends: dict[int, asyncio.Event] = {}
        self._is_claiming = False
        # The claims whose outcomes are stored under later ones, until those who have the outcomes learn it.
        self._replaced: set[tuple[int, str]] = set()

    def claiming(self) -> None:
        """Record that a claim begins. Until one responds, it is not known which deliveries they took."""
        self._is_claiming = True

    def claimed(self, rows: Iterable[Delivery]) -> None:
        """Take over these claims, all that one statement made."""
        for row in rows:
            self._take_over(row)
        self._late.clear()
        self._is_claiming = False

    async def of(self, row: Delivery) -> Outcome | None:
        """The outcome that needs only to be stored under this claim. Waits for an attempt under the claim before that
        is still under way."""
        while row.id in self._ends:
            await self._ends[row.id].wait()
            self._take_over(row)
        held, _ = self._held.get(row.id, (None, None))
        return held if held is not None and held.delivery.claim == row.claim else None

    @contextmanager
    def attempting(self, row: Delivery) -> Iterator[None]:
        """The delivery is being sent in this block."""
        ended = self._ends[row.id] = asyncio.Event()
        try:
            yield
        finally:
            del self._ends[row.id]
            ended.set()

    def put(self, outcome: Outcome, began: datetime) -> None:
        """Notifications of credentials have none: a later one says more."""
        if outcome.delivery.message is not None:
            self._held[outcome.delivery.id] = outcome, began

    def is_newest(self, outcome: Outcome) -> bool:
        """Whether it is to be stored: else it is, or was, under a later claim. Asked until it is not, or `saved`."""
        claim = _claim_of(outcome.delivery)
        is_replaced = claim in self._replaced
        self._replaced.discard(claim)
        return not is_replaced

    def saved(self, row: Delivery, now: datetime, lease: timedelta) -> None:
        """Record that the outcome under this claim is stored, or never will be."""
        self._replaced.discard(_claim_of(row))
        held = self._held.get(row.id)
        if held is None or held[0].delivery.claim != row.claim:
            return
        del self._held[row.id]
        if self._is_claiming and now - held[1] > lease * LATE:
            self._late[row.id] = held

    def _take_over(self, row: Delivery) -> None:
        waiting = self._held.get(row.id)
        if waiting and waiting[0].delivery.claim != row.claim:
            self._replaced.add(_claim_of(waiting[0].delivery))
        if found := waiting or self._late.get(row.id):
            held, began = found
            self._held[row.id] = replace(held, delivery=row), began


def _claim_of(row: Delivery) -> tuple[int, str]:
    return row.id, row.claim
