"""The patterns of commands to the bot, in normalised text: `commands.py` tries them in order."""

import re
from typing import Final

from wechat_scheduler.reminders.language.calls import NEVER, WHEN

KEPT: Final = r"(?:提醒|闹钟|闹铃|日程|待办|定时)"
_VERB = rf"(?:取消|删除|删掉|删了|去掉|关掉|关闭|关了|停掉|停了|撤掉|作废|删|撤销|撤回|清空|清除|清掉|停止|关(?={KEPT}))"
AWAY = rf"(?:{_VERB}|不要|不用|不需要)"
LEAD: Final = r"(?:(?:不对|不是|还是|唉|哎呀?|呃|诶|请|麻烦你?|帮我|帮忙|给我|替我|你|我想|我要|我|能不能|可不可以|可以|能|都|先|那就?|就|哦|好的?|嗯)[ ,]*)*"
_END = r"(?:一下|掉|吧|了|啦|哦|哈|啊|呀|呗|谢谢你?|多谢|可以吗|好吗|行吗|好不好|[ ,!~])*"
CALL = r"(?:提醒|叫醒?|喊醒?|通知|吵(?=我|醒)醒?)"
NOT = r"(?:不用|不要|别|不必|不需要|甭|无需|唔使)"
_TO = (
    r"(?:改回到?|改到|改成|改为|改在|改至|挪到|挪至|移到|调到|调成|调整到|调整为|换到|换成|推迟到|延期到|延迟到|延到|延后到|推到|"
    r"推后到|提前到|提早到|变成|改)"
)
_DELAY = r"(?:[往向]后[推挪移延]迟?|推迟|延后|延迟|延期|延长|推后|后推|拖后|顺延|贪睡)"
_SPAN = (
    r"(?:(?:大?[约概])?(?:[\d.]{1,5}|[零一二两三四五六七八九十百]{1,5}|半)个?半?(?:分钟?|小时|钟头|钟|刻钟?|秒钟?|天|日|周|星期|礼拜|个?月)半?){1,3}"
    r"|一?会儿?|片刻"
)
_LATER = rf"(?:再|先)?(?:{_DELAY}|晚(?!上(?:$|再|{CALL})))(?:个|上|了)?"

_JUST = r"(?:我?(?:刚才|刚刚|刚(?=[设定建加说])|上一个|上一条|最后一个|最后一条)(?:[设定建加说]的?)?的?(?:那个|那条|一个|个|这个)?)"

CANCELS = (
    re.compile(rf"{LEAD}(?:把|将)(?P<what>.+?)(?:都|全部?)?{AWAY}{_END}"),
    re.compile(rf"{LEAD}{_VERB}(?:一下|掉|了)?(?:提醒我)?[ ,]*(?P<what>.+?){_END}"),
    re.compile(rf"{LEAD}(?P<what>.+?)[ ,]+(?:请|帮我)*{_VERB}(?:掉|了)?(?:这个|那个)?{KEPT}{_END}"),
    re.compile(rf"(?P<what>{_JUST}|它|[这那][个条])[ ,]*{AWAY}{_END}"),
    re.compile(rf"(?P<what>.*?{KEPT}.{{0,4}}?)[ ,]*(?:都|全部?|请|帮我|给我)*{AWAY}{_END}"),
    re.compile(rf"{LEAD}(?P<what>{WHEN}{{1,16}}(?:的.{{0,6}}?|那个))[ ,]*{AWAY}{_END}"),
    re.compile(
        rf"{LEAD}(?P<what>.{{2,20}}?)(?:已经?|都|又|也)?(?:取消|不用去|不[去办开看做吃打练学买跑]|作废)(?:了|啦){_END}"
    ),
)
UNCALL = re.compile(
    rf"{LEAD}(?P<when>.*?)[ ,]*(?:就|都|也|先|请|你)*(?:{NOT}|{NEVER})(?:再|给|来|在|你|每次都|老是|总是|一直|老|总)*(?P<at>{WHEN}{{0,24}}?)(?:的?时候)?(?:都|就|再|给|来)*(?P<call>{CALL})(?:一下|我|咱|俺)*(?P<what>.*?)(?:(?:了|啦)?[ ,]*我?(?:都|已经?)[^ ,]{{1,8}})?{_END}"
)
MOVES = (
    re.compile(
        rf"{LEAD}(?:[只就仅]?[把将])?(?P<what>.+?)(?:的?时间)?[ ,]*(?:以后|今后|往后)?(?:都|再)?{_TO}(?P<to>.+?)(?:去|提醒我?)?{_END}"
    ),
    re.compile(rf"{LEAD}(?P<what>)(?:时间)?{_TO}(?P<to>.+?){_END}"),
    re.compile(
        rf"{LEAD}(?:[只就仅]?[把将])?(?P<what>.+?)[ ,]*(?P<later>{_LATER}|[往向]前[挪移提]|提前|提早|早)(?P<to>{_SPAN})(?:提醒我?)?{_END}"
    ),
)
# 写周报这次改到周六, 下次吃药改到9点: the next occurrence alone. 准备下次会议 is a title.
ONCE = re.compile(r"^[就只仅]?[这下]一?次的?(?=.)|[就只仅]?[这下]一?次的?$")
AGAIN = (
    re.compile(
        rf"{LEAD}{_LATER}(?P<span>{_SPAN})?(?:一下)?[之以]?后?再?(?:{CALL}|响|说)?我?{_END}"
    ),
    re.compile(rf"{LEAD}(?:让我)?(?:再|多)睡(?P<span>{_SPAN})?(?:一下)?{_END}"),
    re.compile(
        rf"{LEAD}(?:过|等)?(?P<span>{_SPAN})[之以]?后?,?再(?:{CALL}|响|说)(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(
        rf"{LEAD}(?:(?:稍后|待会儿?|等下|等一下)再|[晚迟]点再?){CALL}(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(rf"{LEAD}(?P<when>.{{1,15}}?),?再{CALL}(?:一下|一次|一遍|我)*{_END}"),
)
# 过一个小时叫我, 等下提醒我: of what just fired, else a new alarm.
MAYBE_AGAIN = (
    re.compile(rf"{LEAD}(?:过|等)(?P<span>{_SPAN})[之以]?后?,?{CALL}(?:一下|一次|一遍|我)*{_END}"),
    re.compile(rf"{LEAD}(?:稍后|待会儿?|等下|等一下){CALL}(?:一下|一次|一遍|我)*{_END}"),
)
_SEE = r"(?:查看|查询|查一?下|查查|查|看一?下|看看|看|列出|列一?下|显示|告诉我|问一?下)"
_WHICH = r"(?:哪些|哪几个|什么|啥|几个|几条|多少个?|哪个)"
_NOUN = rf"(?:{KEPT}|安排|事项)"
LISTS = (
    re.compile(
        rf"{LEAD}{_SEE}?我?(?P<what>.*?)我?的?(?:都|还)*(?:[设定建加]了|有)?(?:没有)?{_WHICH}{_NOUN}(?:要做)?[吗呢呀啊]?{_END}"
    ),
    re.compile(
        rf"{LEAD}{_SEE}?我?(?P<what>.*?)我?的?{_NOUN}(?:都|还)*(?:有{_WHICH}|是{_WHICH}|列表|清单|呢)[吗呢呀啊]?{_END}"
    ),
    re.compile(
        rf"{LEAD}(?P<what>.+?)的?{KEPT}(?:是|在|定在|设在)*(?:几点|什么时候|哪天|何时)[的呢呀啊]?{_END}"
    ),
    re.compile(rf"{LEAD}{_SEE}我?(?P<what>.*?)我?的?{KEPT}(?:列表|清单)?[吗呢]?{_END}"),
    re.compile(rf"{LEAD}(?P<what>.*?)(?:还?有没?有?{KEPT}[吗呢么没]?(?:没有)?|的{KEPT})"),
)
# 今天还有啥事, 看看我设了什么: without the word 提醒.
DUTIES = (
    re.compile(
        rf"{LEAD}{_SEE}?我?(?P<what>.+?)我?(?:都|还)*有(?:没有)?(?:哪些|什么|啥)(?:事情?|事儿|要做的?|要办的?|要忙的?)(?:要做|要办|没)?[吗呢呀啊]?{_END}"
    ),
    re.compile(
        rf"{LEAD}{_SEE}?(?P<what>)我?(?:都|一共|现在)*[设定记加建]了(?:哪些|什么|啥|几个|多少个?)[吗呢呀啊]?{_END}"
    ),
)
UNDO = re.compile(
    rf"{LEAD}(?:撤销|撤回|撤消|恢复|反悔|undo|取消(?=.*操作))"
    rf"(?:掉|一下|刚才|刚刚|上一步|上一个|操作|的|那个|这个|取消|删除|删掉|删|修改|改动|提醒|[ ,])*{_END}",
)
NUMERAL = "一二三四五六七八九十"
PICK = re.compile(
    rf"(?:选|要|取消|删掉?|改|第|是|个|号|条|项|和|跟|还有|[\d{NUMERAL}]|[ ,、.])+?{_END}"
)
EVERY = re.compile(
    rf"这?(?:(?P<count>[两二三四五六七八\d])个|些)?(?:都|全|全部|所有)(?:都|部)*的?(?:取消|删除|删掉|删|不要|改|要|是|推迟|延后|提前|挪|可以|行|好|对)?{_END}"
)
NONE = re.compile(
    r"(?:算了|不用了|不取消了?|不删了?|不改了?|都不(?:是|要|用|取消|改|删|动|推迟)了?|没事了?|取消)吧?"
)
CANCELLED = re.compile("取消|删")
# 改天请客 names no new time.
SOME_DAY = re.compile("改[天日]")
MOVED = re.compile("改|推迟|延后|提前|挪")
YES = re.compile("(?:是|对|嗯|好|确定|确认|没错|可以|行)+(?:的|吧|啊|呀|哦)?(?:取消吧?|改吧?)?")
EARLIER = re.compile("提前|提早|早|[往向]前")
DELAYED = re.compile("推迟|延|推后|推到|后推|拖后|晚|贪睡|往后|向后")
ASKS_ABOUT = re.compile("怎么|如何|为什么|什么|吗|谁|哪")
SAME_TIME = re.compile("的?(?:(?:同一|同样|一样|原来)的?(?:个?时间|时候)|时间不变)$")
STOPS: Final = " 。.!?,;~、"
NEW = re.compile(
    rf"(?<![不别用要必需再]){CALL}(?:一下|一声|醒)?[我咱俺](?!的[那这])|别忘|不要忘|记得|记住|记着|提醒(?=.{{0,12}}{_VERB}.+$)"
)
SETS = re.compile(rf"{LEAD}(?:再|要)?(?:[定设订建加来]|创建|新建|新增|添加|安排)")
_ACT = r"(?:再|帮我|给我|一起)?(?:推|延|改|挪|移|调|换|提[前早]|[往向][前后]|顺延|晚|取消|删|去掉|关|停|撤|作废|清|不[要用])"
_ALL = r"(?:所有|全部|全都|统统|通通|一切|都|全)"
# 所有提醒 and 都改 say that each one is meant, and are taken out.
QUANTIFIERS = (
    (re.compile(rf"(?:所有|全部|一切|全体|每一?个)我?的?(?={KEPT})"), ""),
    (re.compile(rf"^((?:{LEAD})(?:把|将)?)(?:{_ALL}的?)+(?={_ACT})"), r"\1提醒"),
    (re.compile(rf"(?<=.)(?<![成首古丽京])(?:{_ALL})+(?={_ACT})"), ""),
)
ALL = re.compile(rf"(?:我?的?(?:所有|全部|一切|每个|每一个)的?|全)(?:我的)?{KEPT}?")
TAIL = re.compile(
    rf"的?(?:那个|这个|那条|这条|那些|[一两二三四几\d]个|个|所有)?的?(?P<kept>{KEPT}?)$"
)
JUST = re.compile(_JUST)
IT = re.compile(rf"它|[这那](?:个|条)(?:{KEPT})?")
