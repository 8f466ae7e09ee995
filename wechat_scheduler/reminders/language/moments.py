"""The instants at which a reminder is due, read from what a sentence means, seen from `now`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.language.anchors import (
    WEEKDAYS,
    Anchor,
    Fixed,
    MonthDays,
    Weekdays,
    YearDays,
    day_of,
    last_of,
)
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.delays import delayed
from wechat_scheduler.reminders.language.durations import SHORTLY, After, Length
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.policy import Part, Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    date_or_weekday,
    ends_too_early,
    impossible,
    nothing,
    past,
    too_far,
    which_day,
    which_one,
)
from wechat_scheduler.reminders.language.wording import day_words, moment_words
from wechat_scheduler.reminders.recurrence.series import instant_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The moment at which the sentence is read, in the zone of its writer."""

    at: datetime
    zone: ZoneInfo
    policy: Policy

    @property
    def today(self) -> date:
        return self.at.date()

    def on(self, day: date, clock: ClockTime | None) -> datetime:
        """The instant of `clock` on `day`, at the policy's hour without one."""
        days, at = clock.place(self.policy) if clock else (0, self.policy.hour)
        return self.wall(day, at, days)

    def wall(self, day: date, at: time, days: int = 0) -> datetime:
        try:
            wall = datetime.combine(day + timedelta(days=days), at)
            return instant_of(wall, self.zone).astimezone(self.zone)
        except OverflowError as error:
            raise too_far() from error

    def later(self, length: Length) -> datetime:
        """`length` from now: days by the calendar, hours and minutes as elapsed time."""
        soon = Length(seconds=self.policy.soon.total_seconds())
        return delayed(self.at, soon if length == SHORTLY else length, self.zone)

    def ahead(self, moment: datetime) -> datetime:
        """`moment`. Raises LanguageError if it is past or beyond the policy's horizon."""
        if moment <= self.at:
            raise past(moment)
        if moment - self.at > self.policy.horizon:
            raise too_far(moment)
        return moment


def once(meaning: Meaning, now: Now) -> datetime:
    """The moment of a one-off, which is ahead. Raises LanguageError."""
    clock = meaning.clocks[0] if meaning.clocks else None
    if meaning.after is not None:
        return now.ahead(_after(meaning.after, meaning.anchors, clock, now))
    anchors = meaning.anchors or ([meaning.begin] if meaning.begin else [])
    if len(anchors) > 1:
        return now.ahead(_single(anchors, clock, now))
    _one_day(anchors)
    if not anchors:
        return now.ahead(clock_only(clock, now))
    return now.ahead(_dated(meaning, anchors[0], clock, now))


def end_of(meaning: Meaning, start: datetime, now: Now) -> datetime | None:
    """The end of a range or of 持续两小时, which is after the start."""
    if meaning.end_anchor is not None:
        week = getattr(meaning.end_anchor, "week", None)
        seen_from = start.date() if week is None else now.today
        day = next(iter(meaning.end_anchor.days(seen_from)), start.date())
        clock = meaning.end_clock
        end = now.on(day, clock) if clock else now.wall(day, start.timetz().replace(tzinfo=None))
        return _after_start(start, end)
    if meaning.end_clock is not None:
        return end_clock(meaning.end_clock, start, now)
    last = last_of(meaning.anchors[0]) if meaning.anchors else None
    if last is not None and not meaning.repeats:
        day = next(iter(last.days(start.date())), start.date())
        return now.wall(day, start.timetz().replace(tzinfo=None))
    if meaning.lasts is not None and not meaning.repeats:
        return (start.astimezone(UTC) + meaning.lasts.length.delta).astimezone(now.zone)
    return None


def next_wall(at: time, now: Now, day: date | None = None) -> datetime:
    """The next instant at which the clock shows `at`, on `day` or later."""
    first = max(day or now.today, now.today)
    moment = now.wall(first, at)
    return moment if moment > now.at else now.wall(first, at, 1)


def clock_only(clock: ClockTime | None, now: Now) -> datetime:
    """The next instant of a clock time. A bare hour is the nearer of its two readings. Raises LanguageError for a
    part of the day that has begun: 下午 at two may be that of today, or of tomorrow."""
    if clock is None:
        raise nothing()
    days, at = clock.place(now.policy)
    ats = [at, at.replace(hour=(at.hour + 12) % 24)] if clock.bare else [at]
    yesterday = now.today - timedelta(days=1)
    moments = [now.wall(yesterday, each, days + n) for n in range(4) for each in ats]
    found = min(moment for moment in moments if moment > now.at)
    if (
        clock.hour is None
        and clock.part in _ENDS | {Part.EVENING: 24}
        and now.wall(now.today, at, days) <= now.at
    ):
        later = _later_today(found, clock, now)
        if later != found:
            raise which_one(moment_words(later), moment_words(found))
    return found


def end_clock(clock: ClockTime, start: datetime, now: Now) -> datetime:
    """The first instant of the end's clock time after the start: 下午2点到4点."""
    end = now.on(start.date(), clock)
    if end <= start and clock.bare and end + timedelta(hours=12) > start:
        return end + timedelta(hours=12)
    return end if end > start else end + timedelta(days=1)


def _one_day(anchors: Sequence[Anchor]) -> None:
    """Raises LanguageError for several days without 每: 1号和15号."""
    for anchor in anchors:
        if not isinstance(anchor, MonthDays | YearDays | Weekdays) or anchor.ranged:
            continue
        if len(anchor.numbers) > 1:
            words = [_number_words(anchor, n) for n in anchor.numbers[:3]]
            raise which_day(words) if isinstance(anchor, MonthDays) else which_one(*words)


def _number_words(anchor: Anchor, number: int) -> str:
    return day_words(WEEKDAYS[number]) if isinstance(anchor, Weekdays) else f"{number}号"


def _after(after: After, anchors: Sequence[Anchor], clock: ClockTime | None, now: Now) -> datetime:
    moment = now.later(after.length)
    if anchors and not isinstance(anchors[0], Fixed):
        return now.on(_day_near(anchors[0], moment.date()), clock)
    by_day = after.by_day or (after.within and not after.length.exact)
    return now.on(moment.date(), clock) if clock or by_day else moment


def _day_near(anchor: Anchor, day: date) -> date:
    """The day near `day`: 两周后的周五 is in that week, 三个月后的5号 in that month."""
    match anchor:
        case Weekdays(numbers=(number, *_)):
            return day + timedelta(days=number - day.weekday())
        case MonthDays(numbers=(number, *_)):
            return day_of(day.year, day.month, number) or day
        case YearDays(month=month, numbers=(number, *_)):
            return day_of(day.year, month, number) or day
    return day


def _dated(meaning: Meaning, anchor: Anchor, clock: ClockTime | None, now: Now) -> datetime:
    moments = _moments(meaning, anchor, clock, now)
    if not moments:
        raise impossible(now.today.isoformat())
    moment = next((moment for moment in moments if moment > now.at), moments[-1])
    if isinstance(anchor, Fixed) and anchor.today and not meaning.shift:
        earlier = moment - timedelta(days=1)
        if (
            clock and clock.place(now.policy)[0] and earlier > now.at
        ):  # 今晚1点, said at half past twelve
            raise which_one(moment_words(earlier), moment_words(moment))
        moment = moment if moment > now.at else _later_today(moment, clock, now)
    if meaning.check is not None:
        _checked(moment, meaning.check.numbers[0])
    return moment


def _later_today(past: datetime, clock: ClockTime | None, now: Now) -> datetime:
    """今天 with a past reading: 今天4点 is the afternoon's; without an hour, it is the next full hour after
    one hour, within the part of the day that is named. Else `past`, as it is."""
    if clock is not None and clock.hour is not None:
        return past + timedelta(hours=12) if clock.bare else past
    ends = _ENDS.get(clock.part, 24) if clock and clock.part else 24
    later = (now.at + timedelta(hours=2, seconds=-1)).replace(minute=0, second=0)
    is_over = later.hour >= ends and clock is not None and clock.part not in _EARLY
    if later.date() != now.today or is_over:
        later = (now.at + now.policy.soon).replace(second=0)
    return later if later.date() == now.today and later.hour < ends else past


_EARLY = (Part.DAWN, Part.MORNING)
_ENDS = {
    Part.DAWN: 6, Part.MORNING: 12, Part.FORENOON: 12, Part.NOON: 14, Part.AFTERNOON: 18,
    Part.DUSK: 20,
}  # fmt: skip


def _moments(
    meaning: Meaning, anchor: Anchor, clock: ClockTime | None, now: Now
) -> Sequence[datetime]:
    days = _few(anchor.days(now.today + timedelta(days=min(0, meaning.shift))))
    days = [meaning.weekday_after(day + timedelta(days=meaning.shift)) for day in days]
    return [now.on(day, clock) for day in days]


def _few(days: Iterable[date]) -> Sequence[date]:
    return list(islice(days, 3))


def _checked(moment: datetime, weekday: int) -> None:
    """Raises LanguageError if the weekday beside a date is not the date's."""
    if moment.weekday() != weekday:
        raise date_or_weekday(moment, WEEKDAYS[weekday])


def _single(anchors: Sequence[Anchor], clock: ClockTime | None, now: Now) -> datetime:
    """The one day that several words name. Raises LanguageError if they name several days."""
    days = [next(iter(anchor.days(now.today)), now.today) for anchor in anchors[:3]]
    moments = [now.on(day, clock) for day in days]
    if len(set(moments)) > 1:
        raise which_one(*map(moment_words, moments))
    return moments[0]


def _after_start(start: datetime, end: datetime) -> datetime:
    if end <= start:
        raise ends_too_early(end)
    return end
