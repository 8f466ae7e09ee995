"""`/consent/{capability}`: a user allows an app to remind them by scanning the page's code.

Each user of an app has an address of their own; `POST /v1/apps/{app}/subscribers/{name}/openid` returns
it. Opening it allows nothing, as only a scan proves who the user is.
"""

import asyncio
import re
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.model import Alias, App, Purpose
from wechat_scheduler.delivery.refused_receivers import refusal_of
from wechat_scheduler.errors import NotFoundError, WeChatError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.pages.consent_page import ConsentPage, consent_page
from wechat_scheduler.web.pages.responses import check_current, named, no_code, page_response, paged

PATH: Final = "/consent/{capability}"
PURPOSE: Final = "consent"

# An openid, and the id of the app that it belongs to.
_NAME = re.compile(r"([0-9a-f]{32})([0-9]{1,16})")


def consent_url(links: Links, app: App, openid: str) -> str:
    """The address of the page; empty without `server.public_url`."""
    name = f"{openid}{app.id}"
    return links.url_if_public(f"/consent/{links.capability(PURPOSE, name, app.link_generation)}")


async def show(request: web.Request) -> web.Response:
    """`GET /consent/{capability}`."""
    services = request.app[SERVICES]
    name = named(services.links.name_in(PURPOSE, request.match_info["capability"]))
    app, alias = await _consenting(services, name)
    check_current(request, app.id)
    is_on = alias.consented and await _reminds(services, app, alias)
    code = "" if is_on else await _code(services, app)
    page = ConsentPage(app_name=app.name, qr=code, consented=is_on)
    return page_response(await asyncio.to_thread(consent_page, page))


async def _consenting(services: Services, name: str) -> tuple[App, Alias]:
    """Raises NotFoundError."""
    found = _NAME.fullmatch(name)
    app = services.directory.app(int(found[2])) if found else None
    alias = await services.openids.known(app, found[1]) if found and app else None
    if app is None or alias is None:
        raise NotFoundError("this link names no user", reason=Reason.ROUTE_UNKNOWN)
    return app, alias


async def _reminds(services: Services, app: App, alias: Alias) -> bool:
    """Whether the app's reminders reach the user. If not, another scan turns them on."""
    found = await services.audience.find(app, [alias.uid])
    return refusal_of(found.get(alias.uid)) is None


async def _code(services: Services, app: App) -> str:
    try:
        return (await services.codes.lasting(app, Purpose.CONSENT)).url
    except WeChatError as error:
        raise no_code(error) from error


ROUTES = (Route(hdrs.METH_GET, PATH, paged(show), Proof.CAPABILITY),)
