"""The words for the actions of the audit, in both languages."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.access.actions import Action
from wechat_scheduler.web.console.words import Words

W = Words

ACTION_WORDS: Final[Mapping[str, Words]] = {
    Action.READ: W("Credential fetched", "获取凭据"),
    Action.REGISTERED: W("Credential registered", "登记凭据"),
    Action.REMOVED: W("Credential removed", "移除凭据"),
    Action.REFRESHED: W("Refresh requested", "要求刷新凭据"),
    Action.REPORTED: W("Credential reported as invalid", "报告凭据失效"),
    Action.ACCOUNT_NAMED: W("Account named", "更改账号名称"),
    Action.KEY_CREATED: W("API key made", "创建 API key"),
    Action.KEY_REVOKED: W("API key revoked", "吊销 API key"),
    Action.SESSION_OPENED: W("Signed in", "登录控制台"),
    Action.SESSION_ENDED: W("Session ended", "结束会话"),
    Action.CONSUMER_CREATED: W("Consumer made", "创建使用方"),
    Action.CONSUMER_CHANGED: W("Consumer changed", "更改使用方"),
    Action.CONSUMER_ROTATED: W("New secret for a consumer", "给使用方换新密钥"),
    Action.CONSUMER_REVOKED: W("Consumer revoked", "吊销使用方"),
    Action.CALLBACKS_SET: W("Pushes set up", "设置推送地址"),
    Action.CALLBACKS_REMOVED: W("Pushes no longer accepted", "停止接收推送"),
    Action.ORIGINS_SET: W("Origins of pages set", "设置网页来源"),
    Action.APP_CREATED: W("App made", "创建应用"),
    Action.APP_CHANGED: W("App changed", "更改应用"),
    Action.APP_REMOVED: W("App removed", "删除应用"),
    Action.LINKS_RENEWED: W("Links invalidated", "让链接失效"),
    Action.TEMPLATES_IMPORTED: W("Templates imported", "导入模板"),
    Action.ALERT_MUTED: W("Alert muted, or its mute ended", "静音告警或取消静音"),
    Action.ALERTS_TESTED: W("Test of alerts sent", "发送告警测试"),
    Action.MESSAGE_SENT: W("Message sent", "发送消息"),
    Action.DELIVERY_REPLAYED: W("Delivery sent again", "重新发送投递"),
    Action.DELIVERY_CANCELLED: W("Delivery cancelled", "取消投递"),
    Action.REMINDER_CREATED: W("Reminder made", "创建提醒"),
    Action.REMINDER_CHANGED: W("Reminder changed", "更改提醒"),
    Action.REMINDER_PAUSED: W("Reminder paused", "暂停提醒"),
    Action.REMINDER_RESUMED: W("Reminder resumed", "恢复提醒"),
    Action.REMINDER_CANCELLED: W("Reminder cancelled", "取消提醒"),
    Action.REMINDER_REMOVED: W("Reminder deleted", "删除提醒"),
    Action.REMINDER_RESTORED: W("Deletion of a reminder undone", "撤销删除提醒"),
    Action.REMINDER_UNDONE: W("Change of a reminder undone", "撤销对提醒的更改"),
    Action.TOPIC_CREATED: W("Topic made", "创建主题"),
    Action.TOPIC_CHANGED: W("Topic changed", "修改主题"),
    Action.TOPIC_REMOVED: W("Topic removed", "删除主题"),
    Action.USER_BOUND: W("User bound", "绑定用户"),
    Action.USER_CHANGED: W("User changed", "更改用户"),
    Action.USER_REMOVED: W("User removed from an app", "从应用移出用户"),
    Action.CODE_CREATED: W("QR code made", "生成二维码"),
    Action.QUOTA_CLEARED: W("Quota cleared", "清零调用额度"),
    Action.TOKEN_RESET: W("New token made", "生成新 token"),
}


def action_words(name: str) -> Words:
    """The words for an action as the audit spells it; of another version's, the spelling."""
    return ACTION_WORDS.get(name) or W(name, name)
