"""Reads a time, a recurrence and a title from a Chinese sentence.

The grammar takes a tenth of a second to load. It is loaded with the first sentence, as callers wait for
a daemon that restarts.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY, Policy


def parse(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy = DEFAULT_POLICY) -> Parsed:
    """Reads a sentence that is written in `zone` at `now`.

    A pure function, linear in the length of the text. Raises LanguageError; `refusals.py` lists the
    reasons.
    """
    from wechat_scheduler.reminders.language import grammar

    return grammar.read(text, now=now, zone=zone, policy=policy)
