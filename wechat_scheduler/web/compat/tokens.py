"""The tokens by which foreign APIs know an app or a user."""

from typing import NamedTuple

from aiohttp import hdrs, web

from wechat_scheduler.audience.model import App, Token, TokenKind
from wechat_scheduler.errors import UnauthorizedError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.services import SERVICES


class Holder(NamedTuple):
    """A valid token, and the app that it belongs to."""

    token: Token
    app: App


async def holder_of(request: web.Request, text: str, kind: TokenKind) -> Holder:
    """The holder of a token of that kind. Raises UnauthorizedError, ThrottledError."""
    services = request.app[SERVICES]
    token = await services.directory.find_holder(text) if text else None
    app = await services.directory.find_app(token.app_id) if token else None
    if token is None or app is None or token.kind is not kind:
        if text:
            services.authenticator.wrong_token(request, reason="unknown")
        raise UnauthorizedError(
            "the token is missing" if not text else "the token is not known",
            reason=Reason.KEY_INVALID,
        )
    return Holder(token, app)


def bearer(request: web.Request, scheme: str = "bearer") -> str:
    """The token in `Authorization: SCHEME TOKEN`; empty if there is none."""
    given, _, value = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return value.strip() if given.lower() == scheme else ""
