"""Removes reminders for a minute first, in which they can be restored; so can those that were changed."""

from datetime import datetime
from typing import Final, Literal

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.reminders.bodies import ReminderResult, result_with
from wechat_scheduler.web.native.reminders.differences import fields_that_differ, time_before
from wechat_scheduler.web.native.reminders.reminders import REMINDER, seen
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.session_changes import told_gone


class RemovalResult(msgspec.Struct, kw_only=True):
    """The reminder is removed. Until `until`, `undo` restores it."""

    undo: str
    until: datetime


class RestoreResult(ReminderResult, kw_only=True):
    """The reminder as it was again. `undone` is `removal` or `change`, or empty if it was so already; `changed` names the
    fields that a change had made others, and `before` is the time that it had given, null if it gave none."""

    undone: Literal["removal", "change", ""]
    before: datetime | None
    changed: list[str]


class RestoreBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`undo` is from the removal or the change."""

    undo: str


async def remove(request: web.Request) -> web.Response:
    reminder, owners = await seen(request), request.app[SERVICES].owners
    until = owners.undo_until()
    told_gone(request, reminder.title)
    return envelope.success(RemovalResult(undo=await owners.delete(reminder.id), until=until))


async def restore(request: web.Request) -> web.Response:
    body, services = decode(await request.read(), RestoreBody), request.app[SERVICES]
    name = request.match_info["reminder"]
    app = await services.directory.find_app(
        services.owners.deleted(name, body.undo).reminder.app_id
    )
    # The reminders of an app that was removed are gone with it.
    if app is None or not request[CALLER].reaches(app.appid):
        raise NotFoundError("there is no deletion to undo", reason=Reason.REMINDER_UNKNOWN)
    reminder, before = await services.owners.restore(name, body.undo)
    people = await services.reminders.people(reminder.id)
    changed = [] if before is None else fields_that_differ(before, reminder)
    result = result_with(
        RestoreResult,
        reminder,
        people,
        undone=_undone(reminder, before),
        before=None if before is None else time_before(before, reminder),
        changed=changed,
    )
    return envelope.success(result)


def _undone(reminder: Reminder, before: Reminder | None) -> str:
    if before is None:
        return "removal"
    return "" if before == reminder else "change"


ROUTES: Final = (
    NativeRoute(
        "POST", f"{REMINDER}/remove", remove, Scope.PUSH,
        "Removes a reminder, and gives the text with which it can be restored for a minute.",
        result=RemovalResult,
    ),
    NativeRoute(
        "POST", f"{REMINDER}/restore", restore, Scope.PUSH,
        "Restores a reminder that was removed or changed within the last minute, with those who joined it.",
        body=RestoreBody, result=RestoreResult, errors=(409,),
    ),
)  # fmt: skip
