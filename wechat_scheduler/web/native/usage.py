"""Lists who made which calls through the gateway."""

from datetime import date, datetime, time

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.policy import SHANGHAI, quota_day
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.gateway.uses import GatewayUse, UseFilter
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.query import limit_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.route import LIMIT, NativeRoute, query


class UseResult(msgspec.Struct):
    """`caller` is a consumer (`consumer/shop`), or an account's own token (`token/wx1111`). `errors` are the
    calls that WeChat refused or did not answer. `refused` are calls that this daemon refused, which are not among
    them."""

    day: str
    caller: str
    appid: str
    path: str
    calls: int
    errors: int
    refused: int


async def listed(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    wanted = UseFilter(
        at=_day(request.query.get("day", "")) or services.usage.today(),
        caller=request.query.get("caller", ""),
        appid=request.query.get("appid", ""),
        path=request.query.get("path", ""),
        limit=limit_of(request),
    )
    return envelope.success([use_result(use) for use in await services.usage.find(wanted)])


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), SHANGHAI) if text else None
    except ValueError as error:
        raise InvalidRequestError("must be a day such as 2026-11-18", field="day") from error


def use_result(use: GatewayUse) -> UseResult:
    return envelope.result_of(UseResult, use, day=quota_day(use.at).isoformat())


ROUTES = (
    NativeRoute(
        "GET", "/v1/usage", listed, Scope.ADMIN,
        "Lists the calls through the gateway in a day, by caller, account and path, the most first.",
        result=list[UseResult],
        takes=(
            query("day", "A day in Shanghai; today without it.", {"type": "string", "format": "date"}),
            query("caller", "Only of this caller: `consumer/` and its name."),
            query("appid", "Only for this account."),
            query("path", "Only of this path."),
            LIMIT,
        ),
    ),
)  # fmt: skip
