"""`/r/{capability}` shows a reminder, with the owner's capability also forms that change it.
`/q/{capability}` shows the code that joins it."""

import asyncio
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import ConflictError, NotFoundError, RequestError
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import when_words
from wechat_scheduler.reminders.refused_reminders import PastError
from wechat_scheduler.web.kit.error_formats import shaped
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages import responses
from wechat_scheduler.web.pages.bulletin import bulletin_page
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import fill
from wechat_scheduler.web.pages.parts import lines, scan
from wechat_scheduler.web.pages.paths import JOINERS, OWNERS, READERS
from wechat_scheduler.web.pages.reminder_forms import act
from wechat_scheduler.web.pages.reminder_links import find_reminder, qr_code
from wechat_scheduler.web.pages.reminder_page import reminder_page
from wechat_scheduler.web.pages.reminder_times import SAVED
from wechat_scheduler.web.pages.reminder_view import Typed, view_of
from wechat_scheduler.web.pages.responses import check_current, named, page_response

PATH: Final = "/r/{capability}"
JOIN_PATH: Final = "/q/{capability}"


async def show(request: web.Request) -> web.Response:
    """`GET /r/{capability}`."""
    links, capability = request.app[SERVICES].links, request.match_info["capability"]
    owned = links.name_in(OWNERS, capability)
    reminder = await find_reminder(request, owned or named(links.name_in(READERS, capability)))
    check_current(request, reminder.app_id)
    typed = Typed(saved=request.query.get(SAVED, ""))
    view = await view_of(request, reminder, owns=owned is not None, typed=typed)
    return page_response(await asyncio.to_thread(reminder_page, view))


async def join(request: web.Request) -> web.Response:
    """`GET /q/{capability}`: a page with WeChat's QR code as it can be scanned now."""
    name = named(request.app[SERVICES].links.name_in(JOINERS, request.match_info["capability"]))
    reminder = await find_reminder(request, name)
    code = await qr_code(request, reminder)
    return page_response(await asyncio.to_thread(_join_page, reminder, code.url))


def refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    """An error as a page, for a reader whose page or link is older than the reminder."""
    match error:
        case NotFoundError():
            return page_response(
                bulletin_page("没有这个提醒", "它可能已被删除，或者链接不完整。"), error.status
            )
        case ConflictError():
            text = "这个提醒已经结束，或者正在被修改。"
        case PastError():
            text = "它的时间已经过去了，请先改成将来的时间。"
        case _:
            return responses.refused(request, error)
    page = bulletin_page("没有改成", text, back=request.path)
    return page_response(page, error.status)


def _join_page(reminder: Reminder, url: str) -> Page:
    about = fill(
        "<section><h1>{title}</h1>{time}</section>",
        title=reminder.title,
        time=lines(when_words(reminder), "times"),
    )
    code = scan(url, "订阅后，到时也会提醒你")
    return lay_out(reminder.title, fill("{about}{code}", about=about, code=code))


ROUTES = (
    Route(hdrs.METH_GET, PATH, shaped(show, refused), Proof.CAPABILITY),
    Route(hdrs.METH_POST, PATH, shaped(act, refused), Proof.CAPABILITY),
    Route(hdrs.METH_GET, JOIN_PATH, shaped(join, refused), Proof.CAPABILITY),
)
