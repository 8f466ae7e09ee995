"""Rewords errors of our API in Chinese, for Chinese pages."""

import re
from collections.abc import Mapping
from typing import Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.web.kit.error_formats import TroubleError

# The meaning of each reason, for sentences without Chinese. Those of the reader of sentences are Chinese themselves.
REASONS: Final[Mapping[Reason, str]] = {
    Reason.REQUEST_INVALID: "填写有误",
    Reason.BODY_UNREADABLE: "请求体读不出来",
    Reason.PAGE_UNKNOWN: "没有这一页",
    Reason.PARAMS_MISSING: "需要 params 地址，或另一个任务的值",
    Reason.RECEIVER_UNKNOWN: "没有这个接收者",
    Reason.TEMPLATE_MISSING: "应用没有这个模板",
    Reason.TEMPLATE_UNFILLED: "模板没有填好",
    Reason.TIME_PAST: "时间已经过去",
    Reason.RULE_INVALID: "规则读不懂、太频繁，或永远不会到时间",
    Reason.REMINDER_ONLY_NEXT: "只改下一次，就只能写一个早于再下一次的时间",
    Reason.KEY_MISSING: "没有带 API key",
    Reason.KEY_INVALID: "API key 无效",
    Reason.SESSION_MISSING: "没有有效的会话",
    Reason.KEY_SCOPE: "API key 没有这项权限",
    Reason.KEY_REACH: "API key 不能用于这个账号或类型",
    Reason.KEY_PROTECTED: "只有状态目录里的管理员 key 才能吊销其他管理员 key",
    Reason.REQUEST_NOT_LOCAL: "没有启用认证时，只能从本机访问",
    Reason.FORM_FOREIGN: "表单来自别的页面，或属于另一个会话",
    Reason.PUSH_REFUSED: "推送不能证明来自微信",
    Reason.ORIGIN_REFUSED: "不允许这个页面源",
    Reason.ROUTE_UNKNOWN: "没有这个路径",
    Reason.TYPE_UNKNOWN: "没有这个凭据类型",
    Reason.TASK_UNKNOWN: "没有登记这个任务",
    Reason.TASK_NOT_YOURS: "任务不是这个 key 登记的",
    Reason.ACCOUNT_UNKNOWN: "没有为这个账号保管凭据",
    Reason.KEY_UNKNOWN: "没有这个 key",
    Reason.SESSION_UNKNOWN: "没有这个会话",
    Reason.CONSUMER_UNKNOWN: "没有这个使用方",
    Reason.PUSHES_UNKNOWN: "没有为这个 appid 设置推送地址",
    Reason.APP_UNKNOWN: "没有这个应用",
    Reason.TOPIC_UNKNOWN: "没有这个主题",
    Reason.SUBSCRIBER_UNKNOWN: "没有这个订阅者",
    Reason.SUBSCRIPTION_UNKNOWN: "没有这个订阅",
    Reason.MESSAGE_UNKNOWN: "没有这条消息",
    Reason.DELIVERY_UNKNOWN: "没有这条投递",
    Reason.REMINDER_UNKNOWN: "没有这个提醒",
    Reason.ALERT_UNKNOWN: "没有这个告警",
    Reason.ALERT_TARGET_UNKNOWN: "没有这个告警接收者",
    Reason.ROUTE_METHOD: "这个路径要用另一种方法",
    Reason.SUBSCRIBER_NAME_TAKEN: "这个名字是另一个用户的",
    Reason.CONSUMER_EXISTS: "已有这个名字的使用方",
    Reason.TASK_AMBIGUOUS: "这个账号有几个这种任务",
    Reason.IDEMPOTENCY_CONFLICT: "这张表单已用于另一个请求",
    Reason.DELIVERY_STATE: "投递现在的状态不允许这样做",
    Reason.REMINDER_STATE: "提醒现在的状态不允许这样做",
    Reason.REMINDER_BUSY: "提醒正在被别人修改：请再试一次",
    Reason.ALERT_STATE: "告警已结束",
    Reason.REQUEST_OUTDATED: "刚被别处改过：请再读一次",
    Reason.BODY_TOO_LARGE: "内容太大",
    Reason.BODY_COMPRESSED: "请求体被压缩了",
    Reason.MESSAGE_UNSENDABLE: "消息不能发给任何一个接收者",
    Reason.REQUEST_THROTTLED: "请求太多：请稍后再试",
    Reason.ROW_DAMAGED: "存储里的这一行读不出来",
    Reason.DAEMON_FAILED: "守护进程出错",
    Reason.TASK_PENDING: "第一个值还在获取中",
    Reason.TASK_EXPIRED: "没有有效的值",
    Reason.STORE_UNAVAILABLE: "存储没有回应：请稍后再试",
    Reason.WECHAT_UNAVAILABLE: "微信没有回答，或拒绝了调用",
    Reason.DAEMON_UNREADY: "守护进程还没有准备好",
}
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")


def reword(error: RequestError, chinese: Chinese) -> None:
    """Put the error and its further ones in Chinese; one without Chinese gets that of its reason in front."""
    for one in error.further:
        reword(one, chinese)
    if isinstance(error, TroubleError):  # the page of these has words of its own
        return
    told = chinese.of(error.sentence)
    reason = REASONS.get(error.reason)
    if not _CHINESE.search(told) and reason:
        told = f"{reason}（{told}）"
    error.sentence = told
    error.args = (f"{error.field}: {told}" if error.field else told,)
