"""Reads a time, a recurrence and a title from a Chinese sentence.

The grammar and all its patterns take a tenth of a second to load. The daemon loads them once it serves, as callers
wait for a daemon that restarts; a sentence that comes sooner loads what it needs.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY, Policy
from wechat_scheduler.reminders.language.refused_sentences import SeveralError


def parse(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy = DEFAULT_POLICY) -> Parsed:
    """Reads a sentence that is written in `zone` at `now`, and asks for one reminder.

    A pure function, linear in the length of the text. Raises LanguageError; `refused_sentences.py` lists the
    reasons. SeveralError holds the readings of a sentence that asks for several reminders.
    """
    readings = parse_all(text, now=now, zone=zone, policy=policy)
    if len(readings) > 1:
        raise SeveralError(readings)
    return readings[0]


def parse_all(
    text: str, *, now: datetime, zone: ZoneInfo, policy: Policy = DEFAULT_POLICY
) -> tuple[Parsed, ...]:
    """Each reminder that a sentence asks for, in the order in which they are written: 8点送孩子，9点开会.
    Never empty. Raises as `parse`."""
    from wechat_scheduler.reminders.language import grammar

    return grammar.read(text, now=now, zone=zone, policy=policy)


def without_times(text: str, *, now: datetime, zone: ZoneInfo) -> str:
    """What is left of a sentence without any word of time, normalised: 开会 of 今天3点开会."""
    from wechat_scheduler.reminders.language import grammar

    return grammar.timeless(text, now.astimezone(zone).date())
