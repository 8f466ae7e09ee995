"""Register, fetch, and look after tasks: the API of the original, and what operators need."""

from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import hdrs, web
from aiohttp.helpers import ETag

from wechat_scheduler.access.audit import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import Credential, JobKey
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.memo import Terms
from wechat_scheduler.web.kit.paging import limit_of, link_to_next
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import note
from wechat_scheduler.web.native.jobs import job_result
from wechat_scheduler.web.native.registration import RegistrationReader, check_name
from wechat_scheduler.web.native.visible import visible_jobs


async def register(request: web.Request) -> web.Response:
    """`POST /registe`, `POST /register`: the seed's JSON."""
    services = request.app[SERVICES]
    caller = request[CALLER]
    registration = RegistrationReader(services.kinds, services.check_url).read(
        await request.read(), owner=caller.id
    )
    appid = registration.account.appid
    require_reach(caller, appid, field="appid")
    for number, task in enumerate(registration.tasks):
        require_reach(caller, appid, task.key.kind, field=f"tasks[{number}].type")
    if caller.kinds:
        registration = replace(registration, limited=True)
    changed = await services.manager.register(registration)
    # Without tasks it is about the account alone, whose secret may have changed.
    objects = map(str, changed) if registration.tasks else [appid]
    await note(request, Action.REGISTERED, *objects)
    return envelope.success("success")


async def fetch(request: web.Request) -> web.Response:
    """`GET /task/{appid}/{type}[/{subject}]`: the value, as a string, waited for if need be."""
    services = request.app[SERVICES]
    key = named_job(request)
    cell = await services.manager.fetch(key)
    boottime = services.clock.boottime()
    credential = cell.valid(boottime)
    if credential is None:  # it expired between there and here
        raise services.manager.unavailable(cell)
    caller = request[CALLER]
    tally = services.auditor.tally(caller.id, cell.key)
    tally.reads += 1
    # A name that means this job today may mean two tomorrow, and an address may be another one.
    if cell.key == key and not caller.networks:
        until = min(cell.same_until(boottime), services.keyring.ends(caller), tally.until)
        terms = Terms(cell=cell, credential=credential, until=until, tally=tally)
        services.memo.remember(request, terms)
    return _fetched(request, cell, credential, boottime)


async def remove(request: web.Request) -> web.Response:
    """`DELETE /task/{appid}/{type}[/{subject}]`: the caller needs it no more; from an admin key:
    nobody does."""
    key, caller = named_job(request), request[CALLER]
    owner = "" if caller.allows(Scope.ADMIN) else caller.id
    try:
        await request.app[SERVICES].manager.remove(key, owner=owner)
    except NotFoundError as error:
        if not owner:
            raise
        raise NotFoundError(
            f"this API key has not registered {key}", reason=Reason.TASK_NOT_YOURS
        ) from error
    await note(request, Action.REMOVED, str(key))
    return envelope.success("success")


async def refresh(request: web.Request) -> web.Response:
    """`POST /task/{appid}/{type}[/{subject}]/refresh`: ask WeChat now."""
    key = named_job(request)
    await request.app[SERVICES].manager.refresh(key)
    await note(request, Action.REFRESHED, str(key))
    return envelope.success("success")


async def tasks(request: web.Request) -> web.Response:
    """`GET /tasks`: every job with its state, its last error, and what happens next and when.

    `appid=`, `type=`, `subject=` narrow it; a page holds `limit=` (100); `Link` names the next.
    """
    services, caller = request.app[SERVICES], request[CALLER]
    limit = limit_of(request)
    appid, kind = (
        request.query.get("appid", ""),
        services.kinds.kind_of(request.query.get("type", "")),
    )
    require_reach(caller, appid, kind)
    views = await visible_jobs(
        services.manager,
        caller,
        appid=appid,
        kind=kind,
        subject=request.query.get("subject", ""),
        after=_after(request.query.get("after", "")),
        limit=limit,
    )
    full = len(views) == limit
    headers = link_to_next(request, after="/".join(views[-1].key)) if full else {}
    now = services.clock.now()
    return envelope.success(
        [job_result(view, services.kinds, now) for view in views], headers=headers
    )


def named_job(request: web.Request) -> JobKey:
    """The job that the path names. Raises NotFoundError: what is no job's name cannot be one's."""
    path, kinds = request.match_info, request.app[SERVICES].kinds
    key = JobKey(path["appid"], kinds.kind_of(path["type"]), path.get("subject", ""))
    if key.kind not in kinds:
        raise NotFoundError(f"there is no task type {path['type']}", reason=Reason.TYPE_UNKNOWN)
    return key


def _fetched(
    request: web.Request, cell: Cell, credential: Credential, boottime: float
) -> web.Response:
    headers = {
        hdrs.CACHE_CONTROL: f"private, max-age={cell.max_age(boottime)}",
        hdrs.ETAG: f'"{credential.version}"',
        "X-Credential-Expires": _iso(credential.expires_at),
    }
    if ETag(value=str(credential.version), is_weak=False) in (request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return envelope.success(credential.value, headers=headers)


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _after(text: str) -> JobKey | None:
    if not text:
        return None
    parts = text.split("/")
    if len(parts) != 3:
        raise InvalidRequestError(
            "is not a place that a Link named", reason=Reason.PAGE_UNKNOWN, field="after"
        )
    for part in parts[:2]:
        check_name(part, "after")
    return JobKey(*parts)
