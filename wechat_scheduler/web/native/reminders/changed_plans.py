"""Shows what a change would make of a reminder, and changes nothing."""

from typing import Final

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reminders.bodies import PlanResult, ReminderChange, plan_result
from wechat_scheduler.web.native.reminders.details import names_of
from wechat_scheduler.web.native.reminders.drafts import edited
from wechat_scheduler.web.native.reminders.quiet import quiet_until
from wechat_scheduler.web.native.reminders.reminders import REMINDER, TIMES, most_times, seen
from wechat_scheduler.web.native.route import NativeRoute


async def planned_change(request: web.Request) -> web.Response:
    most, before = most_times(request), await seen(request)
    body, desk = decode(await request.read(), ReminderChange), request.app[SERVICES].reminders
    edit, _ = await edited(request, body, before)
    after = desk.edited(before, edit(before))
    people = await desk.people(before.id)
    (names,) = await names_of(request, [(after, people)])
    times = desk.preview(after, most)
    awake = await quiet_until(request, after, people, times)
    return envelope.success(plan_result(after, people, names, times, awake))


ROUTES: Final = (
    NativeRoute(
        "POST", f"{REMINDER}/preview", planned_change, Scope.PUSH,
        "Shows what a change would make of a reminder, and when it would be due; stores nothing.",
        body=ReminderChange, result=PlanResult, takes=(TIMES,), errors=(409, 422),
    ),
)  # fmt: skip
