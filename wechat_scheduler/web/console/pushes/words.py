"""The words of the pages of pushes, by the names of the API."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.pushes.history import Fate, PushKind
from wechat_scheduler.web.console.parts import Kind
from wechat_scheduler.web.console.words import Words

W = Words

KINDS: Final[Mapping[PushKind, Words]] = {
    PushKind.TICKET: W("ticket", "票据"),
    PushKind.EVENT: W("event of a platform", "平台事件"),
    PushKind.ACT: W("act of a user", "用户行为"),
    PushKind.REFUSED: W("refused or unreadable", "被拒或读不懂"),
}
FATES: Final[Mapping[Fate, tuple[Kind, Words]]] = {
    Fate.HANDLED: ("good", W("handled", "已处理")),
    Fate.IGNORED: ("idle", W("ignored", "不理会")),
    Fate.WAITING: ("warn", W("waiting", "等待")),
    Fate.SUPERSEDED: ("idle", W("superseded by a newer one", "被更新的取代")),
    Fate.DEAD: ("bad", W("failed", "失败")),
    Fate.REFUSED: ("bad", W("refused", "被拒")),
}
EFFECTS: Final[Mapping[str, Words]] = {
    "followed": W("The user follows the account.", "用户关注公众号。"),
    "left": W("The user left the account.", "用户不再是关注者。"),
    "scanned": W(
        "It is one of our codes: subscribed, joined or consented.",
        "扫的是我们的码：订阅、加入或同意。",
    ),
    "answered": W("The bot or a command took it.", "由机器人或命令处理。"),
    "passed_on": W("Passed on to the app's callback.", "转给了应用的回调。"),
    "confirmed": W("Tells what became of a delivery.", "说明了一条投递的结果。"),
    "counted": W("Counted: subscribe notices allowed or sent.", "已计数：允许或发出的订阅通知。"),
    "none": W("Nothing follows from it.", "无需处理。"),
}
# Of what a user says, without an effect.
UNANSWERED = W(
    "It got no answer: it is no command and no reminder, and no app has a callback.",
    "没有回复：不是命令，没有读出提醒，应用也没有回调。",
)
