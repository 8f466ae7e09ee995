"""Reads the answer to what the bot asked about a sentence: 好, 到晚上8点, 半小时后. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.acts import is_an_act
from wechat_scheduler.reminders.language.non_requests import is_to_others
from wechat_scheduler.reminders.language.normalise import cleaned, normalise
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import EndlessError, LanguageError
from wechat_scheduler.reminders.language.title import title_of

Parse: TypeAlias = Callable[[str], Sequence[Parsed]]
"""Reads a sentence, and raises LanguageError."""

TAKES_BACK: Final = re.compile(r"\s*(?:取消|删除|退出)")
_YES: Final = re.compile(
    r"(?:是|对|嗯|好|行|可以|确定|确认|没错|要|需要|ok)+[的吧啊呀哦呢滴了]*[ ,]*(?:提醒我?|设吧?)?|提醒我?吧?"
)
_CALLS: Final = r"(?:提醒|叫|喊|通知)(?:一下|一声|醒)?[我咱俺]"
# 提醒我喝水, 记得带伞.
_REQUEST: Final = re.compile(rf"{_CALLS}|^(?:千万)?(?:别忘|不要忘|记得|记着|记住)")
_DAY: Final = r"(?:今天|明天|大?后天|下个?(?:周|月)|(?:这个?|下个?|每个?)?(?:周|星期|礼拜)[一二三四五六日天末]|每天|(?:\d+月)?\d+[号日]|月底)"
_PART: Final = "(?:早上|上午|中午|下午|傍晚|晚上)"
# 明天提醒我, without an hour and an errand.
_NAMELESS: Final = re.compile(
    rf"(?P<day>(?:请|麻烦|帮我)?在?(?:{_DAY}{_PART}?|{_PART}|[今明][早晚]))(?:的?时候)?[ ,]*(?:请|要|再)?{_CALLS}(?:一下)?"
)
_DAY_SAID: Final = re.compile(rf"(?:{_DAY}|[今明](?=[早晚]))?(?:{_PART}|[早晚])?")
# 转人工 asks for a person.
_FOR_STAFF: Final = re.compile(r"人工|客服")
_AROUND: Final = re.compile(r"^(?:那就?|就)|[吧呗啊哦呀]+$")
_LONGEST_ERRAND: Final = 20
_UNTIL: Final = re.compile(r"UNTIL=(\d{8}T\d{6}Z)")
_DAYS_SAID: Final = re.compile(r"[今明后天日号周次月年]|星期|礼拜")
_CLOCK: Final = r"[\d一二两三四五六七八九十]{1,3}(?:点[半钟整]?|[:：]\d\d)"
_HOUR: Final = re.compile(r"点|\d:\d\d")
_END: Final = re.compile(
    rf"[ ,，]*(?:一?直)?[到至](?:今天|今)?(?:{_PART}|[早晚])?{_CLOCK}(?:为止|结束)?"
)
# 晚上8点 to the question until when.
_TIME_ALONE: Final = re.compile(rf"(?:[今明]天?)?(?:{_PART}|[早晚])?{_CLOCK}")
_HALF_DAY: Final = timedelta(hours=12)
# The hours after midnight, which people count to the day before.
_NIGHT: Final = timedelta(hours=6)


def errand(text: str) -> str:
    """喝水 of 提醒我喝水; empty for a message that asks for nothing."""
    plain = normalise(cleaned(text))
    if TAKES_BACK.match(text) or is_to_others(plain) or not _REQUEST.search(plain):
        return ""
    title = title_of(cleaned(text), plain, ())
    return title if 0 < len(title) <= _LONGEST_ERRAND else ""


def is_nameless(text: str) -> bool:
    """Whether a message names a day, and neither an hour nor what to do: 明天提醒我."""
    return _nameless(text) is not None


def completed(sentence: str, answer: str, parse: Parse) -> Sequence[Parsed]:
    """What the sentence asks for together with the normalised answer; empty if that answers something else. Raises
    EndlessError for 每小时, which answers the question when."""
    try:
        if agrees(answer):
            return _agreed(sentence, parse)
        if found := _nameless(sentence):
            readings = parse(found["day"] + answer)
            title = normalise(readings[0].title)
            if not title:
                parse(f"{answer}提醒我")  # raises LanguageError without a time: 谢谢
            return readings if is_an_act(title) and not _FOR_STAFF.search(title) else ()
        return _with_its_end(sentence, answer, parse)
    except EndlessError:
        raise
    except LanguageError:
        return ()


def agrees(answer: str) -> bool:
    """Whether a normalised answer is a yes."""
    return _YES.fullmatch(answer) is not None


def ends_tomorrow(reading: Parsed, answer: str, at: datetime) -> bool:
    """Whether 到晚上6点 is past today, so that it would last all night and the next day. 到凌晨2点 is the coming
    night, and 到晚上8点 the coming evening, also if it is said at 5 in the morning."""
    found = _UNTIL.search(reading.rule)
    if found is None or _DAYS_SAID.search(answer):
        return False
    until = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    here = at.astimezone(reading.time.tzinfo)
    night = _NIGHT if here.hour >= _NIGHT.total_seconds() // 3600 else timedelta(seconds=1)
    is_tomorrow = (until.astimezone(here.tzinfo) - night).date() > here.date()
    return is_tomorrow and until - at > _HALF_DAY and _HOUR.search(answer) is not None


def without_its_end(text: str) -> str:
    """每小时提醒我喝水 of 每小时提醒我喝水到晚上6点."""
    return _END.sub("", text, count=1)


def _nameless(text: str) -> re.Match[str] | None:
    return _NAMELESS.fullmatch(normalise(cleaned(text)).strip(" 。.!~"))


def _agreed(sentence: str, parse: Parse) -> Sequence[Parsed]:
    try:
        return parse(sentence)
    except EndlessError as error:
        return parse(sentence + error.ALWAYS)


def _with_its_end(sentence: str, answer: str, parse: Parse) -> Sequence[Parsed]:
    """到晚上8点 to the question until when, 半小时后 to the question when, 今天 to the question which time is meant."""
    try:
        parse(sentence)
    except EndlessError as error:
        always = parse(sentence + error.ALWAYS)
        time = _AROUND.sub("", answer)
        until = f"到{time}" if _TIME_ALONE.fullmatch(time) else answer
        try:
            bounded = parse(sentence + until)
        except EndlessError:  # 每小时提醒我喝水 once more
            return ()
        return bounded if [r.title for r in bounded] == [r.title for r in always] else ()
    except LanguageError as error:
        if error.reason not in (Reason.SENTENCE_NOTHING, Reason.SENTENCE_AMBIGUOUS):
            return ()
        time = _AROUND.sub("", answer)
        if _agreed(f"{time}提醒我", parse)[0].title:
            return ()
        whole = _with_time(sentence, time, parse)
        return whole if len(whole) == 1 and whole[0].title else ()
    return _with_hour(sentence, answer, parse)


def _with_hour(sentence: str, answer: str, parse: Parse) -> Sequence[Parsed]:
    """10点半 to the question when 今晚睡前 is."""
    (first, *others), time = parse(sentence), _AROUND.sub("", answer)
    if others or not first.hour_assumed or _agreed(f"{time}提醒我", parse)[0].title:
        return ()
    found = _DAY_SAID.match(normalise(sentence))
    head = found.end() if found else 0
    whole = parse(f"{sentence[:head]}{time}{sentence[head:]}")
    return whole if [each.title for each in whole] == [first.title] else ()


def _with_time(sentence: str, time: str, parse: Parse) -> Sequence[Parsed]:
    """今天 before 下午要开会; 4点半 instead of its 下午, as no day is lost."""
    try:
        return parse(f"{time} {sentence}")
    except LanguageError:
        without, count = re.subn(_PART, "", sentence, count=1)
        if not count or _DAYS_SAID.search(sentence):
            raise
        return parse(f"{time} {without}")
