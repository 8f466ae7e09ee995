"""Other receivers for a reminder: shown first, then saved; and one of those who joined is removed."""

from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from wechat_scheduler.errors import NotFoundError, RequestError
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.meant_users import (
    settled,
    told_users,
    which_users,
)
from wechat_scheduler.web.console.parts import known_facts, section
from wechat_scheduler.web.console.previewed import (
    PREVIEWED,
    changed_since,
    digest_of,
    is_as_previewed,
)
from wechat_scheduler.web.console.reminders.change_forms import (
    RECEIVERS_FORM,
    SHOWN_TOPICS,
    TypedChange,
    TypedReceivers,
    topics_of,
)
from wechat_scheduler.web.console.reminders.draft import Draft, looked_up
from wechat_scheduler.web.console.reminders.one import ONE, one_of, page_of
from wechat_scheduler.web.console.reminders.pieces import LIST, receivers
from wechat_scheduler.web.console.reminders.reached import REACHED, reached_by
from wechat_scheduler.web.console.reminders.refusals import refused
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import PlanResult, ReminderDetails
from wechat_scheduler.web.native.reminders.changed_plans import ChangeResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import fill, when

W = Words

WHO, NOW, THEN = W("Who is reminded", "提醒谁"), W("Until now", "现在"), W("Then", "改为")
SAVE = W("Change the receivers", "修改接收者")
NOTICES: Final = {
    "received": W("The receivers are changed.", "接收者已修改。"),
    "left": W("The user is removed from it.", "已移除这个用户。"),
}


async def show_receivers(visit: Visit, *, is_changed: bool = False) -> web.Response:
    """The page with who would be reminded. `is_changed`: since it was shown before."""
    reminder = await one_of(visit)
    typed = _typed(visit, reminder)
    app = await visit.api.get("/v1/apps/{app}", AppResult, app=reminder.app)
    people, meant = await looked_up(visit, app, typed.people)
    typed = typed._replace(people=people)
    if which := which_users(visit, meant, RECEIVERS_FORM):
        return await page_of(visit, reminder, TypedChange(receivers=typed), which)
    to = await _to(visit, reminder, typed)
    try:
        plan = await visit.api.post(f"{ONE}/preview", PlanResult, {"to": to}, reminder=reminder.id)
    except RequestError as error:
        return await _refused(visit, reminder, typed, error, to)
    reached = await reached_by(visit, plan, reminder.app)
    facts = ((NOW, receivers(visit, reminder)), (THEN, receivers(visit, plan)), (REACHED, reached))
    shown = known_facts(visit, facts)
    inner = fill(
        '{changed}{facts}{meant}<div class="buttons"><button class="main" form="{form}" formaction="{save}">{label}</button></div>',
        changed=when(is_changed, changed_since(visit)),
        facts=shown,
        meant=told_users(visit, meant),
        form=RECEIVERS_FORM,
        save=f"{LIST}/{reminder.id}/receivers/save",
        label=visit.say(SAVE),
    )
    change = TypedChange(receivers=typed, planned={PREVIEWED: digest_of(_shown(typed))})
    return await page_of(visit, reminder, change, section(visit, WHO, inner, id="understood"))


async def save_receivers(visit: Visit) -> web.Response:
    """Saves what was shown."""
    reminder = await one_of(visit)
    typed = _typed(visit, reminder)
    if not is_as_previewed(visit, _shown(typed)):
        return await show_receivers(visit, is_changed=True)
    to = await _to(visit, reminder, typed)
    try:
        await visit.api.patch(ONE, ChangeResult, body={"to": to}, reminder=reminder.id)
    except RequestError as error:
        return await _refused(visit, reminder, typed, error, to)
    return done(f"{LIST}/{reminder.id}", "received")


async def remove_person(visit: Visit) -> web.Response:
    reminder, uid = await one_of(visit), visit.form.get("uid", "")
    with suppress(NotFoundError):  # removed already
        await visit.api.delete(f"{ONE}/people/{{name}}", str, reminder=reminder.id, name=uid)
    return done(f"{LIST}/{reminder.id}", "left")


def _typed(visit: Visit, reminder: ReminderDetails) -> TypedReceivers:
    """Topics that the person left as they were are those that are stored by now."""
    people = settled(visit, visit.form.get("people", "").strip())
    given, stored = visit.form_list("topics"), topics_of(reminder)
    shown = visit.form[SHOWN_TOPICS].split(",") if SHOWN_TOPICS in visit.form else stored
    kept = [one for one in stored if one in given or one not in shown]
    added = [one for one in given if one not in shown]
    return TypedReceivers(people, tuple(dict.fromkeys([*kept, *added])))


def _shown(typed: TypedReceivers) -> dict[str, str]:
    return {"people": typed.people, "topics": ",".join(sorted(typed.topics))}


async def _to(visit: Visit, reminder: ReminderDetails, typed: TypedReceivers) -> list[int | str]:
    """The people whom requests named until now, those who are typed, and the topics."""
    named = await _named(visit, reminder)
    more = Draft(people=typed.people, topics=typed.topics).to()
    return [*named, *more]


async def _named(visit: Visit, reminder: ReminderDetails) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = await visit.api.page(
            f"{ONE}/people", str, reminder=reminder.id, named="true", limit=1000, after=after
        )
        found += page.rows
        if not page.after:
            return found
        after = page.after


async def _refused(
    visit: Visit,
    reminder: ReminderDetails,
    typed: TypedReceivers,
    error: RequestError,
    to: list[Any],
) -> web.Response:
    said = refused(visit, error, to)
    change = TypedChange(error=said, place="people", status=error.status, receivers=typed)
    return await page_of(visit, reminder, change)
