"""Reminders as WeCron's API shows them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.qrcodes import QrCode
from wechat_scheduler.errors import RequestError
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.web.compat.wecron.drafts import (
    MOST_SHOWN,
    SOURCE,
    milliseconds,
    repeat_shown,
)
from wechat_scheduler.web.compat.wecron.people import Keeper, PersonResult, people_of, unknown
from wechat_scheduler.web.compat.wecron.state import WECRON
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.reminder_links import qr_code, qr_codes

log = structlog.get_logger(__name__)

MINUTE: Final = timedelta(minutes=1)
# A code that was drawn within this time is in the response to POST, which waits for 2 s.
_IN_TIME: Final = timedelta(seconds=1)


class RemindResult(msgspec.Struct, kw_only=True):
    """The fields are in the order of WeCron's serializer. `participate_qrcode` is null if the user
    follows the account, and `post_url` without `server.public_url`."""

    title: str
    time: int
    owner: PersonResult
    id: str
    defer: int
    desc: str
    repeat: dict[str, int]
    participants: list[PersonResult]
    participate_qrcode: str | None
    media_id: None = None
    post_url: str | None
    external_url: str | None


async def shown(
    request: web.Request, keeper: Keeper, reminders: Sequence[Reminder]
) -> list[RemindResult]:
    """The reminders as that user sees them."""
    ids = [one.id for one in reminders]
    joined = await request.app[SERVICES].reminders.people_of(ids, most=MOST_SHOWN)
    participants = {one: people.uids for one, people in joined.items()}
    uids = [uid for one in reminders for uid in (one.owner, *participants.get(one.id, ()))]
    people = await people_of(request, keeper, uids)
    codes = await _codes(request, keeper, reminders)
    links = request.app[SERVICES].links
    return [
        result(
            one,
            [people[uid] for uid in participants.get(one.id, ())],
            people,
            links,
            qrcode=codes.get(one.id),
        )
        for one in reminders
    ]


def result(
    reminder: Reminder,
    participants: list[PersonResult],
    people: Mapping[str, PersonResult],
    links: Links,
    *,
    qrcode: str | None,
) -> RemindResult:
    mark = reminder.mark if reminder.source == SOURCE else ""
    return RemindResult(
        title=reminder.title,
        time=milliseconds(reminder.start, mark),
        owner=people.get(reminder.owner) or unknown(reminder.owner),
        id=reminder.id,
        defer=reminder.defer // MINUTE,
        desc=reminder.detail,
        repeat=repeat_shown(reminder),
        participants=participants,
        participate_qrcode=qrcode,
        post_url=_post_url(links, reminder),
        external_url=reminder.url or None,
    )


async def qrcode_of(request: web.Request, reminder: Reminder) -> str | None:
    """The URL of the QR code; None if WeChat does not draw it within 2 s, and draws it later. None as well
    for a user who makes many reminders at once: each code is a call to WeChat, which has a daily limit
    for them. Those are drawn when they are asked for."""
    if not request.app[STATES][WECRON].drawn.allows(reminder.owner):
        return None
    try:
        return (await qr_code(request, reminder)).image_url
    except RequestError as error:
        log.warning("reminder.no_qrcode", reminder=reminder.id, error=str(error))
        return None


async def _codes(
    request: web.Request, keeper: Keeper, reminders: Sequence[Reminder]
) -> Mapping[str, str]:
    """The URLs of the codes for this user: of all reminders if the user does not follow the account,
    else of the user's own whose code was too late for the response to POST."""
    follows = keeper.person.is_reachable
    own = [one for one in reminders if one.owner == keeper.person.uid and one.source == SOURCE]
    drawings = await qr_codes(request, own if follows else reminders)
    return {
        one.id: code.image_url
        for one in reminders
        if (drawing := drawings.get(one.id)) and (code := drawing.code)
        if not follows or _was_late(request, one, code)
    }


def _was_late(request: web.Request, reminder: Reminder, code: QrCode) -> bool:
    """Whether the response to POST had no code; a restart forgets it of codes drawn in the first
    second."""
    after = code.scene.created_at - reminder.created_at
    return reminder.id in request.app[STATES][WECRON].late or after >= _IN_TIME


def _post_url(links: Links, reminder: Reminder) -> str | None:
    path = f"/reminds/api/{reminder.id}/share_post/"
    return links.url_if_public(path) or None
