"""`/r/{capability}` shows a reminder, with the owner's capability also forms that change it.
`/q/{capability}` shows the code that joins it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.errors import (
    ConflictError,
    NotFoundError,
    RequestError,
    UnavailableError,
    UnprocessableError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.bot_texts import defer_words
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.wording import describe
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.planning import as_said
from wechat_scheduler.reminders.refusals import PastError
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.sentences import read_sentence
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.shapes import shaped
from wechat_scheduler.web.pages.bulletin import bulletin_page, done_page
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.forms import read_form
from wechat_scheduler.web.pages.markup import fill
from wechat_scheduler.web.pages.parts import lines, scan
from wechat_scheduler.web.pages.reminder_links import (
    JOINERS,
    OWNERS,
    READERS,
    find_reminder,
    qr_code,
)
from wechat_scheduler.web.pages.reminder_page import Owner, ReminderPage, reminder_page
from wechat_scheduler.web.pages.responses import named, page_response

log = structlog.get_logger(__name__)

UPCOMING: Final = 5

PATH: Final = "/r/{capability}"
JOIN_PATH: Final = "/q/{capability}"


async def show(request: web.Request) -> web.Response:
    """`GET /r/{capability}`."""
    reminder, owns = await _named(request)
    page = await _page(request, reminder, owns=owns)
    return page_response(await asyncio.to_thread(reminder_page, page))


async def act(request: web.Request) -> web.Response:
    """`POST /r/{capability}`: the forms of the owner's page."""
    reminder, owns = await _named(request)
    form = await read_form(request)
    action = _ACTIONS.get(form.get("do", ""))
    if not owns or form.get("capability") != request.match_info["capability"] or action is None:
        raise NotFoundError("this page has no such form", reason=Reason.ROUTE_UNKNOWN)
    await action(request, reminder, form)
    log.info("reminder.page_used", reminder=reminder.id, did=form["do"])
    if form["do"] == "delete":
        return page_response(done_page("已删除", f"不会再提醒“{reminder.title}”。"))
    return web.Response(status=303, headers={hdrs.LOCATION: request.path})


async def join(request: web.Request) -> web.Response:
    """`GET /q/{capability}`: a page with WeChat's QR code as it can be scanned now."""
    name = named(request.app[SERVICES].links.name_in(JOINERS, request.match_info["capability"]))
    reminder = await find_reminder(request, name)
    code = await qr_code(request, reminder)
    return page_response(await asyncio.to_thread(_join_page, reminder, code.url))


def refused(request: web.Request, error: RequestError) -> web.Response:
    """An error as a page, for a reader who wrote a time in Chinese or followed an old link."""
    match error:
        case PastError():
            title, text = "没有改成", "这个时间已经过去了，请换一个将来的时间。"
        case UnprocessableError():
            title, text = "没看懂这个时间", str(error)
        case ConflictError():
            title, text = "没有改成", "这个提醒已经结束，或者正在被修改。"
        case NotFoundError():
            title, text = "没有这个提醒", "它可能已被删除，或者地址不完整。"
        case UnavailableError():
            title, text = "现在还不行", "请稍后再试。"
        case _:
            title, text = "没有改成", "请检查标题和时间。"
    back = request.path if request.method == hdrs.METH_POST and error.status != 404 else ""
    return page_response(bulletin_page(title, text, back=back), error.status)


async def _page(request: web.Request, reminder: Reminder, *, owns: bool) -> ReminderPage:
    services = request.app[SERVICES]
    sharer = await services.audience.by_uid(reminder.owner) if reminder.owner else None
    capability = request.match_info["capability"]
    upcoming = [at - reminder.defer for at in services.reminders.preview(reminder, UPCOMING)]
    return ReminderPage(
        title=reminder.title,
        description=reminder.detail,
        sharer=sharer.nickname if sharer else "",
        recurrence=_sentence(reminder) if reminder.rule else "",
        upcoming=upcoming,
        zone=ZoneInfo(reminder.zone),
        defer=defer_words(reminder.defer),
        paused=reminder.state is ReminderState.PAUSED,
        qr=await _scanned(request, reminder) if upcoming else "",
        url=reminder.url,
        owner=Owner(action=request.path, capability=capability) if owns else None,
    )


def _sentence(reminder: Reminder) -> str:
    return describe(reminder.rule, reminder.start.astimezone(ZoneInfo(reminder.zone)))


async def _scanned(request: web.Request, reminder: Reminder) -> str:
    """The text of the page's QR code; empty while WeChat draws none, as the page does without."""
    try:
        return (await qr_code(request, reminder)).url
    except UnavailableError as error:
        log.warning("reminder.no_qrcode", reminder=reminder.id, error=str(error))
        return ""


def _join_page(reminder: Reminder, url: str) -> Page:
    about = fill(
        "<section><h1>{title}</h1>{time}</section>",
        title=reminder.title,
        time=lines(_sentence(reminder)),
    )
    code = scan(url, "订阅后，到时也会提醒你")
    return lay_out(reminder.title, fill("{about}{code}", about=about, code=code))


async def _named(request: web.Request) -> tuple[Reminder, bool]:
    """The reminder, and whether the address is its owner's."""
    links, capability = request.app[SERVICES].links, request.match_info["capability"]
    owned = links.name_in(OWNERS, capability)
    return await find_reminder(
        request, owned or named(links.name_in(READERS, capability))
    ), owned is not None


async def _edit(request: web.Request, reminder: Reminder, form: Mapping[str, str]) -> None:
    title, text = form.get("title", "").strip(), form.get("time", "").strip()
    parsed = _parsed(request, reminder, text) if text else None

    def edit(stored: Reminder) -> Reminder:
        titled = replace(stored, title=title or stored.title)
        if parsed is None:
            return titled
        # The page shows when the message is sent: that is what its reader changes.
        retimed = as_said(replace(stored, defer=timedelta(0)), parsed)
        return replace(retimed, title=titled.title)

    await request.app[SERVICES].reminders.change(reminder.id, edit)


def _parsed(request: web.Request, reminder: Reminder, text: str) -> Parsed:
    services = request.app[SERVICES]
    return read_sentence(
        text,
        field="",
        now=services.clock.now(),
        zone=ZoneInfo(reminder.zone),
        shortest=services.reminders.shortest,
    )


async def _pause(request: web.Request, reminder: Reminder, form: Mapping[str, str]) -> None:
    await request.app[SERVICES].reminders.pause(reminder.id)


async def _resume(request: web.Request, reminder: Reminder, form: Mapping[str, str]) -> None:
    await request.app[SERVICES].reminders.resume(reminder.id)


async def _delete(request: web.Request, reminder: Reminder, form: Mapping[str, str]) -> None:
    await request.app[SERVICES].reminders.remove(reminder.id)


_ACTIONS: Final = {"edit": _edit, "pause": _pause, "resume": _resume, "delete": _delete}

ROUTES = (
    Route(hdrs.METH_GET, PATH, shaped(show, refused), Proof.CAPABILITY),
    Route(hdrs.METH_POST, PATH, shaped(act, refused), Proof.CAPABILITY),
    Route(hdrs.METH_GET, JOIN_PATH, shaped(join, refused), Proof.CAPABILITY),
)
