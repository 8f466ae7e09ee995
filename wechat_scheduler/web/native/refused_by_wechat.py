"""Says to a caller that WeChat did not do what the request asked of it."""

from wechat_scheduler.errors import UnavailableError, WeChatError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope


def refused(error: WeChatError) -> UnavailableError:
    advice = f"; {error.advice}" if error.advice else ""
    return UnavailableError(
        f"{'WeChat does not answer' if error.errcode is None else 'WeChat refused'}: {error}{advice}",
        reason=Reason.WECHAT_UNAVAILABLE,
        retry_after=error.retry_after or envelope.SOON,
    )
