"""One spelling for each character. Positions do not change."""

import re
import unicodedata
from collections.abc import Sequence

_TRADITIONAL = "點鐘鍾號後個兩時間農曆歷陰節聖誕國慶勞動禮隔從開會過這當請記鬧設現陽週遲準爾貳參壹週頭闊總共復複連續爲為於內臘閏該紀離開萬幾們給單幫誰鳴愛婦兒裡裏餘應驚蟄雙處種滿穀親聯書學試還買雲營業關隻除歲淩臨結東響遍"
_SIMPLIFIED = "点钟钟号后个两时间农历历阴节圣诞国庆劳动礼隔从开会过这当请记闹设现阳周迟准尔二三一周头阔总共复复连续为为于内腊闰该纪离开万几们给单帮谁鸣爱妇儿里里余应惊蛰双处种满谷亲联书学试还买云营业关只除岁凌临结东响遍"
_LIKE = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)) | {
    "○": "〇",
    "俩": "两",
    "仨": "三",
    "–": "-",
    "—": "-",
    "−": "-",
    "〜": "~",
    "～": "~",
    "\u3000": " ",
    "\t": " ",
    "\n": " ",
    "\r": " ",
}

_NUMERAL = "0-9〇零一二两三四五六七八九十半"
_BLANK = re.compile(
    rf"(?<=[{_NUMERAL}]) (?=[年月日号点时分秒个周天刻小钟])|(?<=[年月日号每周第]) (?=[{_NUMERAL}])"
    r"|(?<=[点时]) (?=半|[一三13]刻|整|\d\d?分)|(?<=[钟时天周月年秒分]) (?=[之以]?后)|(?<=每) (?=[天日周月年个])"
)

_NAMED = re.compile(r"《[^《》]{1,60}》|https?://[!-~]+")


def normalise(text: str) -> str:
    """The text in half-width, lower-case, simplified characters. Its length does not change."""
    return "".join(map(_character, text))


def masked(text: str) -> str:
    """The text with titles of works and web addresses blanked out, as they name no time: 看《九点半》."""
    return _NAMED.sub(lambda name: "·" * len(name.group()), text)


def squeezed(text: str) -> tuple[str, Sequence[int]]:
    """The text without blanks inside times (3 点 半), and the old position of each character and of the
    end."""
    blanks = {blank.start() for blank in _BLANK.finditer(text)}
    kept = [position for position in range(len(text)) if position not in blanks]
    return "".join(text[position] for position in kept), [*kept, len(text)]


def _character(character: str) -> str:
    if character in _LIKE:
        return _LIKE[character]
    plain = unicodedata.normalize("NFKC", character).lower()
    return _LIKE.get(plain, plain) if len(plain) == 1 else character
