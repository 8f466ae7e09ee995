"""From a Chinese sentence to a time, a recurrence and a title.

The grammar takes a tenth of a second to load, so it is loaded when the first sentence comes: a daemon
that starts again has callers waiting.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY, Policy


def parse(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy = DEFAULT_POLICY) -> Parsed:
    """Read a sentence as someone in `zone` would who heard it at `now`.

    A pure function, linear in the length of the text. Raises LanguageError, whose reason is for
    programs and whose message is for the writer: no time in it, a time that does not exist, that is
    past, that can be read in two ways, or more than `policy.longest` characters.
    """
    from wechat_scheduler.reminders.language import grammar

    return grammar.read(text, now=now, zone=zone, policy=policy)
