"""The audit: who read and changed what, by time."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.access.action_words import action_words
from wechat_scheduler.web.console.access.audit_rows import audit_table
from wechat_scheduler.web.console.access.tabs import ROOM, access_page
from wechat_scheduler.web.console.fields import datalist
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_names import key_names
from wechat_scheduler.web.console.links import pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import joined, search, searched, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.audit import AuditEntryResult
from wechat_scheduler.web.pages.markup import Html

W = Words

HERE: Final = f"{ROOM}/audit"
AUDIT = W("Who read and changed what", "谁读取、更改了什么")
EMPTY = W("No entry fits. Leave a filter out.", "没有符合条件的记录，请去掉一个条件。")
KEY, ACTION, OBJECT = W("By the key", "key"), W("Action", "操作"), W("Object", "对象")
SINCE, UNTIL = W("From the day", "起始日期"), W("To the day", "截止日期")
EVERY = W("every action", "全部操作")
NAMES: Final = ("key", "action", "object", "since", "until")
_DAY: Final = timedelta(days=1)


async def listed(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/audit`: the newest first."""
    query, mistakes = visit.request.query, Mistakes()
    names = await key_names(visit)
    rows: Rows[AuditEntryResult] = Rows(rows=[], after="")
    wanted = {name: query.get(name) or None for name in ("key", "action", "object", "before")}
    since, until = query.get("since", ""), query.get("until", "")
    try:
        rows = await visit.api.page(
            "/v1/audit",
            AuditEntryResult,
            **wanted,
            since=_midnight(since),
            until=_midnight(until, _DAY),
        )
    except RequestError as error:
        if Mistakes(error).beside(NAMES):
            raise
        mistakes = Mistakes(error)
    empty = searched(visit, EMPTY, _sought(visit, names))
    body = joined(
        [
            search(visit, HERE, _filters(visit, mistakes, names)),
            await audit_table(visit, AUDIT, rows.rows, names, empty=empty),
            pager(visit, rows, cursor="before"),
        ]
    )
    return access_page(visit, HERE, section(visit, AUDIT, body), status=mistakes.status)


def _filters(visit: Visit, mistakes: Mistakes, names: Mapping[str, str]) -> Html:
    fields = FormFields(visit, visit.request.query, mistakes)
    actions = [("", EVERY), *(_option(action) for action in Action)]
    return joined(
        [
            fields.text("since", SINCE, type="date"),
            fields.text("until", UNTIL, type="date"),
            fields.select("action", ACTION, actions),
            fields.text("object", OBJECT),
            fields.text("key", KEY, list="keys"),
            datalist("keys", names),
        ]
    )


def _sought(visit: Visit, names: Mapping[str, str]) -> list[tuple[Phrase, str]]:
    query = visit.request.query
    action, key = query.get("action", ""), query.get("key", "")
    return [
        (SINCE, query.get("since", "")),
        (UNTIL, query.get("until", "")),
        (ACTION, visit.say(action_words(action)) if action else ""),
        (OBJECT, query.get("object", "")),
        (KEY, names.get(key, key)),
    ]


def _option(action: Action) -> tuple[str, Words]:
    """The words, with what the API and the log call it."""
    words = action_words(action.value)
    return action.value, W(f"{words.en} ({action.value})", f"{words.zh}（{action.value}）")


def _midnight(day: str, more: timedelta = timedelta(0)) -> str | None:
    """The beginning of that day in Shanghai; another text as it is, so that our API says what is wrong."""
    if not day:
        return None
    try:
        return (datetime.combine(date.fromisoformat(day), time(), ZONE) + more).isoformat()
    except (ValueError, OverflowError):
        return day


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, HERE, listed),)
