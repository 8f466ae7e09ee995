"""The reminder behind the address of a page, and its QR code."""

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.audience.qrcodes import PATIENCE, Drawing, QrCode
from wechat_scheduler.errors import NotFoundError, UnavailableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.web.kit.ids import REMINDER_ID
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.responses import no_code

_SLOW: Final = UnavailableError(
    "it is not there yet", reason=Reason.WECHAT_UNAVAILABLE, retry_after=PATIENCE
)


async def find_reminder(request: web.Request, reminder_id: str) -> Reminder:
    """The reminder with these 32 hexadecimal digits, with or without a UUID's hyphens. Raises NotFoundError."""
    plain = reminder_id.replace("-", "").lower()
    if not REMINDER_ID.fullmatch(plain):
        raise NotFoundError("an id has 32 hexadecimal digits", reason=Reason.REMINDER_UNKNOWN)
    return await request.app[SERVICES].reminders.reminder(plain)


async def qr_code(request: web.Request, reminder: Reminder) -> QrCode:
    """WeChat's code; a user who scans it joins the reminder. Raises UnavailableError if WeChat does
    not draw it within 2 s; then it is there a little later."""
    drawing = (await qr_codes(request, [reminder])).get(reminder.id)
    if drawing is None:
        raise no_code(NotFoundError("the app of this reminder is gone", reason=Reason.APP_UNKNOWN))
    if drawing.code is None:
        raise no_code(drawing.error or _SLOW)
    return drawing.code


async def qr_codes(request: web.Request, reminders: Sequence[Reminder]) -> Mapping[str, Drawing]:
    """The codes by the ids of their reminders, as far as WeChat draws them within 2 s. The code of a
    reminder whose app is gone is left out."""
    services, found = request.app[SERVICES], dict[str, Drawing]()
    for one in reminders:
        if app := services.directory.app(one.app_id):
            found[one.id] = await services.codes.begin(app, Purpose.REMINDER, one.id)
    await services.codes.wait(found.values())
    return found
