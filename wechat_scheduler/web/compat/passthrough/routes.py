"""The gateway: every call of WeChat's API, from an SDK in which only the host was changed.

The token in the query is one that this daemon hands out. It is checked, and WeChat gets the current value
of its account in its place; nothing else of the call or of the answer changes.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import InvalidRequestError, RequestError, WeChatError
from wechat_scheduler.gateway import queries
from wechat_scheduler.gateway.bearers import Bearer
from wechat_scheduler.gateway.relaying import Body, PassedCall, are_texts, is_coded
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.passthrough.answers import closed, failed, refused, unrouted
from wechat_scheduler.web.compat.replies import given_back
from wechat_scheduler.web.kit.known_heads import READS_ALL
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.kit.slashes import tidied

# The families of WeChat's API. Which of their paths pass is for `gateway.allow` to say.
FAMILIES: Final = (
    "bizwifi", "business", "card", "cgi-bin", "channels", "cityservice", "customservice", "cv", "datacube",
    "device", "guide", "intp", "marketing", "merchant", "product", "publisher", "redpacketcover", "scan",
    "semantic", "shakearound", "shop", "sns", "tcb", "union", "wxa", "wxaapi", "wxopen", "xpay",
)  # fmt: skip

# Families of other hosts of WeChat's, too, which SDKs may be led here for.
_OF_WECHAT: Final = re.compile(
    rf"/+(?:{'|'.join(FAMILIES)}|connect|pay|secapi)(?:/|\Z)", re.IGNORECASE
)

# What SDKs ask for first, if the address that they were given lacks the beginning of WeChat's paths.
_WITHOUT_PREFIX: Final = frozenset(
    (
        "/token", "/stable_token", "/ticket/getticket", "/component/api_component_token",
        "/component/api_authorizer_token", "/oauth2/access_token", "/oauth2/refresh_token",
        "/jscode2session",
    )
)  # fmt: skip

# Bodies that are sent again after a refusal of their token.
KEPT: Final = web.AppKey("gateway_kept", int)


async def pass_on(request: web.Request) -> web.StreamResponse:
    services, bearers = request.app[SERVICES], dict[str, Bearer]()
    try:
        head, has_come = _head(request, services), request.content.is_eof()
        bearers = dict(await services.passage.admitted(head))
        call = await _whole(head, request)
        if call.is_kept and not has_come:  # it took its time: its consumer may have ended
            bearers = dict(await services.passage.proven(call))
        taken = await services.passage.taken(call, bearers)
        return await given_back(request, services, taken)
    except RequestError:
        # An unknown token may just be old, so it does not count as a wrong key: its SDK must get 40001 to
        # fetch another.
        services.tally.count("gateway_calls", "refused")
        raise
    except WeChatError as error:
        last = [*bearers.values()][-1] if bearers else None
        appid, caller = (last.account, last.label) if last else ("", "")
        return failed(services, error, appid=appid, caller=caller)


def _head(request: web.Request, services: Services) -> PassedCall:
    """The call without its body."""
    target = request.rel_url
    request[READS_ALL] = True
    headers = tuple(request.headers.items())
    if not (target.raw_query_string.isascii() and are_texts(headers)):
        raise InvalidRequestError("the request has bytes that are not UTF-8")
    return PassedCall(
        method=request.method,
        path=tidied(request.method, target.raw_path),
        query=target.raw_query_string,
        headers=headers,
        address=services.authenticator.address(request),
    )


async def _whole(head: PassedCall, request: web.Request) -> PassedCall:
    if not request.body_exists:
        return head
    body = await _body(request)
    length = len(body) if isinstance(body, bytes) else request.content_length
    return replace(head, body=body, length=length)


async def _body(request: web.Request) -> Body:
    """Kept if it is short: a longer one is streamed, so that it needs no memory, and cannot be repeated."""
    most, length = request.app[STATES][KEPT], request.content_length
    if length is not None:
        return await request.read() if length <= most else _rest(request, b"")
    if is_coded(tuple(request.headers.items())):
        raise InvalidRequestError(
            "Transfer-Encoding may be chunked alone: leave the other coding out"
        )
    begun = b""
    while len(begun) <= most and (chunk := await request.content.readany()):
        begun += chunk
    return begun if len(begun) <= most else _rest(request, begun)


async def _rest(request: web.Request, begun: bytes) -> AsyncIterator[bytes]:
    if begun:
        yield begun
    async for chunk in request.content.iter_any():
        yield chunk


def _setup(states: RoomStates, config: Config, clock: Clock) -> None:
    states[KEPT] = min(config.gateway.repeat_limit, config.server.body_limit)


def _is_on(config: Config) -> bool:
    return config.gateway.enabled


def _is_off(config: Config) -> bool:
    return not config.gateway.enabled


def _is_of_wechat(request: web.Request, error: web.HTTPException) -> bool:
    """Whether the path begins as one of WeChat's, in any case of its letters."""
    return bool(_OF_WECHAT.match(request.path))


def _claims(request: web.Request, error: web.HTTPException) -> bool:
    """A request with a token in its query comes of an SDK, too, unless its path is of our own API."""
    if request.path in _WITHOUT_PREFIX:
        return True
    is_ours = request.path.startswith("/v1/") or not isinstance(error, web.HTTPNotFound)
    has_token = any(name in request.query for name in queries.TOKENS)
    return _is_of_wechat(request, error) or (has_token and not is_ours)


API = Api(
    prefixes=tuple(f"/{family}/" for family in FAMILIES),
    routes=(
        Route(hdrs.METH_GET, "/{family}/{path}", pass_on, Proof.TOKEN),
        Route(hdrs.METH_POST, "/{family}/{path}", pass_on, Proof.TOKEN),
    ),
    patterns=(("family", "|".join(FAMILIES)), ("path", "(?:[^/]+/)*[^/]+")),
    refused=refused,
    unrouted=unrouted,
    claims=_claims,
    setup=_setup,
    is_on=_is_on,
    takes_compressed=True,
)

# In the place of `API` while the gateway is off.
CLOSED = Api(
    prefixes=API.prefixes,
    routes=(),
    refused=refused,
    unrouted=closed,
    claims=_is_of_wechat,
    is_on=_is_off,
)
