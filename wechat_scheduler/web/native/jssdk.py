"""Signs pages for callers with a key, and sets the origins whose pages may ask without one."""

from typing import Annotated, Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.access.origins import located
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import check_appid
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.page_signature import (
    LONGEST_URL,
    PageConfig,
    read_page,
    signed,
)
from wechat_scheduler.web.native.route import NativeRoute

TICKET: Final = "jsapi_ticket"
# WeChat takes five JS接口安全域名; each may have names for tests, and ports.
MOST_ORIGINS: Final = 100


class PageBody(msgspec.Struct, forbid_unknown_fields=True):
    """`url` is the page's `location.href`; from a `#` on it is left out."""

    url: Annotated[
        str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_URL, "pattern": "^https?://"})
    ]


class OriginsBody(msgspec.Struct, forbid_unknown_fields=True):
    """Origins as `https://shop.example.com`, without a path or a wildcard. An empty list allows none."""

    origins: Annotated[list[str], msgspec.Meta(extra_json_schema={"maxItems": MOST_ORIGINS})]


class OriginsResult(msgspec.Struct):
    """The origins whose pages get signatures of the account without a key."""

    appid: str
    origins: list[str]


async def sign(request: web.Request) -> web.Response:
    services, appid = request.app[SERVICES], request.match_info["appid"]
    await _require_reach(request)
    page = read_page(decode(await request.read(), PageBody).url)
    ticket = await services.tickets.token(appid)
    return envelope.success(signed(page, appid, ticket, services.clock))


async def show(request: web.Request) -> web.Response:
    services, appid = request.app[SERVICES], request.match_info["appid"]
    await _require_reach(request)
    return envelope.success(OriginsResult(appid, list(services.origins.of(appid))))


async def put(request: web.Request) -> web.Response:
    services, appid = request.app[SERVICES], request.match_info["appid"]
    await _require_reach(request)
    check_appid(appid, "appid")
    origins = _read(decode(await request.read(), OriginsBody).origins)
    with noting(request, Action.ORIGINS_SET, appid):
        await services.origins.put(appid, origins)
    note = await services.tickets.lack(appid) if origins else ""
    return envelope.success(OriginsResult(appid, origins), note=note)


async def _require_reach(request: web.Request) -> None:
    """The account's ticket belongs to its platform, if that keeps it. Raises ForbiddenError, StorageError."""
    appid, caller = request.match_info["appid"], request[CALLER]
    if not caller.appids and not caller.kinds:
        return
    try:
        owner = (await request.app[SERVICES].tickets.job(appid)).appid
    except NotFoundError:
        owner = appid
    require_reach(caller, owner, TICKET)


def _read(given: list[str]) -> list[str]:
    """Each once, as browsers write it. Raises InvalidRequestError."""
    if len(given) > MOST_ORIGINS:
        raise InvalidRequestError(f"takes at most {MOST_ORIGINS}", field="origins")
    origins = dict[str, None]()
    for number, text in enumerate(given):
        found = located(text)
        if found is None or found.rest:
            raise InvalidRequestError(
                "must be an origin such as https://shop.example.com or http://127.0.0.1:8080: without a path or a "
                "wildcard, and in Punycode",
                field=f"origins[{number}]",
            )
        origins[found.origin] = None
    return list(origins)


ROUTES = (
    NativeRoute(
        "POST", "/v1/jssdk/{appid}/signature", sign, Scope.READ,
        "Signs a page for WeChat's JS-SDK, with the account's `jsapi_ticket`.",
        body=PageBody, result=PageConfig, checks_reach=True,
    ),
    NativeRoute(
        "GET", "/v1/jssdk/{appid}/origins", show, Scope.READ,
        "Shows the origins whose pages get signatures without a key.",
        result=OriginsResult, checks_reach=True,
    ),
    NativeRoute(
        "PUT", "/v1/jssdk/{appid}/origins", put, Scope.REGISTER,
        "Lets only the pages of these origins get signatures without a key.",
        body=OriginsBody, result=OriginsResult, checks_reach=True,
    ),
)  # fmt: skip
