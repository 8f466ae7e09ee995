"""Wall times and the instants they mean, where clocks are changed."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def wall_of(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of `zone` show at an instant, as a naive datetime."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def earliest(at: datetime, zone: ZoneInfo) -> datetime:
    """The earliest wall time that may mean an instant from `at` on: a day before it where the clocks
    were changed meanwhile, as one in a gap fires later than it says."""
    wall, day_before = wall_of(at, zone), wall_of(at - _DAY, zone)
    return wall if wall - day_before == _DAY else min(wall, day_before)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: the first of two, or the end of the gap that it lies in."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if wall_of(instant, zone) == wall:
        return instant
    # In a gap, fold=1 reads the wall by the new offset, which is still before the change.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    seconds = range(int((instant - early).total_seconds()) + 1)

    def changed(second: int) -> bool:
        return (early + timedelta(seconds=second)).astimezone(zone).utcoffset() != before

    return early + timedelta(seconds=bisect_left(seconds, True, key=changed))
