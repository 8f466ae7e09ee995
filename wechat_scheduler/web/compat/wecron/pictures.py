"""The pictures of a reminder, its QR code and its poster, which need no token."""

from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.errors import UnauthorizedError, UnavailableError
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import when_words
from wechat_scheduler.reminders.texts import NO_NICKNAME
from wechat_scheduler.web.compat.tokens import bearer
from wechat_scheduler.web.compat.wecron.people import keeper_of
from wechat_scheduler.web.compat.wecron.state import WECRON
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.parts import minute_words
from wechat_scheduler.web.pages.paths import join_url
from wechat_scheduler.web.pages.poster import Poster
from wechat_scheduler.web.pages.reminder_links import find_reminder, qr_code

log = structlog.get_logger(__name__)

# A cached poster may be this much older than the reminder.
CACHED: Final = {"Cache-Control": "public, max-age=60", "Vary": "Authorization"}


class QrCodeLink(msgspec.Struct):
    """The URL of WeChat's picture."""

    qrcodeUrl: str  # noqa: N815 - WeCron's name


async def qrcode(request: web.Request) -> web.Response:
    """`GET /reminds/api/{id}/qrcode/`: a user who scans it is reminded too."""
    _count(request)
    reminder = await find_reminder(request, request.match_info["id"])
    code = await qr_code(request, reminder)
    body = msgspec.json.encode(QrCodeLink(code.image_url))
    return web.Response(body=body, content_type="application/json")


async def share_post(request: web.Request) -> web.Response:
    """`GET /reminds/api/{id}/share_post/`: a poster, as PNG."""
    _count(request)
    reminder = await find_reminder(request, request.match_info["id"])
    sharer = await _sharer(request, reminder)
    poster = Poster(
        sharer=(sharer.nickname if sharer else "") or NO_NICKNAME,
        text=reminder.detail or reminder.title,
        qr=await _scanned(request, reminder),
        title=reminder.title if reminder.detail else "",
        time=_time(reminder),
    )
    png = await request.app[STATES][WECRON].posters.png(poster)
    return web.Response(body=png, content_type="image/png", headers=CACHED)


def _time(reminder: Reminder) -> str:
    if reminder.rule:
        return when_words(reminder)
    return minute_words(reminder.start, ZoneInfo(reminder.zone))


def _count(request: web.Request) -> None:
    """Raises ThrottledError."""
    services = request.app[SERVICES]
    request.app[STATES][WECRON].pictures.count(str(services.authenticator.address(request)))


async def _scanned(request: web.Request, reminder: Reminder) -> str:
    """The content of the poster's QR code: WeChat's own for a reminder that ends before the code
    does, else the URL of the daemon's page. Raises UnavailableError."""
    if reminder.due_at is not None and not reminder.rule:
        try:
            code = await qr_code(request, reminder)
            if reminder.due_at <= code.ends_at:
                return code.url
        except UnavailableError as error:
            log.warning("reminder.no_qrcode", reminder=reminder.id, error=str(error))
    return join_url(request.app[SERVICES].links, reminder.id)


async def _sharer(request: web.Request, reminder: Reminder) -> Subscriber | None:
    """The user whose token comes with the request, else the owner."""
    if bearer(request, "token"):
        try:
            return (await keeper_of(request)).person
        except UnauthorizedError as error:
            log.debug("poster.viewer_unknown", error=str(error))
    return await request.app[SERVICES].audience.by_uid(reminder.owner)
