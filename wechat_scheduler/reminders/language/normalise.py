"""One spelling for each character. Positions do not change."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from wechat_scheduler.engine.patterns import pattern


def _table() -> dict[str, str]:
    lines = Path(__file__).with_name("traditional.txt").read_text("utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


_LIKE = _table() | {
    "壹": "一", "弍": "二", "貳": "二", "贰": "二", "參": "三", "叁": "三", "肆": "四", "柒": "七", "捌": "八",
    "玖": "九", "拾": "十",
    "○": "〇",
    "俩": "两",
    "仨": "三",
    "–": "-",
    "—": "-",
    "−": "-",
    "∶": ":",
    "︰": ":",
    "毎": "每",
    "曰": "日",
    "夭": "天",
    "眀": "明",
    "〜": "~",
    "～": "~",
    "\u3000": " ",
    "\t": " ",
    "\n": " ",
    "\r": " ",
}  # fmt: skip

_NAMED = pattern(r"《[^《》]{1,60}》|https?://[!-~]+|(?<=提醒)“.{1,200}”(?=[，,]第一次在|$)")


_EMOJI = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff"
)
# Characters that show nothing, or turn the direction of the text. A keycap (3️⃣) is a digit with two of them. Between
# emoji (👨‍👩‍👧, ❤️, 🏴󠁧󠁢󠁥󠁮󠁧󠁿) some of them make one picture of several.
_UNSEEN = pattern(
    rf"(?<![{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d|\u200d(?![{_EMOJI}])|(?<![{_EMOJI}])[\ufe00-\ufe0f]|"
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,9}\U000e007f)|"
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]|\ufe0f?\u20e3"
)


def cleaned(text: str) -> str:
    """The text without characters that are not seen. They are in no title."""
    return _UNSEEN.sub(lambda found: found["flag"] or "", text)


def normalise(text: str) -> str:
    """The text in half-width, lower-case, simplified characters. Its length does not change."""
    return "".join(map(_character, text))


def masked(text: str) -> str:
    """The text with titles of works and web addresses blanked out, as they name no time: 看《九点半》."""
    return _NAMED.sub(lambda name: "·" * len(name.group()), text)


@lru_cache(maxsize=2048)
def _character(character: str) -> str:
    if character in _LIKE:
        return _LIKE[character]
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character).lower()
    return _LIKE.get(plain, plain) if len(plain) == 1 else character
