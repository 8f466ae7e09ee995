"""Leads an app's calls of WeChat to the daemon's gateway, with the HTTP library that the app has.

    session.auth = GatewayAuth(SyncClient(DAEMON, KEY, watch=True), APPID)               # requests
    httpx.Client(auth=GatewayAuth(SyncClient(DAEMON, KEY, watch=True), APPID))
    httpx.AsyncClient(event_hooks={"request": [GatewayHook(client, APPID)]})             # client: Client

A call of `https://api.weixin.qq.com/…` goes to the daemon, and gets the account's token if it has none.
Calls of other hosts stay as they are.
"""

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from wechat_scheduler.client.kept import Name

if TYPE_CHECKING:
    from wechat_scheduler.client.client import Client
    from wechat_scheduler.client.sync_client import SyncClient

RequestT = TypeVar("RequestT")

_HOSTS = re.compile(
    r"https://((api2?|(sh|sz|hk)\.api|mp)\.weixin\.qq\.com)(:443)?(?=[/?#]|$)", re.IGNORECASE
)
# They issue tokens, or take a code or a secret in a token's place.
_WITHOUT_TOKEN = re.compile(
    r"/sns/|/cgi-bin/(stable_)?token$|/cgi-bin/component/api_component_token$"
    r"|/cgi-bin/component/api_start_push_ticket$|/cgi-bin/clear_quota/v2$|/cgi-bin/showqrcode$"
)
_OF_PLATFORMS = "/cgi-bin/component/"


class LackingToken(NamedTuple):
    """The token that a call lacks: its parameter, and the credential."""

    parameter: str
    name: Name


class GatewayAuth:
    """For `auth` of requests and of httpx.Client. `appid` is the account, or the platform of calls below
    `/cgi-bin/component/`. Raises what `SyncClient.credential` raises."""

    def __init__(self, client: "SyncClient", appid: str) -> None:
        self._client = client
        self._appid = appid

    def __call__(self, request: RequestT) -> RequestT:
        """Changes the request, and returns it."""
        url = str(getattr(request, "url", ""))
        if _HOSTS.match(url):
            missing = _missing(url, self._appid)
            value = self._client.credential(*missing.name) if missing else ""
            _lead(request, _led(url, self._client.url, missing, value))
        return request


class GatewayHook:
    """For `event_hooks` of httpx.AsyncClient. Raises what `Client.credential` raises."""

    def __init__(self, client: "Client", appid: str) -> None:
        self._client = client
        self._appid = appid

    async def __call__(self, request: Any) -> None:
        """Changes the request."""
        url = str(request.url)
        if _HOSTS.match(url):
            missing = _missing(url, self._appid)
            value = await self._client.credential(*missing.name) if missing else ""
            _lead(request, _led(url, self._client.url, missing, value))


def _missing(url: str, appid: str) -> LackingToken | None:
    parts = urlsplit(url)
    given = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if given & {"access_token", "component_access_token", "secret"}:
        return None
    if _WITHOUT_TOKEN.match(parts.path):
        return None
    of_platform = parts.path.startswith(_OF_PLATFORMS)
    parameter = "component_access_token" if of_platform else "access_token"
    return LackingToken(parameter, Name(appid, parameter))


def _led(url: str, daemon: str, missing: LackingToken | None, value: str) -> str:
    """The same call at the daemon."""
    parts, to = urlsplit(url), urlsplit(daemon)
    token = f"{missing.parameter}={quote(value, safe='')}" if missing else ""
    query = "&".join(filter(None, (parts.query, token)))
    return urlunsplit((to.scheme, to.netloc, to.path.rstrip("/") + (parts.path or "/"), query, ""))


def _lead(request: Any, url: str) -> None:
    """Both libraries' requests have these, as texts or as a class of URLs that is made from one."""
    request.url = type(request.url)(url)
    if "Host" in request.headers:
        request.headers["Host"] = urlsplit(url).netloc
