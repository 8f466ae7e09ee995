"""WeChat's clock, as its responses show it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# `Date` is in whole seconds, and the true time is up to one later.
WHOLE: Final = timedelta(seconds=1)


def clock_offset(date: str, asked_at: datetime, answered_at: datetime) -> timedelta | None:
    """How far our clock is at least ahead of the sender's, by its `Date`; negative if it is behind, zero if
    they may agree. None if the date cannot be read."""
    try:
        theirs = parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
    return max(asked_at - theirs - WHOLE, min(answered_at - theirs, timedelta(0)))
