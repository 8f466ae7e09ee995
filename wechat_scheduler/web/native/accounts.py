"""Removes an account with all of its credentials."""

from typing import Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.route import NativeRoute

log = structlog.get_logger(__name__)

# Tasks of one request: each is removed, and noted in the audit, in a transaction of its own.
MOST_REMOVED: Final = 200


class RemovedAccountResult(msgspec.Struct, kw_only=True):
    """How many tasks were `removed`, 200 at most, and how many are `left`: of a platform with more, or of other keys."""

    removed: int
    left: int


async def remove(request: web.Request) -> web.Response:
    """The secret goes with the last task. Those with a subject go first: what was registered without one may be any of
    them until then."""
    appid, desk = request.match_info["appid"], request.app[SERVICES].job_lists
    views = await desk.view(appid=appid, owner=_owner(request), limit=MOST_REMOVED)
    outcomes = [await _is_removed(request, view.key) for view in reversed(views)]
    removed, left = sum(outcomes), sum((await desk.count(appid=appid)).states.values())
    if not removed:
        raise _none(appid, others=left)
    if not left:
        await desk.forget_account(appid)
    log.info("account.removed", appid=appid, removed=removed, left=left, by=request[CALLER].id)
    return envelope.success(RemovedAccountResult(removed=removed, left=left))


async def _is_removed(request: web.Request, key: JobKey) -> bool:
    """False if it is gone, or cannot be told from others yet."""
    try:
        with noting(request, Action.REMOVED, str(key)):
            await request.app[SERVICES].manager.remove(key, owner=_owner(request))
    except (NotFoundError, ConflictError):
        return False
    return True


def _owner(request: web.Request) -> str:
    """Whose registrations go; empty for those of all keys."""
    caller = request[CALLER]
    return "" if caller.allows(Scope.ADMIN) else caller.id


def _none(appid: str, *, others: int) -> NotFoundError:
    if others:
        return NotFoundError(
            f"this API key has registered nothing of {appid}", reason=Reason.TASK_NOT_YOURS
        )
    return NotFoundError(f"nothing is registered for {appid}", reason=Reason.TASK_UNKNOWN)


ROUTES = (
    NativeRoute(
        "DELETE", "/v1/accounts/{appid}", remove, Scope.REGISTER,
        "Removes all that was registered for the account with this key; an admin key removes it for all keys.",
        result=RemovedAccountResult,
    ),
)  # fmt: skip
