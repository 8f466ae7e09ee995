"""The first occurrence of a recurrence, and the text of its rule."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.language.anchors import MonthDays
from wechat_scheduler.reminders.language.every import Every, Span, Unit
from wechat_scheduler.reminders.language.lines import ended, timed
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.moments import Now, clock_only, end_clock, next_wall
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    EndlessError,
    ends_before_its_first,
    midnight_of_which_day,
    never,
    rule_refused,
    too_often_a_day,
    which_one,
)
from wechat_scheduler.reminders.language.rules import ELAPSED, bodies, every_of, is_open
from wechat_scheduler.reminders.language.wording import moment_words
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.rule import Rule
from wechat_scheduler.reminders.recurrence.series import following

_PERIODS = {
    Unit.WEEK: relativedelta(weeks=1),
    Unit.MONTH: relativedelta(months=1),
    Unit.YEAR: relativedelta(years=1),
}
_ENDLESS = ("FREQ=HOURLY", "FREQ=MINUTELY")
_INTERVAL = pattern(r";INTERVAL=\d+")
_TICK = timedelta(seconds=1)


def recurs(said: Meaning, now: Now) -> bool:
    """Whether the sentence asks for more than one time."""
    if said.repeats:
        return True
    lasts = said.lasts is not None and said.lasts.length.days > 0 and not said.anchors
    times = {clock.place(now.policy) for clock in said.clocks}
    return said.after is None and (len(times) > 1 or said.times is not None or lasts)


def repeating(said: Meaning, now: Now) -> tuple[datetime, str]:
    """The first occurrence ahead, and the rule from it on. Raises LanguageError."""
    every = every_of(said)
    if every.unit in ELAPSED and said.end_clock is None:
        lines, start = bodies(said, 0), _elapsed(said, every, now)
    elif not (said.every or said.repeats or said.lasts or said.times):
        lines, start = _once_each(said, now)
        if len(lines) == 1:
            return start, ""
    else:
        lines, start = _calendar(said, every, now)
    until = _until(said, start, now)
    if until is not None and until < start:
        raise ends_before_its_first()
    if lines[0].startswith(_ENDLESS) and not _is_bounded(said, until):
        raise EndlessError(every.count, every.unit)
    stamp = "" if until is None else f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    count = _count(said, len(lines))
    turns = _turns(lines, start, now) if count % len(lines) else ()
    rule = ended(lines, until=stamp, count=count, turns=turns)
    _checked(rule, now.policy)
    return now.ahead(start), rule


def _is_bounded(said: Meaning, until: datetime | None) -> bool:
    """Whether a repetition in hours or minutes ends, or may run through the night."""
    return until is not None or said.times is not None or said.span is Span.ALWAYS


def _turns(lines: Sequence[str], start: datetime, now: Now) -> list[int]:
    """The place of each line in the order of their first occurrences from `start` on."""
    rules = [_checked(line, now.policy) for line in lines]
    found = [following(rule, start=start, after=start - _TICK, zone=now.zone) for rule in rules]
    first = [each.at if each else datetime.max.replace(tzinfo=UTC) for each in found]
    order = sorted(range(len(lines)), key=first.__getitem__)
    return [order.index(n) for n in range(len(lines))]


def _elapsed(said: Meaning, every: Every, now: Now) -> datetime:
    """The start of a recurrence in hours or minutes: now, a time of day, or the day that begins it."""
    if said.clocks:
        return next_wall(said.clocks[0].place(now.policy)[1], now, _first_day(said, now))
    day = _first_day(said, now)
    if said.begin is not None and day > now.today:
        return now.on(day, None)
    if every.sharp:
        return now.at.replace(minute=0, second=0) + timedelta(hours=1)
    step = timedelta(minutes=every.count * (60 if every.unit is Unit.HOUR else 1))
    return (now.at.astimezone(UTC) + step).astimezone(now.zone)


def _once_each(said: Meaning, now: Now) -> tuple[list[str], datetime]:
    """Several times of one day, once each: 明天8点和20点. Without a day, the next of each."""
    if said.anchors:
        day = next(iter(said.anchors[0].days(now.today)), now.today)
        places = [clock.place(now.policy) for clock in said.clocks]
        moments = sorted({now.wall(day, at, days) for days, at in places})
    else:
        moments = sorted({clock_only(clock, now) for clock in said.clocks})
        if moments != [clock_only(clock, now) for clock in dict.fromkeys(said.clocks)]:
            raise which_one(*map(moment_words, moments))
    now.ahead(moments[0])
    ats = list(dict.fromkeys(moment.timetz().replace(tzinfo=None) for moment in moments))
    if len(ats) < len(moments):
        raise which_one(*map(moment_words, moments))
    return [f"{line};COUNT=1" for line in timed(["FREQ=DAILY"], ats)], moments[0]


def _calendar(said: Meaning, every: Every, now: Now) -> tuple[list[str], datetime]:
    places = _places(said, every, now)
    if len({days for days, _ in places}) > 1 and said.anchors:
        raise midnight_of_which_day()
    ats = list(dict.fromkeys(at for _, at in places))
    plainly = every == Every(unit=Unit.MONTH) and not said.anchors and not is_open(said)
    if plainly and now.today.day > 28:
        # The rule has to name the 31st, as a start on 28 February would lose it.
        said.anchors.append(MonthDays(numbers=(now.today.day,)))
    lines = bodies(said, places[0][0])
    plain = not (said.anchors or said.left_out or every.unit is Unit.WORKDAY)
    if plain and every.unit in _PERIODS:
        return timed(lines, ats), _from_today(every, ats, now, _first_day(said, now))
    return timed(lines, ats), _first(lines, ats, now, _first_day(said, now))


def _places(said: Meaning, every: Every, now: Now) -> list[tuple[int, time]]:
    """The times of a day. 9点到18点每小时 is one for each hour."""
    if every.unit in ELAPSED and said.clocks and said.end_clock:
        return _window(said, every, now)
    return [clock.place(now.policy) for clock in said.clocks] or [(0, now.policy.hour)]


def _window(said: Meaning, every: Every, now: Now) -> list[tuple[int, time]]:
    if said.end_clock is None or (every.unit is Unit.MINUTE and every.count < 30):
        raise too_often_a_day()
    first = now.on(now.today, said.clocks[0])
    last = now.on(now.today, said.end_clock)
    if last <= first and said.end_clock.bare:
        last += timedelta(hours=12)
    step = timedelta(minutes=every.count * (60 if every.unit is Unit.HOUR else 1))
    ats = [first + n * step for n in range(int((last - first) / step) + 1)]
    if not 1 <= len(ats) <= 20:
        raise too_often_a_day()
    said.end_clock = None
    said.every = [each for each in said.every if each.unit not in ELAPSED] or [Every(unit=Unit.DAY)]
    return [(0, at.timetz().replace(tzinfo=None)) for at in ats]


def _from_today(every: Every, ats: Sequence[time], now: Now, day: date) -> datetime:
    """The first occurrence of 每周 or 每月 without a day: today, if the time is ahead."""
    moments = [now.wall(day, at) for at in ats]
    later = [moment + _PERIODS[every.unit] for moment in moments]
    return min(moment for moment in (*moments, *later) if moment > now.at)


def _first(lines: Sequence[str], ats: Sequence[time], now: Now, day: date) -> datetime:
    """The first day ahead that fits, without regard to the interval: 每两周周一 begins next Monday."""
    rule = _checked(_INTERVAL.sub("", "\n".join(timed(lines, ats))), now.policy)
    start = now.wall(day, min(ats))
    after = max(now.at, start - _TICK)
    found = following(rule, start=start, after=after, zone=now.zone)
    if found is None:
        raise never()
    return found.at.astimezone(now.zone)


def _first_day(said: Meaning, now: Now) -> date:
    if said.begin is not None:
        return max(now.today, next(iter(said.begin.days(now.today)), now.today))
    return now.later(said.after.length).date() if said.after else now.today


def _until(said: Meaning, start: datetime, now: Now) -> datetime | None:
    """The last second of the last day, or the time that is named."""
    if said.until is not None:
        seen_from = start.date() if getattr(said.until, "week", None) is None else now.today
        day = next(iter(said.until.days(seen_from)), start.date())
        if getattr(said.until, "whole", False):
            month = 12 if getattr(said.until, "year", False) else None
            day += relativedelta(day=31, month=month)
        if said.until_clock:
            return now.on(day, said.until_clock)
        return now.wall(day, time(23, 59, 59))
    if said.until_clock is not None:
        return end_clock(said.until_clock, start, now)
    if said.lasts is None or _count(said, 1):
        return None
    if said.lasts.length.exact:
        return now.later(said.lasts.length)
    last = said.lasts.length.after(start) - timedelta(days=1)
    return now.wall(last.date(), time(23, 59, 59))


def _count(said: Meaning, lines: int) -> int:
    """The number of occurrences: 一共5次, or 连续7天 of a daily recurrence. 0 for no limit."""
    if said.times is not None:
        return said.times.count
    daily = not said.anchors and all(e.unit is Unit.DAY and e.count == 1 for e in said.every)
    if said.lasts is None or not daily or said.left_out or said.lasts.length.months:
        return 0
    return said.lasts.length.days * lines


def _checked(rule: str, policy: Policy) -> Rule:
    try:
        return read_rule(rule, shortest=policy.shortest)
    except InvalidRequestError as error:
        raise rule_refused() from error
