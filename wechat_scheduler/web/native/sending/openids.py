"""The openids and openkeys of Tencent's OpenAPI over HTTP: an app asks for those of its user here,
and calls `/v3/…` with them."""

from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.sending.seen_apps import app_of
from wechat_scheduler.web.pages.consent import consent_url

NO_STORE: Final = {"Cache-Control": "no-store"}


class OpenidResult(msgspec.Struct, kw_only=True):
    """`openid` stays the same; `openkey` is good until `expires_at`, and the former ones no more.

    `consented`: the user authorised reminders. `consent_url` is the page on which they can; empty
    without `server.public_url`.
    """

    openid: str
    openkey: str
    expires_at: datetime
    consented: bool
    consent_url: str


async def log_in(request: web.Request) -> web.Response:
    """`POST /v1/apps/{app}/subscribers/{name}/openid`."""
    services, app = request.app[SERVICES], app_of(request)
    found = await services.audience.found(app, request.match_info["name"])
    login = await services.openids.log_in(app, found.subscriber.uid)
    alias = await services.openids.known(app, login.openid)
    result = OpenidResult(
        openid=login.openid,
        openkey=login.openkey,
        expires_at=login.ends_at,
        consented=alias is not None and alias.consented,
        consent_url=consent_url(services.links, app, login.openid),
    )
    return envelope.success(result, headers=NO_STORE)
