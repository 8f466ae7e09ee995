"""`/console/reminders`: all reminders, by app, person, state and text."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import app_link, app_options, apps_of
from wechat_scheduler.web.console.folded import folded_search
from wechat_scheduler.web.console.form_fields import NOTHING_WRONG, FormFields
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import Cell, joined, searched, spaced, table
from wechat_scheduler.web.console.reminders.outcome import last_counts
from wechat_scheduler.web.console.reminders.pieces import (
    LIST,
    OFTEN,
    STATES,
    badge,
    moment,
    receivers,
    reminder_link,
    tabs,
)
from wechat_scheduler.web.console.reminders.rule_words import rule_words
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.sought_users import CALLED, sought_uid, which_of_several
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails
from wechat_scheduler.web.native.reminders.scopes import BEGINNINGS
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

NEXT = W("Next time", "下次时间")
TEXT = W("Text in the title, or the number", "标题里的文字，或编号")
NONE = W("No active reminders. Write one.", "没有进行中的提醒。新建一个吧。")
NONE_FOUND = W(
    "No reminder here fits. Change the choice, or go to the next page if there is one.",
    "这里没有符合的提醒。请改变条件，或者看下一页（如果有）。",
)
ONLY = W("Only reminders in the state “{state}” are shown.", "只显示状态为“{state}”的提醒。")
PAUSED = W("The paused ones", "已暂停的提醒")
ENDED: Final = ("done", "missed", "cancelled")
# They are shown unless another state is chosen.
ACTIVE: Final = "active"
FILTERS: Final = ("app", "uid", "state", "text", "after")


async def listing(visit: Visit) -> web.Response:
    query, apps = visit.request.query, await apps_of(visit)
    wanted = {name: query.get(name, "").strip() for name in FILTERS}
    state = query.get("state", ACTIVE)
    wanted["state"] = state if state in STATES else ""
    try:
        uid = await sought_uid(visit, wanted["uid"], wanted["app"], field="uid")
    except InvalidRequestError as error:
        return _refused(visit, wanted, apps, error)
    asked = {name: value or None for name, value in {**wanted, "uid": uid}.items()}
    found = await _numbered(visit, asked)
    if found is None:
        sort = "due" if state == ACTIVE else None
        found = await visit.api.page("/v1/reminders", ReminderDetails, sort=sort, **asked)
    else:
        wanted["state"] = ""
    body = fill(
        '{tabs}<section>{filters}</section><section id="reminders" data-live>{only}{table}{pager}</section>',
        tabs=tabs(visit, LIST),
        filters=_filters(visit, wanted, apps),
        only=_only(visit, wanted),
        table=_table(visit, [_row(visit, one, apps) for one in found.rows], wanted),
        pager=pager(visit, found),
    )
    return layout(visit, terms.REMINDERS, body, live=True)


def _refused(
    visit: Visit,
    wanted: Mapping[str, str],
    apps: Mapping[int, AppResult],
    error: InvalidRequestError,
) -> web.Response:
    """The filters, of which the user is wrong, and the users who may be meant."""
    body = fill(
        "{tabs}<section>{filters}</section>{which}",
        tabs=tabs(visit, LIST),
        filters=_filters(visit, wanted, apps, Mistakes(error)),
        which=which_of_several(visit, error),
    )
    return layout(visit, terms.REMINDERS, body, status=error.status)


async def _numbered(visit: Visit, asked: Mapping[str, str | None]) -> Rows[ReminderDetails] | None:
    """The reminders in any state of which the text is the number, or None."""
    text = asked["text"] or ""
    if not BEGINNINGS.fullmatch(text):
        return None
    others = {name: asked[name] for name in ("app", "uid", "after")}
    found = await visit.api.page("/v1/reminders", ReminderDetails, id=text, **others)
    return found if found.rows else None


def _only(visit: Visit, wanted: Mapping[str, str]) -> Html:
    """Says which state the list is limited to, as its filters may be folded away; with the way to all."""
    if not wanted["state"]:
        return Html()
    _, state = STATES[wanted["state"]]
    others = {name: value for name in FILTERS if (value := wanted[name]) and name != "after"}
    return fill(
        "<p>{only}</p>",
        only=spaced(
            visit.say(ONLY, state=visit.say(state)),
            link(f"{LIST}?{urlencode({**others, 'state': ''})}", visit.say(terms.ALL_STATES)),
            _paused(visit, wanted, others),
        ),
    )


def _paused(visit: Visit, wanted: Mapping[str, str], others: Mapping[str, str]) -> Html:
    """The way from the active ones to the paused ones."""
    url = f"{LIST}?{urlencode({**others, 'state': 'paused'})}"
    return when(wanted["state"] == ACTIVE, link(url, visit.say(PAUSED)))


def _filters(
    visit: Visit,
    wanted: Mapping[str, str],
    apps: Mapping[int, AppResult],
    wrong: Mistakes = NOTHING_WRONG,
) -> Html:
    states = [*((name, words) for name, (_, words) in STATES.items()), ("", terms.ALL_STATES)]
    fields = FormFields(visit, wanted, wrong)
    made = (
        fields.text("text", TEXT, type="search"),
        fields.select("state", terms.STATE, states),
        fields.select("app", terms.APP, app_options(apps)),
        fields.text("uid", CALLED),
    )
    is_open = any(value for name, value in wanted.items() if name != "after" and value != ACTIVE)
    return folded_search(visit, LIST, joined(made), is_open=is_open)


def _table(visit: Visit, rows: Sequence[tuple[Cell, ...]], wanted: Mapping[str, str]) -> Html:
    heads = (terms.REMINDER, NEXT, OFTEN, terms.TO, terms.APP, terms.STATE)
    is_chosen = any(value for name, value in wanted.items() if value != ACTIVE)
    return table(
        visit,
        terms.REMINDERS,
        heads,
        rows,
        empty=_none_found(visit, wanted) if is_chosen else of_accounts(visit, NONE),
    )


def _none_found(visit: Visit, wanted: Mapping[str, str]) -> Words:
    state = wanted["state"]
    sought = (
        (TEXT, wanted["text"]),
        (terms.STATE, visit.say(STATES[state][1]) if state else ""),
        (terms.APP, wanted["app"]),
        (terms.USER, wanted["uid"]),
    )
    return searched(visit, NONE_FOUND, sought)


def _row(visit: Visit, one: ReminderDetails, apps: Mapping[int, AppResult]) -> tuple[Cell, ...]:
    return (
        reminder_link(one.id, one.title),
        moment(visit, one.due_at, one.zone),
        rule_words(visit, one.rule, one.time),
        receivers(visit, one),
        app_link(visit, apps, one.app),
        joined([badge(visit, one.state), _became(visit, one)]),
    )


def _became(visit: Visit, one: ReminderDetails) -> Html:
    """Of one that has ended: what of its last messages arrived."""
    return last_counts(visit, one) if one.state in ENDED else Html()


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, LIST, listing),)
