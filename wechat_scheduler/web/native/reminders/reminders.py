"""Reminders over HTTP: say when, once or again and again, and forget about it."""

import re
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.paging import limit_of, link_to_next
from wechat_scheduler.web.kit.query import id_of, one_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reminders.bodies import (
    ReminderBody,
    ReminderChange,
    plan_result,
    reminder_result,
)
from wechat_scheduler.web.native.reminders.drafts import drafted, edited
from wechat_scheduler.web.native.sending.seen_apps import reaches_app, seen_app, seen_apps

PREVIEW: Final = 5
LONGEST_PREVIEW: Final = 20
STATES: Final = tuple(state.value for state in ReminderState)
_ID = re.compile(r"[0-9a-f]{32}")

_body = msgspec.json.Decoder(ReminderBody)
_change = msgspec.json.Decoder(ReminderChange)


async def create(request: web.Request) -> web.Response:
    """`POST /v1/reminders`: kept when it is answered, and said from then on."""
    body = await request.read()
    parsed = decode(_body, body)

    async def make(keep: KeepResult) -> None:
        reminder, people = await drafted(request, parsed)
        await _desk(request).create(
            reminder, people, once=lambda planned: keep(reminder_result(planned, people))
        )

    return await created(request, body, make)


async def planned(request: web.Request) -> web.Response:
    """`POST /v1/reminders/preview`: what would be kept, and when it would be said."""
    most, parsed = _most(request), decode(_body, await request.read())
    reminder = _desk(request).plan((await drafted(request, parsed)).reminder)
    return envelope.success(plan_result(reminder, _desk(request).preview(reminder, most)))


async def listed(request: web.Request) -> web.Response:
    """`GET /v1/reminders`: by id, of the apps that the key reaches."""
    limit, after, app_id = limit_of(request), _after(request), id_of(request, "app")
    state = ReminderState(text) if (text := one_of(request, "state", STATES)) else None
    apps = [seen_app(request, app_id)] if app_id else seen_apps(request)
    pages = [
        await _desk(request).of_app(app.id, state=state, after=after, limit=limit) for app in apps
    ]
    found = list(islice(merge(*pages, key=attrgetter("id")), limit))
    people = await _desk(request).people_of([reminder.id for reminder in found])
    headers = link_to_next(request, after=found[-1].id) if len(found) == limit else {}
    results = [reminder_result(each, people.get(each.id, ())) for each in found]
    return envelope.success(results, headers=headers)


async def shown(request: web.Request) -> web.Response:
    """`GET /v1/reminders/{reminder}`."""
    return await _answer(request, await _seen(request))


async def change(request: web.Request) -> web.Response:
    """`PATCH /v1/reminders/{reminder}`: another time makes it active again, unless it is paused."""
    reminder = await _seen(request)
    edit, people = await edited(request, decode(_change, await request.read()), reminder)
    return await _answer(request, await _desk(request).change(reminder.id, edit, people))


async def remove(request: web.Request) -> web.Response:
    """`DELETE /v1/reminders/{reminder}`: what it said already is still delivered."""
    await _desk(request).remove((await _seen(request)).id)
    return envelope.success("success")


async def pause(request: web.Request) -> web.Response:
    """`POST /v1/reminders/{reminder}/pause`: what falls due meanwhile is left out."""
    return await _answer(request, await _desk(request).pause((await _seen(request)).id))


async def resume(request: web.Request) -> web.Response:
    """`POST /v1/reminders/{reminder}/resume`: with the next occurrence that is ahead."""
    return await _answer(request, await _desk(request).resume((await _seen(request)).id))


async def cancel(request: web.Request) -> web.Response:
    """`POST /v1/reminders/{reminder}/cancel`: it is said no more, and stays visible."""
    return await _answer(request, await _desk(request).cancel((await _seen(request)).id))


async def preview(request: web.Request) -> web.Response:
    """`GET /v1/reminders/{reminder}/preview`: when it is said the next `n` times."""
    most, reminder = _most(request), await _seen(request)
    zone = ZoneInfo(reminder.zone)
    times = _desk(request).preview(reminder, most)
    return envelope.success([time.astimezone(zone) for time in times])


def _desk(request: web.Request) -> ReminderDesk:
    return request.app[SERVICES].reminders


async def _answer(request: web.Request, reminder: Reminder) -> web.Response:
    return envelope.success(reminder_result(reminder, await _desk(request).people(reminder.id)))


async def _seen(request: web.Request) -> Reminder:
    """Raises NotFoundError, for a reminder of an app that the key does not reach as well."""
    text = request.match_info["reminder"]
    if not _ID.fullmatch(text):
        raise NotFoundError(
            "there is no reminder of that id: an id has 32 hexadecimal digits",
            reason=Reason.REMINDER_UNKNOWN,
        )
    reminder = await _desk(request).reminder(text)
    if not reaches_app(request, reminder.app_id):
        raise NotFoundError(f"there is no reminder {text}", reason=Reason.REMINDER_UNKNOWN)
    return reminder


def _after(request: web.Request) -> str:
    text = request.query.get("after", "")
    if text and not _ID.fullmatch(text):
        raise InvalidRequestError(
            "is not a place that a Link named", reason=Reason.PAGE_UNKNOWN, field="after"
        )
    return text


def _most(request: web.Request) -> int:
    text = request.query.get("n", str(PREVIEW))
    if not (text.isascii() and text.isdecimal() and len(text) <= 2) or not (
        1 <= int(text) <= LONGEST_PREVIEW
    ):
        raise InvalidRequestError(f"must be a number from 1 to {LONGEST_PREVIEW}", field="n")
    return int(text)
