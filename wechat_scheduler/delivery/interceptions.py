"""Finds out whether WeChat intercepted a template message: accepted it, and did not show it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.delivery.ports import Messages
from wechat_scheduler.delivery.views import DeliveryView
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.reasons import Reason

# WeChat lists a hundred on a page.
MOST_PAGES: Final = 10
# WeChat's clock and ours, and the time that a message waits at WeChat.
BEFORE, AFTER = timedelta(minutes=2), timedelta(minutes=30)


class InterceptedMessage(NamedTuple):
    """A message as WeChat lists it, sent `at`. `id` grows from one to the next."""

    id: int
    openid: str
    title: str
    content: str
    at: datetime | None


class Interceptions(Protocol):
    """WeChat's lists of intercepted messages, which answer on the same day."""

    async def page(
        self, appid: str, template_id: str, *, after: int
    ) -> Sequence[InterceptedMessage]:
        """Those of a template after an id, 0 for the first page; empty after the last one. Raises
        WeChatError, and RequestError without a token of the account."""


class Interception(NamedTuple):
    """`found` is None if the message is not among those that WeChat lists; that is not certain unless
    the list `is_whole`."""

    template_id: str
    found: InterceptedMessage | None
    is_whole: bool


class InterceptionDesk:
    """`app` finds the app of an id."""

    def __init__(
        self, messages: Messages, interceptions: Interceptions, app: Callable[[int], App | None]
    ) -> None:
        self._messages = messages
        self._interceptions = interceptions
        self._app = app

    async def of(self, view: DeliveryView) -> Interception:
        """Asks WeChat. Raises ConflictError for what was not sent as a template message, WeChatError,
        StorageError, and RequestError without a token of the account."""
        template_id = await self._template_id(view)
        if view.way != Way.TEMPLATE or not view.attempts or not template_id:
            raise ConflictError(
                "it was not sent as a template message: WeChat lists only those",
                reason=Reason.DELIVERY_STATE,
            )
        after = 0
        for _ in range(MOST_PAGES):
            page = await self._interceptions.page(view.appid, template_id, after=after)
            if found := next((one for one in page if _is(one, view)), None):
                return Interception(template_id, found, is_whole=True)
            last = max((one.id for one in page), default=0)
            if last <= after:
                return Interception(template_id, None, is_whole=True)
            after = last
        return Interception(template_id, None, is_whole=False)

    async def _template_id(self, view: DeliveryView) -> str:
        found, app = await self._messages.message(view.message_id), self._app(view.app_id)
        content = found.message.content if found else Content()
        mapped = app.templates.get(content.template or content.purpose) if app else None
        return mapped.template_id if mapped else content.template


def _is(one: InterceptedMessage, view: DeliveryView) -> bool:
    if one.openid != view.openid:
        return False
    begins, ends = view.attempts[0].at - BEFORE, view.attempts[-1].at + AFTER
    return one.at is None or begins <= one.at <= ends
