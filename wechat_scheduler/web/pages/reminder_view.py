"""Makes the page of a reminder out of what is stored."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reminders.language.wording import defer_words
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.overview import STANDING, has_rule, when_words
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.reminder_links import qr_code
from wechat_scheduler.web.pages.reminder_page import Owner, ReminderPage
from wechat_scheduler.web.pages.reminder_times import saved_words, start_of

log = structlog.get_logger(__name__)

# Occurrences that are shown.
UPCOMING: Final = 5

_OVER: Final[Mapping[ReminderState, str]] = {
    ReminderState.PAUSED: "已暂停",
    ReminderState.DONE: "已提醒",
    ReminderState.MISSED: "已错过",
    ReminderState.CANCELLED: "已取消",
}


class Typed(NamedTuple):
    """What the owner typed, and why it cannot be done. `saved` is as in `saved_path`, once it was."""

    title: str = ""
    time: str = ""
    error: str = ""
    saved: str = ""


NOTHING: Final = Typed()


async def view_of(
    request: web.Request, reminder: Reminder, *, owns: bool, typed: Typed = NOTHING
) -> ReminderPage:
    services = request.app[SERVICES]
    sharer = await services.audience.by_uid(reminder.owner) if reminder.owner else None
    ahead = services.reminders.preview(reminder, UPCOMING) if has_rule(reminder) else ()
    upcoming = [at - reminder.defer for at in ahead]
    is_over = reminder.state not in STANDING
    return ReminderPage(
        title=reminder.title,
        description=reminder.detail,
        sharer=sharer.nickname if sharer and not owns else "",
        time=upcoming[0] if upcoming else reminder.start,
        recurrence=when_words(reminder) if reminder.rule else "",
        upcoming=upcoming[1:],
        zone=ZoneInfo(reminder.zone),
        defer=defer_words(reminder.defer),
        states=[_OVER[reminder.state]] if reminder.state in _OVER else [],
        told_at=reminder.last_at,
        paused=reminder.state is ReminderState.PAUSED,
        over=is_over,
        qr=await _scanned(request, reminder) if upcoming else "",
        url=reminder.url,
        # A cancelled reminder has no owner's page any more.
        owner=owner_of(request, reminder, typed)
        if owns and reminder.state is not ReminderState.CANCELLED
        else None,
    )


def owner_of(request: web.Request, reminder: Reminder, typed: Typed = NOTHING) -> Owner:
    return Owner(
        action=request.path,
        capability=request.match_info["capability"],
        title=typed.title or reminder.title,
        start=start_of(reminder),
        time=typed.time,
        error=typed.error,
        saved=saved_words(typed.saved, _sent_at(reminder)),
        example="每天下午3点" if reminder.rule else "明天下午3点",
        tomorrow=tomorrow(request, reminder),
    )


def _sent_at(reminder: Reminder) -> datetime:
    return (reminder.start + reminder.defer).astimezone(ZoneInfo(reminder.zone))


def tomorrow(request: web.Request, reminder: Reminder) -> datetime:
    """This time of the day, tomorrow."""
    now = request.app[SERVICES].clock.now().astimezone(ZoneInfo(reminder.zone))
    return now.replace(second=0, microsecond=0) + timedelta(days=1)


async def _scanned(request: web.Request, reminder: Reminder) -> str:
    """The text of the page's QR code; empty while WeChat draws none, as the page does without."""
    try:
        return (await qr_code(request, reminder)).url
    except UnavailableError as error:
        log.warning("reminder.no_qrcode", reminder=reminder.id, error=str(error))
        return ""
