"""`/console/reminders/{reminder}`: one reminder, and what can be done to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import app_link, apps_of
from wechat_scheduler.web.console.known_accounts import unregistered
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.outcomes import outcome_of
from wechat_scheduler.web.console.parts import Cell, advice, code, facts, joined, section
from wechat_scheduler.web.console.reminders.change_forms import LASTING, TypedChange, change_forms
from wechat_scheduler.web.console.reminders.joined import JOINED, joined_people, person_link
from wechat_scheduler.web.console.reminders.outcome import MESSAGES, became
from wechat_scheduler.web.console.reminders.pieces import (
    LIST,
    OFTEN,
    badge,
    moment,
    moments,
    receivers,
    tabs,
)
from wechat_scheduler.web.console.reminders.reached import REACHED, reached_by
from wechat_scheduler.web.console.reminders.rule_words import rule_words
from wechat_scheduler.web.console.reminders.undoing import UndoOutcome, told
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.kit.ids import REMINDER_ID
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails
from wechat_scheduler.web.native.reminders.scopes import BEGINNINGS
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import lines

W = Words

FACTS, CHANGE, NEXT = (
    W("This reminder", "这个提醒"),
    W("Change it", "修改"),
    W("Next times", "接下来"),
)
TIME = W("Its time", "时间")
SENT_NEXT, SENT_LAST = W("Sent next", "下次发送"), W("Sent last", "上次发送")
OWNER = W("Owner", "所有者")
FIRED, MISSED = W("Times sent", "已发次数"), W("Times missed", "错过次数")
LATE = W("If late", "迟到时")
SOURCE = W("Made by", "来源")
RULE = W("As the API writes it", "API 写法")
OVER = W("It is not sent any more.", "不会再发。")
ASIDE = W("The daemon paused it itself: {why}", "守护进程暂停了它：{why}")
PAUSED = W(
    "It is paused: it is not sent at these times unless you resume it before.",
    "已暂停：恢复之前，到这些时间不会发送。",
)
LATES: Final[Mapping[str, Words]] = {
    "once": W("the newest, marked as late", "只发最新的，注明迟到"),
    "skip": W("not sent", "不发"),
    "all": W("each, marked as late", "都发，注明迟到"),
}
# By the names that the makers of reminders give themselves; all others are foreign APIs.
SOURCES: Final[Mapping[str, Words]] = {
    "native": W("the API or the console", "接口或控制台"),
    "bot": W("the bot", "机器人"),
    "again": W("its owner, from an earlier one", "所有者，再次提醒"),
}
OF_API = W("the API {name}", "{name} 接口")
NOTHING_ASKED: Final = Html()
ONE: Final = "/v1/reminders/{reminder}"
_PEOPLE_SHOWN: Final = 20
_TIMES: Final = 5


async def one(visit: Visit) -> web.Response:
    if numbered := await _numbered(visit):
        return numbered
    reminder = await one_of(visit)
    top = told(visit, reminder.id, await outcome_of(visit, UndoOutcome))
    return await page_of(visit, reminder, TypedChange(), top=top)


async def _numbered(visit: Visit) -> web.Response | None:
    """The way to the reminder of the number that the address has, or to a list if several have it; None if none has."""
    number = visit.request.match_info["reminder"]
    if REMINDER_ID.fullmatch(number) or not BEGINNINGS.fullmatch(number):
        return None
    found = await visit.api.page("/v1/reminders", ReminderDetails, id=number, limit=2)
    ids = [each.id for each in found.rows]
    if not ids:
        return None
    place = f"{LIST}/{ids[0]}" if len(ids) == 1 else f"{LIST}?{urlencode({'text': number})}"
    return web.Response(status=303, headers={hdrs.LOCATION: place})


async def one_of(visit: Visit) -> ReminderDetails:
    """The reminder that the address names."""
    name = visit.request.match_info["reminder"]
    return await visit.api.get(ONE, ReminderDetails, reminder=name)


async def page_of(
    visit: Visit,
    reminder: ReminderDetails,
    typed: TypedChange,
    understood: Html = NOTHING_ASKED,
    *,
    top: Html = NOTHING_ASKED,
) -> web.Response:
    """The page, with what was typed into its form if that cannot be done, or how it is `understood`. `top` comes first."""
    apps = await apps_of(visit)
    names = {"reminder": reminder.id}
    times = await visit.api.get(f"{ONE}/preview", list[datetime], n=_TIMES, **names)
    after = visit.request.query.get("after") or None
    people = await visit.api.page(f"{ONE}/people", str, limit=_PEOPLE_SHOWN, after=after, **names)
    topics = await _topics(visit, reminder, apps)
    forms = change_forms(visit, reminder, typed, topics)
    change = section(visit, CHANGE, when(not visit.only_looks, forms))
    reached = await _reached(visit, reminder, apps)
    is_asked = bool(typed.error or typed.clashes or understood)
    sections = (
        top,
        understood,
        when(is_asked, change),
        _facts(visit, reminder, apps, reached),
        section(visit, NEXT, _times(visit, reminder, times), id="next", live=True),
        when(not is_asked, change),
        section(visit, MESSAGES, await became(visit, reminder), id="sent", live=True),
        section(visit, JOINED, joined_people(visit, reminder, people)),
    )
    # A reminder that calls the app's callback needs no account.
    needs_account = reminder.state in LASTING and reminder.channel != "webhook"
    app = apps.get(reminder.app) if needs_account else None
    body = fill(
        "{tabs}{unregistered}{sections}",
        tabs=tabs(visit, LIST),
        unregistered=await unregistered(visit, app) if app else Html(),
        sections=sections,
    )
    return layout(visit, reminder.title, body, live=True, status=typed.status)


async def _topics(
    visit: Visit, reminder: ReminderDetails, apps: Mapping[int, AppResult]
) -> list[TopicResult] | None:
    """Those of the app that sends it; None if its receivers cannot be changed."""
    if reminder.app not in apps or reminder.channel == "webhook":
        return None
    return await visit.api.get("/v1/apps/{app}/topics", list[TopicResult], app=reminder.app)


async def _reached(
    visit: Visit, reminder: ReminderDetails, apps: Mapping[int, AppResult]
) -> str | None:
    if reminder.state not in LASTING or reminder.app not in apps:
        return None
    return await reached_by(visit, reminder, reminder.app) or None


def _facts(
    visit: Visit, reminder: ReminderDetails, apps: Mapping[int, AppResult], reached: str | None
) -> Html:
    pairs = [*_timing(visit, reminder), (REACHED, reached), *_sending(visit, reminder, apps)]
    shown = facts(visit, [(name, value) for name, value in pairs if value is not None])
    aside = when(reminder.reason, advice(visit, visit.say(ASIDE, why=visit.told(reminder.reason))))
    notes = [advice(visit, note) for note in reminder.notes]
    body = fill(
        "{aside}{facts}{text}{notes}",
        aside=aside,
        facts=shown,
        text=lines(reminder.text),
        notes=notes,
    )
    return section(visit, FACTS, body, id="facts", live=True)


def _timing(visit: Visit, reminder: ReminderDetails) -> list[tuple[Phrase, Cell | None]]:
    return [
        (terms.STATE, badge(visit, reminder.state)),
        (OFTEN, rule_words(visit, reminder.rule, reminder.time)),
        (TIME, moment(visit, reminder.time, reminder.zone)),
        (SENT_NEXT, moment(visit, reminder.due_at, reminder.zone)),
        (SENT_LAST, moment(visit, reminder.last_at, reminder.zone)),
        (FIRED, str(reminder.fired)),
        (MISSED, str(reminder.missed)),
    ]


def _sending(
    visit: Visit, reminder: ReminderDetails, apps: Mapping[int, AppResult]
) -> list[tuple[Phrase, Cell | None]]:
    return [
        (terms.APP, app_link(visit, apps, reminder.app)),
        (OWNER, person_link(reminder.app, reminder.owner) if reminder.owner else None),
        (terms.TO, receivers(visit, reminder)),
        (terms.CHANNEL, visit.say(terms.CHANNELS[reminder.channel])),
        (terms.PRIORITY, visit.say(terms.PRIORITIES[reminder.priority])),
        (LATE, visit.say(LATES[reminder.late])),
        (terms.LINK, link(reminder.url, reminder.url) if reminder.url else None),
        (SOURCE, visit.say(SOURCES.get(reminder.source, OF_API), name=reminder.source)),
        (terms.CREATED, visit.exactly(reminder.created_at)),
        (RULE, code(reminder.rule) if reminder.rule else None),
        (terms.ID, code(reminder.id)),
    ]


def _times(visit: Visit, reminder: ReminderDetails, times: list[datetime]) -> Html:
    if not times:
        return fill('<p class="empty">{over}</p>', over=visit.say(OVER))
    paused = when(reminder.state == "paused", advice(visit, visit.say(PAUSED)))
    return joined([paused, moments(visit, times, reminder.zone)])
