"""Claims that are fair between accounts, and between the apps of each.

What waits of one app or platform is a lane. A claim counts the due rows of each lane, no further than it
can take, and deals its places out one by one. So it costs the same whether ten rows wait in a lane or a
million.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from wechat_scheduler.storage.claims import Claim, DueTable, LaneColumn
from wechat_scheduler.storage.database import Row, Script, Statement

# Lanes that one statement looks at.
SEEN: Final = 256

# Lanes that one statement claims from.
TAKEN: Final = 16

# Jumps from lane to lane by index.
_LANES = """
    WITH RECURSIVE lanes (lane, number) AS (
        SELECT (SELECT min({lane}) FROM {table} WHERE {queue} AND {lane} > {after}), 1
        UNION ALL
        SELECT (SELECT min({lane}) FROM {table} WHERE {queue} AND {lane} > lanes.lane), number + 1
        FROM lanes WHERE lanes.lane IS NOT NULL{fewer}
    )
"""
_FEWER = f" AND number < {SEEN}"
# `due` stops counting at what is wanted; PostgreSQL would read the table if it were not ordered.
_WAITING = """
    {lanes}
    SELECT lanes.lane, number, {account} AS account, (
        SELECT count(*) FROM (
            SELECT 1 FROM {table} WHERE {queue} AND {lane} = lanes.lane AND due_at <= $2
            ORDER BY due_at LIMIT $3
        ) due
    ) AS due
    FROM lanes WHERE lanes.lane IS NOT NULL
"""
_DUE = """
    SELECT count(*) AS due FROM (
        SELECT 1 FROM {table} WHERE {queue} AND due_at <= $1 ORDER BY due_at LIMIT $2
    ) due
"""
_PART = """
    SELECT id FROM (
        SELECT id FROM {table} WHERE {queue} AND {lane} = {name} AND due_at <= $3
        ORDER BY due_at LIMIT {most} {skip_locked}
    ) lane
"""
# MATERIALIZED: see `claims`.
_TAKE = """
    WITH due AS MATERIALIZED ({parts})
    UPDATE {table} SET claimed_by = $1, due_at = $2{marks}
    WHERE id IN (SELECT id FROM due) RETURNING {returning}
"""
_EARLIEST = """
    {lanes}
    SELECT min((SELECT min(due_at) FROM {table} WHERE {queue} AND {lane} = lanes.lane)) AS due_at
    FROM lanes
"""

_BEYOND = """
    {lanes}
    SELECT id FROM {table}
    WHERE {queue} AND {lane} IN (SELECT lane FROM lanes WHERE lane IS NOT NULL) AND due_at > {latest}
"""


class Waiting(NamedTuple):
    """A lane, its account (empty for the daemon's own messages), and how many of its rows are due."""

    lane: int | str
    account: str
    due: int


class Turns:
    """Deals places out: one to each account in turn, and there to one lane after the other. Those that
    were served the longest time ago come first."""

    def __init__(self) -> None:
        self._served: dict[int | str, int] = {}
        self._dealt = 0

    def deal(self, waiting: Iterable[Waiting], places: int) -> Mapping[int | str, int]:
        """The places of each lane that gets any; none gets more than it has due."""
        accounts = self._accounts(waiting)
        shares: dict[int | str, int] = {}
        while accounts and places:
            account, lanes = accounts.popleft()
            lane, left = lanes.popleft()
            dealt = 1 if accounts or lanes else min(left, places)
            shares[lane] = shares.get(lane, 0) + dealt
            self._serve(account, lane)
            places -= dealt
            if left > dealt:
                lanes.append((lane, left - dealt))
            if lanes:
                accounts.append((account, lanes))
        return shares

    def _accounts(
        self, waiting: Iterable[Waiting]
    ) -> deque[tuple[str, deque[tuple[int | str, int]]]]:
        found: dict[str, deque[tuple[int | str, int]]] = {}
        for one in sorted(waiting, key=lambda one: self._served.get(one.lane, 0)):
            if one.due:
                found.setdefault(one.account, deque()).append((one.lane, one.due))
        return deque(sorted(found.items(), key=lambda item: self._served.get(item[0], 0)))

    def _serve(self, account: str, lane: int | str) -> None:
        self._dealt += 1
        self._served[account] = self._served[lane] = self._dealt


class Lanes:
    """The lanes of the rows of a table that are in `queue`, for one process."""

    def __init__(self, table: DueTable, queue: str, skip_locked: str) -> None:
        lane = _lane(table)
        self._first = lane.below
        # Where the next look at the lanes begins, when there are more than `SEEN`.
        self._after = lane.below
        self._waiting = waiting(table, queue)
        self._takes = [(number, taking(table, queue, number, skip_locked)) for number in (1, TAKEN)]

    def waiting(self, claim: Claim, limit: int) -> Script[dict[int | str, Waiting]]:
        """The lanes with due rows: all, or enough of them to take `limit` rows, the next ones in turn."""
        found: dict[int | str, Waiting] = {}
        after, is_last_round = self._after, self._after == self._first
        while len(found) < limit:
            rows = yield Statement(self._waiting, (after, claim.now, limit))
            found |= {row["lane"]: _waiting_of(row) for row in rows if row["due"]}
            if len(rows) == SEEN:
                after = max(rows, key=lambda row: row["number"])["lane"]
                continue
            after = self._first
            if is_last_round:
                break
            is_last_round = True
        self._after = after
        return found

    def taken(self, claim: Claim, shares: Mapping[int | str, int]) -> Script[list[Row]]:
        """Claim that many rows of each lane."""
        rows: list[Row] = []
        wanted = [(lane, share) for lane, share in shares.items() if share]
        while wanted:
            number, sql = self._takes[len(wanted) > 1]
            some, wanted = wanted[:number], wanted[number:]
            some += [(self._first, 0)] * (number - len(some))
            rows += yield Statement(sql, (*claim, *(value for one in some for value in one)))
        return rows


class PlainLanes(Lanes):
    """The claims of one process on a table whose rows have no priorities."""

    def __init__(self, table: DueTable, skip_locked: str) -> None:
        super().__init__(table, table.queue, skip_locked)
        self._turns = Turns()
        self._due = due(table)
        self._all = table.claims(skip_locked)

    def take(self, claim: Claim, limit: int) -> Script[list[Row]]:
        """Claim at most `limit` due rows. If there are no more, the lanes need no look."""
        (counted,) = yield Statement(self._due, (claim.now, limit + 1))
        if counted["due"] <= limit:
            return list((yield Statement(self._all, (*claim, limit))))
        found = yield from self.waiting(claim, limit)
        return (yield from self.taken(claim, self._turns.deal(found.values(), limit)))


@cache
def due(table: DueTable) -> str:
    """Counts the rows that are due at `$1`, up to `$2`."""
    return _DUE.format(table=table.table, queue=table.queue)


@cache
def waiting(table: DueTable, queue: str) -> str:
    """Lists the lanes above `$1`, with their rows that are due at `$2`, counted up to `$3`."""
    lane = _lane(table)
    parts = {"table": table.table, "lane": lane.name, "queue": queue}
    lanes = _LANES.format(**parts, after="$1", fewer=_FEWER)
    return _WAITING.format(**parts, lanes=lanes, account=lane.account)


@cache
def taking(table: DueTable, queue: str, number: int, skip_locked: str = "") -> str:
    """Claims from that many lanes: `$4` is a lane and `$5` how many of its rows, and so on."""
    parts = {"table": table.table, "lane": _lane(table).name, "queue": queue}
    places = ((f"${4 + 2 * place}", f"${5 + 2 * place}") for place in range(number))
    each = [
        _PART.format(**parts, name=name, most=most, skip_locked=skip_locked)
        for name, most in places
    ]
    return _TAKE.format(
        parts=" UNION ALL ".join(each),
        table=table.table,
        marks=table.marks and f", {table.marks}",
        returning=table.returning,
    )


@cache
def earliest(table: str, lane: LaneColumn, queue: str) -> str:
    """The earliest `due_at` of all lanes."""
    parts = {"table": table, "lane": lane.name, "queue": queue}
    return _EARLIEST.format(**parts, lanes=_LANES.format(**parts, after=lane.below, fewer=""))


@cache
def beyond(table: str, lane: LaneColumn, queue: str, latest: int) -> str:
    """The ids of rows that are due after `latest`, in any lane."""
    parts = {"table": table, "lane": lane.name, "queue": queue}
    return _BEYOND.format(
        **parts, lanes=_LANES.format(**parts, after=lane.below, fewer=""), latest=latest
    )


def _lane(table: DueTable) -> LaneColumn:
    if table.lanes is None:
        raise TypeError(f"the rows of {table.table} have no lanes")
    return table.lanes


def _waiting_of(row: Row) -> Waiting:
    return Waiting(row["lane"], row["account"] or "", row["due"])
