"""The forms of the owner's page of a reminder: `POST /r/{capability}`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from wechat_scheduler.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    UnprocessableError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.bot.described import RecurringError
from wechat_scheduler.reminders.language.delays import delay_of
from wechat_scheduler.reminders.language.parsed import Assumption, Parsed
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.planning import LONGEST_TITLE, as_said
from wechat_scheduler.reminders.recurrence.rule import usual_time
from wechat_scheduler.reminders.refused_reminders import PastError, RuleError
from wechat_scheduler.web.kit.sentences import read_sentence
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.bulletin import bulletin_page
from wechat_scheduler.web.pages.forms import read_form
from wechat_scheduler.web.pages.paths import OWNERS, owner_path
from wechat_scheduler.web.pages.reminder_links import find_reminder
from wechat_scheduler.web.pages.reminder_page import (
    deleted_page,
    deletion_page,
    reminder_page,
)
from wechat_scheduler.web.pages.reminder_times import MovedError, put_off, saved_path, start_of
from wechat_scheduler.web.pages.reminder_view import Typed, owner_of, tomorrow, view_of
from wechat_scheduler.web.pages.responses import check_current, named, page_response, redirected

log = structlog.get_logger(__name__)

SOON: Final = timedelta(minutes=10)
# Of these the reader of a sentence says how to ask for a reminder, which the page's field does anyway.
_NO_TIME: Final = {
    Reason.SENTENCE_NOTHING,
    Reason.SENTENCE_CHAT,
    Reason.SENTENCE_COMMAND,
}

Form: TypeAlias = Mapping[str, str]


class Deed(NamedTuple):
    """What a form does to a reminder."""

    request: web.Request
    reminder: Reminder
    form: Form


async def act(request: web.Request) -> web.Response:
    """Each form names what to `do`, and has the page's own `capability`."""
    capability = request.match_info["capability"]
    name = named(request.app[SERVICES].links.name_in(OWNERS, capability))
    form = await read_form(request)
    if form.get("capability") != capability:
        raise NotFoundError("this page has no such form", reason=Reason.ROUTE_UNKNOWN)
    if form.get("do") == "undo":
        return await _undo(request, name, form)
    reminder = await find_reminder(request, name)
    check_current(request, reminder.app_id)
    do = _DEEDS.get(form.get("do", ""))
    if do is None:
        raise NotFoundError("this page has no such form", reason=Reason.ROUTE_UNKNOWN)
    if reminder.state is ReminderState.CANCELLED:
        raise ConflictError("the reminder is cancelled", reason=Reason.REMINDER_STATE)
    response = await do(Deed(request, reminder, form))
    log.info("reminder.page_used", reminder=reminder.id, did=form["do"])
    return response


async def _edit(deed: Deed) -> web.Response:
    """Shows the page with what was typed, if that cannot be done."""
    request, reminder, form = deed
    typed = Typed(form.get("title", "").strip(), form.get("time", "").strip())
    try:
        assumed = await _change(deed, typed)
    except (InvalidRequestError, UnprocessableError, MovedError) as error:
        reminder = await find_reminder(request, reminder.id)
        typed = typed._replace(error=_in_words(error, owner_of(request, reminder).example))
        view = await view_of(request, reminder, owns=True, typed=typed)
        return page_response(await asyncio.to_thread(reminder_page, view), error.status)
    return redirected(saved_path(request.path, assumed))


async def _change(deed: Deed, typed: Typed) -> Sequence[Assumption]:
    """Returns what is assumed of the new time. Raises MovedError where it would be put off a second time."""
    request, reminder, form = deed
    services = request.app[SERVICES]
    now, length = services.clock.now(), delay_of(typed.time)
    parsed = _read(request, reminder, typed.time) if typed.time and not length else None

    def edit(stored: Reminder) -> Reminder:
        title = typed.title or stored.title
        if length and form.get("start") != start_of(stored):
            raise MovedError
        if length:
            return replace(put_off(stored, length, now), title=title)
        if not parsed:
            return replace(stored, title=title)
        # The page shows when the message is sent: that is what its reader changes.
        return replace(as_said(replace(stored, defer=timedelta(0)), parsed), title=title)

    await services.reminders.change(reminder.id, edit)
    return parsed.assumed if parsed else ()


def _read(request: web.Request, reminder: Reminder, text: str) -> Parsed:
    """A day without an hour keeps that of the reminder, as it does for the bot."""
    services, zone = request.app[SERVICES], ZoneInfo(reminder.zone)
    sent = (reminder.start + reminder.defer).astimezone(zone)
    return read_sentence(
        text,
        field="",
        now=services.clock.now(),
        zone=zone,
        shortest=services.reminders.shortest,
        hour=usual_time(reminder.rule, sent).time(),
    )


def _in_words(error: InvalidRequestError | UnprocessableError | MovedError, example: str) -> str:
    match error:
        case MovedError():
            return "提醒的时间改过了，现在的时间见上方。还要推迟的话，请再保存一次。"
        case UnprocessableError(reason=reason) if reason in _NO_TIME:
            return f"没有看懂这个时间，请换个说法，例如“{example}”。"
        case UnprocessableError(reason=Reason.SENTENCE_UNREAD):
            return f"{error.sentence.partition('，例如')[0]}，例如“{example}”。"
        case RecurringError():
            return f"这个提醒是重复的，请写重复的新时间，例如“{example}”。"
        case UnprocessableError():
            return error.sentence.rstrip("。") + ("" if error.sentence.endswith("？") else "。")
        case PastError():
            return "这个时间已经过去了，请换一个将来的时间。"
        case RuleError():
            return "没法这样重复：要么太频繁，要么永远不会到。"
        case InvalidRequestError(field="title"):
            return f"标题要有 1 到 {LONGEST_TITLE} 个字。"
        case InvalidRequestError(field="time"):
            return "这个时间太远了。"
    return "请检查标题和时间。"


async def _pause(deed: Deed) -> web.Response:
    await deed.request.app[SERVICES].reminders.pause(deed.reminder.id)
    return redirected(deed.request.path)


async def _resume(deed: Deed) -> web.Response:
    await deed.request.app[SERVICES].reminders.resume(deed.reminder.id)
    return redirected(deed.request.path)


async def _soon(deed: Deed) -> web.Response:
    services = deed.request.app[SERVICES]
    again = await services.owners.again(deed.reminder.id, services.clock.now() + SOON)
    return _to_page_of(deed, again)


async def _tomorrow(deed: Deed) -> web.Response:
    services = deed.request.app[SERVICES]
    again = await services.owners.again(deed.reminder.id, tomorrow(deed.request, deed.reminder))
    return _to_page_of(deed, again)


def _to_page_of(deed: Deed, reminder: Reminder) -> web.Response:
    links = deed.request.app[SERVICES].links
    generation = links.generation_in(deed.request.match_info["capability"])
    return redirected(owner_path(links, reminder.id, generation))


async def _delete(deed: Deed) -> web.Response:
    """Asks first."""
    request, reminder, form = deed
    services = request.app[SERVICES]
    owner = owner_of(request, reminder)
    if form.get("sure") != "yes":
        people = await services.reminders.people(reminder.id, most=0)
        return page_response(deletion_page(owner, people.number))
    undo = await services.owners.delete(reminder.id)
    return page_response(deleted_page(owner, undo))


async def _undo(request: web.Request, name: str, form: Form) -> web.Response:
    services, undo = request.app[SERVICES], form.get("undo", "")
    app_id = services.owners.deleted(name, undo).reminder.app_id
    check_current(request, app_id)
    if services.directory.app(app_id) is None:
        raise NotFoundError(f"there is no app {app_id}", reason=Reason.APP_UNKNOWN)
    try:
        await services.owners.restore(name, undo)
    except ConflictError as error:
        page = bulletin_page("来不及撤销了", "删除超过了一分钟，不能再撤销。")
        return page_response(page, error.status)
    return redirected(request.path)


_DEEDS: Final[Mapping[str, Callable[[Deed], Awaitable[web.Response]]]] = {
    "edit": _edit,
    "pause": _pause,
    "resume": _resume,
    "soon": _soon,
    "tomorrow": _tomorrow,
    "delete": _delete,
}
