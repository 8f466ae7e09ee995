"""Says whether what a reminder sends next waits for the end of quiet hours."""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from wechat_scheduler.delivery.gate import waits_until
from wechat_scheduler.reminders.model import JoinedPeople, Reminder
from wechat_scheduler.web.kit.services import SERVICES


async def quiet_until(
    request: web.Request, reminder: Reminder, people: JoinedPeople, times: Sequence[datetime]
) -> datetime | None:
    """The end of the quiet hours of its only receiver, in which the first of `times` is; None for several receivers."""
    uids = {uid for uid in (reminder.owner, *people.uids) if uid}
    if not times or reminder.topics or len(uids) != 1:
        return None
    services = request.app[SERVICES]
    receiver = await services.audience.by_uid(uids.pop())
    if receiver is None:
        return None
    app = services.directory.app(reminder.app_id)
    return waits_until(receiver, app.zone if app else "", times[0], reminder.priority)
