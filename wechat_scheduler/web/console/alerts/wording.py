"""The words for rules of alerts, and for those who are told."""

from typing import Final

from wechat_scheduler.web.console.parts import state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html

W = Words

# What each rule is called, and what it looks for.
RULES: Final[dict[str, tuple[Words, Words]]] = {
    "credential_expires": (
        W("Credential needs a person", "凭据需要人处理"),
        W(
            "A credential has waited for a person for 5 minutes (2 if it has expired), or for 30 minutes for an input that is missing or was refused. "
            "Critical in its last hour and after it.",
            "凭据要由人处理才能更新，满 5 分钟（已经过期的 2 分钟）；或者缺少输入、输入被拒绝，满 30 分钟。最后一小时和过期之后为紧急。",
        ),
    ),
    "dead_letters": (
        W("Messages failed", "消息失败"),
        W(
            "Deliveries of an app, or answers of the bot, failed in the last hour: {dead_letters} or more. Those that were corrected do not count.",
            "最近一小时里，一个应用的投递或机器人的回复有 {dead_letters} 条或更多失败。已改正另发的不算。",
        ),
    ),
    "ticket_missing": (
        W("Ticket missing", "没有收到 ticket"),
        W(
            "No component_verify_ticket came for {ticket_age}. WeChat pushes one every ten minutes. Critical after 6 hours.",
            "{ticket_age}没有收到 component_verify_ticket。微信每十分钟推送一个。满 6 小时为紧急。",
        ),
    ),
    "credential_contested": (
        W("Credential contested", "凭据被争用"),
        W(
            "Another program fetched the same credential within the last 6 hours.",
            "最近 6 小时里，别的程序获取了同一个凭据。",
        ),
    ),
    "quota_nearly_spent": (
        W("Quota nearly spent", "额度快用完"),
        W(
            "A credential, or a path whose quota was asked today, has used {quota_share} of its calls of the day. Critical when none is left.",
            "一个凭据，或者今天查询过额度的路径，用掉了当天调用的 {quota_share}。全部用完为紧急。",
        ),
    ),
    "store_slow": (
        W("Store or loop slow", "存储或循环变慢"),
        W(
            "For 2 minutes a commit takes {commit_time}, a loop does not turn, or a queue is 2 minutes late. Critical.",
            "持续 2 分钟：一次提交要 {commit_time}，一个循环不转，或者一个队列晚了 2 分钟。一律为紧急。",
        ),
    ),
    "sends_refused": (
        W("WeChat refuses sends", "微信拒绝发送"),
        W(
            "WeChat refuses what an account sends, for a cause that only a person can end, and deliveries wait for that.",
            "微信拒绝一个账号的发送，原因要由人处理，有投递在等待。",
        ),
    ),
    "pushes_refused": (
        W("Pushes refused", "推送被拒绝"),
        W(
            "An account's address refused two pushes of WeChat, at least 5 minutes apart, within the last day, and accepted none since, for 5 minutes.",
            "账号的推送地址最近一天里拒绝了微信的两个推送，相隔至少 5 分钟，之后没有接受过，满 5 分钟。",
        ),
    ),
}
KINDS: Final[dict[str, Phrase]] = {
    "follower": W("Follower in WeChat", "微信关注者"),
    "webhook": "Webhook",
    "wecom": W("Robot in WeCom", "企业微信机器人"),
    "dingtalk": W("Robot in DingTalk", "钉钉机器人"),
    "feishu": W("Robot in Feishu", "飞书机器人"),
    "email": W("E-mail", "电子邮件"),
}
SEVERITIES: Final[dict[str, Words]] = {
    "warning": W("Warning", "警告"),
    "critical": W("Critical", "紧急"),
}
MUTES: Final[dict[str, Words]] = {
    "28800": W("for 8 hours", "8 小时"),
    "86400": W("for a day", "1 天"),
    "604800": W("for 7 days", "7 天"),
}


def severity(visit: Visit, name: str) -> Html:
    words = SEVERITIES.get(name, name)
    return state(visit, "bad" if name == "critical" else "warn", words)


def rule_words(visit: Visit, name: str) -> str:
    return visit.say(RULES[name][0]) if name in RULES else name
