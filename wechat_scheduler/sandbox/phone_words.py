"""The words of the page with the phones, in the language that the browser prefers."""

import re
from collections.abc import Mapping
from typing import Final

CHINESE: Final[Mapping[str, str]] = {
    "en": "zh-CN",
    "Phones · WeChat sandbox": "手机 · 微信沙箱",
    "Phones": "手机",
    "connecting": "连接中",
    "live": "实时",
    "disconnected": "已断开",
    "the sandbox does not answer": "沙箱没有回答",
    "No account has a user yet. Add a follower above to see a phone here.": "还没有用户。在上面添加一个关注者，这里就会出现一部手机。",
    "Account, wx…": "账号，wx…",
    "Account": "账号",
    "Scene, ticket or URL (optional)": "场景值、ticket 或 URL（可不填）",
    "Scene, ticket or URL": "场景值、ticket 或 URL",
    "Scene, ticket or URL of a QR code": "二维码的场景值、ticket 或 URL",
    "New follower": "添加关注者",
    "Write a text": "写一句话",
    "Text": "文字",
    "Send": "发送",
    "Follow": "关注公众号",
    "Unfollow": "取消关注公众号",
    "Scan": "扫码",
    "Accept": "同意通知",
    "Decline": "这次拒绝",
    "Refuse": "不再接收",
    "Block": "拉黑",
    "Unblock": "取消拉黑",
    "Template id": "模板 id",
    "How often": "几条",
    "blocks · … received": "已拉黑 · 收到 … 条",
    "follows · … received": "已关注公众号 · 收到 … 条",
    "does not follow · … received": "未关注公众号 · 收到 … 条",
    "…: … left": "…：还可收 … 条",
    "…: any number left": "…：不限条数",
    "followed": "关注公众号",
    "followed by scanning …": "扫码关注公众号：…",
    "unfollowed": "取消关注公众号",
    "scanned …": "扫码：…",
    "chose …": "点菜单：…",
    "blocked": "拉黑",
    "unblocked": "取消拉黑",
    "accepts …: … more": "同意接收 …：再收 … 条",
    "accepts …: always": "同意接收 …：不限条数",
    "accepts …: never": "不再接收 …",
    "declines …": "这次拒绝接收 …",
    "reply to a push": "对推送的被动回复",
    "Subscribe notice": "订阅通知",
    "Template message": "模板消息",
    "View details": "查看详情",
    "Mini-program …": "小程序 …",
}  # fmt: skip

_TAG = re.compile(
    r"\s*(?P<name>[A-Za-z*]+)(?:-[\w-]+)?\s*(?:;\s*q=(?P<weight>[01](?:\.\d{1,3})?)\s*)?"
)


def words_for(accepted: str) -> Mapping[str, str]:
    """The words by the English ones, for `Accept-Language`; empty for English."""
    tags = [tag for entry in accepted.split(",") if (tag := _TAG.fullmatch(entry))]
    liked = sorted(tags, key=lambda tag: -float(tag["weight"] or 1))
    known = [tag["name"].lower() for tag in liked if tag["weight"] not in ("0", "0.0")]
    first = next((name for name in known if name in ("zh", "en")), "en")
    return CHINESE if first == "zh" else {}
