"""In whose name a delivery goes out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Delivery

Lookup: TypeAlias = Callable[[int], App | None]

# The account itself answers its users, with no app between them.
ACCOUNT = 0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sender(delivery: Delivery, app: Lookup) -> App | None:
    """None if the app that sent it is gone, or there is nobody to send to."""
    if delivery.message is None:
        return None
    if delivery.message.app_id != ACCOUNT:
        return app(delivery.message.app_id)
    if delivery.receiver is None:
        return None
    return App(id=ACCOUNT, name="", appid=delivery.receiver.appid, created_at=_EPOCH)
