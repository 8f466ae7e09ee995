"""Carries out what the forms of one reminder ask for: pause and resume, another time, deletion and its undo."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import ConflictError, RequestError
from wechat_scheduler.web.console.edits import edit_of
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.outcomes import outcome_of, shown_at
from wechat_scheduler.web.console.reminders.change_forms import WORDS, TypedChange, words_of
from wechat_scheduler.web.console.reminders.moving import changed_page, move, save_move
from wechat_scheduler.web.console.reminders.one import ONE, one, one_of, page_of
from wechat_scheduler.web.console.reminders.pieces import LIST, tabs
from wechat_scheduler.web.console.reminders.receiving import (
    NOTICES as RECEIVED,
)
from wechat_scheduler.web.console.reminders.receiving import (
    remove_person,
    save_receivers,
    show_receivers,
)
from wechat_scheduler.web.console.reminders.refusals import refused
from wechat_scheduler.web.console.reminders.undoing import UndoOutcome, undo_form
from wechat_scheduler.web.console.reminders.writing import NOTICES as SAVED
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderResult
from wechat_scheduler.web.native.reminders.changed_plans import ChangeResult
from wechat_scheduler.web.native.reminders.removal import RemovalResult
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.responses import redirected

W = Words

DELETED = W("Deleted", "已删除")
IS_GONE = W(
    "The reminder “{title}” is deleted. Until {clock} that can be undone. After that it is gone for good.",
    "提醒“{title}”已删除，{clock} 之前可以撤销，之后不能恢复。",
)
TOO_LATE = W("Too late", "来不及了")
IS_LATE = W(
    "That was more than a minute ago, or the reminder was sent or changed since: it cannot be undone.",
    "已超过一分钟，或者之后又发送过、改过，不能撤销。",
)
NOTICES: Final = {
    **SAVED,
    **RECEIVED,
    "paused": W("It is paused.", "已暂停。"),
    "resumed": W("It goes on.", "已恢复。"),
    "restored": W("It is restored.", "已恢复原样。"),
}  # fmt: skip
PATH: Final = f"{LIST}/{{reminder}}"


def _id(visit: Visit) -> str:
    return visit.request.match_info["reminder"]


async def pause(visit: Visit) -> web.Response:
    return await _did(visit, "pause", "paused")


async def resume(visit: Visit) -> web.Response:
    return await _did(visit, "resume", "resumed")


async def words(visit: Visit) -> web.Response:
    """Another title, text or link. What was not typed stays as it is by now."""
    reminder = await one_of(visit)
    edit = edit_of(visit, words_of(reminder))
    given = {name: edit.visit.form[name] for name in WORDS}
    if edit.clashes:
        clashes = {name: edit.told(name) for name in edit.clashes}
        clash = TypedChange(clashes=clashes, status=409, words=given)
        return await page_of(visit, reminder, clash)
    body = edit.only(given) or given
    try:
        changed = await visit.api.patch(ONE, ChangeResult, body=body, reminder=reminder.id)
    except RequestError as error:
        place = error.field if error.field in WORDS else WORDS[0]
        typed = TypedChange(
            error=refused(visit, error), place=place, status=error.status, words=given
        )
        return await page_of(visit, reminder, typed)
    return await changed_page(visit, changed, "worded")


async def delete(visit: Visit) -> web.Response:
    reminder = await one_of(visit)
    removal = await visit.api.post(f"{ONE}/remove", RemovalResult, reminder=reminder.id)
    outcome = UndoOutcome(title=reminder.title, undo=removal.undo, until=removal.until)
    away = await shown_at(visit, f"{LIST}/{reminder.id}/delete", outcome)
    return away or _deleted(visit, outcome)


async def deleted(visit: Visit) -> web.Response:
    """The page after a deletion; to the list for those who did not delete it."""
    outcome = await outcome_of(visit, UndoOutcome)
    return _deleted(visit, outcome) if outcome else redirected(LIST)


def _deleted(visit: Visit, outcome: UndoOutcome) -> web.Response:
    said = visit.say(IS_GONE, title=outcome.title, clock=outcome.clock)
    return _page(visit, DELETED, said, undo_form(visit, _id(visit), outcome))


async def restore(visit: Visit) -> web.Response:
    body = {"undo": visit.form.get("undo", "")}
    try:
        made = await visit.api.post(f"{ONE}/restore", ReminderResult, body, reminder=_id(visit))
    except ConflictError as error:
        return _page(visit, TOO_LATE, visit.say(IS_LATE), Html(), error.status)
    return done(f"{LIST}/{made.id}", "restored")


async def _did(visit: Visit, act: str, notice: str) -> web.Response:
    try:
        made = await visit.api.post(f"{ONE}/{act}", ReminderResult, reminder=_id(visit))
    except RequestError as error:
        typed = TypedChange(error=refused(visit, error), status=error.status)
        return await page_of(visit, await one_of(visit), typed)
    return done(f"{LIST}/{made.id}", notice)


def _page(visit: Visit, title: Words, text: str, after: Html, status: int = 200) -> web.Response:
    body = fill(
        '{tabs}<section><p role="status">{text}</p>{after}</section>',
        tabs=tabs(visit, LIST),
        text=text,
        after=after,
    )
    return layout(visit, title, body, status=status)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PATH, one),
    ConsoleRoute(hdrs.METH_GET, f"{PATH}/delete", deleted),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/pause", pause),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/resume", resume),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/move", move),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/move/save", save_move),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/words", words),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/receivers", show_receivers),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/receivers/save", save_receivers),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/people/remove", remove_person),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/delete", delete),
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/restore", restore),
)
