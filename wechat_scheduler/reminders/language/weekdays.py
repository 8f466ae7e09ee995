"""Days by their weekday: 下周三, 每周一三五, 周一到周五, 双休日, 今年第50周."""

import re
from datetime import date

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import Anchor, Fixed, Weekdays
from wechat_scheduler.reminders.language.numbers import SMALL, STARTS, YEAR, whole
from wechat_scheduler.reminders.language.refused_sentences import impossible

_SEVEN = "一二三四五六日"
# 周一三五 is a list; 周六一早 is not.
_ASCENDING = "|".join(
    [rf"(?<={day})(?=[{_SEVEN[n + 1 :]}天])" for n, day in enumerate(_SEVEN[:6])]
    + ["(?<![一二三四五六日天末])"]
)
# 每个休息日 is each day of the weekend; 休息日 alone says no day.
_OFF = r"(?:(?<=[每逢])|(?<=每[个到])|(?<=每一个))"
# 记一下周五: 一下 is no 下周.
_DOWN = r"(?<![^周期拜初十廿]一)(?<!^一)下"
WEEKDAY = pattern(
    rf"(?:(?P<rel>(?:上|{_DOWN})(?:上|下){{0,2}}一?个?|这一?个?|本)(?:(?:周|星期|礼拜)的?(?=周|星期|礼拜))?)?(?:周|星期|礼拜)"
    r"(?:(?P<run>[1-7]{2,7})(?![\d点时:.号楼个月年])|(?P<wd>[一二三四五六七八九十日天末](?!次|遍|趟|点)|[0-9](?![点\d时:]))(?:(?<=末)(?P<two>两天))?"
    r"(?P<more>(?: ?(?:[、,和及跟与]|到|至|-|~)? ?(?:(?:周|星期|礼拜)[一二三四五六日天]"
    rf"|(?!一[起定直下些样共会整早大家])(?:{_ASCENDING})[一二三四五六日天](?![点时:号个楼十半月年刻程气]|[出落][前时后之]|[记常报]表?)"
    r"|[1-7](?![点时\d:号个楼月年小天公分秒人次份米块元千a-z]))){0,6}))"
    rf"|(?P<whole>(?P<wrel>{_DOWN}下{{0,2}}一?个?|这个?|本)(?:周|星期|礼拜))(?![一二三四五六七八九日天末\d年])"
    rf"|(?P<both>(?P<brel>{_DOWN}下{{0,2}}个?|这个?|本)?双休日|{_OFF}休息日)"
)
WEEK = pattern(
    rf"(?:(?P<year>{YEAR})|(?P<yrel>[今明本]))年的?第(?P<n>{SMALL})(?:个?(?:星期|礼拜)|周)"
    r"(?:的?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天]))?"
)
WEEKDAY_STARTS = frozenset("上下这本周星礼双休")
WEEK_STARTS = frozenset(STARTS + "今明本")
WEEKEND = 5

_EVERY_OTHER = pattern(
    "(?:每[一两二三四2-9]?个?|每?间?隔[一两二三1-9]?个?)(?:(?:周|星期|礼拜)的?)?$"
)
_RANGED = pattern("[到至~-]")


def read_weekday(found: re.Match[str], today: date) -> Anchor:
    """周三, 下周三, 周一三五, 周一到周五, 周末, 双休日, 下周. Raises LanguageError for 周八."""
    if found["whole"]:
        return Weekdays(numbers=(0,), week=found["wrel"].count("下"), whole=True)
    if found["both"]:
        return _both(found)
    week = None
    if found["rel"]:
        week = found["rel"].count("下") - found["rel"].count("上")
    if found["two"] or (found["wd"] == "末" and _is_each(found)):
        return Weekdays(numbers=(5, 6), week=week)
    if found["run"]:
        return Weekdays(numbers=_run(found), week=week)
    numbers = _weekdays(found["wd"], found["more"], found.group())
    return Weekdays(numbers=numbers, week=week, ranged=bool(_RANGED.search(found["more"])))


def read_week(found: re.Match[str], today: date) -> Anchor:
    """2026年第50周 is its Monday, as ISO 8601 counts. Raises LanguageError for a week it lacks."""
    year = today.year + (found["yrel"] == "明") if found["yrel"] else whole(found["year"])
    weekday = _weekday(found["wd"] or "一", found.group()) + 1
    try:
        day = date.fromisocalendar(year + 2000 * (year < 100), whole(found["n"]), weekday)
    except ValueError as error:
        raise impossible(found.group()) from error
    return Fixed(day=day)


def _both(found: re.Match[str]) -> Weekdays:
    """双休日 means its Saturday, as 周末 does; after 每 it means both days, and so does 休息日."""
    repeated = _is_repeated(found)
    week = found["brel"].count("下") if found["brel"] else None
    return Weekdays(numbers=(5, 6) if repeated else (WEEKEND,), week=week)


def _is_repeated(found: re.Match[str]) -> bool:
    return re.search(r"(?:每(?:一?个|逢|到)?|逢)$", found.string[: found.start()]) is not None


def _is_each(found: re.Match[str]) -> bool:
    """每周末, 隔周周末 and 周末每天 mean both days."""
    before = found.string[: found.start()]
    is_each = _is_repeated(found) or found.string.startswith("每天", found.end())
    return is_each or _EVERY_OTHER.search(before) is not None


def _run(found: re.Match[str]) -> tuple[int, ...]:
    """The 246 of 每周246. Raises LanguageError for 周12 with anything but rising days."""
    numbers = tuple(int(digit) - 1 for digit in found["run"])
    if list(numbers) != sorted(set(numbers)):
        raise impossible(found.group())
    return numbers


def _weekdays(first: str, more: str, written: str) -> tuple[int, ...]:
    numbers = [_weekday(first, written)]
    ranged = False
    for mark in re.findall(r"[一二三四五六日天1-7到至~-]", more):
        if mark in "到至~-":
            ranged = True
            continue
        number = _weekday(mark, written)
        numbers += range(numbers[-1] + 1, number) if ranged else ()
        numbers.append(number)
        ranged = False
    return tuple(dict.fromkeys(numbers))


def _weekday(mark: str, written: str) -> int:
    mark = mark.replace("天", "日").replace("7", "日").replace("七", "日")
    if mark == "末":
        return WEEKEND
    if mark in _SEVEN:
        return _SEVEN.index(mark)
    if mark.isdigit() and 1 <= int(mark) <= 6:
        return int(mark) - 1
    raise impossible(written)
