"""Finds the app in whose name a delivery is sent."""

from collections.abc import Callable
from typing import TypeAlias

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Delivery
from wechat_scheduler.engine.clock import EPOCH

Lookup: TypeAlias = Callable[[int], App | None]

# The app id of messages that the account itself sends.
ACCOUNT = 0


def sender(delivery: Delivery, app: Lookup) -> App | None:
    """The app that sends; None if the app or the receiver is gone, and for notifications of credentials."""
    if delivery.message is None:
        return None
    if delivery.message.app_id != ACCOUNT:
        return app(delivery.message.app_id)
    if delivery.receiver is None:
        return None
    return App(id=ACCOUNT, name="", appid=delivery.receiver.appid, created_at=EPOCH)
