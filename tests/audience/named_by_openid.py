"""Finds the user of an account with an openid."""

from wechat_scheduler.audience.filters import SubscriberFilter
from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.audience.ports import Subscribers


async def by_openid(subscribers: Subscribers, appid: str, openid: str) -> Subscriber | None:
    found = await subscribers.select(SubscriberFilter(appid=appid, openid=openid, limit=1))
    return found[0] if found else None
