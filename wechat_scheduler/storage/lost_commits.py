"""Repairs what may be wrong after commits were lost: after a restore, or on a database older than before."""

from collections.abc import Iterator
from typing import Final

from wechat_scheduler.storage.database import Statement

# More rotations than a job can have had since the backup was made.
VERSIONS_AHEAD: Final = 1_000_000

# A stored value may have been replaced long ago, so each job is due now. Versions continue beyond all that
# any reader has seen: a reader would take a known version for the value that it has.
REFRESH = "UPDATE jobs SET due_at = $1, version = version + $2"
LATER_VERSIONS = "UPDATE accounts SET last_version = last_version + $1"
# A message to a person that is due by now may have been sent: a doubt, as after a crash. For messages that
# were being sent during a backup, the start of the daemon adds the doubt.
DOUBT = """
    UPDATE deliveries SET doubts = doubts + 1, doubted_at = COALESCE(doubted_at, due_at)
    WHERE state = 'pending' AND claimed_by IS NULL AND channel = 'person' AND due_at <= $1
"""


def after_lost_commits(now: int, *, knows_doubts: bool = True) -> Iterator[Statement]:
    """The statements for an instant in microseconds; docs/operations.md has them for PostgreSQL. `knows_doubts`
    is False for a backup whose schema has no doubts yet."""
    yield Statement(REFRESH, (now, VERSIONS_AHEAD))
    yield Statement(LATER_VERSIONS, (VERSIONS_AHEAD,))
    if knows_doubts:
        yield Statement(DOUBT, (now,))
