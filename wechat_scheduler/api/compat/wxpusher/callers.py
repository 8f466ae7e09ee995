"""Who calls WxPusher's API, and how often they may."""

from aiohttp import web

from wechat_scheduler.api.compat.tokens import Holder, holder_of
from wechat_scheduler.api.compat.wxpusher.wire import Code, WxPusherError
from wechat_scheduler.api.services import SERVICES
from wechat_scheduler.audience.model import App, TokenKind
from wechat_scheduler.errors import UnauthorizedError


def app_of(request: web.Request, token: str | None) -> App:
    """The app of an `appToken`. Raises WxPusherError, ThrottledError."""
    return _holder(request, token, TokenKind.APP, "appToken").app


def named_app(request: web.Request) -> App:
    """The same for a token in the query."""
    return app_of(request, request.query.get("appToken"))


def user_of(request: web.Request, token: str) -> Holder:
    """The app and user of an SPT. Raises WxPusherError, ThrottledError."""
    return _holder(request, token, TokenKind.SIMPLE, "spt")


def count_query(request: web.Request) -> None:
    """Raises ThrottledError."""
    services = request.app[SERVICES]
    services.wxpusher.queries.count(str(services.doorkeeper.address(request)))


def _holder(request: web.Request, token: str | None, kind: TokenKind, field: str) -> Holder:
    text = (token or "").strip()
    if not text:
        raise WxPusherError(f"{field} 不能为空", code=Code.UNAUTHORISED, field=field)
    try:
        holder = holder_of(request, text, kind)
    except UnauthorizedError as error:
        raise WxPusherError(f"{field} 不合法", code=Code.UNAUTHORISED, field=field) from error
    request.app[SERVICES].wxpusher.calls.count(str(holder.app.id))
    return holder
