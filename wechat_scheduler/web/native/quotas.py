"""Shows what WeChat counts of a path's calls, and who made them, and clears it."""

from typing import Annotated, Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.choices import REFUSAL
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.slashes import tidied
from wechat_scheduler.web.native.refused_by_wechat import asking_wechat
from wechat_scheduler.web.native.route import NativeRoute, Success, query
from wechat_scheduler.web.native.usage import UseResult, use_result

log = structlog.get_logger(__name__)

NO_PATH: Final = "must be a path such as /cgi-bin/menu/get"
Path = Annotated[
    str,
    msgspec.Meta(
        min_length=2, max_length=256, pattern=r"^/[A-Za-z0-9_./-]+$", extra={REFUSAL: NO_PATH}
    ),
]


class QuotaBody(msgspec.Struct, forbid_unknown_fields=True):
    """`path` is one of WeChat's, such as `/cgi-bin/menu/get`."""

    path: Path


class QuotaResult(msgspec.Struct):
    """The first three are WeChat's numbers of today; `largest` are those who made the most calls through the
    gateway."""

    daily_limit: int
    used: int
    remain: int
    largest: list[UseResult]


async def shown(request: web.Request) -> web.Response:
    services, appid = request.app[SERVICES], request.match_info["appid"]
    path = _checked(request.query.get("path", ""))
    with asking_wechat():
        quota = await services.quotas.quota(appid, path)
    largest = [use_result(use) for use in await services.usage.largest(appid, path)]
    return envelope.success(QuotaResult(*quota, largest=largest))


async def clear(request: web.Request) -> web.Response:
    services, appid = request.app[SERVICES], request.match_info["appid"]
    path = _checked(decode(await request.read(), QuotaBody).path)
    with asking_wechat():
        await services.quotas.clear(appid, path)
    log.info("quota.cleared", appid=appid, path=path, by=request[CALLER].id)
    return envelope.success("success")


def _checked(path: str) -> str:
    """The path as WeChat writes it, without extra slashes. Raises InvalidRequestError."""
    try:
        return tidied("GET", msgspec.convert(path, Path))
    except msgspec.ValidationError as error:
        raise InvalidRequestError(NO_PATH, field="path") from error


ROUTES = (
    NativeRoute(
        "GET", "/v1/quotas/{appid}", shown, Scope.ADMIN,
        "Shows how many calls to a path WeChat counted today, and who made the most of them.",
        result=QuotaResult, errors=(503,),
        takes=(query("path", "A path of WeChat's, such as `/cgi-bin/menu/get`."),),
    ),
    NativeRoute(
        "POST", "/v1/quotas/{appid}/clear", clear, Scope.ADMIN,
        "Resets WeChat's count of today's calls to a path; WeChat allows this 50 times a month.",
        body=QuotaBody, result=Success, errors=(503,),
    ),
)  # fmt: skip
