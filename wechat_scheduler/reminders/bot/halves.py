"""Corrects the half of the day that the bot assumed: 下午, written after 1点半开会. Pure."""

import re
from typing import Final

from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.reminders.bot.acts import BotTurn
from wechat_scheduler.reminders.bot.command_patterns import STOPS
from wechat_scheduler.reminders.bot.commands import MoveCommand
from wechat_scheduler.reminders.conversation import UNDO
from wechat_scheduler.reminders.language.normalise import cleaned, normalise

_LATE: Final = ("中午", "下午", "傍晚", "晚上")
_HALF: Final = re.compile(
    r"(?:不对|不是|错了)?[, ]*(?:应该)?是?(?:我说的是|我是说)?(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上)的?[吧啊哦呀]?"
)


def other_half(turn: BotTurn) -> MoveCommand | None:
    """The move of the reminder that the bot just made to the other half of the day; None for any other message, and if
    the half was not assumed: 下午 after 明天上午9点 or 10分钟后 is for the app."""
    act = turn.conversation.act
    found = _HALF.fullmatch(normalise(cleaned(turn.text)).strip(STOPS))
    if found is None or act is None or turn.teller.now - act.at > UNDO:
        return None
    if act.did is not BotDeedKind.CREATED or not act.half_assumed or len(act.edits) != 1:
        return None
    start = act.edits[0].after.start.astimezone(turn.teller.zone)
    if (found["part"] in _LATE) == (start.hour >= 12):
        return None
    to = f"{found['part']}{start.hour % 12 or 12}:{start.minute:02}"
    return MoveCommand(what="", named=False, to=to)
