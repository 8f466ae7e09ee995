"""Claims on jobs: the longest due, and some of the last due while there are more than are claimed.

So the job of a new account does not wait for ten thousand of another. Lanes would have to look at each
account.
"""

from wechat_scheduler.storage.claims import UNCLAIMED, Absence, Claim, DueTable
from wechat_scheduler.storage.database import Row, Script, Statement

_EARLIEST = """
    SELECT min(due_at) AS due_at FROM (
        SELECT min(due_at) AS due_at FROM jobs {which}
        UNION ALL SELECT CAST(0 AS BIGINT) AS due_at FROM wakings
    ) each
"""
EARLIEST = _EARLIEST.format(which="")
# `$1` at the latest.
EARLIEST_UNCLAIMED = _EARLIEST.format(
    which=f"WHERE {UNCLAIMED} UNION ALL SELECT CAST($1 AS BIGINT) AS due_at"
)


class JobClaims:
    """The claims of one process."""

    def __init__(self, table: DueTable, skip_locked: str) -> None:
        self._all, self._unclaimed = (
            (
                table.claims(skip_locked, only=only),
                table.claims(skip_locked, order="due_at DESC", only=only),
            )
            for only in ("", UNCLAIMED)
        )
        self._claims = 0
        self._is_behind = False
        self.absence = Absence()

    def take(self, claim: Claim, limit: int, *values: object) -> Script[list[Row]]:
        """Claim at most `limit` due rows: while claims do not keep up, half of them the last due. A claim of
        one takes them in turn."""
        oldest, newest = self._unclaimed if self.absence.waits(claim.now) else self._all
        self._claims += 1
        rows: list[Row] = []
        half = limit // 2 or self._claims % 2
        if self._is_behind and half:
            rows += yield Statement(newest, (*claim, half, *values))
        if len(rows) < limit:
            rows += yield Statement(oldest, (*claim, limit - len(rows), *values))
        self._is_behind = len(rows) == limit
        return rows
