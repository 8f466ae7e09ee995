"""Days of the solar calendar: 2026-11-20, 11月20号, 下个月底, 下周三, 明天."""

import re
from datetime import date, timedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import (
    Anchor,
    Fixed,
    MonthDays,
    Nth,
    YearDays,
    nth_of,
    solar,
)
from wechat_scheduler.reminders.language.numbers import SMALL, STARTS, YEAR, whole
from wechat_scheduler.reminders.language.refused_sentences import (
    day_or_month,
    impossible,
    lunar_or_not,
    two_days,
    which_one,
)

_SEPARATOR = r" ?(?:[、,和及跟与]|到|至|~|-) ?"
_NOT_A_DAY = r"(?!线|楼|机(?!票|场)|门(?!票)|院|店(?!庆)|馆|厅|桌|会议室|仓|口(?!试|语)|车[厢间]|公[馆路交]|文件|房[间门]|床|教[室学]|选手|球(?!赛)|柜|码头|电池|技师|嘉宾|出口|站台|地铁|航站|(?<=日)(?:[程历常报记语本元用子]|三餐))"
_DAYS = rf"(?P<days>(?<![路街巷弄道段]){SMALL}(?: ?[号日])?(?:{_SEPARATOR}{SMALL}(?: ?[号日])?){{0,9}}(?<=[号日])){_NOT_A_DAY}"
_LOOSE = rf"(?P<loose>{SMALL})(?![点时个:.\d分秒斤块元件只岁度月年天周号%十一二三四五六七八九])"
_YEAR = rf"(?:(?P<year>{YEAR})年|(?P<yrel>今|本|明|后|大后|去|前)年)(?:的| )?"
_WEEKDAY = r"(?:(?:周|星期|礼拜)(?P<nwd>[一二三四五六日天末])|工作日)"
_NTH = rf"(?P<nth>第{SMALL}个?|最后一?个?|首个|倒数第{SMALL}个){_WEEKDAY}"
_EDGE = rf"(?P<edge>最后一天|最后[两二三四五]天|倒数第{SMALL}天|(?<=[月度年的份])第{SMALL}天|(?:月|(?<=[月度]))(?:底(?![价部下座])|末|尾(?![款巴号数灯牌])|头(?![条发脑])|初(?![一二三四五六七八九十])|[上中下]旬|中(?![国间学心午文山级层东介外转期考层])))"

ISO = pattern(
    r"(?<![\d.])(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)"
    r"|(?<![\d/])(?P<um>\d{1,2})/(?P<ud>\d{1,2})/(?P<uy>20\d{2})(?!\d)"
    r"|(?<!\d)(?P<cy>20\d{2})(?P<cm>\d{2})(?P<cd>\d{2})(?!\d)"
)
SHORT = pattern(
    r"(?<![\d./:-])(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d./:-])[日号]?(?! ?[元块万千亿斤公米%折度分版号小个倍gm千倍寸])"
)
APART = pattern(rf"(?<!\S)(?:{SHORT.pattern})(?!\S)")
MONTH = pattern(
    rf"(?:{_YEAR})?(?:"
    rf"(?:(?P<rel>(?<![^周期拜初十廿]一)(?<!^一)下{{1,3}}个?|次|这个?|本|当|上{{1,3}}个?)月|(?<![闰历十\d])(?!两月(?![\d一二三十初]))(?P<month>{SMALL})月(?:份)?(?!后|之后|以后))"
    rf"(?:的| )?(?:{_NTH}|{_EDGE}|{_DAYS}|{_LOOSE})?"
    rf"|年?(?<=年)(?<!新年)的?(?P<yedge>[底末初]|最后一天|第一天))"
)
DAY = pattern(rf"(?<![\d.第]){_DAYS}")
BARE = pattern(rf"(?:(?<=每月)|(?<=每个月)){_LOOSE}")
EDGE = pattern(rf"{_NTH}|{_EDGE}")
YEAR_ALONE = pattern(rf"{_YEAR}(?![\d级度])")
WORD = pattern(
    r"(?P<word>(?<!大)(?:大大后[天日]|大后[天日儿])|今(?:[天日]|儿个?|个(?=[早晚上下中儿夜 ]))|赶?明(?:[天日]|儿个?|个(?=[早晚上下中儿夜 ]))|[听琴寻]日|听(?=[早晚朝晏])|(?<![以大])后(?:[天日]|儿个?)(?!天)|(?<![^\s,。;])第[二2]天|昨[天日儿]|(?<!提)(?<!\d)大?前天|[今明后昨](?=[早晚夜晨])|次日|翌日|当(?:天|(?=晚))|今明(?:两|2)天|明后(?:两|2)?天)"
)
DATE_STARTS = frozenset(STARTS + "底末初今本明后大去前下这当上年第最首倒周星礼昨次翌月听琴寻赶")

_WORDS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "赶明": 1, "听": 1, "琴": -1, "寻": -1, "次": 1, "翌": 1, "第二": 1, "第2": 1, "后": 2, "大后": 3, "大大后": 4}  # fmt: skip
_YEARS = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1, "后": 2, "大后": 3}
_YEAR_ENDS = ("底", "末", "最后一天")
_SEVEN = "一二三四五六日"


def read_iso(found: re.Match[str], today: date) -> Anchor:
    """2026-11-20, 2026/11/20, 2026.11.20, 20261120, 11/20/2026. Raises LanguageError."""
    year, month, day = (found["y"], found["m"], found["d"])
    if found["uy"]:
        return _western(found)
    if not year:
        year, month, day = (found["cy"], found["cm"], found["cd"])
    return Fixed(day=solar(int(year), int(month), int(day), found.group()))


def read_short(found: re.Match[str], today: date) -> Anchor | None:
    """11-20, 12/24, 11.20. None for a decimal number that cannot be a date."""
    month, day = int(found["m"]), int(found["d"])
    if "." in found.group() and not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if "." in found.group() and day == 30:
        raise which_one(f"{month}月{day}日", f"{month}:{day}")
    solar(2000, month, day, found.group())
    return YearDays(month=month, numbers=(day,))


def read_month(found: re.Match[str], today: date) -> Anchor | None:
    """A month with a day, an edge (月底) or an nth weekday, or a month alone."""
    year = _year(found, today)
    if found["yedge"]:
        return _in_year(12 if found["yedge"] in _YEAR_ENDS else 1, found, year)
    if found["rel"]:
        steps = len(re.findall("[下次]", found["rel"])) - found["rel"].count("上")
        index = today.year * 12 + today.month - 1 + steps
        return _in_month(index // 12, index % 12 + 1, found)
    month = whole(found["month"])
    if _is_twofold(found, month):
        raise which_one(f"{month}月{whole(found['loose'])}日", f"农历{found.group()}")
    if not 1 <= month <= 12:
        raise impossible(found.group())
    return _in_year(month, found, year)


# Days that people name by the lunar calendar without saying so.
_TWOFOLD = {(2, 2), (3, 3), (5, 5), (6, 6), (7, 7), (7, 14), (7, 15), (8, 15), (9, 9)}


def _is_twofold(found: re.Match[str], month: int) -> bool:
    """八月十五 may be the solar or the lunar day; 8月15 and 八月十五号 are solar."""
    written = (found["month"] or "1") + (found["loose"] or "1")
    spoken = not any(character.isascii() for character in written)
    return spoken and (month, whole(found["loose"])) in _TWOFOLD


def read_day(found: re.Match[str], today: date) -> Anchor:
    """15号, 1号和15号, 1到5号 of any month."""
    numbers, ranged = _numbers(found["days"])
    if not all(1 <= number <= 31 for number in numbers):
        raise impossible(found.group())
    return MonthDays(numbers=numbers, ranged=ranged)


def read_bare(found: re.Match[str], today: date) -> Anchor:
    """The 15 of 每月15. Raises LanguageError for 每月十五, which may be a lunar day."""
    day = whole(found["loose"])
    if not found["loose"].isdigit():
        raise lunar_or_not(day, found["loose"])
    if not 1 <= day <= 31:
        raise impossible(found.group())
    return MonthDays(numbers=(day,))


def read_edge(found: re.Match[str], today: date) -> Anchor:
    """月底, 最后一天, 第一个周一 of any month."""
    if found["nth"]:
        return Nth(nth=_nth(found), weekday=_nth_weekday(found))
    several = re.fullmatch("最后([两二三四五])天", found["edge"])
    if several:
        return MonthDays(numbers=tuple(range(-whole(several[1]), 0)), ranged=True)
    return MonthDays(numbers=(_edge(found["edge"]),))


def read_year(found: re.Match[str], today: date) -> Anchor:
    """明年 alone means its first day."""
    day = solar(_year(found, today) or today.year, 1, 1, found.group())
    return Fixed(day=day, whole=True, year=True)


def read_word(found: re.Match[str], today: date) -> Anchor:
    """今天, 明天, 大后天, and 今 of 今晚. Raises LanguageError for 今明两天."""
    word = found["word"].rstrip("个").rstrip("天日儿")
    if word[:2] in ("今明", "明后"):
        raise two_days(word[0], word[1])
    return Fixed(day=today + timedelta(days=_WORDS[word]), today=not _WORDS[word])


def _western(found: re.Match[str]) -> Anchor:
    """11/20/2026 and 20/11/2026 have one reading, 3/4/2027 has two."""
    first, second, year = int(found["um"]), int(found["ud"]), int(found["uy"])
    if first != second and max(first, second) <= 12:
        raise day_or_month(found.group(), first, second)
    month, day = (second, first) if first > 12 else (first, second)
    return Fixed(day=solar(year, month, day, found.group()))


def _year(found: re.Match[str], today: date) -> int | None:
    if found["yrel"]:
        return today.year + _YEARS[found["yrel"]]
    if not found["year"]:
        return None
    year = whole(found["year"])
    return 2000 + year if year < 100 else year


def _in_month(year: int, month: int, found: re.Match[str]) -> Anchor:
    if found["nth"]:
        day = nth_of(year, month, _nth(found), _nth_weekday(found))
        if day is None:
            raise impossible(found.group())
        return Fixed(day=day)
    numbers, _ = _wanted(found)
    if len(numbers) > 1:
        for number in numbers:
            solar(year, month, number, found.group())
        return _in_year(month, found, None)
    return Fixed(day=solar(year, month, numbers[0], found.group()), whole=_is_whole(found))


def _in_year(month: int, found: re.Match[str], year: int | None) -> Anchor:
    if year is not None and not (found["days"] and len(_wanted(found)[0]) > 1):
        return _in_month(year, month, found)
    if found["nth"]:
        nth = _nth(found)
        if not -5 <= nth <= 5:
            raise impossible(found.group())
        return Nth(nth=nth, weekday=_nth_weekday(found), month=month)
    numbers, ranged = _wanted(found)
    for number in numbers:
        solar(year or 2000, month, number, found.group())
    return YearDays(month=month, numbers=numbers, ranged=ranged, whole=_is_whole(found))


def _is_whole(found: re.Match[str]) -> bool:
    return not (found["days"] or found["edge"] or found["loose"] or found["nth"] or found["yedge"])


def _wanted(found: re.Match[str]) -> tuple[tuple[int, ...], bool]:
    if found["yedge"]:
        return ((31,) if found["yedge"] in _YEAR_ENDS else (1,)), False
    if found["days"]:
        return _numbers(found["days"])
    if found["edge"]:
        return (_edge(found["edge"]),), False
    return (whole(found["loose"]) if found["loose"] else 1,), False


def _numbers(text: str) -> tuple[tuple[int, ...], bool]:
    numbers = tuple(whole(number) for number in re.findall(SMALL, text))
    ranged = len(numbers) == 2 and re.search("[到至~-]", text) is not None
    if ranged and numbers[0] < numbers[1] <= 31:
        numbers = tuple(range(numbers[0], numbers[1] + 1))
    return numbers, ranged


def _edge(text: str) -> int:
    if text[-1] in "旬中":
        return {"上": 1, "下": 21}.get(text[-2:-1], 15)
    number = re.search(rf"第({SMALL})天", text)
    days = whole(number[1]) if number else 1
    if not 1 <= days <= 31:
        raise impossible(text)
    return -days if text.startswith(("最后", "倒数")) or text[-1] in "底末尾" else days


def _nth(found: re.Match[str]) -> int:
    text = found["nth"]
    number = re.search(SMALL, text.replace("最后一", "最后"))
    nth = whole(number[0]) if number else 1
    if not 1 <= nth <= (5 if found["nwd"] else 15):
        raise impossible(found.group())
    return -nth if text.startswith(("最后", "倒数")) else nth


def _nth_weekday(found: re.Match[str]) -> int | None:
    weekday = (found["nwd"] or "").replace("天", "日").replace("末", "六")
    return _SEVEN.index(weekday) if weekday else None
