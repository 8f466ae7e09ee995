"""Judges the values of keywords by their types, as WeChat does. A type is the name without the number.

Source: 订阅消息参数值内容限制说明. "Symbols" there are signs other than Chinese, letters and digits, no line
breaks nor other control characters. A range has the half-width `~`: the full-width one is refused.
"""

import re
from datetime import date
from types import MappingProxyType

_HAN = "[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_SYMBOL = r"(?:[^\w\s\x00-\x1f\x7f-\x9f]|_)"
_PLAIN = rf"(?:[A-Za-z0-9 ]|{_SYMBOL})"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_FULL_DATE = r"(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}([-/.])\d{1,2}\1\d{1,2})"
_SHORT_DATE = r"(?:\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{2}|\d{2}[-/.]\d{2})"
_POINT = re.compile(rf"(?:{_CLOCK}|(?:{_FULL_DATE}|{_SHORT_DATE})(?: {_CLOCK})?)", re.ASCII)
_DAY = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})", re.ASCII)
_NAME = re.compile(r"([a-z_]*[a-z])\d+")

FORMS = MappingProxyType(
    {
        "thing": re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,20}"),
        "number": re.compile(r"(?=.{1,32}$)\d+(\.\d+)?", re.ASCII),
        "letter": re.compile(r"[A-Za-z]{1,32}"),
        "symbol": re.compile(rf"{_SYMBOL}{{1,5}}"),
        "character_string": re.compile(rf"{_PLAIN}{{1,32}}"),
        "amount": re.compile(r"[¥￥$€£₩฿₫₱₽₹₺]?\d{1,10}(\.\d+)?元?", re.ASCII),
        "phone_number": re.compile(r"(?=.*\d)(?:[0-9]|[!-/:-@\[-`{-~]){1,17}", re.ASCII),
        "car_number": re.compile(
            rf"(?:{_HAN}|[A-Za-z0-9])[A-Za-z0-9]{{0,6}}(?:{_HAN}|[A-Za-z0-9])?"
        ),
        "name": re.compile(rf"(?:[A-Za-z ]|{_SYMBOL}){{1,20}}|(?:[^\W\d_]| |{_SYMBOL}){{1,10}}"),
        "phrase": re.compile(rf"{_HAN}{{1,5}}"),
    }
)
TIMES = ("time", "date")


def type_of(name: str) -> str:
    """Empty for the keywords of older templates, such as `keyword1`."""
    found = _NAME.fullmatch(name)
    return found[1] if found and found[1] in (*FORMS, *TIMES, "const", "enum") else ""


def is_refused(name: str, value: str) -> bool:
    """Whether WeChat refuses the value for the keyword."""
    kind = type_of(name)
    if kind in TIMES:
        points = value.split("~")
        return len(points) > 2 or not all(_is_time(point) for point in points)
    form = FORMS.get(kind)
    return form is not None and form.fullmatch(value) is None


def _is_time(point: str) -> bool:
    if not _POINT.fullmatch(point):
        return False
    day = _DAY.match(point)
    try:
        return day is None or bool(date(*map(int, day.groups())))
    except ValueError:
        return False
