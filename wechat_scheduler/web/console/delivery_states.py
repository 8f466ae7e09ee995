"""The words and the badges for what became of deliveries."""

from typing import Final

from wechat_scheduler.web.console.parts import Kind, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html

W = Words

WORDS: Final[dict[str, tuple[Kind, Phrase]]] = {
    "pending": ("idle", W("Waiting", "等待中")),
    "sending": ("idle", W("Being sent", "发送中")),
    "accepted": ("good", W("Accepted", "微信已接收")),
    "delivered": ("good", W("Delivered", "已送达")),
    "dead": ("bad", W("Failed", "失败")),
    "cancelled": ("idle", W("Cancelled", "已取消")),
    "expired": ("warn", W("Expired", "已过期")),
    "missed": ("warn", W("Missed", "已错过")),
}
SO_FAR = W(
    "Not every receiver has a delivery yet: these are the numbers so far.",
    "还没有为每个接收者建好投递，这是目前的数字。",
)


def badge(visit: Visit, name: str) -> Html:
    kind, words = WORDS.get(name, ("idle", name))
    return state(visit, kind, words)
