"""Divides a sentence that asks for several reminders: 明天8点送孩子，9点开会."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import Anchor
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import After
from wechat_scheduler.reminders.language.every import Every
from wechat_scheduler.reminders.language.meaning import Linked, Meaning

AND = "然后|接着|之后|再就是|再有|再|和|跟|以及|并且|还有|另外|此外|顺便|顺带|同时|加上|外加"
"""The words that lead on to another errand."""

_BREAK = pattern(rf"[ ,.。;!、]|{AND}")
# What stands between two times without a break, and does not go on into the second: 给小|明天.
_WHOLE = pattern(r"..(?<![给小在和跟的把向往从到看买叫约订等])$")
# What leads on to the next part: 送孩子和|后天9点开会.
_LINK = pattern(
    rf"(?:[ ,.。;!、]*(?:{AND}|就是|还要|[哎诶]?对了|(?<![参赠给])与|(?<![普涉提])及|(?<![合归兼])并))*(?:(?:^|[ ,.。;!、)])[1-9][.、)])?[ ,.。;!、]*$"
)
_MOST = 5
# 给客户报价和|下午三点去面试. 开会，下午三点，带电脑 is one.
_ERRAND = pattern(
    r"(?:[ ,]?(?:提醒|叫|喊|通知)我?)?[^ ,.。;!、]{2,}(?:[ ,.。;!、]+|然后|接着|再|和|还有|以及|并且)"
)
# What cannot be a title of its own: 提醒我, 每天早上7点和|每天晚上10点.
_NO_TITLE = pattern(
    rf"[ ,.。;!、]|{AND}|(?:提醒|叫|喊|通知)(?:一下|一声)?我?|记得|起来|我|的|都|各|也|要"
)
# 明天|提醒老王|后天交表: the second time is what is told to others.
_TOLD = pattern(r"(?:提醒|通知|告诉|叫|喊)(?![我大一])[^ ,.。;!、]{1,6}")
_GOES_ON = pattern(r"(?![ ,.。;!、]|之?前|以前|左右|开始|准时|的|到|[记別别]|提醒|叫我).{2,}")


class Piece(NamedTuple):
    """The text from `start` to `end`, and the words of the day that it lacks."""

    day: str
    start: int
    end: int


def divided(text: str, said: Meaning) -> tuple[Piece, ...]:
    """The parts; empty if the sentence is whole."""
    groups = said.groups
    if not said.others or not 2 <= len(groups) <= _MOST or len(said.others) != len(groups) - 1:
        return ()
    if any(group[-1].after.startswith("的") for group in groups):
        return ()
    if any(_TOLD.fullmatch(words) for words in _between(text, groups)):
        return ()
    cuts = _cuts(text, groups)
    days = _days(groups)
    if not days or not _alike(text, groups):
        return ()
    starts = (0, *cuts)
    ends = (*(len(_LINK.sub("", text[:cut])) for cut in cuts), len(text))
    return tuple(map(Piece, days, starts, ends))


def is_apart(text: str, groups: Sequence[list[Linked]], index: int) -> bool:
    """Whether a group begins a reminder of its own: it repeats as the one before does, and each has a title."""
    first = next((n for n in reversed(range(index)) if _repeats(groups[n])), None)
    if first is None or not _repeats(groups[index]):
        return False
    pairs = list(pairwise(groups[first : index + 1]))
    between = "".join(text[a[-1].token.end : b[0].token.start] for a, b in pairs)
    if not (_recurs(groups[first]) and _recurs(groups[index])) and not _BREAK.search(between):
        return False
    end = groups[index + 1][0].token.start if index + 1 < len(groups) else len(text)
    before = _title(text[: groups[0][0].token.start])
    behind = _title(text[groups[index][-1].token.end : end])
    return min(len(_title(between)), max(len(before), len(behind))) > 1


def _title(words: str) -> str:
    return _NO_TITLE.sub("", words)


def _recurs(group: Sequence[Linked]) -> bool:
    """Not 每小时, which says how often within another repetition."""
    every = [each.token.value for each in group if isinstance(each.token.value, Every)]
    return bool(every) and not any(each.elapses for each in every)


def mixed(text: str, said: Meaning) -> str:
    """The words of a clock time that a second errand follows, when a day stands before the first, or it repeats; "" if there are
    none: 后天提醒我给客户报价和下午三点去面试."""
    for day, time in pairwise(said.groups):
        between = text[day[-1].token.end : time[0].token.start]
        behind = text[time[-1].token.end :]
        parted = _day(day) and not _day(time) and _clock(time) and not _clock(day)
        parted = parted or (_repeats(day) and time in said.others)
        if parted and _ERRAND.fullmatch(between) and _GOES_ON.fullmatch(behind):
            return text[time[0].token.start : time[-1].token.end]
    return ""


def _cuts(text: str, groups: Sequence[list[Linked]]) -> list[int]:
    """Before each time, or after each break if the times stand behind: 送孩子明天8点，开会明天9点."""
    behind = bool(groups[0][0].before.strip()) and not groups[-1][-1].after.strip(" 。,!.")
    if not behind:
        return [group[0].token.start for group in groups[1:]]
    cuts = []
    for last, group in pairwise(groups):
        broken = re.search("[ ,。;]", text[last[-1].token.end : group[0].token.start])
        cuts.append(last[-1].token.end + (broken.end() if broken else 0))
    return cuts


def _days(groups: Sequence[list[Linked]]) -> list[str]:
    """The words of a day that each part lacks, and those of a part of the day (晚上7点吃饭10点睡觉). Empty if
    a part may repeat as the one before does."""
    days, day, part, hour = [""], _day(groups[0]), "", 0
    for last, group in pairwise(groups):
        clock = _clock(group)
        spoken = _clock(last)
        if spoken is not None:
            part, hour = (spoken.part or part, spoken.hour or 0)
        if _day(group):
            if _repeats(groups[0]) and not _repeats(group):
                return []
            day, shared = _day(group), ""
            days.append("")
        else:
            late = clock is not None and clock.part is None and hour < (clock.hour or 0) <= 12
            shared = part if late and not (clock and clock.exact) else ""
            days.append(day + shared if clock is not None else "")
    return days


def _day(group: Sequence[Linked]) -> str:
    return "".join(
        each.written for each in group if isinstance(each.token.value, Every | Anchor | After)
    )


def _repeats(group: Sequence[Linked]) -> bool:
    return any(isinstance(each.token.value, Every) for each in group)


def _clock(group: Sequence[Linked]) -> ClockTime | None:
    clocks = [each.token.value for each in group if isinstance(each.token.value, ClockTime)]
    return clocks[-1] if clocks else None


def _between(text: str, groups: Sequence[list[Linked]]) -> list[str]:
    return [text[a[-1].token.end : b[0].token.start] for a, b in pairwise(groups)]


def _alike(text: str, groups: Sequence[list[Linked]]) -> bool:
    """Whether a break stands between the parts, or all of them name times of the same form."""
    between = _between(text, groups)
    if all(_BREAK.search(words) for words in between):
        return True
    timed = {_clock(group) is not None for group in groups}
    return len(timed) == 1 and all(_WHOLE.search(words) for words in between)
