"""Every route of the console. A page has its rows in its own module; this one lists the modules."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from wechat_scheduler.web.console import assets, live, looks, sign_in
from wechat_scheduler.web.console.access import audit, consumers, keys, sessions
from wechat_scheduler.web.console.admission import visiting
from wechat_scheduler.web.console.alerts import page as alerts
from wechat_scheduler.web.console.credentials import account, job_list, one_job, register
from wechat_scheduler.web.console.docs import reference
from wechat_scheduler.web.console.messages import listing, message, story, writing
from wechat_scheduler.web.console.overview import page as overview
from wechat_scheduler.web.console.people import routes as people
from wechat_scheduler.web.console.pushes import endpoints as pushes
from wechat_scheduler.web.console.reminders import agenda, bot, changes
from wechat_scheduler.web.console.reminders import listing as reminders
from wechat_scheduler.web.console.reminders import writing as reminder_writing
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.route import Proof, Route

OFF: Final = "wechat-scheduler: the console is off; to turn it on, set server.console = true and restart the daemon\n"


class Room(NamedTuple):
    """The routes of a module, and the notices that its pages say."""

    routes: tuple[ConsoleRoute, ...]
    notices: Mapping[str, Words] = {}


ROOMS: Final = (
    Room(overview.ROUTES),
    Room(reference.ROUTES),
    Room(live.ROUTES),
    Room(job_list.ROUTES),
    Room(register.ROUTES),
    Room(one_job.ROUTES, one_job.NOTICES),
    Room(account.ROUTES, account.NOTICES),
    Room(sign_in.ROUTES),
    Room(listing.ROUTES, listing.NOTICES),
    Room(writing.ROUTES),
    Room(message.ROUTES),
    Room(story.ROUTES, story.NOTICES),
    Room(agenda.ROUTES),
    Room(bot.ROUTES),
    Room(reminder_writing.ROUTES),
    Room(reminders.ROUTES),
    Room(changes.ROUTES, changes.NOTICES),
    Room(people.ROUTES, people.NOTICES),
    Room(pushes.ROUTES, pushes.NOTICES),
    Room(keys.ROUTES, keys.NOTICES),
    Room(consumers.ROUTES, consumers.NOTICES),
    Room(sessions.ROUTES, sessions.NOTICES),
    Room(audit.ROUTES),
    Room(alerts.ROUTES, alerts.NOTICES),
)


# A page says what another one has done, in its own words if it has some.
NOTICES: Final = {key: words for room in ROOMS for key, words in room.notices.items()}


def _rows() -> Iterator[Route]:
    yield from (*assets.ROUTES, *looks.ROUTES, *sign_in.DOOR)
    for room in ROOMS:
        for row in room.routes:
            yield Route(
                row.method, row.path, visiting(row, {**NOTICES, **room.notices}), Proof.SESSION
            )


CONSOLE: Final = tuple(_rows())


async def off(request: web.Request) -> web.Response:
    """`GET /` where the setting `server.console` is off."""
    return web.Response(text=OFF)


CLOSED: Final = (Route(hdrs.METH_GET, "/", off, None),)
