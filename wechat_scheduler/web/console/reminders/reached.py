"""Counts the people whom a reminder reaches."""

from typing import Final

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.errors import NotFoundError, RequestError
from wechat_scheduler.web.console.reminders.pieces import ReceiverRow
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.topics import ReceiversResult

W = Words

REACHED = W("People now", "现在的人数")
AT_MOST = W("{n} at most: some may be in several groups", "最多 {n}：有的人可能在几个组里")
MANY_GROUPS = W("not counted: it goes to {n} groups", "没有统计：它发给 {n} 个组")
# Groups that a page counts, one after the other: a reminder may have 2,000.
MOST_COUNTED: Final = 20


async def reached_by(visit: Visit, row: ReceiverRow, app: int) -> str:
    """Empty for one that goes to the callback, and for one with a topic that cannot be read."""
    topics = [one for one in row.to if isinstance(one, int)]
    groups = [*topics, *([0] if EVERYONE in row.to else [])]
    if len(groups) > MOST_COUNTED:
        return visit.say(MANY_GROUPS, n=len(groups))
    counts = [row.joined + bool(row.owner)]
    try:
        for one in groups:
            found = await _people(visit, app, one)
            counts.append(found.people)
            if found.more:
                return f"{max(counts)}+"
    except RequestError:
        return ""
    several = sum(map(bool, counts)) > 1
    told = visit.say(AT_MOST, n=sum(counts)) if several else str(sum(counts))
    return told if groups or counts[0] else ""


async def _people(visit: Visit, app: int, topic: int) -> ReceiversResult:
    """None are left of a topic that was removed; 0 stands for all subscribers."""
    try:
        return await visit.api.get(
            "/v1/apps/{app}/receivers", ReceiversResult, app=app, topic=topic or None
        )
    except NotFoundError:
        return ReceiversResult(people=0, heard=0, more=False)
