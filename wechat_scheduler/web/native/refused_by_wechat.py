"""Says to a caller that WeChat did not do what the request asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from wechat_scheduler.errors import UnavailableError, WeChatError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope


@contextmanager
def asking_wechat(trouble: str = "") -> Iterator[None]:
    """Raises UnavailableError in the place of a WeChatError of the block: `trouble`, or what WeChat did, and why."""
    try:
        yield
    except WeChatError as error:
        did = "WeChat does not answer" if error.errcode is None else "WeChat refused"
        advice = f"; {error.advice}" if error.advice else ""
        raise UnavailableError(
            f"{trouble or did}: {error}{advice}",
            reason=Reason.WECHAT_UNAVAILABLE,
            retry_after=error.retry_after or envelope.SOON,
        ) from error
