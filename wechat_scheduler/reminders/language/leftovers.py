"""Finds words of time that were not understood: those that are left for the title.

A reminder at a wrong time, with the right one in its title, is worse than a question.
"""

from collections.abc import Sequence
from datetime import date

from wechat_scheduler.reminders.language.anchors import MonthDays
from wechat_scheduler.reminders.language.durations import For
from wechat_scheduler.reminders.language.every import Span
from wechat_scheduler.reminders.language.lazy import pattern
from wechat_scheduler.reminders.language.normalise import masked
from wechat_scheduler.reminders.language.refused_sentences import LanguageError
from wechat_scheduler.reminders.language.scan import TimeWord, Wrong, Zone, scan

_MEASURED = r"(?![\d.元块万千亿斤公米%折版倍寸g升克吨kK°度分号楼室人个页集平])"
_TIMELY = pattern(
    r"每(?!日优鲜|日新闻)|[双单](?:周|号|日(?!葵))|为止|(?<![目生空提从])[之以]前|"
    rf"(?<![\d.¥$])(?:[01]?\d|2[0-3])[.:][0-5]\d(?!\d){_MEASURED}"
    r"|[伍陆ⅰ-ⅿⅠ-Ⅿ]点|^[二三四五六七八九十](?=$|个字|[跑开吃去打上做写练])|^这个?(?=$|时)|^[\d一二两三四五六七八九十半]+(?:个?半?)(?:分钟|小时|钟头|天)$"
    r"|^[之以过]?后(?![续台勤方面院卫妈爸])|(?<!\d)\d{1,2}:\d"
    r"|^0\d[0-5][05](?!\d)|[今明]朝|(?<![第一-龥\d])[一二三四五六七八九十两\d]{1,3}[典店奌](?=[,， ]|半|钟|$)"
    rf"|^(?:0\d|1\d|2[0-3])[0-5][05](?!\d){_MEASURED}|(?:0\d|1[0-8]|2[1-3])[0-5][05]$"
    r"|(?<![\d.])\d{1,2} ?(?:到|至|-|~) ?\d{1,2}(?![\d个人斤元块万楼层号年岁级班章页集折米公度%])|\d[点时](?!\d?建议)|点[半钟]|半点"
    r"|(?:周|星期|礼拜)[一二三四五六日天](?![到围])|[今明后]天|[今明]晚|[听琴寻]日|后晌|晏昼|[上下]昼|今晚黑|朝早|明朝|搭[正\d一二三四五六七八九十]|不对|不是|改[成到为]|或|还[是拜]|要么|[?]|(?<![a-z])or(?![a-z])|工作日|上班日|期间|[点分秒]钟?[之以]?前"
    r"|(?<=[^\s])[那当][天晚](?!然)|^半(?:年(?=[终结会货检审])|天(?=[猫台津河])|月(?=[饼嫂])|场(?=[地景所])|路(?=[演由灯])|个(?=[人税体])|成(?=[绩本立都]))"
    r"|[上下本这]个?季度?|[春夏秋冬](?:天|季)(?![的被衣装裙鞋款])|[寒暑]假|[上下]半年|年[前中后](?=[^轻级])|这[一两三四五六七八九几][天周]|这(?:阵子|段时间)|[吃喝做打量测用抹涂滴服][两三四五六2-9]次"
    r"|[十百]来(?:分|秒|个?小时|天)|过[几两]天|[几两][天个](?:小时|周|月|星期)?[之以]?[内后]|改天|近期|最近|随时|有空|尽快|抽空|差不多|[前后]几天|[一两三]点多|节前|节后|前后|早点|晚点|迟点|晚些|早些"
)


def unread(title: str, today: date) -> str:
    """The first words of time in a normalised title; '' if it has none."""
    text = masked(title)
    try:
        tokens = [token for token in scan(text, today) if _tells_time(text, token)]
    except LanguageError:
        return title
    if tokens:
        return _together(text, tokens)
    found = _TIMELY.search(text)
    return found.group() if found else ""


def _together(text: str, tokens: Sequence[TimeWord]) -> str:
    """The first token, and those that touch it."""
    end = tokens[0].end
    for token in tokens:
        end = token.end if token.start == end else end
    return text[tokens[0].start : end].strip()


def _tells_time(text: str, token: TimeWord) -> bool:
    if token.weak or isinstance(token.value, Span | Wrong | Zone):
        return False
    if isinstance(token.value, For):
        return not token.value.loose or (token.start == 0 and token.end == len(text))
    return not (isinstance(token.value, MonthDays) and _is_a_name(text, token))


def _is_a_name(text: str, token: TimeWord) -> bool:
    """Whether a number is that of a thing: 送1号货."""
    after = text[token.end : token.end + 1]
    return token.start > 0 and bool(after) and after not in " ,.的之前后到至-~"
