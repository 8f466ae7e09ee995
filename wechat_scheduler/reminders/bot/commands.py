"""Recognises commands about reminders that exist: 取消明天的提醒, 把周六的提醒改到周日, 推迟半小时. Pure.

A sentence that asks for a new reminder is none: 提醒我取消订阅, 明天提醒我把会改到周五.
"""

import re
from typing import Final, TypeAlias

from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.reminders.bot import command_patterns as patterns
from wechat_scheduler.reminders.language.normalise import cleaned, normalise

LONGEST: Final = 80
"""The most characters of a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCommand:
    """取消明天的提醒. `named` means that it says 提醒 or 闹钟: it is for the bot even if there is none. `every` means
    that it says 所有 or 都, and `ordered` that it begins with the verb: 取消复查, and not 复查取消了. `once` means that it
    says 这次 or 下次."""

    what: str
    named: bool
    every: bool = False
    ordered: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCommand:
    """把周六的提醒改到周日, 开会推迟半小时. `to` is a time, or with `is_length` a length. `by` is 1 if it says
    later, -1 if it says earlier, else 0. `what` is empty in 改到周日. `every` is as in CancelCommand. `once` means that
    it says 这次 or 下次: the next occurrence alone."""

    what: str
    named: bool
    every: bool = False
    to: str
    by: int = 0
    is_length: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainCommand:
    """推迟半小时, 10分钟后再提醒: of what fired last. `when` is a sentence with a time, '' if it names none.
    `named` means that it says 提醒 or 叫我. 过10分钟叫我 may be a new alarm, so that it is not `sure`."""

    when: str
    named: bool
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCommand:
    """明天有哪些提醒. `named` means that it says 提醒 or 安排, and 今天有什么事 does not. `more` means that it says 还有."""

    what: str
    named: bool = True
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCommand:
    """撤销."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickCommand:
    """An answer to a question of the bot: `1`, `1和3`, `都取消`; without numbers 算了. `agrees` is 好的, which answers a
    question about one reminder, or about every one. 都取消 `cancels`, and 都改 `moves`. 两个都改 is of every one,
    and its number is their count."""

    numbers: tuple[int, ...] = field(default=())
    every: bool = False
    cancels: bool = False
    moves: bool = False
    agrees: bool = False


Command: TypeAlias = (
    CancelCommand | MoveCommand | AgainCommand | ListCommand | UndoCommand | PickCommand
)


def is_the_last(command: CancelCommand | MoveCommand) -> bool:
    """Whether it means what the bot did last: 刚才那个, and 改到周日 without any."""
    if not command.what:
        return isinstance(command, MoveCommand) and not command.every
    return patterns.JUST.fullmatch(command.what) is not None


def read_command(text: str) -> Command | None:
    """The command in a message; None for any other message."""
    plain = normalise(cleaned(text)).replace("嘅", "的").strip(patterns.STOPS)
    if not plain or len(plain) > LONGEST:
        return None
    if pick := _pick(plain):
        return pick
    if patterns.UNDO.fullmatch(plain):
        return UndoCommand()
    one = _one_of(plain)
    if one == plain:
        return _again(plain) or _listed(plain) or _move(plain) or _cancel(plain)
    change = _move(one) or _cancel(one)
    named = re.search(patterns.KEPT, plain) is not None
    return change and replace(change, every=True, named=change.named and named)


def _one_of(plain: str) -> str:
    """Without 所有 and 都, which say that each one is meant."""
    if not patterns.NEW.search(plain):
        for pattern, instead in patterns.QUANTIFIERS:
            plain = pattern.sub(instead, plain)
    return plain


def _pick(plain: str) -> PickCommand | None:
    pick = _picked(plain)
    cancels = patterns.CANCELLED.search(plain) is not None
    moves = patterns.MOVED.search(plain) is not None
    return pick and replace(pick, cancels=cancels, moves=moves)


def _picked(plain: str) -> PickCommand | None:
    if patterns.NONE.fullmatch(plain):
        return PickCommand()
    if every := patterns.EVERY.fullmatch(plain):
        return PickCommand(every=True, numbers=_numbers(every["count"] or ""))
    if patterns.YES.fullmatch(plain):
        return PickCommand(every=True, agrees=True)
    is_number = re.search(r"\d{3}", plain) is not None  # 取消 123456
    if len(plain) > 20 or is_number or not patterns.PICK.fullmatch(plain):
        return None
    numbers = _numbers(plain)
    return PickCommand(numbers=numbers) if numbers else None


def _numbers(plain: str) -> tuple[int, ...]:
    found = re.findall(rf"\d{{1,2}}|[{patterns.NUMERAL}]", plain.replace("两", "二"))
    return tuple(int(n) if n.isdecimal() else patterns.NUMERAL.index(n) + 1 for n in found)


def _again(plain: str) -> AgainCommand | None:
    named = re.search(patterns.CALL, plain) is not None
    for pattern in (*patterns.AGAIN, *patterns.MAYBE_AGAIN):
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        said = found.groupdict()
        if said.get("when"):
            if re.search(patterns.NOT, said["when"]):
                return None
            return AgainCommand(when=said["when"], named=named)
        span = said.get("span", "一会儿")
        span = "一会儿" if span in ("会", "会儿") else span
        sure = pattern in patterns.AGAIN
        return AgainCommand(when=f"{span}后" if span else "", named=named, sure=sure)
    return None


def _listed(plain: str) -> ListCommand | None:
    if patterns.SETS.match(plain) or patterns.NEW.search(plain):
        return None
    for pattern in patterns.LISTS:
        found = pattern.fullmatch(plain)
        if found and not re.search(rf"{patterns.AWAY}|暂停", found["what"]):
            return ListCommand(what=_bare(found["what"])[0])
    for pattern in patterns.DUTIES:
        if found := pattern.fullmatch(plain):
            what = found["what"].rstrip("还") or found["what"]
            return ListCommand(
                what=what, named=False, more=what != found["what"] or "还有" in plain
            )
    return None


def _move(plain: str) -> MoveCommand | None:
    if patterns.SOME_DAY.match(plain):
        return None
    for pattern in patterns.MOVES:
        found = pattern.fullmatch(plain)
        if found is None or patterns.NEW.search(plain[: found.start("to")]):
            continue
        said, once = _one_time(found["what"])
        what, named = _bare(re.sub(rf"^{patterns.LEAD}$", "", said))
        if patterns.IT.fullmatch(found["what"]):
            what, named = "刚才", False
        later = found.groupdict().get("later")
        verb = later or plain[found.end("what") : found.start("to")]
        by = -1 if patterns.EARLIER.search(verb) else 1 if patterns.DELAYED.search(verb) else 0
        to = patterns.SAME_TIME.sub("", found["to"])
        return MoveCommand(what=what, named=named, to=to, by=by, is_length=bool(later), once=once)
    return None


def _cancel(plain: str) -> CancelCommand | None:
    uncalled = patterns.UNCALL.fullmatch(plain)
    if uncalled and not patterns.NEW.search(uncalled["when"]):
        what, _, once = _cancelled(f"{uncalled['when']} {uncalled['at']} {uncalled['what']}")
        named = not uncalled["what"] or uncalled["call"] == "提醒"
        return CancelCommand(what=what, named=named, once=once)
    for pattern in patterns.CANCELS:
        found = pattern.fullmatch(plain)
        if found is None or patterns.NEW.match(plain) or patterns.NEW.search(found["what"]):
            continue
        if patterns.ASKS_ABOUT.search(found["what"]):
            return None
        if every := patterns.ALL.fullmatch(found["what"]):
            named = re.search(patterns.KEPT, every.group()) is not None
            return CancelCommand(what="", named=named, every=True)
        if patterns.IT.fullmatch(found["what"]):
            return CancelCommand(what="刚才", named=False)
        what, named, once = _cancelled(found["what"])
        named, ordered = named or "提醒我" in plain, found.end("what") > len(plain) - 2
        return CancelCommand(what=what, named=named, ordered=ordered, once=once)
    return None


def _cancelled(what: str) -> tuple[str, bool, bool]:
    """The description, whether it has 提醒, and whether it says that the next occurrence alone is meant. 这次 without more
    describes none."""
    said, once = _one_time(what)
    bare, named = _bare(said)
    return bare or ("这次" if once else ""), named, once


def _one_time(what: str) -> tuple[str, bool]:
    """The description without 这次 and 下次, and whether it had one."""
    what = what.strip()
    said = patterns.ONCE.sub("", what)
    return said.strip(), said != what


def _bare(what: str) -> tuple[str, bool]:
    """The description without 的提醒, and whether it had that."""
    tail = patterns.TAIL.search(what)
    kept = bool(tail and tail["kept"])
    bare = what[: tail.start()] if tail else what
    return re.sub(
        rf"^(?:那个|这个(?!月|周|星期|礼拜)|我的|我)|^{patterns.KEPT}(?=.)", "", bare
    ).strip(" ,“”\"'的"), kept or bool(re.match(patterns.KEPT, bare))
