"""The page on which a user lets an app remind them.

Its address is one user's (`POST /v1/apps/{app}/subscribers/{name}/openid` names it). Scanning the code
is what counts, since only that shows who did it; so the address alone allows nothing.
"""

import asyncio
import re
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.model import Alias, App, Purpose
from wechat_scheduler.delivery.refusals import refusal_of
from wechat_scheduler.errors import NotFoundError, WeChatError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.pages.following import AuthoriseView, authorise_page
from wechat_scheduler.web.pages.page_answers import named, page_response, paged
from wechat_scheduler.web.pages.qr_images import no_code

PATH: Final = "/consent/{capability}"
ROOM: Final = "consent"

# An openid, and the id of the app within which it means somebody.
_NAME = re.compile(r"([0-9a-f]{32})([0-9]{1,16})")


def consent_url(links: Links, app: App, openid: str) -> str:
    """The address of the page; empty where users cannot reach us."""
    return links.url_if_public(f"/consent/{links.capability(ROOM, f'{openid}{app.id}')}")


async def show(request: web.Request) -> web.Response:
    """`GET /consent/{capability}`."""
    services = request.app[SERVICES]
    name = named(services.links.name_in(ROOM, request.match_info["capability"]))
    app, alias = await _consenting(services, name)
    is_on = alias.consented and await _reminds(services, app, alias)
    code = "" if is_on else await _code(services, app)
    view = AuthoriseView(app_name=app.name, qr=code, authorised=is_on)
    return page_response(await asyncio.to_thread(authorise_page, view))


async def _consenting(services: Services, name: str) -> tuple[App, Alias]:
    """Raises NotFoundError."""
    found = _NAME.fullmatch(name)
    app = services.directory.app(int(found[2])) if found else None
    alias = await services.openids.known(app, found[1]) if found and app else None
    if app is None or alias is None:
        raise NotFoundError("nobody is named by that", reason=Reason.ROUTE_UNKNOWN)
    return app, alias


async def _reminds(services: Services, app: App, alias: Alias) -> bool:
    """Whether reminders of the app reach the user: another scan turns on what the user turned off."""
    found = await services.audience.find(app, [alias.uid])
    return refusal_of(found.get(alias.uid)) is None


async def _code(services: Services, app: App) -> str:
    try:
        return (await services.codes.lasting(app, Purpose.CONSENT)).url
    except WeChatError as error:
        raise no_code(error) from error


ROUTES = (Route(hdrs.METH_GET, PATH, paged(show), Proof.CAPABILITY),)
