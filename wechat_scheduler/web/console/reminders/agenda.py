"""`/console/reminders/agenda`: what is sent when, by day or week."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import app_link, app_options, apps_of
from wechat_scheduler.web.console.fields import select_field, text_field
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import advice, joined, none_yet, search
from wechat_scheduler.web.console.reminders.pieces import (
    AGENDA,
    clock,
    day_words,
    receivers,
    reminder_link,
    tabs,
)
from wechat_scheduler.web.console.reminders.rule_words import rule_words
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.sought_users import CALLED, sought_uid, which_of_several
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.wall_times import wall_minute
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.agenda import AgendaResult, RingResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TITLE = W("Agenda", "日程")
BEFORE, TODAY, AFTER = W("‹ Previous", "‹ 前"), W("Today", "今天"), W("Next ›", "后 ›")
TOMORROW = W("Tomorrow", "明天")
DAY, WEEK = W("Day", "日"), W("Week", "周")
NEXT_HOURS = W("The next 24 hours", "接下来 24 小时")
FROM, CHOOSE = W("Date", "日期"), W("Another day, app or person", "选日期、应用或用户")
SPAN = W("Span", "范围")
MOVES = W("Days", "日期导航")
NONE, WAYS_ON = (
    W("Nothing is sent in this time.", "这段时间没有提醒。"),
    W("Write a reminder, or look at another day.", "可以新建一个，或者看别的日子。"),
)
INCOMPLETE = W(
    "Some are missing: more reminders recur than one page looks at. Choose an app or a person to see all of theirs.",
    "这里不全：重复的提醒太多，一页看不完。请选择应用或用户。",
)
SENT = W("What was sent is among the messages", "已发出的在消息里")
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
# The one that begins now, where the others begin with a day.
HOURS: Final = "hours"
SPANS: Final[Mapping[str, timedelta]] = {"day": _DAY, "week": _WEEK, HOURS: _DAY}


class AgendaView(NamedTuple):
    """What the address of the page asks for."""

    first: date
    span: str
    app: str
    uid: str
    now: datetime

    @property
    def since(self) -> datetime:
        if self.span == HOURS:
            return self.now.astimezone(ZONE)
        return datetime.combine(self.first, time(), ZONE)

    @property
    def until(self) -> datetime:
        return self.since + SPANS[self.span]

    def shows(self, day: date) -> bool:
        """Whether the page is that of this day alone."""
        return self.span == "day" and self.first == day

    def url(self, first: date, span: str = "") -> str:
        query = {
            "day": first.isoformat(),
            "span": span or ("day" if self.span == HOURS else self.span),
            "app": self.app,
            "uid": self.uid,
        }
        return f"{AGENDA}?{urlencode({name: value for name, value in query.items() if value})}"


async def agenda(visit: Visit) -> web.Response:
    view, apps = _view(visit), await apps_of(visit)
    try:
        uid = await sought_uid(visit, view.uid, view.app, field="uid")
    except InvalidRequestError as error:
        choices = _choices(visit, view, apps, Mistakes(error).at("uid"))
        which = which_of_several(visit, error)
        body = joined([tabs(visit, AGENDA), choices, which])
        return layout(visit, TITLE, body, status=error.status)
    found = await visit.api.get(
        "/v1/reminders/agenda",
        AgendaResult,
        since=view.since.isoformat(),
        until=view.until.isoformat(),
        app=view.app or None,
        uid=uid or None,
        after=visit.request.query.get("after") or None,
    )
    body = fill(
        "{tabs}{moves}{choices}{cut}{days}{pager}{sent}",
        tabs=tabs(visit, AGENDA),
        moves=_moves(visit, view),
        choices=_choices(visit, view, apps),
        cut=when(not found.complete, advice(visit, visit.say(INCOMPLETE))),
        days=list(_days(visit, view, found.rings, apps)),
        pager=pager(visit, Rows(rows=found.rings, after=found.after)),
        sent=when(view.since < visit.now, _sent(visit, view)),
    )
    return layout(visit, NEXT_HOURS if view.span == HOURS else TITLE, body)


def _sent(visit: Visit, view: AgendaView) -> Html:
    """A link to the deliveries of this time."""
    span = {"since": wall_minute(view.since), "until": wall_minute(view.until)}
    query = span | ({"app": view.app} if view.app else {})
    return fill(
        '<p class="pager">{link}</p>',
        link=link(f"/console/messages?{urlencode(query)}", visit.say(SENT)),
    )


def _view(visit: Visit) -> AgendaView:
    query = visit.request.query
    span, today = query.get("span", ""), visit.now.astimezone(ZONE).date()
    return AgendaView(
        today if span == HOURS else _day(query.get("day", "")) or today,
        span if span in SPANS else "day",
        query.get("app", ""),
        query.get("uid", "").strip(),
        visit.now,
    )


def _day(text: str) -> date | None:
    """None for what is no day of these decades."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in range(1971, 2099) else None


def _moves(visit: Visit, view: AgendaView) -> Html:
    """Links to other days, and between day and week."""
    today, step = visit.now.astimezone(ZONE).date(), SPANS[view.span]
    tomorrow = today + _DAY
    return fill(
        '<nav class="buttons" aria-label="{name}">{links}</nav>',
        name=visit.say(MOVES),
        links=[
            _move(visit, BEFORE, view.url(view.first - step)),
            _move(visit, TODAY, view.url(today, "day"), is_here=view.shows(today)),
            _move(visit, TOMORROW, view.url(tomorrow, "day"), is_here=view.shows(tomorrow)),
            _move(visit, WEEK, view.url(view.first, "week"), is_here=view.span == "week"),
            _move(visit, AFTER, view.url(view.first + step)),
        ],
    )


def _move(visit: Visit, words: Words, url: str, *, is_here: bool = False) -> Html:
    return fill(
        '<a class="button" href="{url}"{here}>{words}</a>',
        url=url,
        here=when(is_here, fill(' aria-current="page"')),
        words=visit.say(words),
    )


def _choices(
    visit: Visit, view: AgendaView, apps: Mapping[int, AppResult], wrong_user: str = ""
) -> Html:
    spans = (("day", DAY), ("week", WEEK), (HOURS, NEXT_HOURS))
    fields = (
        text_field(visit, "day", FROM, view.first.isoformat(), type="date"),
        select_field(visit, "span", SPAN, spans, view.span),
        select_field(visit, "app", terms.APP, app_options(apps), view.app),
        text_field(visit, "uid", CALLED, view.uid, error=wrong_user),
    )
    return fill(
        '<details class="card"{open}><summary>{choose}</summary>{form}</details>',
        open=when(view.app or view.uid, fill(" open")),
        choose=visit.say(CHOOSE),
        form=search(visit, AGENDA, fill("{all}", all=fields)),
    )


def _days(
    visit: Visit, view: AgendaView, rings: Sequence[RingResult], apps: Mapping[int, AppResult]
) -> Iterator[Html]:
    """A section for each day that has reminders; one that says so if none has."""
    by_day = groupby(rings, key=lambda ring: ring.at.astimezone(ZONE).date())
    for day, some in [(day, list(some)) for day, some in by_day] or [(view.first, [])]:
        yield fill(
            '<section id="day-{iso}"><h2>{words}</h2>{rings}</section>',
            iso=day.isoformat(),
            words=day_words(visit, datetime.combine(day, time(), ZONE)),
            rings=_rings(visit, some, apps),
        )


def _rings(visit: Visit, rings: Sequence[RingResult], apps: Mapping[int, AppResult]) -> Html:
    if not rings:
        none = of_accounts(visit, none_yet(visit, NONE, WAYS_ON, Scope.PUSH))
        return fill('<p class="empty">{none}</p>', none=visit.say(none))
    made = [_ring(visit, ring, apps) for ring in rings]
    return fill('<ol class="rings">{rings}</ol>', rings=made)


def _ring(visit: Visit, ring: RingResult, apps: Mapping[int, AppResult]) -> Html:
    often = rule_words(visit, ring.rule, ring.at) if ring.rule else ""
    return fill(
        '<li><time datetime="{iso}">{clock}</time><p>{what}</p><p class="faint">{often}{who} · {app}</p></li>',
        iso=rfc3339(ring.at),
        clock=clock(ring.at.astimezone(ZONE)),
        what=reminder_link(ring.id, ring.title),
        often=when(often, fill("{often} · ", often=often)),
        who=receivers(visit, ring),
        app=app_link(visit, apps, ring.app),
    )


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, AGENDA, agenda),)
