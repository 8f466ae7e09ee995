"""Counts the people whom a reminder reaches."""

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.web.console.reminders.pieces import ReceiverRow
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.topics import ReceiversResult

W = Words

REACHED = W("People now", "现在的人数")
AT_MOST = W("{n} at most: some may be in several groups", "最多 {n}：有的人可能在几个组里")


async def reached_by(visit: Visit, row: ReceiverRow, app: int) -> str:
    """Empty for one that goes to the callback."""
    topics = [one for one in row.to if isinstance(one, int)]
    groups = [*topics, *([0] if EVERYONE in row.to else [])]
    counts = [row.joined + bool(row.owner), *[await _people(visit, app, one) for one in groups]]
    several = sum(map(bool, counts)) > 1
    told = visit.say(AT_MOST, n=sum(counts)) if several else str(sum(counts))
    return told if groups or counts[0] else ""


async def _people(visit: Visit, app: int, topic: int) -> int:
    """None are left of a topic that was removed; 0 stands for all subscribers."""
    try:
        found = await visit.api.get(
            "/v1/apps/{app}/receivers", ReceiversResult, app=app, topic=topic or None
        )
    except NotFoundError:
        return 0
    return found.people
