"""The instants of a caller that are only shown: it is no less valid while they are damaged."""

from typing import Any

from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.rows import instant, instant_or_none
from wechat_scheduler.storage.unreadable import readable_or


def shown_only(row: Row) -> dict[str, Any]:
    """Those of a key or a consumer, by field."""
    return {
        "created_at": readable_or(instant, row["created_at"], EPOCH),
        "last_used_at": readable_or(instant_or_none, row["last_used_at"], None),
    }
