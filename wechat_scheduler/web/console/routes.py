"""Every route of the console. A page has its rows in its own module; this one lists the modules."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.records import replace
from wechat_scheduler.web.console import assets, live, looks, sign_in, sign_out
from wechat_scheduler.web.console.access import audit, consumers, key_page, keys, sessions
from wechat_scheduler.web.console.admission import visiting
from wechat_scheduler.web.console.alerts import page as alerts
from wechat_scheduler.web.console.credentials import account, job_list, one_job, register, removal
from wechat_scheduler.web.console.docs import reference
from wechat_scheduler.web.console.messages import bulk, listing, message, story, writing
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
    """The routes of a module, the notices that its pages say, and the scope that all of them need; also to look at
    pages that only `changes` something."""

    routes: tuple[ConsoleRoute, ...]
    notices: Mapping[str, Words] = {}
    scope: Scope | None = None
    changes: bool = False


ROOMS: Final = (
    Room(overview.ROUTES),
    Room(reference.ROUTES),
    Room(live.ROUTES),
    Room(job_list.ROUTES, scope=Scope.READ),
    Room(register.ROUTES, scope=Scope.REGISTER),
    Room(removal.ROUTES, removal.NOTICES, Scope.READ),  # its address would be that of a type
    Room(one_job.ROUTES, one_job.NOTICES, Scope.READ),
    Room(account.ROUTES, account.NOTICES, Scope.READ),
    Room(sign_out.ROUTES),
    Room(listing.ROUTES, bulk.NOTICES, Scope.PUSH),
    Room(bulk.ROUTES, scope=Scope.PUSH),
    Room(writing.ROUTES, scope=Scope.PUSH, changes=True),
    Room(message.ROUTES, scope=Scope.PUSH),
    Room(story.ROUTES, story.NOTICES, Scope.PUSH),
    Room(agenda.ROUTES, scope=Scope.PUSH),
    Room(bot.ROUTES, scope=Scope.PUSH),
    Room(reminder_writing.ROUTES, scope=Scope.PUSH, changes=True),
    Room(reminders.ROUTES, scope=Scope.PUSH),
    Room(changes.ROUTES, changes.NOTICES, Scope.PUSH),
    Room(people.ROUTES, people.NOTICES, Scope.PUSH),
    Room(pushes.ROUTES, pushes.NOTICES, Scope.READ),
    Room(keys.ROUTES, keys.NOTICES),
    Room(key_page.ROUTES, scope=Scope.ADMIN),
    Room(consumers.ROUTES, consumers.NOTICES, Scope.ADMIN),
    Room(sessions.ROUTES, sessions.NOTICES),
    Room(audit.ROUTES, scope=Scope.ADMIN),
    Room(alerts.ROUTES, alerts.NOTICES, Scope.READ),
)


# A page says what another one has done, in its own words if it has some.
NOTICES: Final = {key: words for room in ROOMS for key, words in room.notices.items()}


def _rows() -> Iterator[Route]:
    yield from (*assets.ROUTES, *looks.ROUTES, *sign_in.DOOR)
    for room in ROOMS:
        for each in room.routes:
            row = each if each.scope else replace(each, scope=room.scope, changes=room.changes)
            yield Route(
                row.method, row.path, visiting(row, {**NOTICES, **room.notices}), Proof.SESSION
            )


CONSOLE: Final = tuple(_rows())


async def off(request: web.Request) -> web.Response:
    """`GET /` where the setting `server.console` is off."""
    return web.Response(text=OFF)


CLOSED: Final = (Route(hdrs.METH_GET, "/", off, None),)
