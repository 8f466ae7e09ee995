"""Reads a sentence: normalise, find the words of time, group them, and work out the times."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.language.grouping import grouped
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.moments import Now, end_of, once
from wechat_scheduler.reminders.language.normalise import masked, normalise, squeezed
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refusals import (
    LanguageError,
    is_now,
    nothing,
    nothing_to_precede,
    too_far,
    too_long,
)
from wechat_scheduler.reminders.language.repeating import repeating
from wechat_scheduler.reminders.language.scan import scan
from wechat_scheduler.reminders.language.title import title_of
from wechat_scheduler.reminders.language.wording import describe, moment_words

_NOW = re.compile(r"现在|马上|立刻|立即|此刻|刚才|刚刚")


def read(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy) -> Parsed:
    """As `parse.parse`."""
    if len(text) > policy.longest:
        raise too_long(policy.longest)
    here = Now(at=now.astimezone(zone).replace(microsecond=0), zone=zone, policy=policy)
    plain = normalise(text)
    dense, places = squeezed(masked(plain))
    said = grouped(dense, scan(dense, here.today))
    if said.is_empty and not (said.lasts or said.times):
        raise _no_time(plain, said)
    used = [(places[start], places[end - 1] + 1) for start, end in said.used]
    return _parsed(said, here, title_of(text, plain, used))


def _no_time(plain: str, said: Meaning) -> LanguageError:
    if said.advance:
        return nothing_to_precede()
    now = _NOW.search(plain)
    return is_now(now.group()) if now else nothing()


def _parsed(said: Meaning, now: Now, title: str) -> Parsed:
    try:
        start, rule = repeating(said, now) if _recurs(said) else (once(said, now), "")
    except (OverflowError, ValueError) as error:
        raise too_far() from error
    if rule:
        said.lasts = None
    advance = said.advance.length.delta if said.advance else None
    return Parsed(
        time=start,
        rule=rule,
        title=title,
        end=end_of(said, start, now),
        advance=advance,
        understood=_understood(start, rule, title, advance),
    )


def _recurs(said: Meaning) -> bool:
    if said.repeats:
        return True
    lasts = said.lasts is not None and said.lasts.length.days > 0 and not said.anchors
    return said.after is None and (len(said.clocks) > 1 or said.times is not None or lasts)


def _understood(start: datetime, rule: str, title: str, advance: timedelta | None) -> str:
    early = f"提前{_minutes(advance)}" if advance else ""
    what = f"{describe(rule, start)} {early}提醒" + (f"“{title}”" if title else "")
    return f"{what}，第一次在 {moment_words(start)}" if rule else what


def _minutes(advance: timedelta) -> str:
    minutes = int(advance.total_seconds() // 60)
    if minutes % 1440 == 0:
        return f"{minutes // 1440}天"
    return f"{minutes // 60}小时" if minutes % 60 == 0 else f"{minutes}分钟"
