"""Changes a reminder, for a minute first in which that can be undone, and shows what a change would make of it."""

from datetime import datetime
from typing import Final

from aiohttp import web
from msgspec import UNSET

from wechat_scheduler.access.model import Scope
from wechat_scheduler.reminders.model import JoinedPeople, PeopleChange
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reminders.bodies import (
    PlanResult,
    ReminderChange,
    ReminderResult,
    plan_result,
    result_with,
)
from wechat_scheduler.web.native.reminders.details import names_of
from wechat_scheduler.web.native.reminders.differences import fields_that_differ, time_before
from wechat_scheduler.web.native.reminders.drafts import edited
from wechat_scheduler.web.native.reminders.quiet import hindrance, quiet_until
from wechat_scheduler.web.native.reminders.reminders import REMINDER, TIMES, most_times, seen
from wechat_scheduler.web.native.route import NativeRoute


class ChangeResult(ReminderResult, kw_only=True):
    """The changed reminder. Until `until`, `undo` makes it what it was; `undo` is empty after a change of `to`, and if nothing
    changed. `before` was its time, null if neither that nor the rule changed; `changed` names the fields that are others now."""

    before: datetime | None
    changed: list[str]
    undo: str
    until: datetime


async def change(request: web.Request) -> web.Response:
    reminder, owners = await seen(request), request.app[SERVICES].owners
    body = decode(await request.read(), ReminderChange)
    made = await edited(request, body, reminder)
    desk = request.app[SERVICES].reminders
    joined = None if body.to is UNSET else await desk.people(reminder.id)
    before, after = await owners.change(reminder.id, made.edit, made.people)
    people = await desk.people(after.id)
    return envelope.success(
        result_with(
            ChangeResult,
            after,
            people,
            before=time_before(before, after),
            changed=fields_that_differ(before, after, to=joined not in (None, people)),
            undo="" if after == before or body.to is not UNSET else owners.sealed(before),
            until=owners.undo_until(),
        )
    )


async def planned_change(request: web.Request) -> web.Response:
    most, before = most_times(request), await seen(request)
    body, desk = decode(await request.read(), ReminderChange), request.app[SERVICES].reminders
    made = await edited(request, body, before)
    after = desk.edited(before, made.edit(before))
    people = _changed(await desk.people(before.id), made.people)
    (names,) = await names_of(request, [(after, people)])
    times = desk.preview(after, most)
    awake = await quiet_until(request, after, people, times)
    error = await hindrance(request, after, people)
    shown = plan_result(after, people, names, times, awake, error=error, assumed=made.assumed)
    return envelope.success(shown)


def _changed(people: JoinedPeople, change: PeopleChange | None) -> JoinedPeople:
    """Those who would have joined after the change."""
    if change is None:
        return people
    joined, left = {*people.uids}, {*change.leave}
    added = [uid for uid in change.join if uid not in joined]
    staying = [uid for uid in people.uids if uid not in left]
    number = people.number + len(added) - len(left & joined)
    return JoinedPeople((*staying, *added), number)


ROUTES: Final = (
    NativeRoute(
        "PATCH", REMINDER, change, Scope.PUSH,
        "Changes the given fields; a new time makes a finished reminder active again.",
        body=ReminderChange, result=ChangeResult, errors=(409, 422),
    ),
    NativeRoute(
        "POST", f"{REMINDER}/preview", planned_change, Scope.PUSH,
        "Shows what a change would make of a reminder, and when it would be due; stores nothing.",
        body=ReminderChange, result=PlanResult, takes=(TIMES,), errors=(409, 422),
    ),
)  # fmt: skip
