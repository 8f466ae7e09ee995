"""Makes, lists, shows, changes, pauses, resumes, cancels and removes reminders."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import JoinedPeople, Reminder, ReminderState
from wechat_scheduler.reminders.ports import ReminderSearch
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.ids import REMINDER_ID
from wechat_scheduler.web.kit.query import limit_of, link_to, one_of, place_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reach import reachable_app, reaches_app
from wechat_scheduler.web.native.reminders.bodies import (
    PlanResult,
    ReminderBody,
    ReminderDetails,
    ReminderResult,
    plan_result,
    reminder_result,
)
from wechat_scheduler.web.native.reminders.details import detailed, names_of
from wechat_scheduler.web.native.reminders.drafts import drafted
from wechat_scheduler.web.native.reminders.quiet import hindrance, notes_on, plan_notes, quiet_until
from wechat_scheduler.web.native.reminders.scopes import (
    BEGINNING,
    MANY,
    beginning_of,
    ids_of,
    scope_of,
    text_of,
)
from wechat_scheduler.web.native.route import APP, LINK, PAGED, UID, NativeRoute, Success, query
from wechat_scheduler.web.native.session_changes import told_gone

PREVIEW: Final = 5
LONGEST_PREVIEW: Final = 20
# Users that a list shows of each reminder.
LISTED_PEOPLE: Final = 20
SORTS: Final = ("due",)
DUE_PLACE: Final = re.compile(r"-?[0-9]{1,17}_([0-9a-f]{32}|~)")
STATES: Final = tuple(state.value for state in ReminderState)


async def create(request: web.Request) -> web.Response:
    body = await request.read()
    parsed = decode(body, ReminderBody)

    async def make(keep: KeepResult) -> None:
        reminder, uids, _ = await drafted(request, parsed)
        people = JoinedPeople(uids, len(uids))
        notes = await notes_on(request, reminder, people)
        await _desk(request).create(
            reminder, uids, once=lambda planned: keep(reminder_result(planned, people, notes))
        )

    return await created(request, body, make)


async def planned(request: web.Request) -> web.Response:
    most, parsed = most_times(request), decode(await request.read(), ReminderBody)
    wanted = await drafted(request, parsed)
    reminder = _desk(request).plan(wanted.reminder)
    people = JoinedPeople(wanted.people, len(wanted.people))
    (names,) = await names_of(request, [(reminder, people)])
    app = await reachable_app(request, parsed.app)
    times = _desk(request).preview(reminder, most)
    awake = await quiet_until(request, reminder, people, times)
    error = await hindrance(request, reminder, people)
    shown = plan_result(
        reminder,
        people,
        names,
        times,
        awake,
        error=error,
        assumed=wanted.assumed,
        notes=await plan_notes(request, reminder, people, app),
    )
    return envelope.success(shown)


async def listed(request: web.Request) -> web.Response:
    state, by_due = one_of(request, "state", STATES), bool(one_of(request, "sort", SORTS))
    if by_due and state != ReminderState.ACTIVE:
        raise InvalidRequestError("lists active reminders: give state=active too", field="sort")
    wanted = ReminderSearch(
        limit=limit_of(request),
        after=_after(request, DUE_PLACE if by_due else REMINDER_ID),
        scope=await scope_of(request),
        state=ReminderState(state) if state else None,
        text=text_of(request),
        by_due=by_due,
        beginning=beginning_of(request),
        ids=ids_of(request),
    )
    found = await request.app[SERVICES].agenda.find(wanted)
    people = await _desk(request).people_of(
        [reminder.id for reminder in found.reminders], most=LISTED_PEOPLE
    )
    joined = [(each, people.get(each.id, JoinedPeople())) for each in found.reminders]
    results = await detailed(request, joined)
    headers = link_to(request, after=found.after) if found.after else {}
    return envelope.success(results, headers=headers)


async def shown(request: web.Request) -> web.Response:
    reminder = await seen(request)
    (details,) = await detailed(request, [(reminder, await _desk(request).people(reminder.id))])
    return envelope.success(details)


async def remove(request: web.Request) -> web.Response:
    reminder = await seen(request)
    await _desk(request).remove(reminder.id)
    told_gone(request, reminder.title)
    return envelope.success("success")


async def pause(request: web.Request) -> web.Response:
    return await _answer(request, await _desk(request).pause((await seen(request)).id))


async def resume(request: web.Request) -> web.Response:
    return await _answer(request, await _desk(request).resume((await seen(request)).id))


async def cancel(request: web.Request) -> web.Response:
    return await _answer(request, await _desk(request).cancel((await seen(request)).id))


async def preview(request: web.Request) -> web.Response:
    most, reminder = most_times(request), await seen(request)
    zone = ZoneInfo(reminder.zone)
    times = _desk(request).preview(reminder, most)
    return envelope.success([time.astimezone(zone) for time in times])


async def seen(request: web.Request) -> Reminder:
    """Raises NotFoundError, also for a reminder of an app that the key does not reach."""
    text = request.match_info["reminder"]
    if not REMINDER_ID.fullmatch(text):
        raise NotFoundError(
            "there is no reminder of that id: an id has 32 hexadecimal digits",
            reason=Reason.REMINDER_UNKNOWN,
        )
    reminder = await _desk(request).reminder(text)
    if not await reaches_app(request, reminder.app_id):
        raise NotFoundError(f"there is no reminder {text}", reason=Reason.REMINDER_UNKNOWN)
    return reminder


def _desk(request: web.Request) -> ReminderDesk:
    return request.app[SERVICES].reminders


async def _answer(request: web.Request, reminder: Reminder) -> web.Response:
    return envelope.success(reminder_result(reminder, await _desk(request).people(reminder.id)))


def _after(request: web.Request, form: re.Pattern[str]) -> str:
    place = place_of(request, form)
    return place[0] if place else ""


def most_times(request: web.Request) -> int:
    text = request.query.get("n", str(PREVIEW))
    if not (text.isascii() and text.isdecimal() and len(text) <= 2) or not (
        1 <= int(text) <= LONGEST_PREVIEW
    ):
        raise InvalidRequestError(f"must be a number from 1 to {LONGEST_PREVIEW}", field="n")
    return int(text)


_REMINDERS: Final = "/v1/reminders"
REMINDER: Final = f"{_REMINDERS}/{{reminder}}"
TIMES: Final = query(
    "n",
    "At most this many times.",
    {"type": "integer", "minimum": 1, "maximum": LONGEST_PREVIEW, "default": PREVIEW},
)
ROUTES = (
    NativeRoute(
        "POST", _REMINDERS, create, Scope.PUSH,
        "Makes a reminder, due once or repeatedly.",
        body=ReminderBody, result=ReminderResult, errors=(404, 422), once=True,
    ),
    NativeRoute(
        "GET", _REMINDERS, listed, Scope.PUSH,
        "Lists reminders by id, or by the time at which they are sent next.",
        result=list[ReminderDetails],
        takes=(
            APP, UID, query("state", "Only in this state.", {"enum": [*STATES]}),
            query("sort", "`due` lists the active ones by the time at which they are sent next.", {"enum": [*SORTS]}),
            query("text", "Only with this text in the title; upper and lower case are the same."), BEGINNING, MANY, *PAGED,
        ),
        gives=LINK,
        errors=(404,),
    ),
    NativeRoute(
        "POST", f"{_REMINDERS}/preview", planned, Scope.PUSH,
        "Shows the reminder that a body would make, and when it would be due; stores nothing.",
        body=ReminderBody, result=PlanResult, takes=(TIMES,), errors=(404, 422),
    ),
    NativeRoute(
        "GET", REMINDER, shown, Scope.PUSH,
        "Shows a reminder, and when it is due next.",
        result=ReminderDetails,
    ),
    NativeRoute(
        "DELETE", REMINDER, remove, Scope.PUSH,
        "Removes a reminder; messages that it made already are still sent.",
        result=Success,
    ),
    NativeRoute(
        "POST", f"{REMINDER}/pause", pause, Scope.PUSH,
        "Pauses a reminder: it skips the occurrences until it is resumed.",
        result=ReminderResult, errors=(409,),
    ),
    NativeRoute(
        "POST", f"{REMINDER}/resume", resume, Scope.PUSH,
        "Resumes a reminder with its next occurrence.",
        result=ReminderResult, errors=(409,),
    ),
    NativeRoute(
        "POST", f"{REMINDER}/cancel", cancel, Scope.PUSH,
        "Cancels a reminder for good; it stays visible.",
        result=ReminderResult, errors=(409,),
    ),
    NativeRoute(
        "GET", f"{REMINDER}/preview", preview, Scope.PUSH,
        "Lists the next times at which a reminder is due, in its zone.",
        result=list[datetime], takes=(TIMES,),
    ),
)  # fmt: skip
