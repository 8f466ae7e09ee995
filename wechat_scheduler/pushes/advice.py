"""What an operator should do about pushes, a platform's or an account's: a pure function of how they
fare."""

from datetime import datetime, timedelta

from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.model import COMPONENT_TOKEN, CallbackView, PushRefusal

WHERE = (
    "check that the platform's 授权事件接收URL leads here "
    "(开放平台 → 管理中心 → 第三方平台 → 开发资料)"
)


WHERE_OF_ACCOUNT = (
    "once a user did something, check that the account's 服务器地址 leads here and is enabled "
    "(公众平台 → 设置与开发 → 基本配置)"
)


def advice(view: CallbackView, refusal: PushRefusal | None, now: datetime) -> str:
    """One sentence, or nothing if all is well."""
    newest = view.ticket_at or view.changed_at
    if refusal is not None and not refusal.overcome and refusal.at >= newest:
        return f"what came was refused: {refusal.reason}"
    if view.waiting and view.waiting[0].note:
        return f"{view.waiting[0].name} waits: {view.waiting[0].note}"
    if not view.platform and not view.ticket_at and (view.account or view.heard):
        return "" if view.heard else f"nothing has come yet: {WHERE_OF_ACCOUNT}"
    if not view.platform:
        job = f"{view.appid}/{COMPONENT_TOKEN}"
        return f"register {job}" if view.ticket_at else f"if it is a platform's, register {job}"
    if now - newest < TICKET_OVERDUE:
        return "" if view.ticket_at else "waiting for the first ticket: one comes every ten minutes"
    minutes = (now - newest) // timedelta(minutes=1)
    return f"no ticket has come for {minutes} minutes: {_asked(view)}{WHERE}"


def _asked(view: CallbackView) -> str:
    if view.asked_at is None:
        return ""
    return f"asked to push again, WeChat said {view.answer!r}; "
