"""Chinese numbers, and their patterns, which are bounded in length."""

from typing import Final

DIGITS: Final = "〇一二三四五六七八九"
STARTS: Final = "0123456789〇零一二两三四五六七八九十廿卅百千半"
"""The characters that a number begins with."""

_ONE = "[一二两三四五六七八九]"
SMALL: Final = rf"(?:\d{{1,2}}(?!\d)|(?:{_ONE}?十|[廿卅〇零]){_ONE}?|{_ONE})"
"""Numbers up to 99. It matches days that do not exist (0, 40), so that they can be refused."""

ANY: Final = r"(?:[零一二两三四五六七八九十]{1,2}点[一二三四五六七八九](?=个?(?:小时|钟头))|(?<![\d.])\d{1,9}(?:\.\d{1,2})?|[零〇一二两三四五六七八九十廿卅百千万]{1,7})"
YEAR: Final = r"(?:\d{4}|\d{2}|[〇零一二三四五六七八九]{4}|二[〇零][一二三四五六七八九]{2})"

_VALUES = {digit: value for value, digit in enumerate(DIGITS)} | {"零": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}


def whole(text: str) -> int:
    """The value of 23, 二十三 or 二〇二六."""
    return int(value(text))


def value(text: str) -> float:
    """The value of a whole number, of 1.5 or of 半."""
    if text == "半":
        return 0.5
    if text[0].isascii():
        return float(text)
    if "点" in text:
        units, tenths = text.split("点")
        return value(units) + whole(tenths) / 10
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not set(text) & {*_SCALES, "万"}:
        return float("".join(str(_VALUES[digit]) for digit in text))
    return float(_scaled(text))


def spoken(number: int) -> str:
    """The Chinese of a number: 一 to 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


def _scaled(text: str) -> int:
    """一百二 is 120, and 一百零二 102."""
    total, pending, scale = 0, 0, 1
    for character in text:
        if character in _VALUES:
            pending = _VALUES[character]
            scale = scale if pending else 1
        elif character == "万":
            total, pending, scale = (total + pending or 1) * 10_000, 0, 10_000
        else:
            scale = _SCALES[character]
            total, pending = total + (pending or 1) * scale, 0
    return total + pending * max(1, scale // 10)
