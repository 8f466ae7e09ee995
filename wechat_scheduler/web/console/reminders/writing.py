"""`/console/reminders/write`: writes a reminder as a sentence, shows how it is understood, and saves it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.errors import NotFoundError, RequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import apps_of, no_apps
from wechat_scheduler.web.console.fields import form, select_field
from wechat_scheduler.web.console.known_accounts import advice_on_lack, lack_of
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.meant_users import told_users, which_users
from wechat_scheduler.web.console.parts import Cell, advice, known_facts, section
from wechat_scheduler.web.console.previewed import (
    changed_since,
    is_as_previewed,
    send_button,
    waiting,
)
from wechat_scheduler.web.console.reminders.assumed import assumed_facts
from wechat_scheduler.web.console.reminders.draft import Draft, looked_up
from wechat_scheduler.web.console.reminders.pieces import (
    LIST,
    WRITE,
    moment,
    moments,
    receivers,
    tabs,
)
from wechat_scheduler.web.console.reminders.reached import REACHED, reached_by
from wechat_scheduler.web.console.reminders.rule_words import rule_words
from wechat_scheduler.web.console.reminders.write_form import ReminderWritten, write_form
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.topic_choice import offered_topics
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import PlanResult, ReminderResult
from wechat_scheduler.web.native.reminders.sentences import SentenceResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

SAVE = W("Save it", "保存")
UNDERSTOOD = W("As it is understood", "理解为")
WHEN, SENT, EARLIER = W("When", "时间"), W("Sent", "发送"), W("{span} earlier", "提前 {span}")
LATER, ON_TIME = W("{span} later", "推后 {span}"), W("at that time", "准时")
NEXT = W("Next times", "接下来")
CHOOSE = W("Choose the app that sends it.", "请选择由哪个应用发送。")
GO_ON = W("Go on", "继续")
NOTICES: Final = {"saved": W("The reminder is saved.", "提醒已保存。")}
SAVING: Final = f"{WRITE}/save"


async def write(visit: Visit) -> web.Response:
    query = visit.request.query
    app = await _chosen(visit, query.get("app", ""))
    if app is None:
        return await _choose(visit)
    draft = Draft(
        app=str(app.id),
        when=query.get("when", ""),
        at=query.get("at", ""),
        title=query.get("title", ""),
        people=query.get("uid", ""),
        topics=tuple(query.getall("topic", ())),
    )
    return await _page(visit, await _written(visit, draft, app))


async def read(visit: Visit, *, is_changed: bool = False) -> web.Response:
    """The form as it was filled in, with how it is understood. `is_changed`: since it was shown before."""
    draft = Draft.of(visit)
    app = await _chosen(visit, draft.app)
    if app is None:
        return await _choose(visit, draft)
    people, meant = await looked_up(visit, app, draft.people)
    written = await _written(visit, draft._replace(people=people), app)
    written = written._replace(meant=meant, is_changed=is_changed)
    if any(one.offered for one in meant):
        return await _page(visit, written)
    try:
        body = written.draft.body(app)
        plan = await visit.api.post("/v1/reminders/preview", PlanResult, body)
    except RequestError as error:
        readings = await _several(visit, draft, error)
        return await _page(visit, written._replace(error=error, readings=readings))
    return await _page(visit, written._replace(plan=plan))


async def save(visit: Visit) -> web.Response:
    draft = Draft.of(visit)
    if not is_as_previewed(visit, draft.kept()):
        return await read(visit, is_changed=True)
    try:
        body = draft.planned_body(visit)
        made = await visit.api.post("/v1/reminders", ReminderResult, body, once=visit.once)
    except RequestError as error:
        app = await _chosen(visit, draft.app)
        if app is None:
            return await _choose(visit, draft, error.status)
        written = await _written(visit, draft, app)
        return await _page(visit, written._replace(error=error))
    return done(f"{LIST}/{made.id}", "saved")


async def _chosen(visit: Visit, text: str) -> AppResult | None:
    """The app of that id; without one the only app."""
    if text:
        try:
            return await visit.api.get("/v1/apps/{app}", AppResult, app=text)
        except NotFoundError:
            return None
    found = await visit.api.page("/v1/apps", AppResult, limit=2)
    return found.rows[0] if len(found.rows) == 1 else None


async def _choose(visit: Visit, draft: Draft | None = None, status: int = 200) -> web.Response:
    """Asks for the app first: it decides who can be reminded. A `draft` whose app is gone is kept."""
    options = [(str(app.id), app.name) for app in (await apps_of(visit)).values()]
    apps = select_field(visit, "app", terms.APP, options)
    empty = fill(
        '<form method="get" action="{write}">{apps}<button class="main">{go_on}</button></form>',
        write=WRITE,
        apps=apps,
        go_on=visit.say(GO_ON),
    )
    kept = {name: text for name, text in (draft or Draft()).kept().items() if name != "app"}
    chosen = form(visit, WRITE, apps, GO_ON, fields=kept) if draft else empty
    asked = fill("<p>{choose}</p>{form}", choose=visit.say(CHOOSE), form=chosen)
    inner = asked if options else no_apps(visit)
    body = fill("{tabs}<section>{inner}</section>", tabs=tabs(visit, WRITE), inner=inner)
    return layout(visit, terms.WRITE_REMINDER, body, status=status)


async def _written(visit: Visit, draft: Draft, app: AppResult) -> ReminderWritten:
    """What is written, without topics of the app that was chosen before."""
    topics = await offered_topics(visit, app.id, draft.topics)
    known = {EVERYONE, *(str(one.id) for one in topics)}
    kept = draft._replace(topics=tuple(one for one in draft.topics if one in known))
    return ReminderWritten(kept, app, topics, await apps_of(visit))


async def _several(visit: Visit, draft: Draft, error: RequestError) -> Sequence[str]:
    """Each reminder that the sentence asks for, as a sentence of its own."""
    if error.reason is not Reason.SENTENCE_SEVERAL:
        return ()
    try:
        first = await visit.api.post(
            "/v1/reminders/parse", SentenceResult, body={"text": draft.when}
        )
    except RequestError:
        return ()
    return [one.understood for one in (first, *first.also)]


async def _page(visit: Visit, written: ReminderWritten) -> web.Response:
    reached = await reached_by(visit, written.plan, written.app.id) if written.plan else ""
    needs_account = written.draft.channel != "webhook"
    lack = await lack_of(visit, written.app) if needs_account else ""
    body = fill(
        "{tabs}{unregistered}{which}{understood}<section>{form}</section>",
        tabs=tabs(visit, WRITE),
        unregistered=advice_on_lack(visit, written.app, lack),
        which=which_users(visit, written.meant),
        understood=_understood(visit, written, reached, lack),
        form=write_form(visit, written),
    )
    return layout(
        visit, terms.WRITE_REMINDER, body, status=written.error.status if written.error else 200
    )


def _understood(visit: Visit, written: ReminderWritten, reached: str, lack: str) -> Html:
    """`lack` is why nothing is sent, which the page says already, with the way to register the account."""
    plan = written.plan
    if plan is None:
        return Html()
    shown = known_facts(
        visit,
        [
            (terms.TITLE, plan.title),
            (WHEN, when_words(visit, plan.rule, plan.time, plan.zone)),
            *assumed_facts(visit, plan),
            (SENT, sending_words(visit, plan.defer)),
            (terms.TO, receivers(visit, plan)),
            (REACHED, reached),
        ],
    )
    inner = fill(
        "{changed}{facts}{meant}{error}{waits}{notes}<h3>{next}</h3>{times}{save}",
        changed=when(written.is_changed, changed_since(visit)),
        facts=shown,
        meant=told_users(visit, written.meant),
        error=advice(visit, "" if plan.error == lack else plan.error),
        waits=waiting(visit, plan.waits_until),
        notes=[advice(visit, note) for note in plan.notes if note != lack],
        next=visit.say(NEXT),
        times=moments(visit, plan.next, plan.zone),
        save=send_button(visit, SAVING, SAVE),
    )
    return section(visit, UNDERSTOOD, inner, id="understood")


def when_words(visit: Visit, rule: str | None, at: datetime, zone: str) -> Cell:
    """When it recurs, or the time of one that does not."""
    return rule_words(visit, rule, at) if rule else moment(visit, at, zone)


def sending_words(visit: Visit, minutes: int) -> str:
    if not minutes:
        return visit.say(ON_TIME)
    span = visit.lasting(timedelta(minutes=abs(minutes)))
    return visit.say(EARLIER if minutes < 0 else LATER, span=span)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, WRITE, write),
    ConsoleRoute(hdrs.METH_POST, WRITE, read),
    ConsoleRoute(hdrs.METH_POST, SAVING, save),
)
