"""Recognises commands about reminders that exist: 取消明天的提醒, 把周六的提醒改到周日, 推迟半小时. Pure.

A sentence that asks for a new reminder is none: 提醒我取消订阅, 明天提醒我把会改到周五.
"""

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wechat_scheduler.reminders.language.normalise import cleaned, normalise

LONGEST: Final = 80
"""The most characters of a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCommand:
    """取消明天的提醒. `named` means that it says 提醒 or 闹钟: it is for the bot even if there is none."""

    what: str
    named: bool
    every: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCommand:
    """把周六的提醒改到周日, 开会推迟半小时. `to` is a time, or a length with `by` 1 (later) or -1."""

    what: str
    named: bool
    to: str
    by: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainCommand:
    """推迟半小时, 10分钟后再提醒: of what fired last. `when` is a sentence with a time, '' if it names none.
    `named` means that it says 提醒 or 叫我."""

    when: str
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCommand:
    """明天有哪些提醒."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCommand:
    """撤销."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickCommand:
    """An answer to a question of the bot: `1`, `1和3`, `都取消`; without numbers 算了."""

    numbers: tuple[int, ...] = field(default=())
    every: bool = False


Command: TypeAlias = (
    CancelCommand | MoveCommand | AgainCommand | ListCommand | UndoCommand | PickCommand
)

KEPT: Final = r"(?:提醒|闹钟|闹铃|日程|待办|定时)"
_VERB = r"(?:取消|删除|删掉|删了|去掉|关掉|关闭|关了|停掉|停了|撤掉|作废|删|撤销|撤回)"
_AWAY = rf"(?:{_VERB}|不要|不用|不需要)"
_LEAD = r"(?:(?:请|麻烦你?|帮我|帮忙|给我|替我|你|我想|我要|我|能不能|可不可以|可以|能|都|先|那就?|就|哦|好的?|嗯)[ ,]*)*"
_END = r"(?:一下|掉|吧|了|啦|哦|哈|啊|呀|呗|谢谢你?|多谢|可以吗|好吗|行吗|好不好|[ ,!~])*"
_CALL = r"(?:提醒|叫醒?|喊醒?|通知|吵醒?)"
_NOT = r"(?:不用|不要|别|不必|不需要|甭|无需|唔使)"
_TO = (
    r"(?:改到|改成|改为|改在|改至|挪到|挪至|移到|调到|调成|调整到|调整为|换到|换成|推迟到|延期到|延迟到|延到|延后到|推到|"
    r"推后到|提前到|提早到|变成)"
)
_DELAY = r"(?:往后推迟?|向后推迟?|推迟|延后|延迟|延期|延长|推后|后推|拖后|顺延|贪睡)"
_SPAN = (
    r"(?:(?:大?[约概])?(?:[\d.]{1,5}|[零一二两三四五六七八九十百]{1,5}|半)个?半?(?:分钟?|小时|钟头|钟|刻钟?|秒钟?|天|日|周|星期|礼拜|个?月)半?){1,3}"
    r"|一?会儿?|片刻"
)
_LATER = rf"(?:再|先)?(?:{_DELAY}|晚)(?:个|上|了)?"

_CANCELS = (
    re.compile(rf"{_LEAD}(?:把|将)(?P<what>.+?)(?:都|全部?)?{_AWAY}{_END}"),
    re.compile(rf"{_LEAD}{_VERB}(?:一下|掉|了)?(?:提醒我)?[ ,]*(?P<what>.+?){_END}"),
    re.compile(rf"(?P<what>.*?{KEPT}.{{0,4}}?)[ ,]*(?:都|全部?|请|帮我|给我)*{_AWAY}{_END}"),
)
_UNCALL = re.compile(
    rf"{_LEAD}(?P<when>.*?)[ ,]*(?:就|都|也|先|请|你)*{_NOT}(?:再|给|来)*(?P<call>{_CALL})(?:一下|我|咱|俺)*(?P<what>.*?){_END}"
)
_MOVES = (
    re.compile(
        rf"{_LEAD}(?:把|将)?(?P<what>.+?)(?:的?时间)?[ ,]*(?:都|再)?{_TO}(?P<to>.+?)(?:去|提醒我?)?{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?:把|将)?(?P<what>.+?)[ ,]*(?P<later>{_LATER}|提前|提早|早)(?P<to>{_SPAN})(?:提醒我?)?{_END}"
    ),
)
_AGAIN = (
    re.compile(
        rf"{_LEAD}{_LATER}(?P<span>{_SPAN})?(?:一下)?[之以]?后?再?(?:{_CALL}|响|说)?我?{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?:过|等)?(?P<span>{_SPAN})[之以]?后?,?再(?:{_CALL}|响|说)(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?:过|等)(?P<span>{_SPAN})[之以]?后?,?再?{_CALL}(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(
        rf"{_LEAD}(?:稍后|待会儿?|等下|等一下|晚点|迟点)再?{_CALL}(?:一下|一次|一遍|我)*{_END}"
    ),
    re.compile(rf"{_LEAD}(?P<when>.{{1,15}}?),?再{_CALL}(?:一下|一次|一遍|我)*{_END}"),
)
_SEE = r"(?:查看|查询|查一?下|查查|查|看一?下|看看|看|列出|列一?下|显示|告诉我|问一?下)"
_WHICH = r"(?:哪些|哪几个|什么|啥|几个|几条|多少个?|哪个)"
_NOUN = rf"(?:{KEPT}|安排|事项)"
_LISTS = (
    re.compile(
        rf"{_LEAD}{_SEE}?我?(?P<what>.*?)我?的?(?:都|还)*有?(?:没有)?{_WHICH}{_NOUN}(?:要做)?[吗呢呀啊]?{_END}"
    ),
    re.compile(
        rf"{_LEAD}{_SEE}?我?(?P<what>.*?)我?的?{_NOUN}(?:都|还)*(?:有{_WHICH}|是{_WHICH}|列表|清单|呢)[吗呢呀啊]?{_END}"
    ),
    re.compile(rf"{_LEAD}{_SEE}我?(?P<what>.*?)我?的?{KEPT}(?:列表|清单)?[吗呢]?{_END}"),
    re.compile(rf"{_LEAD}(?P<what>.*?)(?:还?有没?有?{KEPT}[吗呢么没]?(?:没有)?|的{KEPT})"),
)
_UNDO = re.compile(
    rf"{_LEAD}(?:撤销|撤回|撤消|恢复|反悔|undo)(?:掉|一下|刚才|刚刚|上一步|上一个|操作|的|那个|这个|取消|修改|改动|提醒|[ ,])*{_END}",
)
_NUMERAL = "一二三四五六七八九十"
_PICK = re.compile(
    rf"(?:选|要|取消|删掉?|改|第|是|个|号|条|项|和|跟|还有|[\d{_NUMERAL}]|[ ,、.])+?{_END}"
)
_EVERY = re.compile(
    r"(?:都|全|全部|所有)(?:都|部)*的?(?:取消|删除|删掉|删|不要|改|要|是)(?:了|掉|吧)*"
)
_NONE = re.compile(
    r"(?:算了|不用了|不取消了?|不删了?|不改了?|都不(?:是|要|用|取消)了?|没事了?|取消)"
)
_STOPS: Final = " 。.!?,;~、"
_NEW = re.compile(
    rf"(?<![不别用要必需再]){_CALL}(?:一下|一声|醒)?[我咱俺]|别忘|不要忘|记得|记住|记着|提醒(?=.{{0,12}}{_VERB}.+$)"
)
_SETS = re.compile(rf"{_LEAD}(?:再|要)?(?:[定设订建加来]|创建|新建|新增|添加|安排)")
_ALL = re.compile(rf"(?:我?的?(?:所有|全部|一切|每个|每一个)的?|全)(?:我的)?{KEPT}?")
_TAIL = re.compile(rf"的?(?:那个|这个|那条|这条|那些|一个|个|所有)?的?(?P<kept>{KEPT}?)$")


def read_command(text: str) -> Command | None:
    """None for any other message."""
    plain = normalise(cleaned(text)).replace("嘅", "的").strip(_STOPS)
    if not plain or len(plain) > LONGEST:
        return None
    return (
        _pick(plain)
        or (UndoCommand() if _UNDO.fullmatch(plain) else None)
        or _again(plain)
        or _listed(plain)
        or _move(plain)
        or _cancel(plain)
    )


def _pick(plain: str) -> PickCommand | None:
    if _NONE.fullmatch(plain):
        return PickCommand()
    if _EVERY.fullmatch(plain):
        return PickCommand(every=True)
    if len(plain) > 20 or not _PICK.fullmatch(plain):
        return None
    numbers = re.findall(rf"\d{{1,3}}|[{_NUMERAL}]", plain)
    read = (int(n) if n.isdecimal() else _NUMERAL.index(n) + 1 for n in numbers)
    return PickCommand(numbers=tuple(read)) if numbers else None


def _again(plain: str) -> AgainCommand | None:
    named = re.search(_CALL, plain) is not None
    for pattern in _AGAIN:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        said = found.groupdict()
        if said.get("when"):
            return AgainCommand(when=said["when"], named=named)
        span = said.get("span", "一会儿")
        return AgainCommand(when=f"{span}后" if span else "", named=named)
    return None


def _listed(plain: str) -> ListCommand | None:
    if _SETS.match(plain) or _NEW.search(plain):
        return None
    for pattern in _LISTS:
        found = pattern.fullmatch(plain)
        if found and not re.search(_AWAY, found["what"]):
            return ListCommand(what=_bare(found["what"])[0])
    return None


def _move(plain: str) -> MoveCommand | None:
    for pattern in _MOVES:
        found = pattern.fullmatch(plain)
        if found is None or _NEW.search(plain[: found.start("to")]):
            continue
        what, named = _bare(found["what"])
        later = found.groupdict().get("later") or ""
        by = 0 if not later else -1 if later in ("提前", "提早", "早") else 1
        return MoveCommand(what=what, named=named, to=found["to"], by=by)
    return None


def _cancel(plain: str) -> CancelCommand | None:
    uncalled = _UNCALL.fullmatch(plain)
    if uncalled and not _NEW.search(uncalled["when"]):
        what = _bare(f"{uncalled['when']} {uncalled['what']}".strip())[0]
        named = not uncalled["what"] or uncalled["call"] == "提醒"
        return CancelCommand(what=what, named=named)
    for pattern in _CANCELS:
        found = pattern.fullmatch(plain)
        if found is None or _NEW.match(plain) or _NEW.search(found["what"]):
            continue
        if every := _ALL.fullmatch(found["what"]):
            return CancelCommand(what="", named=bool(re.search(KEPT, every.group())), every=True)
        what, named = _bare(found["what"])
        return CancelCommand(what=what, named=named or "提醒我" in plain)
    return None


def _bare(what: str) -> tuple[str, bool]:
    """The description without 的提醒, and whether it had that."""
    tail = _TAIL.search(what)
    kept = bool(tail and tail["kept"])
    bare = what[: tail.start()] if tail else what
    return re.sub(rf"^(?:那个|这个|我的|我)|^{KEPT}(?=.)", "", bare).strip(
        " ,“”\"'的"
    ), kept or bool(re.match(KEPT, bare))
