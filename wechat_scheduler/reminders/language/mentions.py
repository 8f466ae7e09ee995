"""Reads how a user refers to reminders that exist: 明天早上7点的, 这周的, 开会的.

A time of them is a span, and may be past, unlike that of a new reminder.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.language.anchors import Anchor
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.grouping import grouped
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.moments import Now, once
from wechat_scheduler.reminders.language.normalise import cleaned, masked, normalise
from wechat_scheduler.reminders.language.policy import Part, Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    nothing,
    several_reminders,
    too_far,
    which_one,
)
from wechat_scheduler.reminders.language.scan import scan
from wechat_scheduler.reminders.language.spacing import squeezed
from wechat_scheduler.reminders.language.title import title_of

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

# From which hour to which one after midnight a part of the day lasts.
_PARTS = {
    Part.AS_NOW: (0, 24),
    Part.DAWN: (0, 6),
    Part.MORNING: (4, 12),
    Part.FORENOON: (4, 12),
    Part.NOON: (11, 14),
    Part.AFTERNOON: (12, 19),
    Part.DUSK: (17, 20),
    Part.EVENING: (18, 29),
    Part.NIGHT: (22, 29),
    Part.MIDNIGHT: (23, 29),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A time before `ends` and from `begins` on, both None without one, and the rest of the words."""

    begins: datetime | None = None
    ends: datetime | None = None
    title: str = ""
    dated: bool = False
    """Whether it names a day."""

    timed: bool = False
    """Whether it names an hour, and not only a day or a part of it."""

    bare: bool = False
    """Whether the hour has two readings: 3点."""

    elapses: bool = False
    """Whether it names a length of time from now: 三天内, 半小时后."""

    repeats: bool = False
    """Whether it names a repetition: 每天的. It has no `begins` and `ends`."""


def mention(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy) -> Mention:
    """A pure function, linear in the length of the text. Raises LanguageError."""
    here = Now(at=now.astimezone(zone).replace(microsecond=0), zone=zone, policy=policy)
    try:
        return _mention(cleaned(text)[: policy.longest], here)
    except (OverflowError, ValueError) as error:
        raise too_far() from error


def _mention(text: str, here: Now) -> Mention:
    plain = normalise(text)
    dense, places = squeezed(masked(plain))
    said = grouped(dense, scan(dense, here.today))
    used = [(places[start], places[end - 1] + 1) for start, end in said.used]
    title = title_of(text, plain, used)
    timed = said.after is not None or any(clock.hour is not None for clock in said.clocks)
    _refuse_several(said)
    if said.lasts and said.is_empty:  # 未来三天
        return Mention(begins=here.at, ends=here.later(said.lasts.length), title=title, dated=True)
    if said.every or said.is_empty:
        return Mention(title=title, timed=timed, repeats=bool(said.every))
    begins, ends = _span(said, here)
    return Mention(
        begins=begins,
        ends=ends,
        title=title,
        timed=timed,
        dated=bool(said.anchors or said.after),
        bare=bool(said.clocks) and said.clocks[0].bare,
        elapses=said.after is not None,
    )


def _refuse_several(said: Meaning) -> None:
    """Raises LanguageError for several days or times: 明天早上7点和下午3点的."""
    for kind in (ClockTime, Anchor):
        written = [
            each.written
            for group in said.groups
            for each in group
            if isinstance(each.token.value, kind)
        ]
        several = len(said.clocks) > 1 if kind is ClockTime else len(said.anchors) > 1
        if len(written) > 1 and (several or said.others) and not said.every:
            raise which_one(*written[:3])


def _span(said: Meaning, now: Now) -> tuple[datetime, datetime]:
    clock = said.clocks[0] if said.clocks else None
    if said.after is not None:
        moment = once(said, now)
        return moment - _MINUTE, moment + _MINUTE
    day, days = _day(said, now)
    if clock is None:
        return now.wall(day, time()), now.wall(day + days, time())
    if clock.hour is None:
        return _part(clock, day, now)
    if not said.anchors:
        return _minute(once(said, now))
    return _minute(now.on(day, clock))


def _minute(moment: datetime) -> tuple[datetime, datetime]:
    begins = moment.replace(second=0)
    return begins, begins + _MINUTE


def _part(clock: ClockTime, day: date, now: Now) -> tuple[datetime, datetime]:
    first, last = _PARTS[clock.part] if clock.part else (0, 24)
    begins, ends = (now.wall(day, time(hour % 24), hour // 24) for hour in (first, last))
    return begins, ends


def _day(said: Meaning, now: Now) -> tuple[date, timedelta]:
    """The first day that is meant, and for how long it lasts."""
    anchor = said.anchors[0] if said.anchors else said.begin
    if anchor is None:
        return now.today, _DAY
    day = next(iter(anchor.days(now.today)), None)
    if day is None:
        raise nothing()
    numbers = getattr(anchor, "numbers", ())
    if len(numbers) > 1 and not getattr(anchor, "ranged", False):  # 周一和周三
        raise several_reminders()
    if said.check is not None and day.weekday() != said.check.numbers[0]:  # 明天和周六
        raise several_reminders()
    this_year = day.replace(year=now.today.year, day=1)
    is_month = getattr(anchor, "whole", False) and not hasattr(anchor, "week")
    if is_month and this_year == now.today.replace(day=1):
        day = this_year  # 11月 in November
    return day + timedelta(days=said.shift), _lasts(anchor, day)


def _lasts(anchor: Anchor, day: date) -> timedelta:
    if getattr(anchor, "whole", False):
        is_week = hasattr(anchor, "week")
        following = day + 7 * _DAY if is_week else (day.replace(day=1) + 32 * _DAY).replace(day=1)
        return following - day
    numbers = getattr(anchor, "numbers", (0,))
    return (numbers[-1] - numbers[0]) * _DAY + _DAY if getattr(anchor, "ranged", False) else _DAY
