"""Closes the gaps inside words of time, which phones leave: 3 点 半, 明 天, 3 : 30, 二十5号.

The title keeps its blanks, as it is taken from the text as typed.
"""

from collections.abc import Sequence

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.numbers import DIGITS

_N = "0-9〇零一二两三四五六七八九十半百廿"
# A clause begins: 给小明 天亮 is no 明天.
_BEGINS = r"(?:(?<![一-龥])|(?<=[我天日号]))"
_MINUTES = r"(?:[一二三四五][十]?[一二三四五六七八九]?|十[一二三四五六七八九]?|\d{1,2}) ?分|(?:[0-5]\d|[二三四五]?十[一二三四五六七八九]?)(?=$|[ ,。]|提醒|叫|开(?!\d))"
_BLANK = pattern(
    rf"(?<=[{_N}]) {{1,3}}(?=[年月日号点时分秒个周天刻小钟])|(?<=[年月日号每周第]) (?=[{_N}])"
    rf"|(?<=[{_N}][点时]) {{1,3}}(?={_MINUTES})|(?<=[{_N}] [点时]) {{1,3}}(?={_MINUTES})"
    r"|(?<=[点时]) (?=半|[一三13]刻|整|\d\d?分)|(?<=[钟时天周月年秒分]) (?=[之以]?后)|(?<=每) (?=[天日周月年个])"
    r"|(?<=小) (?=时)|(?<=分) (?=钟)|(?<=个) (?=半? ?小 ?时|月|钟头|工作日|星期)"
    rf"|(?:(?<=[{_N}]天)|(?<=[{_N}] 天)) {{1,2}}(?=[{_N}]{{1,3}} ?个? ?小 ?时)"
    rf"|(?:(?<=小时)|(?<=钟头)|(?<=分钟)) {{1,2}}(?=[{_N}]{{1,3}} ?[分秒])"
    r"|(?<=\d) {1,2}(?=: {0,2}\d\d(?!\d))|(?:(?<=\d:)|(?<=\d :)|(?<=\d  :)) {1,2}(?=\d\d(?!\d))"
    r"|(?<=百[二三四五六七八九]) (?=十)|(?<=^[二三四五六七八九]) (?=十)|(?<=[ ,。我][二三四五六七八九]) (?=十)"
    r"|(?<![早晚以])(?<=[上下中]) (?=午(?![休饭睡餐夜]))|(?<=[天日号][早晚]) (?=上 ?\d)|(?<=凌) (?=晨)|(?<=傍) (?=晚)"
    r"|(?<=星) (?=期[一二三四五六日天])|(?<=礼) (?=拜[一二三四五六日天])|(?:(?<=星期)|(?<=礼拜)) (?=[一二三四五六日天])"
    r"|(?<=工作) (?=日)|(?<=周) (?=末)|(?<=个) (?=周|礼拜)"
)
# 明 天, 大 后天, 下 下周三, 下 个月.
_WORD = pattern(
    rf"{_BEGINS}(?:大 ?后 ?天|[明今后] 天(?![气亮黑生然津])|[明今后每] [早晚](?=[上]?[ 0-9一二三四五六七八九十])|提 前(?=[ 0-9一二三四五六七八九十半])|[早晚] 上(?= ?\d)|[下本这每](?: ?下)? (?=(?:周|星 ?期|礼 ?拜)|个 ?(?:月|周|星期|礼拜))|下 下(?=周|星期|礼拜))"
)
# 一小时，30分钟后, 一小时加30分钟后. 开会两小时，30分钟后 is of two times.
_SUM = pattern(
    rf"(?:^|[ ,。;!我过等])[{_N}]{{1,4}} ?个?半? ?(?:小时|钟头)(?P<gap>[ ,、]{{1,2}}|加(?:上)?)(?=[{_N}]{{1,4}} ?(?:分|秒|刻钟))"
)
_MIXED = pattern(r"(?<=[十廿卅])[1-9](?![\d.:])|(?<![\d.:])[1-9](?=[十百千万])")
_SLASH = pattern(
    r"(?<=[号日点时一二三四五六天])/(?=[周星礼]|[一二三四五六日天]|\d{1,2}[号日点:])|(?<=号)\+(?=\d{1,2}号)|(?<=每周[1-7])/(?=[1-7](?!\d))"
    r"|(?<=每周[1-7]/[1-7])/(?=[1-7](?!\d))|(?:(?<=每月\d)|(?<=每月\d\d))/(?=\d{1,2}[号日])|(?<=:\d\d)/(?=\d{1,2}:\d)"
)


def squeezed(text: str) -> tuple[str, Sequence[int]]:
    """The normalised text without gaps inside times, numbers of two scripts in one, and the old position of each character and
    of the end."""
    gone = {at for gap in _gaps(text) for at in range(*gap)}
    kept = [position for position in range(len(text)) if position not in gone]
    dense = "".join(text[position] for position in kept)
    dense = _MIXED.sub(lambda digit: DIGITS[int(digit.group())], dense)
    return _SLASH.sub("、", dense), [*kept, len(text)]


def _gaps(text: str) -> list[tuple[int, int]]:
    gaps = [found.span("gap") for found in _SUM.finditer(text)]
    if " " not in text:
        return gaps
    gaps += [found.span() for found in _BLANK.finditer(text)]
    for word in _WORD.finditer(text):
        gaps += [(at, at + 1) for at in range(*word.span()) if text[at] == " "]
    return gaps
