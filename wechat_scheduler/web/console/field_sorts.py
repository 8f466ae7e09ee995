"""The Chinese of what the reader of bodies says that it expected, and what it got."""

from itertools import permutations
from typing import Final

from wechat_scheduler.engine.sentences import Sentence

_SORTS: Final = {
    "a string": "文字",
    "a whole number": "整数",
    "a decimal number": "小数",
    "true or false": "true 或 false",
    "a list": "列表",
    "an object": "对象",
    "an RFC 3339 time such as 2026-11-18T10:30:00+08:00": "RFC 3339 时间（例如 2026-11-18T10:30:00+08:00）",
    "null": "空值",
}
_MEASURES: Final = {
    "{sort} >= {least}": "不小于 {least} 的{zh}",
    "{sort} <= {most}": "不大于 {most} 的{zh}",
    "{sort} of length >= {least}": "长度至少为 {least} 的{zh}",
    "{sort} of length <= {most}": "长度最多为 {most} 的{zh}",
    "{sort} or null": "{zh}或空值",
}
SENTENCES: Final = (
    *(Sentence(*both) for both in _SORTS.items()),
    *(
        Sentence(en.replace("{sort}", sort), told.replace("{zh}", zh))
        for en, told in _MEASURES.items()
        for sort, zh in _SORTS.items()
    ),
    *(
        Sentence(f"{one} or {other}", f"{_SORTS[one]}或{_SORTS[other]}")
        for one, other in permutations(_SORTS, 2)
    ),
    Sentence("integer value out of range", "数字太大"),
    Sentence("number out of range", "数字太大"),
)
