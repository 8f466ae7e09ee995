"""Says what would keep a reminder from being sent: quiet hours, and what WeChat refuses now."""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.delivery.gate import waits_until
from wechat_scheduler.delivery.mappings import REMINDER
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.delivery.notes import NO_REMINDERS, UNSUBSCRIBED_PEOPLE
from wechat_scheduler.reminders.model import JoinedPeople, Reminder
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.sending.account_notes import account_notes


async def quiet_until(
    request: web.Request, reminder: Reminder, people: JoinedPeople, times: Sequence[datetime]
) -> datetime | None:
    """The end of the quiet hours of its only receiver, in which the first of `times` is; None for several receivers."""
    receiver = await _only_receiver(request, reminder, people) if times else None
    if receiver is None:
        return None
    app = request.app[SERVICES].directory.app(reminder.app_id)
    return waits_until(receiver, app.zone if app else "", times[0], reminder.priority)


async def hindrance(request: web.Request, reminder: Reminder, people: JoinedPeople) -> str:
    """Why it would not be sent if it were due now, as far as that is known; empty if it would."""
    services = request.app[SERVICES]
    app = services.directory.app(reminder.app_id)
    if app is None or reminder.way is Way.WEBHOOK:
        return ""
    return await services.previews.hindrance(
        app,
        await _only_receiver(request, reminder, people),
        only_text=reminder.way is Way.TEXT or _has_no_template(reminder, app),
    )


async def notes_on(request: web.Request, reminder: Reminder, people: JoinedPeople) -> list[str]:
    """Warnings about its people and its account. Who joins a reminder gets it without a subscription to the app."""
    desk = request.app[SERVICES].audience
    others = await desk.unsubscribed(reminder.app_id, people.uids)
    notes = [UNSUBSCRIBED_PEOPLE.fill(number=len(others))] if others else []
    return notes + await account_notes(request, reminder.app_id, reminder.way)


async def plan_notes(
    request: web.Request, reminder: Reminder, people: JoinedPeople, app: App
) -> list[str]:
    missing = [NO_REMINDERS.en] if _has_no_template(reminder, app) else []
    return missing + await notes_on(request, reminder, people)


def _has_no_template(reminder: Reminder, app: App) -> bool:
    return reminder.way is Way.AUTO and REMINDER not in app.templates


async def _only_receiver(
    request: web.Request, reminder: Reminder, people: JoinedPeople
) -> Subscriber | None:
    uids = {uid for uid in (reminder.owner, *people.uids) if uid}
    if reminder.topics or len(uids) != 1:
        return None
    return await request.app[SERVICES].audience.by_uid(uids.pop())
