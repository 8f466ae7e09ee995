"""Stores what people call accounts, within what a key may change."""

from collections.abc import Awaitable

import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting

log = structlog.get_logger(__name__)


async def give_name(request: web.Request, appid: str, name: str) -> None:
    """An empty name removes the one that the account has. The audit notes a change. Raises NotFoundError."""
    await _note(request, appid, request.app[SERVICES].job_lists.name_account(appid, name))


async def give_first_name(request: web.Request, appid: str, name: str) -> None:
    """Of a registration, which systems repeat at each start: an account keeps the name that it has."""
    await _note(request, appid, request.app[SERVICES].job_lists.name_unnamed(appid, name))


async def _note(request: web.Request, appid: str, naming: Awaitable[bool]) -> None:
    with noting(request, Action.ACCOUNT_NAMED, appid):
        is_named = await naming
    if is_named:
        log.info("account.named", appid=appid, by=request[CALLER].id)
