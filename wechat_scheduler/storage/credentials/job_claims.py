"""Claims on jobs: the longest due, and some of the last due while there are more than are claimed.

So the job of a new account does not wait for ten thousand of another. Lanes would have to look at each
account.
"""

from wechat_scheduler.storage.claims import Claim, DueTable
from wechat_scheduler.storage.database import Row, Script, Statement


class JobClaims:
    """The claims of one process."""

    def __init__(self, table: DueTable, skip_locked: str) -> None:
        self._oldest = table.claims(skip_locked)
        self._newest = table.claims(skip_locked, order="due_at DESC")
        self._claims = 0
        self._is_behind = False

    def take(self, claim: Claim, limit: int, *values: object) -> Script[list[Row]]:
        """Claim at most `limit` due rows: while claims do not keep up, half of them the last due. A claim of
        one takes them in turn."""
        self._claims += 1
        rows: list[Row] = []
        half = limit // 2 or self._claims % 2
        if self._is_behind and half:
            rows += yield Statement(self._newest, (*claim, half, *values))
        if len(rows) < limit:
            rows += yield Statement(self._oldest, (*claim, limit - len(rows), *values))
        self._is_behind = len(rows) == limit
        return rows
