"""Signs pages that ask themselves, without a key.

A page proves where it is: its browser names its origin, and no script can name another. A program can, and
gets a signature that is good for that page alone.
"""

from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.origins import located
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ForbiddenError, InvalidRequestError, UnavailableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.query import refuse_unknown
from wechat_scheduler.web.kit.rates import Rate, Throttle
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.route import Handler, Proof
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.page_signature import PageConfig, SignedPage, read_page, signed
from wechat_scheduler.web.native.route import NativeRoute, Parameter, query

PATH: Final = "/v1/jssdk/{appid}/signature"
# A page asks once; thousands of phones share an address of their network's.
OF_AN_ADDRESS: Final = 600
# Of one account, so that its pages leave room for all else.
OF_AN_ACCOUNT: Final = 30_000
# Seconds for which a browser does not ask again whether it may ask.
PREFLIGHT_KEPT: Final = 600

# One sentence for all cases: whether the account exists, and whose pages it signs, stays with its keys.
NO_PAGE: Final = (
    "this origin is not allowed for this account: the operator can allow it with "
    "PUT /v1/jssdk/{appid}/origins; programs ask with POST and a key"
)
ELSEWHERE: Final = "is of another origin than the page that asks: send its own location.href"
UNENCODED: Final = (
    "is cut at an & or given twice: send it as encodeURIComponent(location.href.split('#')[0])"
)
LATER: Final = "no signature can be made now; try again later"

# The origin of the page whose browser may read the answer.
_SHARED: Final = web.RequestKey("SHARED", str)


class PageLimits:
    """How many signatures pages may ask for in a minute."""

    def __init__(self, clock: Clock) -> None:
        self._asked = Throttle(
            clock, most=OF_AN_ADDRESS, sentence="too many requests from this address"
        )
        self._signed = Rate(clock, most=OF_AN_ACCOUNT, period=timedelta(minutes=1))

    def count_request(self, request: web.Request) -> None:
        """Raises ThrottledError if too many came from the client's address."""
        self._asked.count(request.app[SERVICES].authenticator.address(request))

    def count_signature(self, appid: str) -> None:
        """Of an account that allows the origin. Raises ThrottledError if there were too many."""
        self._signed.count(appid)


LIMITS: Final = web.AppKey("LIMITS", PageLimits)


def sharing(handler: Handler) -> Handler:
    """The handler of a route for pages, whose answers and errors a browser lets an allowed page read."""

    async def shared(request: web.Request) -> web.StreamResponse:
        response = await handler(request)
        response.headers[hdrs.VARY] = hdrs.ORIGIN
        if origin := request.get(_SHARED):
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = hdrs.RETRY_AFTER
        return response

    return shared


async def sign(request: web.Request) -> web.Response:
    services, appid = request.app[SERVICES], request.match_info["appid"]
    origin = await _origin(request)
    request.app[STATES][LIMITS].count_signature(appid)
    page = _page(request)
    if page.origin != origin:
        raise ForbiddenError(ELSEWHERE, reason=Reason.ORIGIN_REFUSED, field="url")
    try:
        ticket = await services.tickets.token(appid)
    except UnavailableError as error:  # its sentence is for the operator, not for the world
        raise UnavailableError(LATER, reason=error.reason, retry_after=error.retry_after) from error
    return envelope.success(signed(page, appid, ticket, services.clock))


async def preflight(request: web.Request) -> web.Response:
    """A page that sends headers of its own is asked about by its browser."""
    await _origin(request)
    return web.Response(
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: hdrs.METH_GET,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: f"{hdrs.CONTENT_TYPE}, X-Requested-With",
            hdrs.ACCESS_CONTROL_MAX_AGE: str(PREFLIGHT_KEPT),
        }
    )


async def _origin(request: web.Request) -> str:
    """The allowed origin of the page that asks. A page behind the same address as the daemon sends no Origin, but a
    Referer. Raises ForbiddenError, ThrottledError, StorageError."""
    request.app[STATES][LIMITS].count_request(request)
    named = request.headers.getall(hdrs.ORIGIN, ())
    if len(named) > 1:
        raise ForbiddenError(NO_PAGE, reason=Reason.ORIGIN_REFUSED)
    at = None if named else located(request.headers.get(hdrs.REFERER, ""))
    origin = named[0] if named else at.origin if at else ""
    if not await request.app[SERVICES].origins.allows(request.match_info["appid"], origin):
        raise ForbiddenError(NO_PAGE, reason=Reason.ORIGIN_REFUSED)
    if named:
        request[_SHARED] = origin
    return origin


def _page(request: web.Request) -> SignedPage:
    """Raises InvalidRequestError."""
    given = request.query.getall("url", ())
    if not given:
        raise InvalidRequestError("is required", field="url")
    try:
        refuse_unknown(request, ("url",))
    except InvalidRequestError as error:
        raise InvalidRequestError(UNENCODED, field="url") from error
    if len(given) > 1:
        raise InvalidRequestError(UNENCODED, field="url")
    return read_page(given[0])


_ORIGIN: Final = Parameter(
    "header", "Origin", "That of the page, as its browser sends it; without one, `Referer`."
)
_GIVES: Final = {
    "Access-Control-Allow-Origin": "The origin of the page, never `*`.",
    "Vary": "`Origin`.",
}
ROUTES = (
    NativeRoute(
        "GET", PATH, sign, Proof.ORIGIN,
        "Signs the page that asks, if its origin is allowed; needs no key.",
        result=PageConfig, takes=(query("url", "The page's `location.href`."), _ORIGIN),
        gives=_GIVES, errors=(403, 429),
    ),
    NativeRoute(
        "OPTIONS", PATH, preflight, Proof.ORIGIN,
        "Tells a browser whether the page may ask.",
        takes=(_ORIGIN,), gives=_GIVES, errors=(403, 429),
    ),
)  # fmt: skip
