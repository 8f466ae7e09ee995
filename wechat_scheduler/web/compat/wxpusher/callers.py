"""The callers of WxPusher's API, and how often they may call."""

from datetime import timedelta
from typing import Final

from aiohttp import web

from wechat_scheduler.audience.model import App, TokenKind
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import UnauthorizedError
from wechat_scheduler.web.compat.tokens import Holder, holder_of
from wechat_scheduler.web.compat.wxpusher.envelope import ErrorCode, WxPusherError
from wechat_scheduler.web.kit.rates import Rate
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.services import SERVICES

PERIOD: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class WxPusherLimits:
    """`calls` are counted by app, `queries`, which need no token, by address."""

    calls: Rate
    queries: Rate


LIMITS: Final = web.AppKey("wxpusher", WxPusherLimits)


def setup(states: RoomStates, config: Config, clock: Clock) -> None:
    most = config.compat
    states[LIMITS] = WxPusherLimits(
        calls=Rate(clock, most=most.wxpusher_calls, period=PERIOD),
        queries=Rate(clock, most=most.wxpusher_queries, period=PERIOD),
    )


async def app_of(request: web.Request, token: str | None) -> App:
    """The app of an `appToken`. Raises WxPusherError, ThrottledError."""
    return (await _holder(request, token, TokenKind.APP, "appToken")).app


async def named_app(request: web.Request) -> App:
    """The app of the `appToken` in the query. Raises WxPusherError, ThrottledError."""
    return await app_of(request, request.query.get("appToken"))


async def user_of(request: web.Request, token: str) -> Holder:
    """The app and user of an SPT. Raises WxPusherError, ThrottledError."""
    return await _holder(request, token, TokenKind.SIMPLE, "spt")


def count_query(request: web.Request) -> None:
    """Count a query of the caller's address. Raises ThrottledError."""
    services = request.app[SERVICES]
    request.app[STATES][LIMITS].queries.count(str(services.authenticator.address(request)))


async def _holder(request: web.Request, token: str | None, kind: TokenKind, field: str) -> Holder:
    text = (token or "").strip()
    if not text:
        raise WxPusherError(f"{field} 不能为空", code=ErrorCode.UNAUTHORISED, field=field)
    try:
        holder = await holder_of(request, text, kind)
    except UnauthorizedError as error:
        raise WxPusherError(f"{field} 不合法", code=ErrorCode.UNAUTHORISED, field=field) from error
    request.app[STATES][LIMITS].calls.count(str(holder.app.id))
    return holder
