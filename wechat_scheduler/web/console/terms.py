"""Words that several pages of the console say: one phrase for a thing, in each language."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.web.console.words import Words

W = Words

ABOUT = W("About", "概况")
ACCOUNT = W("Account", "账号")
ACCOUNTS = W("Accounts", "账号")
ACTIONS = W("Actions", "操作")
ACTIVE = W("active", "有效")
ALL_APPS = W("All apps", "所有应用")
ALL_STATES = W("All states", "所有状态")
ALL_SUBSCRIBERS = W("all subscribers", "所有订阅者")
APP = W("App", "应用")
APPS = W("Apps", "应用")
APP_ITSELF = W("The app itself", "应用本身")
CALLBACK = W("Callback", "回调地址")
CALLS = W("Calls", "调用次数")
CHANGE = W("Change", "修改")
CHANNEL = W("Channel", "渠道")
CHANNELS: Final[Mapping[str, Words]] = {
    "auto": W("as WeChat allows", "按微信允许的方式"),
    "template": W("template message", "模板消息"),
    "text": W("text, within 48 hours", "客服消息，48 小时内"),
    "subscribe": W("subscribe notice", "订阅通知"),
    "webhook": W("the app's callback", "应用的回调"),
}
CREATED = W("Created", "创建时间")
CREDENTIALS = W("Credentials", "凭据")
ERRCODE = "errcode"
EXPIRES = W("Expires", "到期")
FAILED = W("failed", "失败")
ID = W("Id", "编号")
KEY = W("Key", "key")
KEYWORD = W("Keyword", "关键词")
KEYWORDS = W("Keywords", "关键词")
KIND = W("Kind", "类型")
LAST_ACT = W("Last act", "最近活动")
LINK = W("Link", "链接")
MESSAGE = W("Message", "消息")
MESSAGES = W("Messages", "消息")
NAME = W("Name", "名称")
NETWORKS_HINT = W(
    "One a line: a network such as 10.0.0.0/8, or one address such as 203.0.113.7. Empty: all.",
    "每行一个：网段例如 10.0.0.0/8，或单个地址例如 203.0.113.7。留空表示全部。",
)
NOTES = W("Notes", "备注")
NOT_BEFORE = W("Not before", "不早于")
OPENID = "openid"
PATH = W("Path", "路径")
PEOPLE = W("People", "用户")
PREVIEW = W("Preview", "预览")
PRIORITIES: Final[Mapping[str, Words]] = {
    "bulk": W("bulk", "批量"),
    "normal": W("normal", "普通"),
    "urgent": W("urgent", "紧急"),
}
PRIORITY = W("Priority", "优先级")
PUSHES = W("Pushes", "推送")
REASON = W("Reason", "原因")
REMINDER = W("Reminder", "提醒")
REMINDERS = W("Reminders", "提醒")
REVOKED = W("revoked", "已吊销")
RID = "rid"
SAVE = W("Save", "保存")
SEE_ALSO = W("See also", "相关")
SETTINGS = W("Settings", "设置")
SINCE = W("Since", "始于")
STATE = W("State", "状态")
TEMPLATE = W("Template", "模板")
TEMPLATES = W("Templates", "模板")
TEXT = W("Text", "正文")
TITLE = W("Title", "标题")
TO = W("To", "接收者")
TOPIC = W("Topic", "主题")
TOPICS = W("Topics", "主题")
TYPE = W("Type", "类型")
TYPE_AGAIN = W("Type it again: it is not kept on this page.", "请再输入一次：本页不保留它。")
UID = "uid"
USED_LAST = W("Used last", "最近使用")
USER = W("User", "用户")
WRITE_MESSAGE = W("Write a message", "写消息")
WRITE_REMINDER = W("Write a reminder", "新建提醒")
ZONE = W("Time zone", "时区")
