"""The patterns of commands to the bot, in normalised text: `bot_commands.py` tries them in order."""

import re
from typing import Final

KEPT: Final = r"(?:提醒|闹钟|闹铃|日程|待办|定时)"
_VERB = rf"(?:取消|删除|删掉|删了|去掉|关掉|关闭|关了|停掉|停了|撤掉|作废|删|撤销|撤回|清空|清除|清掉|停止|关(?={KEPT}))"
AWAY = rf"(?:{_VERB}|不要|不用|不需要)"
_LEAD = r"(?:(?:请|麻烦你?|帮我|帮忙|给我|替我|你|我想|我要|我|能不能|可不可以|可以|能|都|先|那就?|就|哦|好的?|嗯)[ ,]*)*"
_END = r"(?:一下|掉|吧|了|啦|哦|哈|啊|呀|呗|谢谢你?|多谢|可以吗|好吗|行吗|好不好|[ ,!~])*"
CALL = r"(?:提醒|叫醒?|喊醒?|通知|吵醒?)"
NOT = r"(?:不用|不要|别|不必|不需要|甭|无需|唔使)"
_TO = (
    r"(?:改到|改成|改为|改在|改至|挪到|挪至|移到|调到|调成|调整到|调整为|换到|换成|推迟到|延期到|延迟到|延到|延后到|推到|"
    r"推后到|提前到|提早到|变成|改)"
)
_DELAY = r"(?:往后推迟?|向后推迟?|推迟|延后|延迟|延期|延长|推后|后推|拖后|顺延|贪睡)"
_SPAN = (
    r"(?:(?:大?[约概])?(?:[\d.]{1,5}|[零一二两三四五六七八九十百]{1,5}|半)个?半?(?:分钟?|小时|钟头|钟|刻钟?|秒钟?|天|日|周|星期|礼拜|个?月)半?){1,3}"
    r"|一?会儿?|片刻"
)
_LATER = rf"(?:再|先)?(?:{_DELAY}|晚)(?:个|上|了)?"

_JUST = r"(?:我?(?:刚才|刚刚|上一个|上一条|最后一个|最后一条)(?:[设定建加说]的?)?的?(?:那个|那条|一个|个|这个)?)"

CANCELS = (
    re.compile(rf"{_LEAD}(?:把|将)(?P<what>.+?)(?:都|全部?)?{AWAY}{_END}"),
    re.compile(rf"{_LEAD}{_VERB}(?:一下|掉|了)?(?:提醒我)?[ ,]*(?P<what>.+?){_END}"),
    re.compile(
        rf"{_LEAD}(?P<what>.+?)[ ,]+(?:请|帮我)*{_VERB}(?:掉|了)?(?:这个|那个)?{KEPT}{_END}"
    ),
    re.compile(rf"(?P<what>{_JUST})[ ,]*{AWAY}{_END}"),
    re.compile(rf"(?P<what>.*?{KEPT}.{{0,4}}?)[ ,]*(?:都|全部?|请|帮我|给我)*{AWAY}{_END}"),
)
UNCALL = re.compile(
    rf"{_LEAD}(?P<when>.*?)[ ,]*(?:就|都|也|先|请|你)*{NOT}(?:再|给|来)*(?P<call>{CALL})(?:一下|我|咱|俺)*(?P<what>.*?){_END}"
)
MOVES = (
    re.compile(
        rf"{_LEAD}(?:把|将)?(?P<what>.+?)(?:的?时间)?[ ,]*(?:都|再)?{_TO}(?P<to>.+?)(?:去|提醒我?)?{_END}"
    ),
    re.compile(rf"{_LEAD}(?P<what>)(?:时间)?{_TO}(?P<to>.+?){_END}"),
    re.compile(
        rf"{_LEAD}(?:把|将)?(?P<what>.+?)[ ,]*(?P<later>{_LATER}|提前|提早|早)(?P<to>{_SPAN})(?:提醒我?)?{_END}"
    ),
)
AGAIN = (
    re.compile(
        rf"{_LEAD}{_LATER}(?P<span>{_SPAN})?(?:一下)?[之以]?后?再?(?:{CALL}|响|说)?我?{_END}"
    ),
    re.compile(rf"{_LEAD}(?:让我)?(?:再|多)睡(?P<span>{_SPAN})?(?:一下)?{_END}"),
    re.compile(
        rf"{_LEAD}(?:过|等)?(?P<span>{_SPAN})[之以]?后?,?再(?:{CALL}|响|说)(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?:过|等)(?P<span>{_SPAN})[之以]?后?,?再?{CALL}(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?:稍后|待会儿?|等下|等一下|晚点|迟点)再?{CALL}(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(rf"{_LEAD}(?P<when>.{{1,15}}?),?再{CALL}(?:一下|一次|一遍|我)*{_END}"),
)
_SEE = r"(?:查看|查询|查一?下|查查|查|看一?下|看看|看|列出|列一?下|显示|告诉我|问一?下)"
_WHICH = r"(?:哪些|哪几个|什么|啥|几个|几条|多少个?|哪个)"
_NOUN = rf"(?:{KEPT}|安排|事项)"
LISTS = (
    re.compile(
        rf"{_LEAD}{_SEE}?我?(?P<what>.*?)我?的?(?:都|还)*(?:[设定建加]了|有)?(?:没有)?{_WHICH}{_NOUN}(?:要做)?[吗呢呀啊]?{_END}"
    ),
    re.compile(
        rf"{_LEAD}{_SEE}?我?(?P<what>.*?)我?的?{_NOUN}(?:都|还)*(?:有{_WHICH}|是{_WHICH}|列表|清单|呢)[吗呢呀啊]?{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?P<what>.+?)的?{KEPT}(?:是|在|定在|设在)*(?:几点|什么时候|哪天|何时)[的呢呀啊]?{_END}"
    ),
    re.compile(rf"{_LEAD}{_SEE}我?(?P<what>.*?)我?的?{KEPT}(?:列表|清单)?[吗呢]?{_END}"),
    re.compile(rf"{_LEAD}(?P<what>.*?)(?:还?有没?有?{KEPT}[吗呢么没]?(?:没有)?|的{KEPT})"),
)
UNDO = re.compile(
    rf"{_LEAD}(?:撤销|撤回|撤消|恢复|反悔|undo|取消(?=.*操作))"
    rf"(?:掉|一下|刚才|刚刚|上一步|上一个|操作|的|那个|这个|取消|删除|删掉|删|修改|改动|提醒|[ ,])*{_END}",
)
NUMERAL = "一二三四五六七八九十"
PICK = re.compile(
    rf"(?:选|要|取消|删掉?|改|第|是|个|号|条|项|和|跟|还有|[\d{NUMERAL}]|[ ,、.])+?{_END}"
)
EVERY = re.compile(
    r"(?:都|全|全部|所有)(?:都|部)*的?(?:取消|删除|删掉|删|不要|改|要|是)(?:了|掉|吧)*"
)
NONE = re.compile(
    r"(?:算了|不用了|不取消了?|不删了?|不改了?|都不(?:是|要|用|取消)了?|没事了?|取消)"
)
EARLIER = re.compile("提前|提早|早")
DELAYED = re.compile("推迟|延|推后|推到|后推|拖后|晚|贪睡|往后|向后")
ASKS_ABOUT = re.compile("怎么|如何|为什么|什么|吗|谁|哪")
SAME_TIME = re.compile("的?(?:(?:同一|同样|一样|原来)的?(?:个?时间|时候)|时间不变)$")
STOPS: Final = " 。.!?,;~、"
NEW = re.compile(
    rf"(?<![不别用要必需再]){CALL}(?:一下|一声|醒)?[我咱俺]|别忘|不要忘|记得|记住|记着|提醒(?=.{{0,12}}{_VERB}.+$)"
)
SETS = re.compile(rf"{_LEAD}(?:再|要)?(?:[定设订建加来]|创建|新建|新增|添加|安排)")
ALL = re.compile(rf"(?:我?的?(?:所有|全部|一切|每个|每一个)的?|全)(?:我的)?{KEPT}?")
TAIL = re.compile(
    rf"的?(?:那个|这个|那条|这条|那些|[一两二三四几\d]个|个|所有)?的?(?P<kept>{KEPT}?)$"
)
JUST = re.compile(_JUST)
