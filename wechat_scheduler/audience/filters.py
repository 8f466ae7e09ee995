"""Filters of the lists of users, and where a page of codes begins."""

from datetime import UTC, datetime
from typing import NamedTuple

from wechat_scheduler.engine.records import dataclass


class ScenePlace(NamedTuple):
    """When a scene was made, and the beginning of its id: the whole id is a secret. The default is before all scenes."""

    at: datetime = datetime.max.replace(tzinfo=UTC)
    beginning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberFilter:
    """Selects users of accounts, at most `limit`, by appid and openid, from the one after the appid and the
    openid in `after`. `within` are the only accounts, None for all."""

    appid: str = ""
    openid: str = ""
    within: tuple[str, ...] | None = None
    after: tuple[str, str] = ("", "")
    limit: int
