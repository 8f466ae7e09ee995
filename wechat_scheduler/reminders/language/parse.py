"""From a Chinese sentence to a time, a recurrence and a title.

The grammar takes a tenth of a second to load, so it is loaded when the first sentence comes: a daemon
that starts again has callers waiting.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a sentence says."""

    time: datetime
    """The event, aware, in the zone that was given; of a recurrence its first occurrence."""

    rule: str
    """'' for a one-off, else the text that `recurrence.read` takes. Its time of day is `time`'s."""

    title: str
    """'' when nothing is left."""

    end: datetime | None
    """Of a range (下午2点到4点)."""

    advance: timedelta | None
    """提前10分钟: how long before `time` the notice is wanted."""

    understood: str
    """All of it in one Chinese sentence, for the user to confirm."""


def parse(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy = DEFAULT_POLICY) -> Parsed:
    """Read a sentence as someone in `zone` would who heard it at `now`.

    A pure function, linear in the length of the text. Raises LanguageError, whose reason is for
    programs and whose message is for the writer: no time in it, a time that does not exist, that is
    past, that can be read in two ways, or more than `policy.longest` characters.
    """
    from wechat_scheduler.reminders.language import grammar

    return grammar.read(text, now=now, zone=zone, policy=policy)
