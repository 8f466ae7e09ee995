"""Tells what a sentence leaves open and is read with: the hour of 明天, the day of 下周, the afternoon of 明天3点."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import Fixed
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import SHORTLY, After
from wechat_scheduler.reminders.language.meaning import Linked, Meaning
from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.reminders.language.policy import Part, Policy

# Words for several days: 下周, 这个月, 明年, 月底, 中旬, 周末.
_SEVERAL_DAYS = pattern(r"(?:[周期拜月份年旬底末初头尾中]|双休日)$")
# In the small hours 明天 may be the day that begins, and is read as the next.
_NEXT_DAY = pattern(r"(?:大*后|赶?明|[次听翌])[天日儿个]*")
_NIGHT_ENDS = 5
_BEFORE = pattern(r"[之以]前|前(?![面台端往去来男女夫妻任总哨锋言景列排天晚])|为止|截止")


def assumptions(
    said: Meaning, start: datetime, rule: str, policy: Policy
) -> tuple[Assumption, ...]:
    """What is assumed of a sentence that is read so."""
    words = _words(said)
    found = (_hour(said, start, rule, policy), _half(said, words, start, rule, policy))
    day = None if rule else _day(said, words, start, policy)
    return tuple(
        each for each in (*found, day, *_before(said, words, start), *_soon(words, start)) if each
    )


def lacks_half(said: Meaning) -> bool:
    """Whether a bare hour is written, and no part of the day: 明天9点, 1点半开会."""
    values = [each.token.value for each in _words(said)]
    clocks = [each for each in values if isinstance(each, ClockTime)]
    return any(each.bare for each in clocks) and not any(each.part for each in clocks)


def _words(said: Meaning) -> Sequence[Linked]:
    return [each for group in said.groups for each in group if group not in said.others]


def _hour(said: Meaning, start: datetime, rule: str, policy: Policy) -> Assumption | None:
    if not _lacks_hour(said):
        return None
    hours = [f"{clock.place(policy)[1]:%H:%M}" for clock in said.clocks] if rule else []
    return Assumption(kind="hour", meant=", ".join(hours) if hours[1:] else f"{start:%H:%M}")


def _lacks_hour(said: Meaning) -> bool:
    """Whether no hour is written: 明天, 下午, 三天后. Hours and minutes that pass have one."""
    if said.clocks:
        return all(each.hour is None and each.part is not Part.AS_NOW for each in said.clocks)
    passes = said.after is not None and said.after.length.seconds != 0
    return not (passes or said.elapses)


def _half(
    said: Meaning, words: Sequence[Linked], start: datetime, rule: str, policy: Policy
) -> Assumption | None:
    """A bare hour that is not read as one from 6 to 12 in the morning: 明天3点, 11点睡觉, 1点半 of the coming night. A
    part of the day anywhere explains it."""
    clocks = [each for each in words if isinstance(each.token.value, ClockTime)]
    values = [one.token.value for one in clocks if isinstance(one.token.value, ClockTime)]
    if any(one.part for one in values):
        return None
    meant = [each.place(policy)[1] for each in said.clocks] if rule else [start.time()]
    hours = {each.hour: each for each in meant}
    for one, value in zip(clocks, values, strict=True):
        hour = value.hour or 0
        if not value.bare or (hour >= 6 and hour in hours):
            continue
        if read := hours.get(hour) or hours.get((hour + 12) % 24):
            return Assumption(kind="half", said=one.written.strip(), meant=f"{read:%H:%M}")
    return None


def _day(
    said: Meaning, words: Sequence[Linked], start: datetime, policy: Policy
) -> Assumption | None:
    anchors = said.anchors or ([said.begin] if said.begin else [])
    names = [each.written.strip() for each in words if each.token.value in anchors]
    if said.shift or said.following or said.after or not names:
        return None
    name = "".join(names)
    day = anchors[0]
    if isinstance(day, Fixed) and _is_night(policy) and _NEXT_DAY.fullmatch(name):
        name += "天" if len(name) == 1 else ""
        return Assumption(kind="day", said=name, meant=day.day.isoformat())
    if not all(map(_SEVERAL_DAYS.search, names)):
        return None
    return Assumption(kind="day", said=name, meant=f"{start:%Y-%m-%d}")


def _is_night(policy: Policy) -> bool:
    """Whether the sentence is written in the small hours."""
    return policy.hours[Part.AS_NOW].hour < _NIGHT_ENDS


def _before(said: Meaning, words: Sequence[Linked], start: datetime) -> Iterator[Assumption]:
    """周五前 is read as Friday itself, 三天内 as the last of the days."""
    for each in words:
        found = _BEFORE.match(each.after)
        value = each.token.value
        within = isinstance(value, After) and value.within and not value.length.exact
        if found or (within and said.after):
            name = each.written.strip() + (found.group() if found else "")
            yield Assumption(kind="before", said=name, meant=f"{start:%Y-%m-%d %H:%M}")
            return


def _soon(words: Sequence[Linked], start: datetime) -> Iterator[Assumption]:
    """一会儿 is the policy's few minutes."""
    for each in words:
        if isinstance(each.token.value, After) and each.token.value.length == SHORTLY:
            yield Assumption(kind="soon", said=each.written.strip(), meant=f"{start:%H:%M}")
            return
