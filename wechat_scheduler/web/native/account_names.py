"""Stores what people call accounts, within what a key may change."""

import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.credentials.model import Registration
from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting

log = structlog.get_logger(__name__)


async def give_name(request: web.Request, appid: str, name: str) -> None:
    """An empty name removes the one that the account has. The audit notes a change. Raises NotFoundError."""
    with noting(request, Action.ACCOUNT_NAMED, appid):
        changed = await request.app[SERVICES].job_lists.name_account(appid, name)
    if changed:
        log.info("account.named", appid=appid, by=request[CALLER].id)


async def check_name(request: web.Request, registration: Registration) -> None:
    """Raises ForbiddenError for another name from a key that may not change what the whole account uses."""
    appid, name = registration.account.appid, registration.name
    if not (registration.limited and name):
        return
    known = await request.app[SERVICES].job_lists.names([appid])
    if known.get(appid, name) != name:
        raise ForbiddenError(
            "this API key is limited to types, and may not change what the whole account uses",
            reason=Reason.KEY_REACH,
            field="name",
        )
