"""Claims on deliveries that are fair between accounts, and between the apps of each.

The deliveries of one app and one priority that wait are a lane. A claim counts the due deliveries of
each lane, no further than it can take, and deals its places out one by one. So it costs the same
whether ten deliveries wait in a lane or a million.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from wechat_scheduler.delivery.model import Priority
from wechat_scheduler.storage.claims import Claim, DueTable
from wechat_scheduler.storage.database import Row, Script, Statement

# Lanes that one statement looks at.
SEEN: Final = 256

# Lanes that one statement claims from.
TAKEN: Final = 16

# One place of this many is for deliveries that are not urgent, if any wait.
ONE_IN: Final = 5

_QUEUE = "state = 'pending' AND priority = {priority}"
# Jumps from app to app by index. `due` stops counting at what is wanted; PostgreSQL would read the
# table if it were not ordered.
_LANES = """
    WITH RECURSIVE lanes (app_id, number) AS (
        SELECT (SELECT min(app_id) FROM deliveries WHERE {queue} AND app_id > {after}{up_to}), 1
        UNION ALL
        SELECT (SELECT min(app_id) FROM deliveries WHERE {queue} AND app_id > lanes.app_id{up_to}),
            number + 1
        FROM lanes WHERE lanes.app_id IS NOT NULL{fewer}
    )
"""
_FEWER = f" AND number < {SEEN}"
_WAITING = f"""
    {_LANES.format(queue=_QUEUE, after="$1", up_to=" AND app_id <= $2", fewer=_FEWER)}
    SELECT lanes.app_id, (SELECT appid FROM apps WHERE id = lanes.app_id) AS account, (
        SELECT count(*) FROM (
            SELECT 1 FROM deliveries d
            WHERE {_QUEUE} AND d.app_id = lanes.app_id AND d.due_at <= $3
            ORDER BY d.due_at LIMIT $4
        ) due
    ) AS due
    FROM lanes WHERE lanes.app_id IS NOT NULL
"""  # noqa: S608 - our own text
_PART = """
    SELECT id FROM (
        SELECT id FROM deliveries WHERE {queue} AND app_id = {app} AND due_at <= $3
        ORDER BY due_at LIMIT {most} {skip_locked}
    ) lane
"""
# MATERIALIZED: see `claims`.
_TAKE = """
    WITH due AS MATERIALIZED ({parts})
    UPDATE deliveries SET claimed_by = $1, due_at = $2, {marks}
    WHERE id IN (SELECT id FROM due) RETURNING {returning}
"""
_NEXT = """
    SELECT min((
        SELECT min(due_at) FROM deliveries d WHERE {queue} AND d.app_id = lanes.app_id
    )) AS due_at FROM lanes
"""
# Below and above the id of every app.
_FIRST, _LAST = -2, 2**62


class Waiting(NamedTuple):
    """An app, its account (empty for the daemon's own messages), and how many of its deliveries are due."""

    app_id: int
    account: str
    due: int


class Turns:
    """Deals places out: one to each account in turn, and there to one app after the other. Those that
    were served the longest time ago come first."""

    def __init__(self) -> None:
        self._served: dict[int | str, int] = {}
        self._dealt = 0

    def deal(self, waiting: Iterable[Waiting], places: int) -> Mapping[int, int]:
        """The places of each app that gets any; none gets more than it has due."""
        accounts = self._accounts(waiting)
        shares: dict[int, int] = {}
        while accounts and places:
            account, apps = accounts.popleft()
            app_id, left = apps.popleft()
            shares[app_id] = shares.get(app_id, 0) + 1
            self._serve(account, app_id)
            places -= 1
            if left > 1:
                apps.append((app_id, left - 1))
            if apps:
                accounts.append((account, apps))
        return shares

    def _accounts(self, waiting: Iterable[Waiting]) -> deque[tuple[str, deque[tuple[int, int]]]]:
        found: dict[str, deque[tuple[int, int]]] = {}
        for one in sorted(waiting, key=lambda one: self._served.get(one.app_id, 0)):
            if one.due:
                found.setdefault(one.account, deque()).append((one.app_id, one.due))
        return deque(sorted(found.items(), key=lambda item: self._served.get(item[0], 0)))

    def _serve(self, account: str, app_id: int) -> None:
        self._dealt += 1
        self._served[account] = self._served[app_id] = self._dealt


class Lanes:
    """The claims of one process. Urgent deliveries come first, those of every app; of the others, an
    app's normal ones come before its bulk. While urgent ones fill the claims, one place in `ONE_IN`
    is kept for the others."""

    def __init__(self, table: DueTable, skip_locked: str) -> None:
        self._urgent, self._rest = Turns(), Turns()
        # Where the next look at the lanes of a priority begins, when there are more than `SEEN`.
        self._after = dict.fromkeys(Priority, _FIRST)
        self._owed = 0.0
        self._takes = {
            priority: [
                (number, taking(table, priority, number, skip_locked)) for number in (1, TAKEN)
            ]
            for priority in Priority
        }

    def take(self, claim: Claim, limit: int) -> Script[list[Row]]:
        """Claim at most `limit` due rows."""
        kept = min(int(self._owed), limit)
        urgent = yield from self._take_urgent(claim, limit - kept)
        others = yield from self._take_others(claim, limit - len(urgent))
        if kept and len(urgent) + len(others) < limit:
            urgent += yield from self._take_urgent(claim, limit - len(urgent) - len(others))
        self._owed = _owed(self._owed, len(urgent), len(others), limit)
        return urgent + others

    def _take_urgent(self, claim: Claim, limit: int) -> Script[list[Row]]:
        waiting = yield from self._waiting(Priority.URGENT, claim, limit)
        shares = self._urgent.deal(waiting.values(), limit)
        return (yield from self._taken(Priority.URGENT, claim, shares))

    def _take_others(self, claim: Claim, limit: int) -> Script[list[Row]]:
        normal = yield from self._waiting(Priority.NORMAL, claim, limit)
        bulk = yield from self._waiting(Priority.BULK, claim, limit)
        both = {
            app_id: one._replace(due=one.due + (bulk[app_id].due if app_id in bulk else 0))
            for app_id, one in normal.items()
        }
        shares = self._rest.deal((bulk | both).values(), limit)
        first = {
            app_id: min(share, normal[app_id].due)
            for app_id, share in shares.items()
            if app_id in normal
        }
        rest = {app_id: share - first.get(app_id, 0) for app_id, share in shares.items()}
        rows = yield from self._taken(Priority.NORMAL, claim, first)
        return rows + (yield from self._taken(Priority.BULK, claim, rest))

    def _waiting(self, priority: Priority, claim: Claim, limit: int) -> Script[dict[int, Waiting]]:
        """The lanes with due rows: all, or enough of them to take `limit` rows, the next ones in turn."""
        found: dict[int, Waiting] = {}
        if limit <= 0:
            return found
        start, sql = self._after[priority], waiting(priority)
        for after, up_to in ((start, _LAST), (_FIRST, start)):
            while after < up_to:
                rows = yield Statement(sql, (after, up_to, claim.now, limit))
                found |= {row["app_id"]: _waiting_of(row) for row in rows if row["due"]}
                after = max(row["app_id"] for row in rows) if len(rows) == SEEN else up_to
                if len(found) >= limit:
                    self._after[priority] = _FIRST if after == _LAST else after
                    return found
        return found

    def _taken(
        self, priority: Priority, claim: Claim, shares: Mapping[int, int]
    ) -> Script[list[Row]]:
        rows: list[Row] = []
        wanted = [(app_id, share) for app_id, share in shares.items() if share]
        while wanted:
            number, sql = self._takes[priority][len(wanted) > 1]
            some, wanted = wanted[:number], wanted[number:]
            some += [(_FIRST, 0)] * (number - len(some))
            rows += yield Statement(sql, (*claim, *(value for one in some for value in one)))
        return rows


def waiting(priority: Priority) -> str:
    """Lists the lanes of apps above `$1`, up to `$2`, with their rows that are due at `$3`, counted up
    to `$4`."""
    return _WAITING.format(priority=priority.value)


def taking(table: DueTable, priority: Priority, number: int, skip_locked: str = "") -> str:
    """Claims from that many lanes: `$4` is an app and `$5` how many of its rows, and so on."""
    parts = (
        _PART.format(
            queue=_QUEUE.format(priority=priority.value),
            app=f"${4 + 2 * part}",
            most=f"${5 + 2 * part}",
            skip_locked=skip_locked,
        )
        for part in range(number)
    )
    return _TAKE.format(
        parts=" UNION ALL ".join(parts), marks=table.marks, returning=table.returning
    )


def next_due() -> str:
    """The earliest `due_at` of all lanes."""
    each = " UNION ALL ".join(map(_earliest, Priority))
    return f"SELECT min(due_at) AS due_at FROM ({each}) every"  # noqa: S608 - our own text


def _earliest(priority: Priority) -> str:
    queue = _QUEUE.format(priority=priority.value)
    lanes = _LANES.format(queue=queue, after=_FIRST, up_to="", fewer="")
    return f"SELECT due_at FROM ({lanes}{_NEXT.format(queue=queue)}) each"  # noqa: S608 - our own text


def _waiting_of(row: Row) -> Waiting:
    return Waiting(row["app_id"], row["account"] or "", row["due"])


def _owed(owed: float, urgent: int, others: int, limit: int) -> float:
    """The places that the others are to get, after a claim of so many. Only claims that urgent ones fill
    take anything from them."""
    if urgent + others < limit:
        return 0
    return max(0, min(owed + urgent / (ONE_IN - 1) - others, 2 + limit // ONE_IN))
