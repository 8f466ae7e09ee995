"""Register, fetch, and look after tasks: the API of the original, and what operators need."""

from datetime import UTC, datetime

from aiohttp import hdrs, web
from aiohttp.helpers import ETag

from wechat_scheduler.api import envelope
from wechat_scheduler.api.jobs import job_result
from wechat_scheduler.api.kinds import kind_of
from wechat_scheduler.api.memo import Terms
from wechat_scheduler.api.registration import check_name
from wechat_scheduler.api.services import CALLER, SERVICES
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import Credential, JobKey
from wechat_scheduler.errors import InvalidRequestError, NotFoundError

PAGE = 100
LARGEST_PAGE = 1000


async def register(request: web.Request) -> web.Response:
    """`POST /registe`, `POST /register`: the seed's JSON."""
    services = request.app[SERVICES]
    registration = services.reader.read(await request.read(), owner=request[CALLER].id)
    await services.manager.register(registration)
    return envelope.success("success")


async def fetch(request: web.Request) -> web.Response:
    """`GET /task/{appid}/{type}[/{subject}]`: the value, as a string, waited for if need be."""
    services = request.app[SERVICES]
    key = _key(request)
    cell = await services.manager.fetch(key)
    boottime = services.clock.boottime()
    credential = cell.valid(boottime)
    if credential is None:  # it expired between there and here
        raise services.manager.unavailable(cell)
    if cell.key == key:  # a name that means this job today may mean two tomorrow
        terms = Terms(cell=cell, credential=credential, until=cell.same_until(boottime), tally=cell)
        services.memo.remember(request, terms)
    return _fetched(request, cell, credential, boottime)


async def remove(request: web.Request) -> web.Response:
    """`DELETE /task/{appid}/{type}[/{subject}]`: nobody needs it any more."""
    await request.app[SERVICES].manager.remove(_key(request), owner="")
    return envelope.success("success")


async def refresh(request: web.Request) -> web.Response:
    """`POST /task/{appid}/{type}[/{subject}]/refresh`: ask WeChat now."""
    await request.app[SERVICES].manager.refresh(_key(request))
    return envelope.success("success")


async def tasks(request: web.Request) -> web.Response:
    """`GET /tasks`: every job with its state, its last error, and what happens next and when.

    `appid=`, `type=`, `subject=` narrow it; a page holds `limit=` (100); `Link` names the next.
    """
    services = request.app[SERVICES]
    limit = _limit(request.query.get("limit", ""))
    views = await services.manager.view(
        appid=request.query.get("appid", ""),
        kind=kind_of(request.query.get("type", "")),
        subject=request.query.get("subject", ""),
        after=_after(request.query.get("after", "")),
        limit=limit,
    )
    headers: dict[str, str] = {}
    if len(views) == limit:
        after = "/".join(views[-1].key)
        headers[hdrs.LINK] = f'<{request.rel_url.update_query(after=after)}>; rel="next"'
    now = services.clock.now()
    return envelope.success([job_result(view, now) for view in views], headers=headers)


def _key(request: web.Request) -> JobKey:
    """Raises NotFoundError: what is no job's name cannot be one's."""
    path = request.match_info
    key = JobKey(path["appid"], kind_of(path["type"]), path.get("subject", ""))
    if key.kind not in request.app[SERVICES].kinds:
        raise NotFoundError(f"there is no task type {path['type']}")
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


def _limit(text: str) -> int:
    if not text:
        return PAGE
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        raise InvalidRequestError(f"must be a number from 1 to {LARGEST_PAGE}", field="limit")
    return int(text)


def _after(text: str) -> JobKey | None:
    if not text:
        return None
    parts = text.split("/")
    if len(parts) != 3:
        raise InvalidRequestError("is not a place that a Link named", field="after")
    for part in parts[:2]:
        check_name(part, "after")
    return JobKey(*parts)
