"""Says in both languages why a reminder cannot be made as it was written, and how to write it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console.mistakes import told
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language, Words

W = Words

# The reader of sentences says in Chinese what is wrong; for these pages in English, and for what the API says in
# English.
WORDS: Final[Mapping[Reason, Words]] = {
    Reason.SENTENCE_NOTHING: W("It names no time.", "没有找到时间。"),
    Reason.SENTENCE_IMPOSSIBLE: W("That day or hour does not exist.", "没有这个时间。"),
    Reason.SENTENCE_PAST: W("That time is past.", "这个时间已经过去了。"),
    Reason.SENTENCE_AMBIGUOUS: W("It can be read in two ways.", "有两种读法。"),
    Reason.SENTENCE_VAGUE: W(
        "It does not say which day or hour. When is that?", "没有说是哪一天、几点。"
    ),
    Reason.SENTENCE_UNREAD: W("Some of its words were not understood.", "有些词没有看懂。"),
    Reason.SENTENCE_SEVERAL: W(
        "These are several reminders: write them one by one.", "这是几个提醒，请分开写。"
    ),
    Reason.SENTENCE_CHAT: W("It does not ask for a reminder.", "这句话不像提醒。"),
    Reason.SENTENCE_UNSURE: W("It may be meant for others.", "不能确定是不是提醒。"),
    Reason.SENTENCE_COMMAND: W(
        "It is about a reminder that exists: open that one.",
        "这句话说的是已有的提醒，请打开它修改。",
    ),
    Reason.SENTENCE_TOO_LONG: W("It is too long.", "句子太长了。"),
    Reason.SENTENCE_TOO_OFTEN: W("It recurs too often.", "重复得太频繁。"),
    Reason.SENTENCE_TOO_FAR: W("That time is too far away.", "这个时间太远了。"),
    Reason.TIME_PAST: W(
        "That time is past: choose a later one.", "这个时间已经过去，请换一个将来的时间。"
    ),
    Reason.RULE_INVALID: W(
        "It cannot recur like this: too often, or never.", "没法这样重复：太频繁，或者永远不会到。"
    ),
    Reason.REMINDER_ONLY_NEXT: W(
        "Only the next time is moved: write one single time, before the one after it.",
        "只改下一次：请写一个单独的时间，而且要早于再下一次。",
    ),
    Reason.RECEIVER_UNKNOWN: W(
        "This app has no such receiver: {typed}.", "这个应用没有这个接收者：{typed}。"
    ),
    Reason.TEMPLATE_MISSING: W(
        "This app has no template for reminders: import one on the app's page, or send as text.",
        "这个应用没有提醒用的模板：请在应用页面导入，或者改用客服消息。",
    ),
    Reason.REMINDER_STATE: W("Its state does not allow that.", "提醒现在的状态不允许这样做。"),
    Reason.REMINDER_BUSY: W(
        "It is being changed by others: try again.", "它正在被修改，请再试一次。"
    ),
}
FIELDS: Final[Mapping[str, Words]] = {
    "title": W("Say what to remind of, in 1 to 500 characters.", "请写提醒什么，1 到 500 个字。"),
    "when": W("Say what to remind of, or give a title.", "请写提醒什么，或者写标题。"),
    "time": W("Give a date and a time that can be read, less than 100 years away.", "请写能读懂的日期和时间，100 年之内。"),
    "to": W("Name who is to be reminded.", "请写提醒谁。"),
    "url": W("The link must be a web address: https://…", "链接必须是网址：https://…"),
}  # fmt: skip
HOW = W("Write when and what in Chinese, such as {example}", "请写时间和事情，例如：{example}")
EXAMPLES: Final = (
    "明天下午3点提醒我开会",
    "每月25号提前10分钟提醒我还信用卡",
    "每个工作日早上8点半打卡",
)


def refused(visit: Visit, error: RequestError, receivers: Sequence[object] = ()) -> str:
    """Why, as a whole sentence; of a sentence in Chinese also what its reader says. `receivers` are those of the
    request."""
    is_sentence = error.reason.startswith("sentence.")
    if is_sentence and visit.language is Language.ZH:
        return _ended(error.sentence)
    words = WORDS.get(error.reason) or FIELDS.get(error.field.partition("[")[0])
    if words is None:
        return told(error)
    said = visit.say(words, typed=_receiver(error.field, receivers))
    is_told = is_sentence and error.reason is not Reason.SENTENCE_SEVERAL
    return f"{said} “{error.sentence}”" if is_told else said


def _receiver(field: str, receivers: Sequence[object]) -> object:
    """What was typed for the one that `to[1]` names; the field for one that is not there."""
    found = re.fullmatch(r"to\[([0-9]{1,4})\]", field)
    number = int(found[1]) if found else len(receivers)
    return receivers[number] if number < len(receivers) else field


def how_to(visit: Visit) -> str:
    separator = "；" if visit.language is Language.ZH else "; "
    return visit.say(HOW, example=separator.join(EXAMPLES))


def _ended(text: str) -> str:
    return text if text.endswith(("。", "？", "！")) else f"{text}。"
