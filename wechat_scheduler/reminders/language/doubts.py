"""Finds what a sentence leaves open though it names a time: when holidays begin, at which hours to do what is done
three times a day.
"""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import WEEKDAYS, Weekdays
from wechat_scheduler.reminders.language.every import Unit
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.refused_sentences import (
    VagueError,
    unknown_recurrence,
    when_exactly,
    which_one,
)
from wechat_scheduler.reminders.language.scan import Except
from wechat_scheduler.reminders.language.wording import day_words

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

# Days that no calendar here knows, where a time stands: beside another, first, or behind 每.
_OF_A_CALENDAR = pattern(
    r"(?P<every>每个?|逢|^)?(?P<days>(?:法定|公众|国家)?的?(?:节假日|节日(?=每|早|晚)|公休日)|法定假日|交易日(?![历志记报期])|(?:开盘|上学|上课|[休开]市|放假)日|调休(?:上班)?日|补班日)"
)
_BESIDE = pattern(r"(?:[都的,和及与跟、或 ]){0,2}")
_BESIDE_ENDS = pattern(r"(?:[都的,和及与跟、或 ]){0,2}$")
_ALL_BUT = pattern(
    r"(?:(?<![并无是莫])(?<!除)非|(?:除[了开去]?|不含|不算|不包括)(?:每个?|在|法定)?)$"
)
_IS_LEFT_OUT = pattern(r"[ ,的]?(?:[以之]外|除外|不算|例外|(?P<not>不用(?=了|吧|$)))")
_WITHIN = pattern(
    r"(?:[这本下]{1,3}[两三几]?个?(?:周|星期|礼拜|月|季度)|[今明本]年|(?<!\d)(?:1[0-2]|[1-9])月份?)[之以]?内(?![容部存科衣外])"
)
# 每天日落提醒我收衣服, 放学时接孩子. 明天提醒我看日落 has it as a title.
_RISES = r"日[出落]|天一?[亮黑]|醒来|睡醒|太阳[下落]山|饭点|吃[完过]饭"
_HAPPENS = r"起床|放学|下班|下课|到家|回家|散会|上班|出门"
_CALLS = r"(?:请|要|再|就|都|记得)*(?:提醒|叫|喊|通知)[我咱俺]"
_AT_AN_EVENT = pattern(
    rf"(?P<event>{_RISES})[,时候的了就 ]{{0,4}}{_CALLS}|(?P<then>{_HAPPENS}|{_RISES}|睡觉|开会|吃饭|洗澡)(?:的?时候|时(?![间光段]))"
    rf"|(?P<first>{_HAPPENS})[,了就 ]{{0,2}}{_CALLS}(?=..)"
)


def refuse_doubtful(text: str, said: Meaning) -> None:
    """Raises LanguageError for days that no rule can name, and for times that only the writer knows."""
    _refuse_days_left_out(text, said)
    _refuse_events(text, said)


def _refuse_days_left_out(text: str, said: Meaning) -> None:
    """非工作日, 除了1号, 法定节假日, 交易日."""
    words = [each.token for group in said.groups for each in group]
    for word in words:
        before, behind = _ALL_BUT.search(text, 0, word.start), _IS_LEFT_OUT.match(text, word.end)
        if behind and behind["not"] and not said.every:
            behind = None  # 周五不用了
        if not isinstance(word.value, Except) and (before or behind):
            start = before.start() if before else word.start
            raise unknown_recurrence(text[start : behind.end() if behind else word.end])
    if said.left_out and any(each.count > 1 for each in said.every):  # 隔天，除了周末
        raise unknown_recurrence("除外")
    starts, ends = {word.start for word in words}, {word.end for word in words}
    for found in _OF_A_CALENDAR.finditer(text):
        glue, beside = _BESIDE_ENDS.search(text, 0, found.start()), _BESIDE.match(text, found.end())
        near = (glue and glue.start() in ends) or (beside and beside.end() in starts)
        if near or found["every"] is not None or _IS_LEFT_OUT.match(text, found.end()):
            raise unknown_recurrence(found["days"])


def _refuse_events(text: str, said: Meaning) -> None:
    """每天日落, 下周内, if no other time is named."""
    if found := _WITHIN.search(text):
        raise VagueError(found.group())
    if said.clocks or said.elapses or said.after:
        return
    if found := _AT_AN_EVENT.search(text):
        raise VagueError(found["event"] or found["then"] or found["first"])


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
    _refuse_some_weekdays(said)
    often = _OFTEN.search(title)
    if often and said.repeats and not (said.elapses or said.times) and _is_open(said):
        raise when_exactly(often.group())
    parts = [each for each in said.clocks if each.hour is None]
    others = [each for each in said.clocks if each.hour is not None]
    if len(parts) > 1 and not all(each.part for each in others):
        raise when_exactly("、".join(each.written or str(each.part) for each in parts))


def _refuse_some_weekdays(said: Meaning) -> None:
    """Raises LanguageError for 周五到周日去旅游, which may be once or each week. 周一到周五 is each week."""
    weekly = any(each.unit is Unit.WEEK for each in said.every) or said.until or said.lasts
    for days in said.anchors:
        if weekly or not isinstance(days, Weekdays) or not days.ranged or days.week is not None:
            continue
        if days.numbers[0] or len(days.numbers) < 5:
            first, last = (day_words(WEEKDAYS[days.numbers[at]]) for at in (0, -1))
            raise which_one(f"每周的{first}到{last}", f"这一次的{first}到{last}")


def _is_open(said: Meaning) -> bool:
    """Whether neither the times of the day nor the days of a longer period are written."""
    daily = all(each.unit in (Unit.DAY, Unit.WORKDAY) for each in said.every)
    return not said.clocks and (daily or not said.anchors)
