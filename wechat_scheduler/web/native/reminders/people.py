"""The users who joined a reminder: lists them, joins one, and lets one leave."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.query import limit_of, next_page, one_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reach import reachable_app
from wechat_scheduler.web.native.reminders.reminders import REMINDER, seen
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute, Success, query


async def listed(request: web.Request) -> web.Response:
    reminder, limit = await seen(request), limit_of(request)
    after = request.query.get("after", "")
    desk = request.app[SERVICES].reminders
    if one_of(request, "named", ("true",)):
        named = sorted(uid for uid in await desk.named(reminder.id) if uid > after)
        uids: Sequence[str] = named[:limit]
    else:
        uids = await desk.people_page(reminder.id, after=after, limit=limit)
    return envelope.success([*uids], headers=next_page(request, uids, lambda last: last))


async def join(request: web.Request) -> web.Response:
    reminder, services = await seen(request), request.app[SERVICES]
    if reminder.way is Way.WEBHOOK:
        raise InvalidRequestError("a webhook goes to the app's callback", field="name")
    app = await reachable_app(request, reminder.app_id)
    found = await services.audience.found(app, request.match_info["name"])
    await services.reminders.join(reminder.id, found.subscriber.uid)
    return envelope.success("success")


async def leave(request: web.Request) -> web.Response:
    reminder, services = await seen(request), request.app[SERVICES]
    name = request.match_info["name"]
    app = await reachable_app(request, reminder.app_id)
    found = (await services.audience.find(app, [name])).get(name)
    uid = found.subscriber.uid if found else name
    if not await services.reminders.leave(reminder.id, uid):
        raise NotFoundError(
            f"the user {name!r} did not join this reminder", reason=Reason.SUBSCRIBER_UNKNOWN
        )
    return envelope.success("success")


_PEOPLE: Final = f"{REMINDER}/people"
NAMED: Final = query(
    "named",
    "`true`: only those whom a request named, and none who joined by themselves.",
    {"enum": ["true"]},
)
_PERSON: Final = f"{_PEOPLE}/{{name}}"
ROUTES = (
    NativeRoute(
        "GET", _PEOPLE, listed, Scope.PUSH,
        "Lists the uids of the users who joined a reminder, in order.",
        result=list[str], takes=(NAMED, *PAGED), gives=LINK,
    ),
    NativeRoute(
        "PUT", _PERSON, join, Scope.PUSH,
        "Joins a user to a reminder; the same again changes nothing.",
        result=Success,
    ),
    NativeRoute(
        "DELETE", _PERSON, leave, Scope.PUSH,
        "Lets a user leave a reminder.",
        result=Success,
    ),
)  # fmt: skip
