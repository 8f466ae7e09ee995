"""Reads a sentence: normalise, find the words of time, group them, and work out the times."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from wechat_scheduler.reasons import Reason
from wechat_scheduler.records import dataclass, replace
from wechat_scheduler.reminders.language.asides import (
    is_own_plan,
    refuse_asides,
    refuse_statements,
    refuse_telling,
    refuse_told,
    refuse_unsure,
)
from wechat_scheduler.reminders.language.dividing import divided, mixed
from wechat_scheduler.reminders.language.echo import FIRST, told
from wechat_scheduler.reminders.language.grouping import grouped
from wechat_scheduler.reminders.language.lazy import pattern
from wechat_scheduler.reminders.language.leftovers import unread as unread_words
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.moments import Now, end_of, once
from wechat_scheduler.reminders.language.normalise import cleaned, masked, normalise, squeezed
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    LanguageError,
    is_now,
    nothing,
    nothing_to_precede,
    too_far,
    too_long,
    two_errands,
    unread,
    which_one,
)
from wechat_scheduler.reminders.language.repeating import repeating
from wechat_scheduler.reminders.language.scan import scan
from wechat_scheduler.reminders.language.title import around, title_of
from wechat_scheduler.reminders.language.wording import describe, moment_words
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.series import following

_DAY = timedelta(days=1)
_TICK = timedelta(seconds=1)
_QUESTIONS = (Reason.SENTENCE_AMBIGUOUS, Reason.SENTENCE_UNREAD)
_NOW = pattern(r"现在|马上|立刻|立即|此刻|刚才|刚刚")


def read(text: str, *, now: datetime, zone: ZoneInfo, policy: Policy) -> tuple[Parsed, ...]:
    """As `parse.parse_all`."""
    text = cleaned(text)
    if len(text) > policy.longest:
        raise too_long(policy.longest)
    at = now.astimezone(zone).replace(microsecond=0)
    here = Now(at=at, zone=zone, policy=policy.at(at))
    first = FIRST.search(masked(normalise(text)))
    if first:
        return (_from(text[first.start("moment") :], text[: first.start()], here),)
    try:
        return _readings(text, here)
    except LanguageError as error:
        if error.reason is Reason.SENTENCE_COMMAND:
            refuse_telling(masked(normalise(text)))
        elif error.reason in _QUESTIONS:
            title = "" if policy.asked else _timeless(text, here.today)
            refuse_telling(masked(normalise(text)), title=title)
        raise


def _readings(text: str, now: Now) -> tuple[Parsed, ...]:
    sentence = _Sentence.of(text, now.today)
    refuse_asides(masked(sentence.plain))
    return _several(sentence, now) or (_one(sentence, now),)


def _timeless(text: str, today: date) -> str:
    """What is left without any word of time, normalised. All of it, if one of them is wrong."""
    plain = normalise(text)
    dense, places = squeezed(masked(plain))
    try:
        found = [(each.start, each.end) for each in scan(dense, today) if not each.weak]
    except LanguageError:
        return plain
    used = [(places[start], places[end - 1] + 1) for start, end in found]
    return normalise(title_of(text, plain, used))


_EVENT = r"(?:完|饭|下班|起床|到家|放学|结束|睡醒|散会|下课|回来)"
_SOON = r"(?:半|[\d一二两三四五六七八九十]{1,3})个?半?(?:小时|分钟|钟头|刻钟)"
# 饭后半小时, 3点多, 随时: no time, though one is near.
_VAGUE = pattern(
    rf"[\d一二三四五六七八九十两]+[点时]钟?[多几](?![少人])|[点时]半?(?:的样子|上下|光景)|晚些|[早晚迟]点(?=提醒|叫|通知|喊|$)|第[一二三四五六七八九\d]节课?[之以]?前|[饭餐睡课][之以]?前{_SOON}|(?<![天日])早晚(?=[\d一二三四五六七八九十]+[点:])|(?<![^ ,])(?:[二三]十|十[一二三四五六七八九])[早晚]|(?<![周期拜初十第五六七八廿])一(?:整个?)?[上下]午(?![茶\d一二两三四五六七八九十])|每个半(?:小时|钟头)|大小周|随时|改天|有空的?时候?|[过隔]几天|过两天|这几天|近期|如果|要是|假如|倘若|的话(?=$|[,。])"
    r"|[早朝][五六七八九十]点?晚[一二三四五六七八九十](?!点)|[做上][一二三四五六]休[一二三]"
    rf"|{_EVENT}了?{_SOON}[之以]?后|{_EVENT}[之以]?后{_SOON}"
)

# 睡前, 下班后: a time of day that only the writer knows, unless a clock time is named.
_EVENTS = pattern(
    r"(?:下班|放学|下课|起床|洗澡|到家|回家|散会|出门|上班|上课|睡觉?|出发|登机|起飞|比赛|考试|面试|手术|日[出落]|天[亮黑]|开[会播场考盘饭车奖]|[早午晚中]?[饭餐]|[节假])[之以]?[前后](?![故甜水酒奶台面排方])"
)

_SHIFTED = pattern(r"[一-龥]{2}(?:前|之前|以前)[一两三二四五六七\d](?:天|晚|夜|周|个?星期)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence as typed, normalised, without the blanks inside times, and its meaning."""

    text: str
    plain: str
    dense: str
    places: Sequence[int]
    said: Meaning

    @classmethod
    def of(cls, text: str, today: date) -> Self:
        """Raises LanguageError for a sentence without a time, or one that contradicts itself."""
        plain = normalise(text)
        dense, places = squeezed(masked(plain))
        said = grouped(dense, scan(dense, today))
        if said.is_empty and not (said.lasts or said.times):
            raise _no_time(plain, said)
        vague = _VAGUE.search(dense)
        if vague:
            raise unread(vague.group())
        return cls(text=text, plain=plain, dense=dense, places=places, said=said)


def _from(first: str, text: str, now: Now) -> Parsed:
    """The recurrence of `text` from the occurrence `first` on: 每周一开会，第一次在11月30日."""
    parsed = _one(_Sentence.of(text, now.today), now)
    start = _one(_Sentence.of(first, now.today), now).time
    if "\n" in parsed.rule and "COUNT" in parsed.rule:  # shared out from the first occurrence on
        parsed = _one(_Sentence.of(text, start.date()), replace(now, at=start - _TICK))
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
    parts = [
        part.day + text[places[part.start] : places[part.end]]
        for part in divided(sentence.dense, sentence.said)
    ]
    try:
        readings = tuple(_one(_Sentence.of(part, now.today), now) for part in parts)
    except LanguageError:
        return ()
    return readings if all(map(_names_a_thing, readings)) else ()


def _names_a_thing(reading: Parsed) -> bool:
    return len(reading.title) > 1 and not _EVENTS.fullmatch(reading.title)


def _one(sentence: _Sentence, now: Now) -> Parsed:
    places = sentence.places
    used = [(places[start], places[end - 1] + 1) for start, end in sentence.said.used]
    title = title_of(sentence.text, sentence.plain, used)
    within = bool(sentence.said.after and sentence.said.after.within)
    if not (_passes(sentence.said) and title.startswith("休息")):
        refuse_statements(normalise(title), masked(sentence.plain), within=within)
    if second := mixed(sentence.dense, sentence.said):
        raise two_errands(second)
    lead, rest = around(sentence.text, sentence.plain, used)
    own = is_own_plan(normalise(title), masked(sentence.plain))
    if own:
        title = title[1:]
    else:
        refuse_told(normalise(title), normalise(lead), normalise(rest), masked(sentence.plain))
    _refuse_unread(sentence, normalise(title), now.today)
    reading = _parsed(sentence.said, now, title)
    if not now.policy.asked and (own or not _passes(sentence.said)):
        refuse_unsure(reading, masked(sentence.plain), rest=normalise(rest), own=own)
    return reading


def _refuse_unread(sentence: _Sentence, title: str, today: date) -> None:
    """Raises LanguageError if words of time are left in the normalised title."""
    left = unread_words(title, today)
    if left:
        raise unread(left)
    shifted = _SHIFTED.search(sentence.dense)
    if shifted and not (sentence.said.anchors or sentence.said.repeats or sentence.said.begin):
        raise unread(shifted.group())
    event = _EVENTS.search(title)
    if event and not (_passes(sentence.said) or sentence.said.clocks):
        raise unread(event.group())


def _passes(said: Meaning) -> bool:
    """Whether a time is said as one that passes: 每小时, 20分钟后."""
    return said.elapses or bool(said.after and said.after.length.exact)


def _no_time(plain: str, said: Meaning) -> LanguageError:
    if said.advance:
        return nothing_to_precede()
    now = _NOW.search(plain)
    return is_now(now.group()) if now else nothing()


def _parsed(said: Meaning, now: Now, title: str) -> Parsed:
    advance = (said.advance.length.delta or None) if said.advance else None
    try:
        start, rule = repeating(said, now) if _recurs(said, now) else (once(said, now), "")
        start += timedelta(microseconds=-start.microsecond % 1_000_000)  # 九十秒半后
        said.lasts = None if rule else said.lasts
        end = end_of(said, start, now)
        if end and (end <= start or (rule and (end - start > _DAY or "\n" in rule))):
            end = None
    except (OverflowError, ValueError) as error:
        raise too_far() from error
    within = bool(said.after and said.after.within)
    return Parsed(
        time=start,
        rule=rule,
        title=title,
        end=end,
        advance=advance,
        understood=told(start, rule, title=title, end=end, advance=advance, within=within),
    )


def _recurs(said: Meaning, now: Now) -> bool:
    if said.repeats:
        return True
    lasts = said.lasts is not None and said.lasts.length.days > 0 and not said.anchors
    times = {clock.place(now.policy) for clock in said.clocks}
    return said.after is None and (len(times) > 1 or said.times is not None or lasts)
