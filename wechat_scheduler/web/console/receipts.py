"""Explains WeChat's receipts of messages that did not arrive, for every page that shows one."""

from typing import Final, NamedTuple

from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words

W = Words


class ReceiptWords(NamedTuple):
    """What it means, and what to do."""

    meaning: Words
    advice: Words


# By what a receipt ends with: that of a subscribe notice has a number in front.
RECEIPTS: Final = {
    "failed:user block": ReceiptWords(
        W("the user refuses the account's messages ({status})", "用户拒收公众号的消息（{status}）"),
        W(
            "The user refuses the account's messages, so WeChat did not deliver it. Only the user can allow them again, on the "
            "account's page in WeChat. Send it again then.",
            "用户在微信里拒收这个公众号的消息，所以没有送达。只有用户自己能在公众号的页面里重新允许；之后再重新发送。",
        ),
    ),
    "failed: system failed": ReceiptWords(
        W("WeChat failed for a fault of its own ({status})", "微信系统故障，没有送达（{status}）"),
        W(
            "WeChat failed to deliver it for a fault of its own. Send it again later.",
            "微信自身故障，没有送达。请稍后重新发送。",
        ),
    ),
    "failed:freq limit": ReceiptWords(
        W(
            "the user got too many messages in a short time ({status})",
            "发送太频繁，微信没有送达（{status}）",
        ),
        W(
            "WeChat did not deliver it since the user got too many messages in a short time. Wait, then send it again.",
            "短时间内发给这个用户的消息太多，微信没有送达。请过一段时间再重新发送。",
        ),
    ),
}


def receipt_of(reason: str) -> ReceiptWords | None:
    """None for a reason that is no receipt."""
    return next((words for status, words in RECEIPTS.items() if reason.endswith(status)), None)


def told_reason(visit: Visit, reason: str) -> str:
    """Why a delivery is as it is, in the visitor's language."""
    words = receipt_of(reason)
    return visit.say(words.meaning, status=reason) if words else visit.told(reason)
