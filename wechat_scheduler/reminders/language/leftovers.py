"""Finds words of time that were not understood: those that are left for the title.

A reminder at a wrong time, with the right one in its title, is worse than a question.
"""

from collections.abc import Sequence
from datetime import date

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import MonthDays
from wechat_scheduler.reminders.language.durations import For
from wechat_scheduler.reminders.language.every import Span
from wechat_scheduler.reminders.language.normalise import masked
from wechat_scheduler.reminders.language.refused_sentences import LanguageError
from wechat_scheduler.reminders.language.scan import TimeWord, Wrong, Zone, scan

_MEASURED = r"(?![\d.元块万千亿斤公米%折版倍寸g升克吨kK°度分号楼室人个页集平])"
_TIMELY = pattern(
    r"^[不别没非](?=$|[,，])|^(?:[下上中午早晚明今后天日周号月年时刻半点分秒傍晨每一二三四五六七八九十]|\d{1,2})(?=,|$)|^上个?(?:周|星期|礼拜|月)$|连续.{0,6}?[\d一两二三四五六七八九十]+(?:天|周|个?星期|个?月)|^(?:一三五|二四六)|(?:一三五|二四六)$|每(?!日优鲜|日新闻)|[双单](?:周|号|日(?!葵))|为止|(?<![目生空提从])[之以]前|"
    rf"(?<![\d.¥$])(?:[01]?\d|2[0-3])[.:][0-5]\d(?!\d){_MEASURED}"
    r"|[伍陆ⅰ-ⅿⅠ-Ⅿ]点|^[二三四五六七八九十](?=$|个字|[跑开吃去打上做写练])|^这个?(?=$|时)|^[\d一二两三四五六七八九十半]+(?:个?半?)(?:分钟|小时|钟头|天)$"
    r"|^[之以过]?后(?![续台勤方面院卫妈爸])|(?<!\d)\d{1,2}:\d"
    r"|^0\d[0-5][05](?!\d)|[今明]朝|(?<![第一-龥\d])[一二三四五六七八九十两\d]{1,3}[典店奌](?=[,， ]|半|钟|$)"
    rf"|^(?:0\d|1\d|2[0-3])[0-5][05](?!\d){_MEASURED}|(?:0\d|1[0-8]|2[1-3])[0-5][05]$"
    r"|(?<![\d.])\d{1,2} ?(?:到|至|-|~) ?\d{1,2}(?![\d个人斤元块万楼层号年岁级班章页集折米公度%])|\d[点时](?!\d?建议)|点钟|点半(?![只份打斤套桌])|半点"
    r"|(?:周|星期|礼拜)[一二三四五六日天](?![到围])|[今明后]天|[今明]晚|[听琴寻]日|后晌|晏昼|[上下]昼|今晚黑|朝早|明朝|搭[正\d一二三四五六七八九十]|不对|不是|改[成到为]|(?<![a-z])(?:noon|midnight)(?=$|[一-龥])|或|还[是拜]|要么|[?]|(?<![a-z])or(?![a-z])|工作日|上班日|^[一两三四五六七八九十\d]{1,3}(?:天|周|个?星期|个月)(?=[ ,])|(?<![一-龥])[上中下]旬|调休的|^(?:休息日|节假日)|期间|[点分秒]钟?[之以]?前"
    r"|(?<=[^\s])[那当][天晚](?!然)|^半(?:年(?=[终结会货检审])|天(?=[猫台津河])|月(?=[饼嫂])|场(?=[地景所])|路(?=[演由灯])|个(?=[人税体])|成(?=[绩本立都]))"
    r"|[上下本这]个?季度?|[春夏秋冬](?:天|季)(?![的被衣装裙鞋款])|[寒暑]假|[上下]半年|年[前中后](?=[^轻级])|这[一两三四五六七八九几][天周]|这(?:阵子|段时间)|[吃喝做打量测用抹涂滴服][两三四五六2-9]次"
    r"|[十百]来(?:分|秒|个?小时|天)|过[几两]天|[几两][天个](?:小时|周|月|星期)?[之以]?[内后]|改天(?!气)|近期|最近|随时|有空(?!调)|尽快|抽空|差不多|[前后]几天|[一两三]点多|节前|节后|前后|早点|晚点|迟点|晚些|早些"
)

_EVENT = r"(?:完|饭|下班|起床|到家|放学|结束|睡醒|散会|下课|回来)"
_SOON = r"(?:半|[\d一二两三四五六七八九十]{1,3})个?半?(?:小时|分钟|钟头|刻钟)"
# 饭后半小时, 3点多, 随时: no time, though one is near.
VAGUE = pattern(
    rf"[\d一二三四五六七八九十两]+[点时]钟?[多几](?![少人])|[点时]半?(?:的样子|上下|光景)|晚些|[早晚迟]点(?=提醒|叫|通知|喊|$)|第[一二三四五六七八九\d]节课?[之以]?前|[饭餐睡课][之以]?前{_SOON}|(?<![天日])早晚(?=[\d一二三四五六七八九十]+[点:])|(?<![^ ,])(?:[二三]十|十[一二三四五六七八九])[早晚]|(?<![周期拜初十第五六七八廿])一(?:整个?)?[上下]午(?![茶\d一二两三四五六七八九十])|每个半(?:小时|钟头)|大小周|(?<![周期拜])一到(?=(?:周|星期|礼拜)[一二三四五六日天末])|(?<![每隔过再有个\d一二两三四五六七八九十])[\d一二两三四五六七八九十半]{{1,3}}个?半?(?:小时|分钟|钟头)就?(?:提醒|叫|喊)(?:我|一下)*一次|随时|改天(?!气)|有空的?时候?|[过隔]几天|过两天|这几天|近期|如果|要是|假如|倘若|的话(?=$|[,。])"
    r"|半天[之以]?后|[早朝]\d{1,2}点?晚\d{1,2}(?!点)|[早朝][五六七八九十]点?晚[一二三四五六七八九十](?!点)|[做上][一二三四五六]休[一二三]"
    rf"|{_EVENT}了?{_SOON}[之以]?后|{_EVENT}[之以]?后{_SOON}"
)

# 睡前, 下班后: a time of day that only the writer knows, unless a clock time is named.
EVENTS = pattern(
    r"(?:下班|放学|下课|起床|洗澡|到家|回家|散会|出门|上班|上课|睡觉?|出发|登机|起飞|比赛|考试|面试|手术|日[出落]|天[亮黑]|开[会播场考盘饭车奖]|[早午晚中]?[饭餐]|[节假])[之以]?[前后](?![故甜水酒奶台面排方])"
)

SHIFTED = pattern(r"[一-龥]{2}(?:前|之前|以前)[一两三二四五六七\d](?:天|晚|夜|周|个?星期)")


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
