"""Decides whose deliveries are next: the lanes of each priority, and how many rows of a claim each gets."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.delivery.model import Priority
from wechat_scheduler.storage.claims import UNCLAIMED, Absence, Claim, DueTable, LaneColumn
from wechat_scheduler.storage.database import Row, Script
from wechat_scheduler.storage.lanes import Lanes, Turns, Waiting, earliest

# One row of this many is reserved for deliveries that are not urgent, if any wait.
ONE_IN: Final = 5

QUEUES: Final = {
    priority: f"state = 'pending' AND priority = {priority.value}" for priority in Priority
}
UNCLAIMED_QUEUES: Final = {
    priority: f"{queue} AND {UNCLAIMED}" for priority, queue in QUEUES.items()
}


class DeliveryLanes:
    """Claims the deliveries of one process. Urgent ones come first, those of every app; then an app's
    normal ones come before its bulk. While urgent ones fill the claims, one row in `ONE_IN` is reserved
    for the others. After the store was away, it leaves out for a while what had a claim."""

    def __init__(self, table: DueTable, skip_locked: str) -> None:
        self._urgent, self._rest = Turns(), Turns()
        self._all, self._unclaimed = (
            {priority: Lanes(table, queue, skip_locked) for priority, queue in queues.items()}
            for queues in (QUEUES, UNCLAIMED_QUEUES)
        )
        self._lanes = self._all
        self._owed = 0.0
        self.absence = Absence()

    def take(self, claim: Claim, limit: int) -> Script[list[Row]]:
        """Claim at most `limit` due rows."""
        self._lanes = self._unclaimed if self.absence.waits(claim.now) else self._all
        kept = min(int(self._owed), limit)
        urgent = yield from self._take_urgent(claim, limit - kept)
        others = yield from self._take_others(claim, limit - len(urgent))
        if kept and len(urgent) + len(others) < limit:
            urgent += yield from self._take_urgent(claim, limit - len(urgent) - len(others))
        self._owed = _owed(self._owed, len(urgent), len(others), limit)
        return urgent + others

    def _take_urgent(self, claim: Claim, limit: int) -> Script[list[Row]]:
        lanes = self._lanes[Priority.URGENT]
        found = yield from lanes.waiting(claim, limit)
        return (yield from lanes.taken(claim, self._urgent.deal(found.values(), limit)))

    def _take_others(self, claim: Claim, limit: int) -> Script[list[Row]]:
        normal = yield from self._lanes[Priority.NORMAL].waiting(claim, limit)
        bulk = yield from self._lanes[Priority.BULK].waiting(claim, limit)
        shares = self._rest.deal(_together(normal, bulk).values(), limit)
        first = {
            lane: min(share, normal[lane].due) for lane, share in shares.items() if lane in normal
        }
        rest = {lane: share - first.get(lane, 0) for lane, share in shares.items()}
        rows = yield from self._lanes[Priority.NORMAL].taken(claim, first)
        return rows + (yield from self._lanes[Priority.BULK].taken(claim, rest))


def next_due(
    table: str, lane: LaneColumn, queues: Mapping[Priority, str] = QUEUES, *more: str
) -> str:
    """The earliest `due_at` of all lanes, and of `more` queries."""
    each = " UNION ALL ".join(
        [
            *(
                f"SELECT due_at FROM ({earliest(table, lane, queue)}) each"  # noqa: S608 - our own text
                for queue in queues.values()
            ),
            *more,
        ]
    )
    return f"SELECT min(due_at) AS due_at FROM ({each}) every"  # noqa: S608 - our own text


def _together(
    normal: Mapping[int | str, Waiting], bulk: Mapping[int | str, Waiting]
) -> Mapping[int | str, Waiting]:
    both = {
        lane: one._replace(due=one.due + (bulk[lane].due if lane in bulk else 0))
        for lane, one in normal.items()
    }
    return {**bulk, **both}


def _owed(owed: float, urgent: int, others: int, limit: int) -> float:
    """How many rows the others are owed after a claim. The debt grows only while claims are full."""
    if urgent + others < limit:
        return 0
    return max(0, min(owed + urgent / (ONE_IN - 1) - others, 2 + limit // ONE_IN))
