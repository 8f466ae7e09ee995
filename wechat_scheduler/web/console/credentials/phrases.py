"""The names of states, reactions and types on the pages of credentials."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wechat_scheduler.credentials.model import ACCESS_TOKEN, AUTHORIZER_TOKEN, COMPONENT_TOKEN
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.console.parts import Kind
from wechat_scheduler.web.console.words import Words

W = Words


class ShownState(NamedTuple):
    """A state as a badge, and what it means."""

    kind: Kind
    words: Words
    meaning: Words


STATES: Final[Mapping[Freshness, ShownState]] = {
    Freshness.FRESH: ShownState("good", W("Fresh", "有效"), W("It is valid.", "凭据有效。")),
    Freshness.STALE: ShownState(
        "good",
        W("Being renewed", "续期中"),
        W("It is still valid, and the daemon is renewing it.", "凭据仍然有效，守护进程正在续期。"),
    ),
    Freshness.EXPIRED: ShownState(
        "bad",
        W("Expired", "已过期"),
        W(
            "There is no valid value: callers get an error until it is renewed.",
            "没有有效的值：续期之前，调用方得到错误。",
        ),
    ),
    Freshness.PENDING: ShownState(
        "idle",
        W("Never issued", "尚未取得"),
        W("WeChat has not issued it yet.", "微信还没有发过这个凭据。"),
    ),
    Freshness.REVOKED: ShownState(
        "bad",
        W("Authorisation withdrawn", "已取消授权"),
        W(
            "The account withdrew its authorisation of the platform: it has to authorise it again.",
            "该账号取消了对平台的授权，需要重新授权。",
        ),
    ),
}
REACTIONS: Final[Mapping[Reaction, ShownState]] = {
    Reaction.OPERATOR: ShownState(
        "bad",
        W("Needs a person", "需要人处理"),
        W(
            "It will not pass by itself: do what the advice says. The daemon tries again slowly.",
            "不会自行恢复：请按建议处理。守护进程会慢慢重试。",
        ),
    ),
    Reaction.NEEDS_INPUT: ShownState(
        "warn",
        W("Waits for input", "等待输入"),
        W("An input is missing or was refused.", "缺少输入，或输入被拒绝。"),
    ),
    Reaction.PARENT_INVALID: ShownState(
        "warn",
        W("Waits for another credential", "等待上级凭据"),
        W(
            "It is issued once the credential that it is made from is valid.",
            "它所依赖的凭据有效之后才能取得。",
        ),
    ),
    Reaction.WAIT_UNTIL: ShownState(
        "warn",
        W("Waits for a known time", "到时恢复"),
        W("The cause ends at a known time.", "原因会在已知的时间结束。"),
    ),
    Reaction.TRANSIENT: ShownState(
        "warn",
        W("Tries again", "自动重试"),
        W("It may pass by itself: the daemon tries again.", "可能自行恢复：守护进程会重试。"),
    ),
}
CONTESTED: Final = ShownState(
    "warn",
    W("Contested", "被争用"),
    W(
        "Another program fetches this credential too, and ends the values that this daemon hands out. Without a new sign "
        "the alert ends after 6 hours, and this mark after a day. The last sign:",
        "另有程序也在获取这个凭据，使守护进程给出的值提前失效。没有新的迹象时，告警 6 小时后解除，这个标记一天后消失。最近一次迹象：",
    ),
)
TYPES: Final[Mapping[str, Words]] = {
    ACCESS_TOKEN: W(
        "Calls of most of WeChat's APIs are made with it.", "调用微信绝大多数接口都要用它。"
    ),
    "jsapi_ticket": W("Signs web pages for the JS-SDK.", "用于网页 JS-SDK 签名。"),
    "wx_card_ticket": W("Signs cards and coupons.", "用于卡券签名。"),
    "oauth2_access_token": W("Reads a user's profile after web login.", "网页授权后读取用户资料。"),
    COMPONENT_TOKEN: W("A third-party platform's own token.", "第三方平台自己的 token。"),
    AUTHORIZER_TOKEN: W(
        "A platform's token for an account that authorised it.", "平台代授权账号调用接口的 token。"
    ),
}
