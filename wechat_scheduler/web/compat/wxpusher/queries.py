"""How a message stands: `GET /api/send/query/status`, and the older `/api/send/query/{messageId}`.

It needs no token, so that it says nothing else, and is limited by address.
"""

from datetime import timedelta
from typing import Final, NamedTuple

from aiohttp import web

from wechat_scheduler.delivery.model import DeliveryState, TargetKind
from wechat_scheduler.web.compat.wxpusher.callers import count_query
from wechat_scheduler.web.compat.wxpusher.messages import NO_MESSAGE
from wechat_scheduler.web.compat.wxpusher.wire import WxPusherError, answered, id_of
from wechat_scheduler.web.kit.services import SERVICES, Services

# "消息缓存有时效性，目前设置缓存时间为7天".
KEPT: Final = timedelta(days=7)


class Status(NamedTuple):
    number: int
    words: str


WAITING: Final = Status(1, "等待发送")
# The original's 2 and 4 are documented nowhere.
FAILED: Final = Status(2, "发送失败")
SENT: Final = Status(3, "发送成功")

STATUSES: Final = {
    DeliveryState.PENDING: WAITING,
    DeliveryState.SENDING: WAITING,
    DeliveryState.ACCEPTED: SENT,
    DeliveryState.DELIVERED: SENT,
    DeliveryState.DEAD: FAILED,
    DeliveryState.CANCELLED: FAILED,
    DeliveryState.EXPIRED: FAILED,
    DeliveryState.MISSED: FAILED,
}


async def by_query(request: web.Request) -> str:
    """`GET /api/send/query/status?sendRecordId=`."""
    return await _status(request, request.query.get("sendRecordId", ""), "sendRecordId")


async def by_path(request: web.Request) -> str:
    """`GET /api/send/query/{messageId}`."""
    return await _status(request, request.match_info["messageId"], "messageId")


async def _status(request: web.Request, given: str, field: str) -> str:
    """Of a topic: whether it went out to those who take it, each in turn."""
    count_query(request)
    services = request.app[SERVICES]
    delivery = await services.deliveries.delivery(id_of(given, field))
    is_known = delivery is not None and delivery.channel in (TargetKind.PERSON, TargetKind.TOPIC)
    if delivery is None or not is_known or services.clock.now() - delivery.created_at >= KEPT:
        raise WxPusherError(NO_MESSAGE, field=field)
    status = STATUSES[delivery.state]
    if delivery.channel == TargetKind.TOPIC and status is SENT:
        status = await _spread(services, delivery.message_id)
    return answered(status.number, status.words)


async def _spread(services: Services, message_id: int) -> Status:
    """While anybody of a topic waits, it does."""
    found = await services.deliveries.message(message_id)
    counts = found.counts if found else {}
    return (
        WAITING if counts.get(DeliveryState.PENDING) or counts.get(DeliveryState.SENDING) else SENT
    )
