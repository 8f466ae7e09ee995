"""Sentences that name a time and ask for no reminder: questions, greetings, refusals, statements about the
past, and commands about the reminders that exist.

A word such as 提醒我 makes a reminder of each of them, unless the question stands before it.
"""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.acts import is_an_act, is_no_act, names_an_act
from wechat_scheduler.reminders.language.calls import WHEN, forbids, names_one, speaks_of_one
from wechat_scheduler.reminders.language.normalise import masked, normalise
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import UnsureError, chat, command
from wechat_scheduler.reminders.language.statements import is_statement, tells
from wechat_scheduler.reminders.language.telling import (
    ROLE,
    is_clearly_told,
    is_passed_on,
    is_told,
    own_act,
)

ASKS = pattern(
    r"提醒|闹钟|闹铃|叫醒|(?<![人司师生服妈爸板他她行院校子方长员理东业介])(?<!(?<![\d一二两三四五六七八九十])店)(?:叫|喊|通知|告诉|催)(?:一下|一声)?[我咱俺]|(?:别|不要)(?:让我)?忘|(?<!(?<!帮)我)记得|记住|记着|定时|倒计时(?!仅?剩?[一二三四五六七八九十\d]+天)|待办|备忘|加入日程"
)
"""The words that ask for a reminder."""

_VERBS = "取消|删掉|删除|删了|去掉|关掉|关闭|关了|停掉|停了|停止|撤销|撤回|撤掉|作废|暂停"
_KEPT = "提醒|闹钟|闹铃|日程|定时"
_COMMAND = pattern(
    rf"^[ ,.]?(?:请|帮我|麻烦你?|给我|你|把|将|都|先){{0,3}}(?:{_VERBS})"
    rf"|(?:{_KEPT})(?!我|一下|老|他|她).{{0,6}}(?:{_VERBS}|不要了|不用了|[改换][到成为在]|挪到|调[到成]|延?后?推迟|提前)"
    rf"|(?:{_VERBS}).{{0,20}}(?:的|个)(?:{_KEPT})"
    r"|(?:不用|不要|(?<!特)别|不必|不需要|甭|唔使)(?:再|你)?(?:提醒|叫醒?我|喊我|通知我|响)"
    rf"|^(?:把|将).{{1,40}}(?:改[到成为在]|挪到|调[到成]|推迟|延[后到期迟]|提前到|{_VERBS})"
    r"|^.{1,20}(?:改[到成为在]|挪到|移到|调[到成]|换到|[推延]迟到|[推延]后到|延期到)(?!\d+(?:$|元|块|个|人))(?=.{0,3}[\d一二三四五六七八九十两周今明后下上早晚中月])"
    r"|^.{1,20}提[前早]到(?:(?:[今明后]天|周.|星期.)?(?:的?[早晚]上|[上下中]午|凌晨|傍晚)|[\d一二三四五六七八九十两]{1,3}[点:号月]|周[一二三四五六日]|[今明后]天)"
    r"|^改(?=周|星期|礼拜|[今明后]天|下周|\d|[一二三四五六七八九十]+[点号月])"
    r"|^(?:再|先|往后|向后)?(?:推迟|延后|延迟|推后|后推|拖后|贪睡)(?:一?会|一下|\d|[一二两三四五六七八九十半])"
    r"|^(?:再)?晚(?:一?会|一下|(?:\d{1,3}|[一二两三四五六七八九十半]{1,3})个?半?(?:分钟|小时|天|刻钟))"
    rf"|^{WHEN}{{1,16}}的[^,。]{{0,6}}?(?:都|全|部|统)*(?:{_VERBS})[掉吧啊哦。! ]*$"
    rf"|(?:有(?:没有)?(?:哪些|什么|几[个条]|啥)?|查[看询一]|看[看一]下?|列出|显示|哪些|什么|几[个条]).{{0,8}}(?:{_KEPT}|待办|安排)(?:$|[?。!吗呢了])"
    rf"|(?:{_KEPT}|安排)(?:有哪些|有什么|有几|列表|还在吗|还有吗|是几点|是什么|几点)"
)
_WHAT = pattern(
    r"(?<=[周期拜])几|几(?=[点号时个天月周分次楼折])|多少|多久|多长|多大|多远|多晚|多早|哪(?![吒怕])|(?<!那个)什么|(?<!那)啥|咩(?=$|[?])|(?<!不管)(?<!无论)(?:怎么|怎样)|咋|为何|谁|(?<!问)(?<!不管)(?<!无论)如何|"
    r"是不是|是否|有没有|会不会|对不对|[对是]吧(?=$|[?。! ])|有木有|到底|点解|点样|乜|边个|边度|几时|系唔系|有冇"
)
# Verbs that make a question what is to be done: 周五问一下什么时候交房.
_INQUIRES = pattern(
    r".(?:问|看看|看一下|看(?=有没有|是不是)|查|确认|联系|了解|打听|研究|商量|讨论|决定|核对|想想|算)[^,。?]{0,8}$"
)
_WISHES = pattern(r"(?:给|跟|对|向|替).{1,12}(?:说|祝|发|送)|祝[她他它]")
_POLITE = pattern(
    r"吗|嘛(?=$|[?。!])|么(?=$|[?])|[?]|能不能|可不可以|可以不|好不好|行不行|要不要|呢(?=$|[?。])|没(?:有)?(?=$|[?])|吧[?]"
)
_NICE = pattern(
    r"^加油(?!站)|[试考赛球]加油|(?:快乐|愉快|吉祥|安康|大吉|如意|幸福|平安|发财|万事胜意|开心)(?:[呀啊哦哈吖~!。. ]|$)"
    r"|^(?:早安|午安|晚安|祝|恭喜|恭祝|谢谢|多谢|感谢|辛苦|好的|好滴|好嘞|嗯|哦|收到|明白|知道|ok|哈哈|呵呵|嘻嘻|嘿嘿)"
    r"|[早上中下晚][上午]好(?:$|[呀啊哦~!,。 ]|各位|大家|老师)|^.{1,10}(?<![意看主偏])见(?:$|[吧啦咯了哦哈呀~!。])"
)
_NOT = pattern(
    r"不(?![要能可]?忘|[用要需会能][^,。]{1,4}的|停(?!车)|间断|分[昼日]|动产|锈|同|仅|干胶|如|见不散|少于?|锈钢|定期|二家|粘锅)|(?<![淹吞埋湮])没(?!收|药|[^,。]{1,5}的)|(?<![分个类性区特辨级告送])别(?!忘|(?<=[血检镜前腹]别)[吃喝]|墅|人|的|针|名|克|致)|无法|未(?!来|婚|央)|唔|冇|甭|莫(?!斯|名)|算了|拒绝"
)
_PAST = pattern(
    r"已经?(?=[经在到有收买付交发给过])|(?:昨|前[天晚]|上(?:个?月|个?周|个?星期|次|回)|去年|刚).*[了过]|(?<![要该得快经对])了(?=$|[,。!~… ]|吧|啊|呀|哦|呢|哈|[今明昨后]天)|"
    r"过了|过啦|小时候(?!的)|小的时候(?!的)|那一?年(?!的)|当年(?!的)|又[^,。]{1,6}了|(?<=[买收吃用看去来做到付寄发交])过(?=$|[,。!])"
)
_DUE = pattern(r"(?:要|该|得|快|把|别忘)[^,。]{1,12}了")
_SAYS = pattern(
    r"^(?:帮我|给我|麻烦[您你]?|我|请)*(?:想|要)?(?:预约|预定|预订|[约订定](?:一?下|一?个|[两二三四五六七八九十\d]+位)?(?=周|星期|礼拜|明|后|今|下|\d))|^(?:what|when|where|which|who|why|how|do|does|is|are)\b|满\d+元?[减送包]|^(?:帮我|给我)?(?:订|要|来|留|拿|买)[一两二三四五六七八九十\d]+[个张份件位只杯盒箱斤]"
    r"|(?:发|寄|送|拿|给|留|告诉)(?:给|到)?我(?:$|一下|看看)|营业|打烊|尾号|(?:[呀咯耶噢]|(?<!花)呗)$|(?<=[饭会去来])啊$|真[冷热多少忙累烦贵快慢香难大]"
    r"|(?:[今明后]天|周[一二三四五六日]|[号日])是(?!否)|你们|贵[店司]|^(?:老板|亲|客服|店家|掌柜|师傅|美女|帅哥|小姐姐|在吗|请问|咨询|想问|问一下|问下|我想[问买订约要知]|想[买订约]|有货)|^你(?!好)"
    r"|^(?:请|麻烦|您|你|亲|先|再|那|好的?|[,， ])*(?:稍[等候]|等(?:[等下会]|一下|一会)?我)|欢迎(?:选购|光临|惠顾|咨询|下单|来电|订购|关注|大家)|全场|满\d+[减送]|哈哈|呵呵|嘻嘻|^[唉哎](?!,明|,后|,今|对了)|真(?:的|是|好|不|棒|美)|好(?:累|热|冷|忙|困|烦|多|久|贵|想|无聊|开心|难)|(?<!不)[太挺](?!太|阳|原|极|空|湖|平|子|婆|后|拔|古|奶|爷|姥|公)|很(?!久|多)|非常|有点|(?<![播看查])天气(?!预报)|感觉|觉得|听说|好像|可能|估计|应该是|据说|希望"
)

# 记得明天寄发票给我哦, 麻烦提醒一下司机明天七点到: to a shop.
_TO_OTHERS = pattern(
    rf"^(?!.*(?:提醒|叫|喊|通知)[我咱俺])(?:.*(?:别忘|不要忘|记得|记住|记着).*(?:给|帮|替)(?:[我咱俺]们?)(?=$|[,。哦啊哈吧呀呢!~ 一两\d买寄发送留打回转带拿换退开做联报准安办订约查看改存备弄修取交签填写传说讲催拍盖加])"
    rf"|(?:请你?您?|麻烦[你您]?|劳驾|拜托[你您]?|帮忙)+[^,。]{{0,6}}?(?:提醒|通知|告诉|叫)(?:一下|一声|下)?(?:{ROLE}|[他她])|(?:请你?您?|麻烦[你您]?|能|可以)*告诉[我咱俺](?:一下)?.*(?:几点|什么时候|多少|哪))"
)


def is_to_others(text: str) -> bool:
    """Whether a normalised sentence asks another person or a shop for something: 记得给我发货."""
    return _TO_OTHERS.search(text) is not None


def refuse_statements(title: str, text: str, *, within: bool) -> None:
    """Raises LanguageError for a sentence whose title is nothing to do: 明天下雨, 我下午过来拿."""
    if not ASKS.search(text) and is_statement(title, text, within=within):
        raise chat()


def refuse_told(title: str, lead: str, rest: str, text: str) -> None:
    """Raises LanguageError for a sentence that tells others something. The first three are as in `is_told`."""
    if not ASKS.search(text) and (is_told(masked(title), lead, rest) or is_passed_on(text)):
        raise chat()


def refuse_telling(text: str, *, title: str = "") -> None:
    """Raises LanguageError for a sentence that is told to others, and asks no one about its times. `title` is what is
    left without any word of time; both are normalised."""
    chats = not names_an_act(title) or (title and _is_chat(text))
    if not ASKS.search(text) and (is_clearly_told(text) or chats):
        raise chat()


def is_own_plan(title: str, text: str) -> bool:
    """Whether the writer of a normalised sentence tells a plan of theirs, and does not ask for a reminder: 我后天去体检."""
    own = own_act(title)
    return bool(own) and is_an_act(own) and not ASKS.search(text)


def refuse_unsure(reading: Parsed, text: str, *, rest: str, own: bool) -> None:
    """Raises LanguageError for a normalised sentence that asks for no reminder, and whose title may be no act of its
    writer, or is their `own` plan. `rest` is the part of the title behind its time."""
    title = normalise(reading.title)
    if ASKS.search(text) or (is_an_act(title, rest=rest) and not own):
        return
    if not own and is_no_act(title, text, rest=rest):
        raise chat()
    raise UnsureError(reading)


def refuse_asides(text: str) -> None:
    """Raises LanguageError for a normalised sentence that asks for no reminder."""
    asks = ASKS.search(text)
    if asks:
        _refuse_calls(text)
    before = text if asks is None else text[: asks.start()]
    done = _COMMAND.search(text)
    if done and not (asks and _begins(text, asks.start()) and asks.start() < done.start()):
        raise command()
    if is_to_others(text):
        raise chat()
    what = _WHAT.search(before)
    if (what and not _is_done(text, what.start())) or (asks is None and _is_chat(text)):
        raise chat()


def _refuse_calls(text: str) -> None:
    if forbids(text) or names_one(text):
        raise command(forbids=not names_one(text))
    if speaks_of_one(text):
        raise chat()


def _begins(text: str, start: int) -> bool:
    """Whether the word asks for something, and does not name a reminder that exists: 的提醒, 的闹钟."""
    return not text[:start].endswith(("的", "个"))


def _is_done(text: str, start: int) -> bool:
    """Whether the question at `start` is to be asked by the writer of the sentence."""
    begun = _SAYS.match(text) or _POLITE.search(text)
    return not begun and _INQUIRES.search(text[:start]) is not None


def _is_chat(text: str) -> bool:
    nice = _NICE.search(text) and not _WISHES.search(text)
    said = _POLITE.search(text) or nice or _NOT.search(text) or _SAYS.search(text)
    return bool(said) or tells(text) or bool(_PAST.search(text) and not _DUE.search(text))
