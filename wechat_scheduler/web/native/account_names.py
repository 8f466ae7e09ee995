"""Stores what people call accounts, within what a key may change."""

import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting

log = structlog.get_logger(__name__)


async def give_name(request: web.Request, appid: str, name: str) -> None:
    """An empty name removes the one that the account has. The audit notes a change. Raises NotFoundError."""
    with noting(request, Action.ACCOUNT_NAMED, appid):
        changed = await request.app[SERVICES].job_lists.name_account(appid, name)
    if changed:
        log.info("account.named", appid=appid, by=request[CALLER].id)


async def give_first_name(request: web.Request, appid: str, name: str) -> None:
    """Of a registration, which systems repeat at each start: an account keeps the name that it has."""
    with noting(request, Action.ACCOUNT_NAMED, appid):
        is_named = await request.app[SERVICES].job_lists.name_unnamed(appid, name)
    if is_named:
        log.info("account.named", appid=appid, by=request[CALLER].id)
