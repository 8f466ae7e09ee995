"""Reads a sentence: normalise, find the words of time, group them, and work out the times."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.assumptions import assumptions, lacks_half
from wechat_scheduler.reminders.language.dividing import divided, mixed
from wechat_scheduler.reminders.language.doubts import holiday_meant, refuse_doubtful, refuse_open
from wechat_scheduler.reminders.language.echo import FIRST, told
from wechat_scheduler.reminders.language.grouping import grouped
from wechat_scheduler.reminders.language.guesses import confirmed
from wechat_scheduler.reminders.language.half_read import wholly_read
from wechat_scheduler.reminders.language.leftovers import EVENTS, SHIFTED, VAGUE
from wechat_scheduler.reminders.language.leftovers import unread as unread_words
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.moments import Now, end_of, once
from wechat_scheduler.reminders.language.non_requests import (
    is_own_plan,
    refuse_asides,
    refuse_statements,
    refuse_telling,
    refuse_told,
    refuse_unsure,
)
from wechat_scheduler.reminders.language.normalise import cleaned, masked, normalise
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    LanguageError,
    VagueError,
    nothing_to_precede,
    too_far,
    too_long,
    two_errands,
    unread,
    which_one,
)
from wechat_scheduler.reminders.language.repeating import recurs, repeating
from wechat_scheduler.reminders.language.scan import scan
from wechat_scheduler.reminders.language.spacing import squeezed
from wechat_scheduler.reminders.language.title import around, title_of
from wechat_scheduler.reminders.language.vague import unclear, without_time
from wechat_scheduler.reminders.language.wording import describe, moment_words
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.series import following

_TICK = timedelta(seconds=1)
_QUESTIONS = (Reason.SENTENCE_AMBIGUOUS, Reason.SENTENCE_UNREAD, Reason.SENTENCE_VAGUE)


def read(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy) -> tuple[Parsed, ...]:
    """Like `parse.parse_all`."""
    text = cleaned(text)
    if len(text) > policy.longest:
        raise too_long(policy.longest)
    at = now.astimezone(zone).replace(microsecond=0)
    here = Now(at=at, zone=zone, policy=policy.at(at))
    if first := FIRST.search(masked(normalise(text))):
        return (_from(text[first.start("moment") :], text[: first.start()], here),)
    try:
        return _readings(text, here)
    except LanguageError as error:
        if error.reason is Reason.SENTENCE_COMMAND:
            refuse_telling(masked(normalise(text)))
        elif error.reason in _QUESTIONS:
            title = "" if policy.asked else timeless(text, here.today)
            refuse_telling(masked(normalise(text)), title=title)
        raise


def _readings(text: str, now: Now) -> tuple[Parsed, ...]:
    return confirmed(text, now, _read) or _read(text, now)


def _read(text: str, now: Now) -> tuple[Parsed, ...]:
    sentence = _Sentence.of(text, now)
    refuse_asides(masked(sentence.plain))
    return _several(sentence, now) or (_one(sentence, now),)


def timeless(text: str, today: date) -> str:
    """What is left without any word of time, normalised. All of it, if one of them is wrong."""
    plain = normalise(text)
    dense, places = squeezed(masked(plain))
    try:
        found = [(each.start, each.end) for each in scan(dense, today) if not each.weak]
    except LanguageError:
        return plain
    used = [(places[start], places[end - 1] + 1) for start, end in found]
    return normalise(title_of(text, plain, used))


# 晚上8点也要吃药, 9点还要开会.
_ALSO = pattern(r"也(?!门|许)(?:要|得|需要|该)?|(?:还|同样)(?:要|得|需要|该)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence as typed, normalised, without the blanks inside times, and its meaning."""

    text: str
    plain: str
    dense: str
    places: Sequence[int]
    said: Meaning

    @classmethod
    def of(cls, text: str, now: Now) -> Self:
        """Raises LanguageError for a sentence without a time, or one that contradicts itself."""
        plain = normalise(text)
        dense, places = squeezed(masked(plain))
        said = grouped(dense, wholly_read(dense, scan(dense, now.today)))
        if said.is_empty and not (said.lasts or said.times):
            if said.advance:
                raise nothing_to_precede()
            raise without_time(text, plain, asked=now.policy.asked)
        if vague := VAGUE.search(dense):
            raise unclear(vague.group())
        refuse_doubtful(dense, said)
        if found := holiday_meant(dense, said):
            begins, ends = places[found[0]], places[found[1] - 1] + 1
            raise VagueError(plain[begins:ends], f"{text[:begins]} {text[ends:]}")
        return cls(text=text, plain=plain, dense=dense, places=places, said=said)


def _from(first: str, text: str, now: Now) -> Parsed:
    """The recurrence of `text` from the occurrence `first` on: 每周一开会，第一次在11月30日."""
    parsed = _one(_Sentence.of(text, now), now)
    start = _one(_Sentence.of(first, now), now).time
    if "\n" in parsed.rule and "COUNT" in parsed.rule:  # shared out from the first occurrence on
        parsed = _one(_Sentence.of(text, replace(now, at=start)), replace(now, at=start - _TICK))
    if parsed.rule and not _falls_on(parsed.rule, start, now):
        raise which_one(moment_words(start), describe(parsed.rule, parsed.time))
    if not parsed.rule:
        raise unread("第一次")
    end = parsed.end + (start - parsed.time) if parsed.end else None
    understood = told(start, parsed.rule, title=parsed.title, end=end, advance=parsed.advance)
    return replace(parsed, time=start, end=end, understood=understood)


def _falls_on(rule: str, start: datetime, now: Now) -> bool:
    found = following(
        read_rule(rule), start=start, after=start.astimezone(UTC) - _TICK, zone=now.zone
    )
    return found is not None and found.at == start


def _several(sentence: _Sentence, now: Now) -> tuple[Parsed, ...]:
    """Empty unless each part of the sentence is a reminder with a title."""
    text, places = sentence.text, sentence.places
    readings: list[Parsed] = []
    try:
        for part in divided(sentence.dense, sentence.said):
            words = part.day + text[places[part.start] : places[part.end]]
            readings.append(_part(words, readings[-1].title if readings else "", now))
    except LanguageError as error:
        if error.reason is Reason.SENTENCE_PAST:
            raise
        return ()
    alike = len({not each.rule for each in readings}) == 1  # 周一到周五…还有周末 may repeat
    return tuple(readings) if alike and all(map(_names_a_thing, readings)) else ()


def _part(words: str, title: str, now: Now) -> Parsed:
    """The reading of a part behind one of that `title`: 晚上8点也提醒我 and 晚上8点也吃 are of the same."""
    plain = _ALSO.sub("", words, count=1) if title else words
    if plain != words and plain.endswith(title[0]):
        plain = plain[:-1] + title
    reading = _one(_Sentence.of(plain, now), now)
    if reading.title or plain == words:
        return reading
    return _one(_Sentence.of(f"{plain} {title}", now), now)


def _names_a_thing(reading: Parsed) -> bool:
    return len(reading.title) > 1 and not EVENTS.fullmatch(reading.title)


def _one(sentence: _Sentence, now: Now) -> Parsed:
    places = sentence.places
    used = [(places[start], places[end - 1] + 1) for start, end in sentence.said.used]
    title = title_of(sentence.text, sentence.plain, used)
    if not (_passes(sentence.said) and title.startswith("休息")):
        refuse_statements(normalise(title), masked(sentence.plain), within=_within(sentence.said))
    if second := mixed(sentence.dense, sentence.said):
        raise two_errands(second)
    lead, rest = around(sentence.text, sentence.plain, used)
    own = is_own_plan(normalise(title), masked(sentence.plain))
    if own:
        title = title[1:]  # without 我
    else:
        refuse_told(normalise(title), normalise(lead), normalise(rest), masked(sentence.plain))
    _refuse_unread(sentence, normalise(title), now.today)
    reading = _parsed(sentence.said, now, title)
    if not now.policy.asked and (own or not _passes(sentence.said)):
        refuse_unsure(reading, masked(sentence.plain), rest=normalise(rest), own=own)
    refuse_open(sentence.said, normalise(title))
    return reading


def _refuse_unread(sentence: _Sentence, title: str, today: date) -> None:
    """Raises LanguageError if words of time are left in the normalised title."""
    left = unread_words(title, today)
    if left:
        raise unclear(left)
    shifted = SHIFTED.search(sentence.dense)
    if shifted and not (sentence.said.anchors or sentence.said.repeats or sentence.said.begin):
        raise unread(shifted.group())
    event = words.group() if (words := EVENTS.search(title)) else ""
    meal = "饭" in event or "餐" in event  # 早上饭后 has an hour
    timed = any(meal or each.hour is not None for each in sentence.said.clocks)
    if event and not (_passes(sentence.said) or timed):
        raise VagueError(event, sentence.text.replace(event, "", 1), Reason.SENTENCE_UNREAD)


def _passes(said: Meaning) -> bool:
    """Whether a time is said as one that passes: 每小时, 20分钟后."""
    return said.elapses or bool(said.after and said.after.length.exact)


def _parsed(said: Meaning, now: Now, title: str) -> Parsed:
    advance = (said.advance.length.delta or None) if said.advance else None
    try:
        start, rule = repeating(said, now) if recurs(said, now) else (once(said, now), "")
        start += timedelta(microseconds=-start.microsecond % 1_000_000)  # 九十秒半后
        said.lasts = None if rule else said.lasts
        end = end_of(said, start, now)
        if end and (end <= start or (rule and (end - start > timedelta(days=1) or "\n" in rule))):
            end = None
    except (OverflowError, ValueError) as error:
        raise too_far() from error
    return Parsed(
        time=start,
        rule=rule,
        title=title,
        end=end,
        advance=advance,
        assumed=assumptions(said, start, rule, now.policy),
        half_assumed=lacks_half(said),
        understood=told(start, rule, title=title, end=end, advance=advance, within=_within(said)),
    )


def _within(said: Meaning) -> bool:
    return said.after is not None and said.after.within
