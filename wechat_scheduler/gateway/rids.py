"""The calls that WeChat refused, as it recorded them."""

from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.engine.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """A call that reached WeChat `at`, and its answer. `url`, `request` and `response` hold no secrets any
    more; `address` is that of the caller, as WeChat saw it."""

    at: datetime | None
    took: timedelta
    url: str
    request: str = field(repr=False)
    response: str
    address: str


class Rids(Protocol):
    """WeChat's records of refused calls, which it keeps for seven days."""

    async def call(self, appid: str, rid: str) -> RecordedCall:
        """The account's call of that rid. Raises WeChatError, and RequestError without a token of the
        account."""
