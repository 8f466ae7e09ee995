"""WeChat's clock, as its responses show it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# `Date` is in whole seconds, and the true time is up to one later.
WHOLE: Final = timedelta(seconds=1)
# The year 2286: WeChat writes whole seconds.
_LAST_SECOND: Final = 10**10


def clock_offset(date: str, asked_at: datetime, answered_at: datetime) -> timedelta | None:
    """How far our clock is at least ahead of the sender's, by its `Date`; negative if it is behind, zero if
    they may agree. None if the date cannot be read."""
    try:
        theirs = parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
    return max(asked_at - theirs - WHOLE, min(answered_at - theirs, timedelta(0)))


def unix_time(seconds: object) -> datetime | None:
    """The time of a Unix time in whole seconds; None if it is none."""
    if type(seconds) is not int or not 0 < seconds < _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC)
