"""The meaning of a sentence: words of time fill it in, one after another."""

from datetime import date, timedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.reminders.language import anchors
from wechat_scheduler.reminders.language.anchors import Anchor, Nth, Weekdays, workday_after
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import (
    SHORTLY,
    Advance,
    After,
    For,
    Length,
    Times,
)
from wechat_scheduler.reminders.language.every import Every, Span, Unit
from wechat_scheduler.reminders.language.refused_sentences import several_reminders, which_one
from wechat_scheduler.reminders.language.scan import Except, Shift, TimeWord, Wrong, Zone

RANGE = pattern(r" ?(?:一?直?到|直至|至|截止到?|-|~|开始到) ?")
UNTIL = pattern(r"[ ,.。;的在]{0,3}(?:一直到|直到|截止到?|截至|直至|持续到|至|到) ?$")
BEGINS = pattern(r"(?:开始|起)(?![床飞来身草名租跑航])")
BEFORE = pattern(r"[之以]?前|为止|截止")
THEN = pattern(r"(?:节|假期|长假)?(?:过后|[之以]?后|过完)的?(?:那个|下一?个)?")
"""The texts between two words, before one and behind one."""


@dataclass(slots=True)
class Meaning:
    """What the words say. `used` are their spans, which do not belong to the title."""

    every: list[Every] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    limits: list[Anchor] = field(default_factory=list)
    """The anchors before which something happens: 28号之前."""

    clocks: list[ClockTime] = field(default_factory=list)
    check: Weekdays | None = None
    shift: int = 0
    after: After | None = None
    following: Weekdays | Nth | None = None
    """The weekday after the day that is named: 中秋过后的星期三."""

    begin: Anchor | None = None
    begins: bool = False
    """Whether 开始 or 起 stands behind the first day, so that the repetition continues."""

    until: Anchor | None = None
    until_end: int = -1
    """Where the words of `until` end."""

    until_clock: ClockTime | None = None
    """The time of the last day, or of this one: 每小时…到晚上8点."""

    span: Span | None = None
    end_anchor: Anchor | None = None
    end_clock: ClockTime | None = None
    advance: Advance | None = None
    lasts: For | None = None
    times: Times | None = None
    left_out: tuple[int, ...] = ()
    repeated: bool = False
    """Whether 每 stands anywhere in the sentence."""

    paired: bool = False
    """Whether a day follows a time: 周一8点、周五."""

    used: list[tuple[int, int]] = field(default_factory=list)
    groups: list[list["Linked"]] = field(default_factory=list)
    """All groups of words, in the order in which they are written."""

    others: list[list["Linked"]] = field(default_factory=list)
    """The groups of words that name other times, and are not used."""

    def weekday_after(self, day: date) -> date:
        """`day`, or the weekday behind it."""
        match self.following:
            case Weekdays(numbers=(number, *_)):
                return day + timedelta(days=(number - day.weekday() - 1) % 7 + 1)
            case Nth(nth=nth, weekday=int(number)):
                return day + timedelta(days=(number - day.weekday() - 1) % 7 + 1 + 7 * (nth - 1))
            case Nth(nth=nth):
                return workday_after(day, nth)
        return day

    @property
    def is_empty(self) -> bool:
        return not (self.every or self.anchors or self.clocks or self.after or self.begin)

    @property
    def elapses(self) -> bool:
        return any(each.elapses for each in self.every)

    @property
    def repeats(self) -> bool:
        several = any(
            isinstance(a, Weekdays) and len(a.numbers) > 1 and a.week is None for a in self.anchors
        )
        return bool(self.every) or bool(self.left_out) or several


@dataclass(frozen=True, slots=True)
class Linked:
    """A token and the texts around it."""

    token: TimeWord
    written: str
    """The text of the token."""

    before: str
    """The text between the previous token and this one."""

    after: str


def place(found: Meaning, each: Linked, *, joined: bool) -> None:
    """Enters a word into the meaning. `joined` means that only glue separates it from the word before."""
    value = each.token.value
    match value:
        case Every():
            found.every.append(value)
        case ClockTime():
            found.begins = found.begins or BEGINS.match(each.after) is not None
            _clock(found, value, each, ranged=joined and RANGE.fullmatch(each.before) is not None)
        case After(length=length) if joined and _offsets(found, value, each):
            found.shift = length.days
        case After():
            if found.after is None or found.after.length == SHORTLY:
                found.after = value
        case Advance():
            found.advance = value
        case For():
            found.lasts = value
        case Times():
            found.times = value
        case Except():
            found.left_out = value.weekdays
        case Shift():
            if (each.before or not joined) and value.days < 0:
                found.advance = Advance(length=Length(days=abs(value.days)))
            else:
                found.shift = value.days
        case Span():
            found.span = value
        case Zone() | Wrong():
            pass
        case _:
            _anchor(found, value, each, joined)


def _offsets(found: Meaning, value: After, each: Linked) -> bool:
    """Whether the days are counted from the day before them: 2月13号的3天后."""
    length = value.length
    plain = not (length.months or length.seconds or length.workdays or value.within)
    counted = bool(found.anchors) and not (found.clocks or found.repeated)
    return counted and plain and each.before.strip() in ("", "的")


def _clock(found: Meaning, value: ClockTime, each: Linked, *, ranged: bool) -> None:
    begun = found.end_anchor is not None and found.end_clock is None
    if _is_last(found, each):
        found.until_clock = value
    elif found.clocks and (ranged or begun):
        found.end_clock = value
    elif _disputes(found, value, each):
        raise which_one(found.clocks[-1].written, value.written)
    elif found.paired and value not in found.clocks:
        raise several_reminders()
    elif found.clocks and found.clocks[-1].hour is None and _continues(value, found.clocks[-1]):
        found.clocks[-1] = _in_part(value, found.clocks[-1])
    else:
        found.clocks.append(_inherits(found, value))


def _is_last(found: Meaning, each: Linked) -> bool:
    """Whether the time ends the repetition: 每小时喝水到晚上8点, 到12月3号晚上8点."""
    if not found.repeated or found.until_clock is not None:
        return False
    if found.until_end == each.token.start - len(each.before) and not each.before.strip():
        return True
    ranged = bool(found.clocks) and RANGE.fullmatch(each.before) is not None
    return found.elapses and not ranged and UNTIL.search(each.before) is not None


def _disputes(found: Meaning, value: ClockTime, each: Linked) -> bool:
    """Whether a part of the day follows a time that it does not explain: 7点的午夜场."""
    after_hour = bool(found.clocks) and found.clocks[-1].hour is not None
    return after_hour and value.hour is None and not found.repeated and each.before.strip() == "的"


def _continues(value: ClockTime, part: ClockTime) -> bool:
    """Whether the clock time continues the part of the day: 晚上, then 8点 or 晚上8点."""
    return value.part is None or (value.part is part.part and value.hour is not None)


def _in_part(value: ClockTime, part: ClockTime) -> ClockTime:
    return replace(value, part=part.part, written=part.written + value.written)


def _inherits(found: Meaning, value: ClockTime) -> ClockTime:
    """The clock time in the part of the day of the one before, if it is later: 上午9点和10点."""
    last = found.clocks[-1] if found.clocks else None
    if last is None or last.part is None or value.part or value.exact or value.hour is None:
        return value
    later = value.hour > (last.hour or 0)
    return _in_part(value, last) if later and value.hour <= 12 else value


def _anchor(found: Meaning, value: Anchor, each: Linked, joined: bool) -> None:
    ranged = joined and RANGE.fullmatch(each.before) is not None
    if found.repeated and (ranged or UNTIL.search(each.before)) and not _same(found, value):
        found.until, found.until_end = value, each.token.end
    elif (
        found.anchors
        and not found.repeated
        and THEN.fullmatch(each.before)
        and anchors.is_one_weekday(value)
    ):
        found.following = value if isinstance(value, Weekdays | Nth) else None
    elif BEGINS.match(each.after) and (found.every or not found.anchors):
        found.begin, found.begins = value, True
    elif ranged and (found.anchors or found.clocks):
        found.end_anchor = value
    elif len(found.every) < 2 and anchors.ends_month(found.anchors, each.before, value):
        found.anchors[-1] = value
    elif _is_check(found, value):
        found.check = value if isinstance(value, Weekdays) else None
    else:
        found.paired = bool(found.anchors and found.clocks)
        found.anchors.append(value)
        if BEFORE.match(each.after):
            found.limits.append(value)


def _same(found: Meaning, value: Anchor) -> bool:
    """Whether the two days are a span within each year, and not the end of the recurrence: 每年4月1日到4月15日."""
    yearly = all(each.unit in (Unit.YEAR, Unit.MONTH, Unit.DATE) for each in found.every)
    return bool(found.every and found.anchors) and yearly and type(found.anchors[-1]) is type(value)


def _is_check(found: Meaning, value: Anchor) -> bool:
    """Whether the weekday only confirms the date: 11月20日(周五)."""
    dated = found.anchors and not isinstance(found.anchors[-1], Weekdays)
    single = isinstance(value, Weekdays) and len(value.numbers) == 1
    return bool(dated and single and not found.every)
