"""Filters of the lists of users."""

from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberFilter:
    """Selects users of accounts, at most `limit`, by appid and openid, from the one after the appid and the
    openid in `after`. `within` are the only accounts, None for all."""

    appid: str = ""
    openid: str = ""
    within: tuple[str, ...] | None = None
    after: tuple[str, str] = ("", "")
    limit: int
