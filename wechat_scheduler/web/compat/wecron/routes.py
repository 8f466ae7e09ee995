"""WeCron's REMINDS ("RaaS"): `/reminds/api/`, the reminders of one user.

    Authorization: Token TOKEN
    {"time": MILLISECONDS, "title": …, "desc": …, "defer": MINUTES, "external_url": …,
     "repeat": {"month": 1}, "participants": [{"id": …}]}

The token belongs to a user (`apps wecron-token`), and an app sends in its own name. A missing `time`
is read from `desc`, then from `title`. The user is reminded `defer` minutes after the time, or before
it if `defer` is negative. The slash at the end of a path may be left out.

Where WeCron and its documentation differ, the documentation holds: POST answers 200 (201 by
`compat.wecron_created`), `time` comes back to the millisecond, and POST takes participants.

Source: the documentation of WeCron's API, and WeCron's `remind/views.py` and `remind/serializers.py`.
"""

from dataclasses import replace
from typing import Final

import msgspec
import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access.once import Keep
from wechat_scheduler.errors import ForbiddenError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.wecron import pages as wecron_pages
from wechat_scheduler.web.compat.wecron import shown as wecron_shown
from wechat_scheduler.web.compat.wecron.drafts import (
    change_of_guest,
    change_of_owner,
    drafted,
    edited,
    invited,
)
from wechat_scheduler.web.compat.wecron.errors import refused, unrouted
from wechat_scheduler.web.compat.wecron.fields import Given, read_fields
from wechat_scheduler.web.compat.wecron.people import (
    Keeper,
    change_profile,
    keeper_of,
    people_of,
    profile,
)
from wechat_scheduler.web.compat.wecron.pictures import qrcode, share_post
from wechat_scheduler.web.compat.wecron.state import WECRON, setup
from wechat_scheduler.web.kit.idempotency import asked_for
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.paths import page_path
from wechat_scheduler.web.pages.reminder_links import find_reminder
from wechat_scheduler.web.pages.responses import paged_for_browsers

log = structlog.get_logger(__name__)

REMINDS: Final = "/reminds/api/"
ONE: Final = f"{REMINDS}{{id}}/"
PROFILE: Final = "/profile/api/"

# The fields that a user may change who does not own the reminder.
PUBLIC: Final = frozenset(("participants",))


class ListResult(msgspec.Struct, kw_only=True):
    """A page; `next` and `previous` are the URLs of the pages beside it, or null."""

    next: str | None
    previous: str | None
    results: list[wecron_shown.RemindResult]


async def create(request: web.Request) -> web.Response:
    """`POST /reminds/api/`."""
    app, keeper = request.app, await keeper_of(request)
    app[STATES][WECRON].creates.count(keeper.person.uid)
    body = await request.read()
    given, _ = read_fields(request, body)

    async def make(keep: Keep) -> None:
        await _make(request, keeper, given, keep)

    asked = asked_for(request, f"user {keeper.person.uid}", body)
    reply = await app[SERVICES].idempotency.once(asked, make)
    status = app[STATES][WECRON].created
    return web.Response(status=status, text=reply.text, content_type="application/json")


async def listed(request: web.Request) -> web.Response:
    """`GET /reminds/api/`: owned or joined, by time, from today on."""
    services, keeper = request.app[SERVICES], await keeper_of(request)
    if text := request.query.get("cursor", ""):
        place = wecron_pages.place_of(text)
    else:
        place = wecron_pages.today(services.clock.now(), keeper.zone)
    page = await wecron_pages.page_at(services.reminders, keeper.person.uid, place)
    results = await wecron_shown.shown(request, keeper, page.reminders)
    following, previous = _address(request, page.next), _address(request, page.previous)
    return _json(ListResult(next=following, previous=previous, results=results))


async def shown(request: web.Request) -> web.Response:
    """`GET /reminds/api/{id}/`, for every user that `_seen` admits."""
    keeper = await keeper_of(request)
    return await _respond(request, keeper, await _seen(request, keeper))


async def change(request: web.Request) -> web.Response:
    """`PATCH /reminds/api/{id}/`: fields that are left out keep their values."""
    keeper = await keeper_of(request)
    reminder = await _seen(request, keeper)
    given, names = read_fields(request, await request.read())
    desk = request.app[SERVICES].reminders
    if reminder.owner == keeper.person.uid:
        people = await change_of_owner(request, keeper, given, reminder)
        changed = await desk.change(reminder.id, lambda stored: edited(stored, given), people)
        return await _respond(request, keeper, changed)
    if not (reminder.owner and names == PUBLIC):
        raise ForbiddenError("this reminder belongs to another user", reason=Reason.KEY_REACH)
    if people := await change_of_guest(request, keeper, given, reminder):
        await desk.change_people(reminder, people)
    return await _respond(request, keeper, reminder)


async def remove(request: web.Request) -> web.Response:
    """`DELETE /reminds/api/{id}/`: the owner deletes it, a participant leaves it."""
    keeper, desk = await keeper_of(request), request.app[SERVICES].reminders
    reminder = await _seen(request, keeper)
    if reminder.owner == keeper.person.uid:
        await desk.remove(reminder.id)
    elif not await desk.leave(reminder.id, keeper.person.uid):
        raise ForbiddenError("this reminder belongs to another user", reason=Reason.KEY_REACH)
    return web.Response(status=204)


async def opened(request: web.Request) -> web.Response:
    """`GET /reminds/{id}`: redirects to the page of the reminder."""
    services = request.app[SERVICES]
    reminder = await find_reminder(request, request.match_info["id"])
    generation = services.directory.link_generation(reminder.app_id)
    place = services.links.public_url + page_path(services.links, reminder.id, generation)
    return web.Response(status=302, headers={hdrs.LOCATION: place})


async def media(request: web.Request) -> web.Response:
    """`GET /reminds/media/{id}`: reminders have no media here."""
    raise NotFoundError("there is no media here", reason=Reason.ROUTE_UNKNOWN)


async def _make(request: web.Request, keeper: Keeper, given: Given, keep: Keep) -> None:
    """The QR code comes first: the response is stored with the reminder and contains it."""
    services = request.app[SERVICES]
    draft = drafted(request, keeper, given)
    joined = await invited(request, keeper, given, draft.owner) or ()
    reminder = services.reminders.plan(draft)
    code = await wecron_shown.qrcode_of(request, reminder)
    if code is None:
        request.app[STATES][WECRON].late.add(reminder.id)
    people = await people_of(request, keeper, (reminder.owner, *joined))
    participants = [people[uid] for uid in joined]

    def body_of(reminder: Reminder) -> str:
        found = wecron_shown.result(reminder, participants, people, services.links, qrcode=code)
        return msgspec.json.encode(found).decode()

    await services.reminders.put(reminder, joined, once=lambda reminder: keep(body_of(reminder)))


async def _seen(request: web.Request, keeper: Keeper) -> Reminder:
    """The reminder, if it is of the same app, or if the user owns or joined it. Raises NotFoundError."""
    reminder = await find_reminder(request, request.match_info["id"])
    if reminder.app_id == keeper.app.id or reminder.owner == keeper.person.uid:
        return reminder
    if await request.app[SERVICES].reminders.has_joined(reminder.id, keeper.person.uid):
        return reminder
    raise NotFoundError("there is no such reminder", reason=Reason.REMINDER_UNKNOWN)


async def _respond(request: web.Request, keeper: Keeper, reminder: Reminder) -> web.Response:
    (found,) = await wecron_shown.shown(request, keeper, [reminder])
    return _json(found)


def _address(request: web.Request, place: wecron_pages.Position | None) -> str | None:
    """The URL of a page, under the public URL or the host of the request."""
    if place is None:
        return None
    base = request.app[SERVICES].links.public_url or str(request.url.origin())
    return f"{base}{REMINDS}?cursor={wecron_pages.cursor(place)}"


def _json(found: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(found), content_type="application/json")


ROUTES = (
    Route(hdrs.METH_POST, REMINDS, create, Proof.TOKEN),
    Route(hdrs.METH_GET, REMINDS, listed, Proof.TOKEN),
    Route(hdrs.METH_GET, ONE, shown, Proof.TOKEN),
    Route(hdrs.METH_PATCH, ONE, change, Proof.TOKEN),
    Route(hdrs.METH_DELETE, ONE, remove, Proof.TOKEN),
    Route(hdrs.METH_GET, f"{ONE}qrcode/", paged_for_browsers(qrcode), Proof.CAPABILITY),
    Route(hdrs.METH_GET, f"{ONE}share_post/", paged_for_browsers(share_post), Proof.CAPABILITY),
    Route(hdrs.METH_GET, PROFILE, profile, Proof.TOKEN),
    Route(hdrs.METH_PATCH, PROFILE, change_profile, Proof.TOKEN),
    Route(hdrs.METH_GET, "/reminds/{id}", paged_for_browsers(opened), Proof.CAPABILITY),
    Route(hdrs.METH_GET, "/reminds/media/{id}", paged_for_browsers(media), Proof.CAPABILITY),
)

# The same paths without the slash at their end, which the original redirects, and those with one.
SPELLINGS = tuple(
    replace(route, path=route.path[:-1] if route.path.endswith("/") else f"{route.path}/")
    for route in ROUTES
)

API = Api(
    prefixes=("/reminds/", "/profile/api"),
    routes=ROUTES,
    refused=refused,
    unrouted=unrouted,
    spellings=SPELLINGS,
    setup=setup,
)
