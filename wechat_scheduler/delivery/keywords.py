"""Converts a value to the form that WeChat accepts for a template's keyword.

The type of a keyword is its name without its number: `thing1` is a `thing`. Keywords of older templates,
such as `keyword1`, have no type. Source: 订阅消息参数值内容限制说明.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wechat_scheduler.delivery.keyword_times import as_time
from wechat_scheduler.delivery.notes import CUT_KEYWORDS
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.sentences import Sentence

# Characters that WeChat shows of a keyword without a type ("模板消息", since 2023-05-04).
SHOWN = 20
# Keywords that WeChat does not show any more.
UNSEEN = frozenset(("first", "remark"))
ELLIPSIS = "…"

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NAME = pattern(r"([a-z_]*[a-z])\d+")
_CONTROL = pattern(r"[\x00-\x1f\x7f-\x9f]")
_THOUSANDS = pattern(r"(?<!\d)\d{1,3}(?:,\d{3})+(?![\d,])")
# Letters, digits and signs that are as wide as a Chinese character, as Chinese keyboards write them.
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


class KeywordValue(NamedTuple):
    """A value as it is sent. `fault` says what WeChat accepts instead; empty if it accepts this."""

    text: str
    fault: str = ""
    is_cut: bool = False


class KeywordFault(NamedTuple):
    """Why WeChat would refuse a template as it is filled. `sentence` is whole, and names the `keyword`, which is empty
    if no single one is at fault."""

    keyword: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordType:
    """A type takes `takes` if the whole value matches the regex `form`. `tidy` writes the same value in the form
    that WeChat reads. Of a longer text the first `longest` characters are sent, the last of them
    `ending`; with 0 it is not cut, for a part of a number says something else."""

    takes: Sentence
    form: str
    tidy: Callable[[str], str] = str
    longest: int = 0
    ending: str = ""


def _narrow(value: str) -> str:
    return value.translate(_NARROW)


def _close(value: str) -> str:
    return "".join(_narrow(value).split())


def _digits(value: str) -> str:
    """The number without the commas between thousands."""
    return _THOUSANDS.sub(lambda found: found[0].replace(",", ""), _close(value))


def _plate(value: str) -> str:
    return _close(value).translate(dict.fromkeys(map(ord, "·•.-")))


_SIGN = r"[^\w\s]|_"

TYPES = {
    "thing": KeywordType(
        takes=Sentence("a text of at most 20 characters", "最多 20 个字符的文字"),
        form=".+",
        longest=20,
        ending=ELLIPSIS,
    ),
    "character_string": KeywordType(
        takes=Sentence(
            "at most 32 letters, digits and signs, without Chinese",
            "最多 32 个字母、数字和符号，不含中文",
        ),
        form=rf"(?:[A-Za-z0-9 ]|{_SIGN})+",
        tidy=_narrow,
        longest=32,
        ending="...",
    ),
    "letter": KeywordType(
        takes=Sentence("at most 32 letters from A to Z", "最多 32 个 A 到 Z 的字母"),
        form="[A-Za-z]+",
        tidy=_close,
        longest=32,
    ),
    "symbol": KeywordType(
        takes=Sentence(
            "at most 5 signs, neither letters nor digits", "最多 5 个符号，不含字母和数字"
        ),
        form=rf"(?:{_SIGN})+",
        tidy=_close,
        longest=5,
    ),
    "phrase": KeywordType(
        takes=Sentence("at most 5 Chinese characters and nothing else", "最多 5 个汉字，不含其他"),
        form=f"[{_HAN}]+",
        tidy=_close,
        longest=5,
    ),
    "number": KeywordType(
        takes=Sentence(
            "a number such as 12.5, of at most 32 digits", "数字，例如 12.5，最多 32 位"
        ),
        form=r"(?=.{1,32}$)[0-9]+(?:\.[0-9]+)?",
        tidy=_digits,
    ),
    "amount": KeywordType(
        takes=Sentence(
            "an amount of at most 10 digits such as ¥12.50 or 12元",
            "金额，最多 10 位数字，例如 ¥12.50 或 12元",
        ),
        form=r"[¥￥$€£₩฿₫₱₽₹₺]?[0-9]{1,10}(?:\.[0-9]+)?元?",
        tidy=_digits,
    ),
    "phone_number": KeywordType(
        takes=Sentence(
            "a phone number of at most 17 digits and signs, such as +86-0766-66888866",
            "电话号码，最多 17 位数字和符号，例如 +86-0766-66888866",
        ),
        form=r"(?=.{1,17}$)[!-/:-@\[-`{-~]*[0-9][!-@\[-`{-~]*",
        tidy=_close,
    ),
    "car_number": KeywordType(
        takes=Sentence(
            "a number plate of at most 8 letters and digits, such as 粤A8Z888",
            "车牌号，最多 8 位字母和数字，例如 粤A8Z888",
        ),
        form=rf"[{_HAN}A-Za-z0-9][A-Za-z0-9]{{0,6}}[{_HAN}A-Za-z0-9]?",
        tidy=_plate,
    ),
}
_TIMES = ("time", "date")
_KINDS = frozenset((*TYPES, *_TIMES, "name", "const", "enum"))
_TIME = Sentence(
    "a time such as 15:01, 2019年10月1日 or 2019年10月1日 15:01, or two of them with ~ between",
    "时间，例如 15:01、2019年10月1日 或 2019年10月1日 15:01，也可以是用 ~ 连接的两个",
)
EMPTY = Sentence("is empty", "是空的")
ONE_OF = Sentence("one of {values}", "其中之一：{values}")
IS_ONE_OF = Sentence("is one of {values}", "只能是其中之一：{values}")

_CHINESE_NAME = KeywordType(
    takes=Sentence(
        "a name of at most 10 Chinese characters or 20 letters, without digits",
        "姓名，最多 10 个汉字或 20 个字母，不含数字",
    ),
    form=rf"(?:[^\W\d_]| |{_SIGN})+",
    longest=10,
)
_LATIN_NAME = KeywordType(takes=_CHINESE_NAME.takes, form=rf"(?:[A-Za-z]| |{_SIGN})+", longest=20)


@lru_cache(maxsize=1024)  # there are some twenty types, and few keywords of each
def type_of(name: str) -> str:
    """The type of the keyword; empty if it has none."""
    found = _NAME.fullmatch(name)
    return found[1] if found and found[1] in _KINDS else ""


def fit(name: str, value: str, zone: str, allowed: Sequence[str] = ()) -> KeywordValue:
    """The value as the keyword takes it; WeChat itself cuts one without a type. A time with an offset is
    written in `zone`. `allowed` are the only values that the template lets this keyword have."""
    kind = type_of(name)
    if not kind and not allowed:
        return KeywordValue(value, is_cut=len(value) > SHOWN and name not in UNSEEN)
    tidied = _CONTROL.sub("", " ".join(value.split()))
    if not tidied:
        return KeywordValue("", EMPTY.en)
    if allowed:
        return KeywordValue(
            tidied, "" if tidied in allowed else IS_ONE_OF.fill(values=", ".join(allowed))
        )
    if kind in _TIMES:
        time = as_time(_narrow(tidied), ZoneInfo(zone))
        return KeywordValue(time) if time else KeywordValue(tidied, _fault(_TIME))
    rule = _name_type(tidied) if kind == "name" else TYPES.get(kind)
    return _fit(tidied, rule) if rule else KeywordValue(tidied)


def taken(name: str, allowed: Sequence[str] = ()) -> str:
    """What WeChat accepts as the value of the keyword; empty for one without a type."""
    kind = type_of(name)
    if allowed:
        return ONE_OF.fill(values=", ".join(allowed))
    if kind in _TIMES:
        return _TIME.en
    if kind == "name":
        return _CHINESE_NAME.takes.en
    return TYPES[kind].takes.en if kind in TYPES else ""


def sentences() -> Iterator[Sentence]:
    """What each type takes, and what is wrong with a value, alone and with the keyword before it."""
    taken_by_types = [*(one.takes for one in TYPES.values()), _TIME, _CHINESE_NAME.takes]
    yield from (*taken_by_types, ONE_OF)
    faults = [Sentence(_fault(one), f"应为{one.zh}") for one in taken_by_types]
    for fault in (*faults, EMPTY, IS_ONE_OF):
        yield from (fault, Sentence(f"{{keyword}} {fault.en}", f"{{keyword}} {fault.zh}"))


def _fault(takes: Sentence) -> str:
    return f"takes {takes.en}"


def cut(value: str, longest: int = SHOWN, ending: str = ELLIPSIS) -> str:
    return value if len(value) <= longest else value[: longest - len(ending)] + ending


def note_on_cuts(names: Sequence[str]) -> str:
    """Tells the sender which keywords show a part of their values only."""
    return CUT_KEYWORDS.fill(names=", ".join(names))


def _fit(value: str, rule: KeywordType) -> KeywordValue:
    tidied = rule.tidy(value)
    if not re.fullmatch(rule.form, tidied):
        return KeywordValue(value, _fault(rule.takes))
    if not rule.longest or len(tidied) <= rule.longest:
        return KeywordValue(tidied)
    return KeywordValue(cut(tidied, rule.longest, rule.ending), is_cut=True)


def _name_type(value: str) -> KeywordType:
    return _LATIN_NAME if value.isascii() else _CHINESE_NAME
