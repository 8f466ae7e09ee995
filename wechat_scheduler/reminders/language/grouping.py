"""Decides which words of a sentence say when, and which belong to the title."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import (
    Anchor,
    MonthDays,
    Nth,
    Weekdays,
)
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.dividing import AND, is_apart
from wechat_scheduler.reminders.language.durations import After, For
from wechat_scheduler.reminders.language.every import Every, Span, Unit
from wechat_scheduler.reminders.language.meaning import (
    BEGINS,
    RANGE,
    THEN,
    UNTIL,
    Linked,
    Meaning,
    place,
)
from wechat_scheduler.reminders.language.refused_sentences import which_one
from wechat_scheduler.reminders.language.rules import fits
from wechat_scheduler.reminders.language.scan import TimeWord, Value, Wrong
from wechat_scheduler.reminders.language.settling import settle

_LIST = pattern(r" ?(?:和|、|,|与|及|以及|跟|还有|&|或) ?各?")
_OR = pattern(r" ?(?:或者?|还是|或是) ?")
_GLUE = pattern(
    r"[ ,.。;:()\[\]的在于从自就t是到]{0,6}|[ ,]?(?:开始|起|那天|当天)[ ,的]{0,3}|[ ,]?(?:以?之?前|为止|截止)[ ,的]?"
)
_LINKS = (_GLUE, RANGE, _LIST, _OR, UNTIL, THEN)
_TRIGGER = pattern(r"[ ,]?(?:的?时候?)?(?:请|要|再|就|记得)?(?:提醒|叫|通知|喊)")
_OUTSIDE = pattern(rf"(?:^|[ ,。;]|{AND}|(?:提醒|叫|通知|喊)我?)$")
_ASKED = pattern(r"(?:提醒|叫|通知|喊)(?:一下|一声)?我?(?:一下|一声)?[ ,]?(?:在|于)?$")
_TIMES = (Every, ClockTime, After)


def grouped(text: str, tokens: Sequence[TimeWord]) -> Meaning:
    """Puts the words together. Raises LanguageError if they contradict each other."""
    found = Meaning(repeated=any(isinstance(token.value, Every) for token in tokens))
    found.groups = groups = list(_groups(_linked(text, _strong(tokens))))
    main = _main(groups)
    if main is not None:
        _fill(found, groups[main])
    for index, group in enumerate(groups):
        if index == main:
            continue
        if _adds(found, group) and not is_apart(text, groups, index):
            _fill(found, group)
        elif any(_speaks(each) for each in group) and not _is_a_number(group):
            found.others.append(group)
    settle(found, text)
    return found


def _strong(tokens: Sequence[TimeWord]) -> Sequence[TimeWord]:
    """The tokens without the weak ones, if a strong one names the day."""
    strong = any(_says_day(token) for token in tokens if not token.weak)
    spoken: list[TimeWord] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        if not token.weak or not strong or _follows(token, spoken) or _leads(token, following):
            spoken.append(token)
    if not any(isinstance(token.value, Every) and token.value.elapses for token in spoken):
        spoken = [token for token in spoken if not isinstance(token.value, Span)]
    kept = [token for token in spoken if not _is_loose(token) or _lasts(token.value, spoken)]
    for token in kept:
        if isinstance(token.value, Wrong):
            raise token.value.error
    return kept


def _is_loose(token: TimeWord) -> bool:
    return isinstance(token.value, For) and token.value.loose


def _lasts(value: Value, tokens: Sequence[TimeWord]) -> bool:
    """Whether a loose length is meant: after a time of day (开会两小时), or of a daily repetition (吃药7天)."""
    said = [token.value for token in tokens]
    if any(isinstance(each, For) and not each.loose for each in said):
        return False
    if isinstance(value, For) and value.length.exact:
        timed = any(isinstance(each, ClockTime) and each.hour is not None for each in said)
        return timed and not any(isinstance(each, Every) for each in said)
    return any(isinstance(each, Every) and each.unit is Unit.DAY for each in said)


def _says_day(token: TimeWord) -> bool:
    return isinstance(token.value, Every | After | Anchor)


def _follows(token: TimeWord, spoken: Sequence[TimeWord]) -> bool:
    """Whether a weak token is what a repetition is about: 每年国庆节, 每逢春节, 每年春分、秋分."""
    last = spoken[-1] if spoken else None
    about = last is not None and (last.weak or isinstance(last.value, Every))
    return last is not None and about and token.start - last.end <= 1


def _leads(token: TimeWord, following: TimeWord | None) -> bool:
    """Whether days are counted from a weak token: 中秋过后的星期三, 春节的3天后."""
    if following is None:
        return False
    near = 5 if isinstance(following.value, Weekdays | Nth) else 1
    counted = isinstance(following.value, After | Weekdays | Nth)
    return counted and following.start - token.end <= near


def _linked(text: str, tokens: Sequence[TimeWord]) -> Iterator[Linked]:
    for index, token in enumerate(tokens):
        previous = tokens[index - 1].end if index else 0
        following = tokens[index + 1].start if index + 1 < len(tokens) else len(text)
        written = text[token.start : token.end]
        yield Linked(token, written, text[previous : token.start], text[token.end : following])


def _groups(linked: Iterator[Linked]) -> Iterator[list[Linked]]:
    """The words in groups, which only glue separates inside."""
    group: list[Linked] = []
    for each in linked:
        if group and not any(p.fullmatch(each.before) for p in _LINKS):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _main(groups: Sequence[list[Linked]]) -> int | None:
    """The group that repeats, else the one before 提醒我, else the first that names a time."""
    speaking = [n for n, group in enumerate(groups) if any(_speaks(each) for each in group)]
    repeating = [n for n in speaking if any(isinstance(e.token.value, Every) for e in groups[n])]
    asked = [n for n in speaking if _TRIGGER.match(groups[n][-1].after)]
    return next(iter((*repeating, *asked, *speaking)), None)


def _speaks(each: Linked) -> bool:
    return isinstance(each.token.value, (*_TIMES, Anchor))


def _adds(found: Meaning, group: Sequence[Linked]) -> bool:
    """Whether the group adds to the meaning without contradicting it."""
    values = [each.token.value for each in group]
    if any(isinstance(value, Every) for value in values):
        return True
    ends = isinstance(values[0], Anchor) or (found.elapses and isinstance(values[0], ClockTime))
    if found.repeats and ends and UNTIL.search(group[0].before):
        return True
    if all(isinstance(value, Span) for value in values):
        return found.elapses
    if _is_a_number(group):
        return False
    return not (_names_another_day(found, group) or _names_another_time(found, group))


def _names_another_day(found: Meaning, group: Sequence[Linked]) -> bool:
    if not (_is_dated(found) or found.every):
        return False
    if _completes(found, group):
        return False
    begins = bool(found.every) and any(BEGINS.match(each.after) for each in group)
    return not begins and any(isinstance(each.token.value, Anchor | After) for each in group)


def _completes(found: Meaning, group: Sequence[Linked]) -> bool:
    """Whether the group has the day that a bare 每周 lacks: 周五下午4点发周报, 每周."""
    if not found.every or found.anchors or found.clocks:
        return False
    anchors = [each.token.value for each in group if isinstance(each.token.value, Anchor)]
    return bool(anchors) and all(fits(found.every[-1], anchor) for anchor in anchors)


def _names_another_time(found: Meaning, group: Sequence[Linked]) -> bool:
    """Whether the group is about another time: 下午3点的会议, when the day was named elsewhere."""
    if not any(isinstance(each.token.value, ClockTime) for each in group):
        return False
    timed = bool(found.clocks) or bool(found.after and found.after.length.exact)
    if timed and found.clocks[-1:] and found.clocks[-1].hour is None:
        asked = _ASKED.search(group[0].before) and not group[-1].after.startswith("的")
        return not (asked and _goes_on(found.clocks[-1], group))
    return timed or (_is_dated(found) and group[-1].after.startswith("的"))


def _goes_on(part: ClockTime, group: Sequence[Linked]) -> bool:
    """Whether the time is in the part of the day that was named before: 明天晚上提醒我9点半."""
    clocks = [each.token.value for each in group if isinstance(each.token.value, ClockTime)]
    return all(clock.part in (None, part.part) for clock in clocks)


def _is_dated(found: Meaning) -> bool:
    return bool(found.anchors or found.after or found.begin)


def _is_a_number(group: Sequence[Linked]) -> bool:
    """Whether the group is a number inside the title: 送1号货."""
    inside = not _OUTSIDE.search(group[0].before) and group[-1].after.strip()
    first = group[0].token
    only = len(group) == 1 and (first.weak or isinstance(first.value, MonthDays))
    return bool(only and inside and not _TRIGGER.match(group[-1].after))


def _fill(found: Meaning, group: Sequence[Linked]) -> None:
    previous: Linked | None = None
    for each in group:
        _chosen(each, previous)
        place(found, each, joined=previous is not None)
        start = previous.token.end if previous else each.token.start
        found.used.append((start, each.token.end))
        previous = each


def _chosen(each: Linked, previous: Linked | None) -> None:
    """Raises LanguageError for 3点或4点."""
    if previous and _OR.fullmatch(each.before) and isinstance(each.token.value, ClockTime | Anchor):
        raise which_one(previous.written, each.written)
