"""Finds what a sentence leaves open though it names a time: when holidays begin, at which hours to do what is done
three times a day.
"""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.every import Unit
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.refused_sentences import VagueError, when_exactly

_COUNT = "[一两二三四五六七八九十1-9]"
_FESTIVAL = r"(?:国庆|春节|元旦|五一|劳动|清明|端午|中秋)节?"
_EDGE = (
    rf"(?:[之以]?前|(?:结束|过完)?[之以过]?后|过后|结束|第(?={_COUNT})|最后|头|期间|[那当]天)"
    rf"的?(?:第|最后)?(?:{_COUNT}{{0,2}}个?(?:天|晚上?|夜里?|周|星期|工作日|上班日))?"
)
# Legal holidays are announced year by year, and may begin before their festival.
_HOLIDAYS = pattern(
    rf"(?:{_FESTIVAL})?(?:放假|假期|[小长]?长假|黄金周){_EDGE}"
    rf"|{_FESTIVAL}(?:过完|过)?[之以]?后的?第?{_COUNT}{{1,2}}(?:天|个?工作日|个?上班日)"
)
_IN_HOLIDAYS = pattern(rf"^(?:{_FESTIVAL})?(?:放假|假期|[小长]?长假|黄金周)(?:{_COUNT}天)?(?=[ ,])")
_OFTEN = pattern(r"(?<![第每])(?:[两二三四五六七八九十]|[2-9]|[1-9]\d)[次遍回](?![元方数品级])")


def holiday_meant(text: str, said: Meaning) -> tuple[int, int] | None:
    """The place of the words of time that count from legal holidays: 国庆节放假前一天."""
    for found in _HOLIDAYS.finditer(text):
        if any(start < found.end() and found.start() < end for start, end in said.used):
            return found.span()
    return None


def refuse_open(said: Meaning, title: str) -> None:
    """Raises LanguageError for 每天吃药三次 without the times of the day, for 每天早中晚8点12点, and for holidays that are
    left over for the title: 国庆假期每天9点浇花."""
    if holidays := _IN_HOLIDAYS.search(title):
        raise VagueError(holidays.group())
    often = _OFTEN.search(title)
    if often and said.repeats and not (said.elapses or said.times) and _is_open(said):
        raise when_exactly(often.group())
    parts = [each for each in said.clocks if each.hour is None]
    others = [each for each in said.clocks if each.hour is not None]
    if len(parts) > 1 and not all(each.part for each in others):
        raise when_exactly("、".join(each.written or str(each.part) for each in parts))


def _is_open(said: Meaning) -> bool:
    """Whether neither the times of the day nor the days of a longer period are written."""
    daily = all(each.unit in (Unit.DAY, Unit.WORKDAY) for each in said.every)
    return not said.clocks and (daily or not said.anchors)
