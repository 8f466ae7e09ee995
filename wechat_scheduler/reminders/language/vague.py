"""Finds words for a time that only the writer knows: 过几天, 改天, 有空, 下次, 回头, 晚点, 过一阵.

In a sentence without any other time they are what has to be asked about.
"""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.non_requests import ASKS
from wechat_scheduler.reminders.language.normalise import masked
from wechat_scheduler.reminders.language.refused_sentences import (
    LanguageError,
    VagueError,
    is_now,
    nothing,
    unread,
)

_NOW = pattern(r"现在|马上|立刻|立即|此刻|刚才|刚刚")
_UNIT = r"(?:天|日|周|个?星期|个?礼拜|个?月|年|个?小时|个?钟头|分钟)"
_LATER = r"(?:之后|以后|后)?"
_CALLS = r"(?:提醒|(?:叫|喊|通知|告诉)[我咱俺]|记得|别忘)"
# Words that mean nothing else, wherever they stand.
_PLAIN = (
    rf"(?:再?过|每?隔)(?:了?好?几{_UNIT}|两天|些(?:天|日子|时候|时间)|一?(?:阵[子儿]?|段时间|段日子)){_LATER}"
    rf"|好?几{_UNIT}(?:之后|以后|后)|改[天日](?!气|线|花)|改个时间|择日|哪天|他日|不久(?:之后|以后|后)"
)
# Words that may be part of what is to be done: they begin the sentence, or stand beside 提醒我.
_LOOSE = (
    rf"下[次回](?:[^,。 ]{{1,8}}?(?=[请要再]?{_CALLS}))?|回头(?!客|率|路|草|看)|[晚迟][点些]儿?|"
    r"(?:有空|有时间|有闲|得空|抽空|空闲|空了|闲了|闲下来|不忙)的?(?:时候?)?(?!调)|找个?时间"
)
_LATELY = r"最近|近期|近日|将来|[日以今往]后|到时候?|早[点些]|随时|尽快|尽早"
WHENEVER = pattern(
    rf"{_PLAIN}|^[请帮我那就等]{{0,3}}(?P<first>{_LOOSE}|{_LATELY})"
    rf"|(?:{_LOOSE}|{_LATELY})(?=[, ]?[请再就要你]{{0,2}}{_CALLS})"
    rf"|(?:(?<=提醒我)|(?<=叫我)|(?<=通知我)|(?<=记得))(?:{_LOOSE})"
)


def without_time(text: str, plain: str, *, asked: bool) -> LanguageError:
    """Why a sentence that names no time is refused. `plain` is its normalised form; `asked` as in a `Policy`."""
    now = _NOW.search(plain)
    if now:
        return is_now(now.group())
    hidden = masked(plain)
    found = WHENEVER.search(hidden) if asked or ASKS.search(hidden) else None
    if found is None:
        return nothing()
    group = "first" if found["first"] else 0
    return VagueError(found.group(group), text[: found.start(group)] + text[found.end(group) :])


def unclear(words: str) -> LanguageError:
    """The words of time that a sentence has beside another time."""
    return VagueError(words) if WHENEVER.fullmatch(words) else unread(words)
