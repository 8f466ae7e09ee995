"""The routes of WeChat's own endpoints for tokens and tickets, and of others that take a secret."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.wechattokens.answers import ErrcodeError, refused
from wechat_scheduler.web.compat.wechattokens.secrets import PLACES, pass_secret
from wechat_scheduler.web.compat.wechattokens.tokens import (
    authorizer_token,
    component_token,
    stable_token,
    ticket,
    token,
)
from wechat_scheduler.web.compat.wechattokens.users import refreshed
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.slashes import tidied

TOKEN: Final = "/cgi-bin/token"  # noqa: S105 - a path
STABLE: Final = "/cgi-bin/stable_token"
TICKET: Final = "/cgi-bin/ticket/getticket"
COMPONENT: Final = "/cgi-bin/component/api_component_token"
USER: Final = "/sns/oauth2/refresh_token"
AUTHORIZER: Final = "/cgi-bin/component/api_authorizer_token"


async def post_only(request: web.Request) -> web.Response:
    """A GET of what must be posted."""
    raise ErrcodeError(43002, "require POST method")


async def get_only(request: web.Request) -> web.Response:
    """A POST of what must be got."""
    raise ErrcodeError(43001, "require GET method")


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    """Another method than GET and POST."""
    path = tidied(request.method, request.path)
    errcode, words = (43001, "require GET method") if path in (TOKEN, TICKET) else _NOT_GET
    if path in _BOTH:
        words = f"{words}; GET and POST are both taken here"
    return refused(request, ErrcodeError(errcode, words))


def _is_on(config: Config) -> bool:
    return config.gateway.enabled


_NOT_GET: Final = (43002, "require POST method")
_BOTH: Final = (TOKEN, USER, *PLACES)

ROUTES: Final = (
    Route(hdrs.METH_GET, TOKEN, token, Proof.SECRET),
    Route(hdrs.METH_POST, TOKEN, token, Proof.SECRET),
    Route(hdrs.METH_POST, STABLE, stable_token, Proof.SECRET),
    Route(hdrs.METH_GET, STABLE, post_only, Proof.SECRET),
    Route(hdrs.METH_GET, TICKET, ticket, Proof.TOKEN),
    Route(hdrs.METH_POST, TICKET, get_only, Proof.TOKEN),
    Route(hdrs.METH_POST, COMPONENT, component_token, Proof.SECRET),
    Route(hdrs.METH_GET, COMPONENT, post_only, Proof.SECRET),
    Route(hdrs.METH_POST, AUTHORIZER, authorizer_token, Proof.TOKEN),
    Route(hdrs.METH_GET, AUTHORIZER, post_only, Proof.TOKEN),
    Route(hdrs.METH_GET, USER, refreshed, Proof.TOKEN),
    Route(hdrs.METH_POST, USER, refreshed, Proof.TOKEN),
    *(
        Route(method, path, pass_secret, Proof.SECRET)
        for path in PLACES
        for method in (hdrs.METH_GET, hdrs.METH_POST)
    ),
)

API: Final = Api(
    prefixes=(TOKEN, STABLE, TICKET, COMPONENT, AUTHORIZER, USER, *PLACES),
    routes=ROUTES,
    refused=refused,
    unrouted=unrouted,
    is_on=_is_on,
)
