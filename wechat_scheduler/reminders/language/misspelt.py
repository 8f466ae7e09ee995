"""Finds words of time that are written with characters of the same sound: 把点 for 8点, 下五3点, 十分种后, 25浩.

Such a word would become a part of the title, and the reminder ring at another time. Only what touches a time, or
cannot be anything else, is taken for one.
"""

from collections.abc import Iterator, Sequence
from typing import get_args

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.acts import is_an_act
from wechat_scheduler.reminders.language.anchors import Anchor
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.every import Every
from wechat_scheduler.reminders.language.refused_sentences import unread
from wechat_scheduler.reminders.language.scan import TimeWord

_DIGITS = "一二两三四五六七八九十"
_N = rf"(?:\d{{1,2}}|[{_DIGITS}]{{1,3}})"
_LONG_N = rf"(?:半|\d{{1,4}}(?:\.\d)?|[{_DIGITS}百]{{1,4}})个?半?"
_CALL = r"(?:请|要|再|记得)?(?:提醒|叫|喊|通知)"
_ENDS = rf"(?=$|[ ,。]|{_CALL})"
_CLOCK = rf"(?=的?{_N}[点时:店]|的?\d{{1,2}}:\d\d)"
# What follows an hour. 晚上就点饺子, 明早把点滴打完, 时点余额 and 3店盘点 are things to do.
_HOUR_ENDS = (
    rf"(?=$|[ ,。钟]|[半整](?![只份个打斤套桌])|{_CALL}|[开散例]会|吃(?:药|饭|[早午晚]饭)|喝[水药]|起[床飞]|睡觉|[上下]课|[上下]班|出[门发]|面试|集合|见面|回家|跑步|打[卡针]"
    r"|接(?:孩子|娃|人)|去(?:接|医院|银行|机场|学校|公司))"
)
# 8点, as its number sounds. 留点时间 and 散点步 are no times.
_HOUR = (
    rf"(?:[是事时实石市世把爸吧巴罢刘柳就久旧酒其期齐奇妻骑棋武物伍舞吴丝伞亿]{{1,2}}点{_HOUR_ENDS}"
    rf"|[留流溜散山救求起器耳儿而死私衣拾食气]点(?=[半钟整]|{_CALL}))"
)
_UNIT = (
    r"(?:[芬份纷粉]钟|[分芬份纷][种中终忠重肿众]|[秒妙苗][种中终]|[妙苗]钟|小[是事市世式试石食十实侍士]|消[失时]|[肖晓效]时"
    r"|[钟种][投透]|[种中终]头|刻[种中终]|[分份]针)"
)
_DAY_PART = r"(?:[下上中][五舞武无物务误伍屋牛干]|[吓夏虾商尚忠钟衷终][午五]|[早晚][尚伤商赏]|[万碗玩挽]上|[零另灵令][晨辰]|凌[辰成陈沉臣]|[旁榜]晚|傍[完万碗])"
_DAY = r"(?:名天|鸣天|[明今后][添田填夭]|明[夫人]|大?[侯候厚]天|[金斤巾]天)"

# Anywhere: 十分种后, 每小是, 两小时候, 下五3点, 名天下午, 下州三, 12越5号, 3店半.
_ANYWHERE = pattern(
    rf"(?:{_LONG_N}{_UNIT}(?=[之以过]?[后候厚侯]|{_CALL})|(?<=[过每隔前迟后]){_LONG_N}{_UNIT}|(?<=每)小是|十十(?=[分点小秒天个号])|{_LONG_N}(?:分钟钟|分分钟?|小时时|小小时|秒秒钟?|秒钟钟|天天|周周)(?=[之以过]?后)|(?:星期期|星星期|礼拜拜|礼礼拜)[{_DIGITS[:7]}日天]|^{_LONG_N}{_UNIT}$)"
    rf"|{_LONG_N}(?:分钟|小时|秒钟?|天|周|个月|星期)(?:[候厚猴](?!(?<=小时候)[的我他她你住读看玩]|[车机诊补选群道重爱场鸟])|侯{_ENDS})"
    rf"|{_DAY_PART}{_CLOCK}|{_DAY_PART}{_CALL}[我咱]|{_DAY}(?=的?(?:[下上中][午五]|[早晚](?:上|\d|[{_DIGITS}])|凌晨|傍晚|{_CALL}我)|的?{_N}点)"
    rf"|[每这本下上]个?[州洲粥舟轴][{_DIGITS[:7]}日天末]|(?:[兴新行幸][期其]|星[其奇器])[{_DIGITS[:7]}日天]|(?!礼拜)[理里李礼离][拜百白][{_DIGITS[:7]}日天](?=[上下中早晚\d]|{_CALL})"
    rf"|(?<![\d{_DIGITS}]){_N}[越约阅悦]{_N}[号日浩]|[下本上每]个?(?:[越阅悦](?=\d|底|初|[{_DIGITS}]{{1,3}}号)|约(?={_N}[号日]))"
    rf"|{_N}[典奌碘](?=[半钟整]|{_CALL})|{_HOUR}(?=[半钟整]|{_CALL}我)|{_N}[浩耗毫豪嚎](?=[早晚下上中]|{_CALL})"
)
# 去5店 and 3店盘点 name a shop, as each 店 does beside another clock time.
_SHOP = pattern(rf"(?<![^ ,。我天午上晨晚早间]){_N}店(?=[半钟整]|{_CALL})")
# At the beginning, and behind a day or a part of one: 早上8店, 明早把点, 12月5浩, 明天下五点.
_BEHIND = (
    rf"{_N}店{_HOUR_ENDS}|(?<=\d)店(?![里内铺长员面庆家招休])|{_N}[典奌碘垫殿淀](?![铺长员里家招面礼藏型故])|{_N}电(?![影话脑费视器动池梯子力工台])|{_HOUR}|(?:{_N}|(?<=\d))(?:[浩耗嚎皓]|[毫豪](?![米升克安华]))|{_DAY_PART}{_ENDS}|[下上中]{_N}点(?!半?[的有])"
    rf"|(?:{_N}|(?<=\d))好{_ENDS}|点{_ENDS}"
)
_AFTER_DAY = pattern(_BEHIND)
# Behind a clock time: 3点办, 8点20份, 3点一克, 3点半点.
_AFTER_CLOCK = pattern(
    rf"(?:[办伴般版班斑拌搬板]|{_N}[份芬纷粉奋]|[份芬纷粉]|过?[一三13]?[课克客科颗]|[点分号刻时店月])(?:钟|{_ENDS})"
)
# 点开会 is no act, and 点外卖 is one.
_UNIT_AND_ACT = pattern(
    rf"(?!点(?:开(?!会)|[餐菜名赞单歌亮火燃香心击评滴钞卡播题灯烟蜡货数检验收早午晚夜下烧烤炸映])|分(?:[享析配类班手组工期红派发拣离摊]|开(?!会))|刻[录章字盘]|号[召脉码角])"
    rf"(?P<unit>[点分刻号芬纷般斑]|[是石市世巴罢刘柳久旧其期齐奇妻骑棋武物伍舞吴丝伞亿]点|店(?![里内铺长员面庆家招休])|伴(?![舞娘郎奏])|(?:{_N})?份(?=[开吃起出去上下接送交打叫])|{_N}[芬纷粉]|[一三13][克客颗])(?P<act>.+)"
)
_TIMES = (ClockTime, Every, *get_args(Anchor))
# A sign of a time on its own, before a time or between two: 下3点, 明天午3点, 明明天.
_STRAY = frozenset("下上中午明今后天日周号月年傍晨")
_EARLY = "早晚迟有差快慢"


def well_spelt(text: str, tokens: Sequence[TimeWord]) -> Sequence[TimeWord]:
    """The tokens. Raises LanguageError for a word in a normalised text, beside its `tokens`, that is a word of time as
    it sounds."""
    for word in _misspelt(text, tokens):
        raise unread(word)
    return tokens


def _misspelt(text: str, tokens: Sequence[TimeWord]) -> Iterator[str]:
    if found := _ANYWHERE.search(text):
        yield found.group()
    strong = [each for each in tokens if not each.weak and isinstance(each.value, _TIMES)]
    has_clock = any(_has_hour(each) for each in strong)
    if not has_clock and (found := _SHOP.search(text)):
        yield found.group()
    yield from _stray(text, strong)
    for each in strong:
        pattern = _AFTER_CLOCK if _has_hour(each) else _AFTER_DAY
        found = pattern.match(text, each.end)
        if found and has_clock and found.group()[1:].endswith("店") and not _has_hour(each):
            continue
        if found and not (text[found.start()] == "点" and text[each.end - 1] in _EARLY):
            yield found.group()
        found = _UNIT_AND_ACT.match(text, each.end)
        if found and is_an_act(found["act"]) and text[each.end - 1] not in _EARLY:
            yield found["unit"]


def _has_hour(each: TimeWord) -> bool:
    return isinstance(each.value, ClockTime) and each.value.hour is not None


def _stray(text: str, tokens: Sequence[TimeWord]) -> Iterator[str]:
    edges = {0, *(each.end for each in tokens)} - {each.start for each in tokens}
    for each in tokens:
        before = each.start - 1
        if before in edges and text[before] in _STRAY:
            yield text[before : each.end]
