"""The result of reading a sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a sentence says."""

    time: datetime
    """The event, aware, in the zone that was given; of a recurrence its first occurrence."""

    rule: str
    """'' for a one-off, else the text that `read_rule` takes. Its time of day is `time`'s."""

    title: str
    """'' when nothing is left."""

    end: datetime | None
    """Of a range (下午2点到4点)."""

    advance: timedelta | None
    """提前10分钟: how long before `time` the notice is wanted."""

    understood: str
    """All of it in one Chinese sentence, for the user to confirm."""
