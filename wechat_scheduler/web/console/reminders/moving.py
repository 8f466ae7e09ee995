"""Another time for a reminder: shown as it is understood first, with the question whether its repetition may end."""

from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.reminders.language.delays import delay_of, delayed
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.links import button
from wechat_scheduler.web.console.outcomes import shown_at
from wechat_scheduler.web.console.parts import advice, known_facts, section
from wechat_scheduler.web.console.previewed import (
    PREVIEWED,
    WRITTEN,
    changed_since,
    digest_of,
    is_as_previewed,
    send_button,
    waiting,
)
from wechat_scheduler.web.console.reminders.assumed import assumed_facts
from wechat_scheduler.web.console.reminders.change_forms import LASTING, TypedChange
from wechat_scheduler.web.console.reminders.draft import NO_NUMBER, app_time, planned_fields
from wechat_scheduler.web.console.reminders.one import ONE, one_of, page_of
from wechat_scheduler.web.console.reminders.pieces import LIST, WRITE, moments
from wechat_scheduler.web.console.reminders.refusals import refused
from wechat_scheduler.web.console.reminders.undoing import UndoOutcome, told
from wechat_scheduler.web.console.reminders.writing import (
    NEXT,
    SENT,
    UNDERSTOOD,
    sending_words,
    when_words,
)
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import PlanResult, ReminderDetails, ReminderResult
from wechat_scheduler.web.native.reminders.changed_plans import ChangeResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

NOTHING = W("Write another time, or choose a date.", "请写一个新的时间，或者选日期。")
NOW, THEN = W("Until now", "现在"), W("New time", "改为")
MOVE = W("Change the time", "改时间")
ENDS = W(
    "This ends the repetition: it is sent once more, at the new time, and no more after it.",
    "这样改会结束重复：只在新的时间再发一次，以后不再发。",
)
END_IT = W("End the repetition and send it once", "结束重复，只发这一次")
ONLY_NEXT = W("Move only the next time, and keep the repetition", "只改下一次，保留重复")
BESIDES = W("Keep the repetition, and write another reminder", "保留重复，另建一个提醒")
# A request's first line has 8,190 bytes: a reminder may have 2,000 people.
_LONGEST_LINK: Final = 4000


async def move(visit: Visit, *, is_changed: bool = False) -> web.Response:
    """The page with how the new time is understood. `is_changed`: since it was shown before."""
    reminder, typed = await one_of(visit), _typed(visit)
    try:
        body = _change(typed, reminder)
        plan = await visit.api.post(f"{ONE}/preview", PlanResult, body, reminder=reminder.id)
    except RequestError as error:
        return await _refused(visit, reminder, typed, error)
    planned = {PREVIEWED: digest_of(_shown(typed, reminder)), **planned_fields(plan)}
    besides = await _another(visit, reminder, plan)
    understood = _understood(visit, reminder, plan, besides, is_changed=is_changed)
    return await page_of(visit, reminder, typed._replace(planned=planned), understood)


async def save_move(visit: Visit) -> web.Response:
    """Saves what was shown."""
    reminder, typed = await one_of(visit), _typed(visit)
    if not (is_as_previewed(visit, _shown(typed, reminder)) or _is_so(visit, reminder)):
        return await move(visit, is_changed=True)
    try:
        only_next = typed.only_next and bool(reminder.rule)
        body = _planned(visit, only_next=only_next)
        moved = await visit.api.patch(ONE, ChangeResult, body=body, reminder=reminder.id)
    except RequestError as error:
        return await _refused(visit, reminder, typed, error)
    return await changed_page(visit, moved, "moved_paused" if moved.state == "paused" else "moved")


async def changed_page(visit: Visit, changed: ChangeResult, did: str) -> web.Response:
    """To the page of the reminder, which says what was done, and takes it back for a minute. What the store does not
    keep is on the page that answers."""
    outcome = UndoOutcome(did=did, undo=changed.undo, until=changed.until)
    if away := await shown_at(visit, f"{LIST}/{changed.id}", outcome):
        return away
    top = told(visit, changed.id, outcome)
    return await page_of(visit, await one_of(visit), TypedChange(), top=top)


def _typed(visit: Visit) -> TypedChange:
    form = visit.form
    return TypedChange(
        form.get("when", "").strip(), form.get("at", "").strip(), only_next="only_next" in form
    )


def _shown(typed: TypedChange, reminder: ReminderDetails) -> dict[str, str]:
    """What a preview is of: also the rule that it would replace, or the time. The next time of a rule passes without
    a person."""
    time = reminder.time.isoformat() if typed.only_next or not reminder.rule else ""
    return {
        "when": typed.when,
        "at": typed.at,
        "only_next": str(typed.only_next),
        "time": time,
        "rule": reminder.rule or "",
        "defer": str(reminder.defer),
    }


def _is_so(visit: Visit, reminder: ReminderDetails) -> bool:
    """Whether the form was sent before."""
    planned = (visit.form.get("planned_time"), visit.form.get("planned_rule"))
    return planned == (reminder.time.isoformat(), reminder.rule or "")


def _change(typed: TypedChange, reminder: ReminderResult) -> dict[str, Any]:
    """A person names the time of the message: the reminder is no longer sent earlier, unless the sentence says
    so. If only the next time is moved, all else stays. Raises InvalidRequestError."""
    if not (typed.at or typed.when):
        raise InvalidRequestError("is required", field="when")
    later = None if typed.at else _put_off(typed.when, reminder)
    if typed.only_next and reminder.rule:
        time = {"time": app_time(typed.at, reminder.zone)} if typed.at else {"when": typed.when}
        return {**(later or time), "only_next": True}
    if later:
        return {**later, "rule": None}
    if typed.at:
        return {"time": app_time(typed.at, reminder.zone), "rule": None, "defer": 0}
    change: dict[str, Any] = {"when": typed.when, "title": reminder.title}
    return change if "提前" in typed.when else change | {"defer": 0}


def _put_off(text: str, reminder: ReminderResult) -> dict[str, str] | None:
    """推迟半小时 counts from the time of the reminder. Raises RequestError."""
    length = delay_of(text)
    if length is None:
        return None
    return {"time": delayed(reminder.time, length, ZoneInfo(reminder.zone)).isoformat()}


def _planned(visit: Visit, *, only_next: bool) -> dict[str, Any]:
    """The change that was shown. Raises InvalidRequestError."""
    if only_next:
        return {"time": visit.form.get("planned_time", ""), "only_next": True}
    typed = TypedFields(visit)
    body = {
        "time": visit.form.get("planned_time", ""),
        "rule": visit.form.get("planned_rule") or None,
        "defer": typed.number("planned_defer", NO_NUMBER, empty=0),
    }
    typed.check(lambda: None)
    return body


async def _refused(
    visit: Visit, reminder: ReminderDetails, typed: TypedChange, error: RequestError
) -> web.Response:
    said = refused(visit, error) if typed.when or typed.at else visit.say(NOTHING)
    place = "at" if typed.at else "when"
    return await page_of(
        visit, reminder, typed._replace(error=said, place=place, status=error.status)
    )


def _understood(
    visit: Visit,
    reminder: ReminderDetails,
    plan: PlanResult,
    besides: str,
    *,
    is_changed: bool,
) -> Html:
    """`besides` is the form of another reminder, which a person may write instead of ending the repetition."""
    ends = bool(reminder.rule) and not plan.rule
    shown = known_facts(
        visit,
        [
            (NOW, when_words(visit, reminder.rule, reminder.time, reminder.zone)),
            (THEN, when_words(visit, plan.rule, plan.time, plan.zone)),
            *assumed_facts(visit, plan),
            (SENT, sending_words(visit, plan.defer)),
        ],
    )
    path = f"{LIST}/{reminder.id}/move/save"
    inner = fill(
        "{changed}{facts}{error}{waits}<h3>{next}</h3>{times}{ends}{only_next}{save}{besides}",
        changed=when(is_changed, changed_since(visit)),
        facts=shown,
        error=advice(visit, plan.error),
        waits=waiting(visit, plan.waits_until),
        next=visit.say(NEXT),
        times=moments(visit, plan.next, plan.zone),
        ends=when(ends, advice(visit, visit.say(ENDS))),
        save=send_button(visit, path, END_IT if ends else MOVE),
        only_next=when(ends and reminder.state in LASTING, _only_next(visit, reminder)),
        besides=when(ends and besides, button(visit, besides, BESIDES)),
    )
    return section(visit, UNDERSTOOD, inner, id="understood")


def _only_next(visit: Visit, reminder: ReminderDetails) -> Html:
    """Shows the same time as that of the next occurrence alone."""
    return fill(
        '<div class="buttons"><button form="{form}" formaction="{move}" name="only_next" value="on">{label}</button></div>',
        form=WRITTEN,
        move=f"{LIST}/{reminder.id}/move",
        label=visit.say(ONLY_NEXT),
    )


async def _another(visit: Visit, reminder: ReminderDetails, plan: PlanResult) -> str:
    """The form of a new reminder with this title, time and these receivers; empty for one without an app, and for more
    receivers than an address holds. The form takes a wall time of the app."""
    app = (await apps_of(visit)).get(reminder.app)
    if app is None:
        return ""
    topics = [str(one) for one in reminder.to if isinstance(one, int) or one == EVERYONE]
    people = [one for one in reminder.to if isinstance(one, str) and one != EVERYONE]
    query = {
        "app": reminder.app,
        "at": f"{plan.time.astimezone(ZoneInfo(app.zone)):%Y-%m-%dT%H:%M}",
        "title": reminder.title,
        "uid": "\n".join([*([reminder.owner] if reminder.owner else []), *people]),
        "topic": topics,
    }
    url = f"{WRITE}?{urlencode(query, doseq=True)}"
    return url if len(url) <= _LONGEST_LINK else ""
