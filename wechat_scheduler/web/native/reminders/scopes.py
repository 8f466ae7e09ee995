"""Reads from a query which reminders a list shows."""

import re
from typing import Final

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.planning import LONGEST_TITLE
from wechat_scheduler.reminders.ports import ReminderScope
from wechat_scheduler.web.kit.ids import schema_of
from wechat_scheduler.web.kit.query import id_of
from wechat_scheduler.web.native.reach import reachable_app, reachable_apps, reaches_all
from wechat_scheduler.web.native.route import query

# The shortest is the number that the bot tells a user.
BEGINNINGS: Final = re.compile(r"[0-9a-fA-F]{6,32}")
BEGINNING: Final = query(
    "id",
    "Only those whose id begins with these hexadecimal digits, 6 at least: the number that the bot tells a user.",
    schema_of(BEGINNINGS),
)

IDS: Final = re.compile(r"[0-9a-f]{32}(?:,[0-9a-f]{32}){0,99}")
MANY: Final = query("ids", "Only these, with commas between.", schema_of(IDS))


async def scope_of(request: web.Request) -> ReminderScope:
    """What `app` and `uid` of the query choose, within what the key reaches. Raises InvalidRequestError, and
    NotFoundError for an app that the key does not reach."""
    uid = request.query.get("uid", "")
    if app_id := id_of(request, "app"):
        return ReminderScope(((await reachable_app(request, app_id)).id,), uid)
    if reaches_all(request):
        return ReminderScope(None, uid)
    return ReminderScope(tuple(app.id for app in reachable_apps(request)), uid)


def ids_of(request: web.Request) -> tuple[str, ...]:
    """The ids that are wanted, none for all. Raises InvalidRequestError."""
    text = request.query.get("ids", "")
    if text and not IDS.fullmatch(text):
        raise InvalidRequestError("must be at most 100 ids with commas between", field="ids")
    if text and any(request.query.get(other) for other in ("uid", "state", "sort", "text", "id")):
        raise InvalidRequestError("goes with app alone", field="ids")
    return tuple(filter(None, text.split(",")))


def text_of(request: web.Request) -> str:
    """The text that titles have. Raises InvalidRequestError."""
    text = request.query.get("text", "").strip()
    if len(text) > LONGEST_TITLE:
        raise InvalidRequestError(f"is longer than {LONGEST_TITLE} characters", field="text")
    return text


def beginning_of(request: web.Request) -> str:
    """The digits with which ids begin, empty if none are given. Raises InvalidRequestError."""
    text = request.query.get("id", "")
    if text and not BEGINNINGS.fullmatch(text):
        raise InvalidRequestError("must be 6 to 32 hexadecimal digits", field="id")
    if text and request.query.get("sort"):
        raise InvalidRequestError("does not go with sort: these are listed by id", field="id")
    return text.lower()
