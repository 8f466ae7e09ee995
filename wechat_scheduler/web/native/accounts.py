"""Lists accounts with their names, gives one a name, and removes one with all of its credentials."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.ids import check_wechat_id, schema_of
from wechat_scheduler.web.kit.query import APPIDS, appids_of, limit_of, next_page
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.texts import LONGEST_NAME, read_name
from wechat_scheduler.web.native.account_names import give_name
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute, Success, query

log = structlog.get_logger(__name__)

# Tasks of one request: each is removed, and noted in the audit, in a transaction of its own.
MOST_REMOVED: Final = 200


class AccountResult(msgspec.Struct, kw_only=True):
    """An account, a platform, or an account that authorised one. `name` is what people call it, empty if it has none;
    `kept` says whether a credential is kept for it."""

    appid: str
    name: str
    kept: bool


class AccountNameBody(msgspec.Struct, forbid_unknown_fields=True):
    """What people call the account; an empty name removes the one that it has."""

    name: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_NAME})]


class RemovedAccountResult(msgspec.Struct, kw_only=True):
    """How many tasks were `removed`, 200 at most, and how many are `left`: of a platform with more, or of other keys."""

    removed: int
    left: int


async def listed(request: web.Request) -> web.Response:
    after = request.query.get("after", "")
    if after:
        check_wechat_id(after, "after")
    found = await request.app[SERVICES].job_lists.accounts(
        appids=_reached(request[CALLER], appids_of(request)),
        kinds=sorted(request[CALLER].kinds),
        after=after,
        limit=limit_of(request),
    )
    headers = next_page(request, found, lambda last: last.appid)
    return envelope.success([result_of(AccountResult, one) for one in found], headers=headers)


def _reached(key: Key, asked: Sequence[str] | None) -> Sequence[str] | None:
    """Those of the accounts that the key reaches; None for all that there are."""
    if not key.appids:
        return asked
    return sorted(key.appids if asked is None else key.appids.intersection(asked))


async def named(request: web.Request) -> web.Response:
    given = decode(await request.read(), AccountNameBody).name.strip()
    name = read_name(given, "name") if given else ""
    await give_name(request, request.match_info["appid"], name)
    return envelope.success("success")


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
        "GET", "/v1/accounts", listed, Scope.READ,
        "Lists the accounts and platforms that are registered, and the accounts that authorised one, with their names.",
        result=list[AccountResult],
        takes=(query("appids", "Only these, with commas between.", schema_of(APPIDS)), *PAGED),
        gives=LINK,
    ),
    NativeRoute(
        "PATCH", "/v1/accounts/{appid}", named, Scope.REGISTER,
        "Gives the account a name, which lists and messages about it show beside the appid.",
        body=AccountNameBody, result=Success,
    ),
    NativeRoute(
        "DELETE", "/v1/accounts/{appid}", remove, Scope.REGISTER,
        "Removes all that was registered for the account with this key; an admin key removes it for all keys.",
        result=RemovedAccountResult,
    ),
)  # fmt: skip
