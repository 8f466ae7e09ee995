"""Identifies callers by their API keys, and checks what a key may reach."""

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, NoReturn

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.local import is_loopback, why_foreign
from wechat_scheduler.access.model import ADMIN, Address, Key, KeyState, Network, Scope
from wechat_scheduler.errors import ForbiddenError, ThrottledError, UnauthorizedError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.peers import client_address, is_https
from wechat_scheduler.web.kit.rates import Throttle

log = structlog.get_logger(__name__)

# The key of every caller under --insecure-no-auth.
NO_AUTHENTICATION = Key(
    id=ADMIN,
    name="no authentication",
    hash="",
    scopes=frozenset((Scope.ADMIN,)),
    created_at=datetime(1970, 1, 1, tzinfo=UTC),
)

HOW = "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"
# No kind has this name, so no key that is limited to types reaches it.
NO_TYPE = "*"
# One sentence for all cases: a finder of a key must not learn which it is. The log says it.
NOT_GOOD = "this API key is unknown, revoked or expired, or may not be used from this address"


class Visitor(NamedTuple):
    """The key of a request, and the address that it came from, if known."""

    key: Key
    address: Address | None

    @property
    def written(self) -> str:
        """The address as text; empty if it is unknown."""
        return str(self.address or "")


class Authenticator:
    """Admits requests by their keys. Only peers in `trusted_proxies` may name the client's address.
    With `open_door`, callers on this machine need no key."""

    def __init__(
        self,
        keyring: Keyring,
        throttle: Throttle,
        *,
        trusted_proxies: Sequence[Network],
        open_door: bool,
    ) -> None:
        self._keyring = keyring
        self._throttle = throttle
        self._trusted_proxies = trusted_proxies
        self._open_door = open_door

    async def identify(self, request: web.Request, scope: Scope | None) -> Visitor:
        """The caller, if the key has `scope`; None asks for none.

        Raises UnauthorizedError, ThrottledError after too many of these, or ForbiddenError if a valid
        key lacks the scope.
        """
        address = self.address(request)
        if self._open_door:
            _refuse_strangers(request)
            return Visitor(NO_AUTHENTICATION, address)
        text = _key_in(request)
        if not text:
            raise UnauthorizedError(f"this needs an API key: {HOW}", reason=Reason.KEY_MISSING)
        key = await self.key_of(text, address)
        require_scope(key, scope)
        return Visitor(key, address)

    def open_visitor(self, request: web.Request) -> Visitor | None:
        """The visitor of a page of the console with an open door; None where a key is needed. The page
        checks its forms itself, and links of other sites may lead to it. Raises ForbiddenError for all else
        of pages of other origins, and from afar."""
        if not self._open_door:
            return None
        _refuse_strangers(request, is_page=True)
        return Visitor(NO_AUTHENTICATION, self.address(request))

    def is_https(self, request: web.Request) -> bool:
        """Whether the client's own connection is encrypted, as far as a trusted proxy says."""
        return request.secure or is_https(request, self._trusted_proxies)

    async def key_of(self, text: str, address: Address | None) -> Key:
        """The key of that text, if it may be used from `address`. Raises as `identify` does."""
        key = self._keyring.find(text) or await self._keyring.seek(text)
        reason = self._why_not(key, address)
        if key is None or reason:
            self._refuse(key.id if key else "", reason, address)
        return key

    def require_still(self, key: Key) -> None:
        """For a request that has been open for a while. Raises UnauthorizedError if its key has ended."""
        if not self._open_door and not self._keyring.opens(key):
            raise UnauthorizedError(NOT_GOOD, reason=Reason.KEY_INVALID)

    def wrong_token(self, request: web.Request, *, reason: str, **names: str) -> None:
        """Count an invalid token of a foreign API as a wrong key; the log gets `names`, too. Raises
        ThrottledError after too many."""
        address = self.address(request)
        self._throttle.count(address)
        log.warning("token.refused", reason=reason, address=str(address), **names)

    def address(self, request: web.Request) -> Address | None:
        """The client's address; None if it is unknown."""
        return client_address(request, self._trusted_proxies)

    def is_named(self, request: web.Request) -> bool:
        """Whether the request has a key, valid or not; true for all with an open door."""
        return self._open_door or bool(_key_in(request))

    def _why_not(self, key: Key | None, address: Address | None) -> str:
        if key is None:
            return "unknown"
        state = self._keyring.state(key)
        if state is not KeyState.ACTIVE:
            return state.value
        return "" if key.admits(address) else "foreign"

    def _refuse(self, key: str, reason: str, address: Address | None) -> NoReturn:
        try:
            self._throttle.count(address)
        except ThrottledError:
            log.debug("key.throttled", address=str(address))
            raise
        log.warning("key.refused", key_id=key, reason=reason, address=str(address))
        raise UnauthorizedError(NOT_GOOD, reason=Reason.KEY_INVALID)


def is_local(request: web.Request, address: Address | None) -> bool:
    """Whether a program of this machine asks: through no proxy, and for no page of another origin."""
    try:
        _refuse_strangers(request, is_page=True)
    except ForbiddenError:
        return False
    return address is not None and address.is_loopback


def require_scope(key: Key, scope: Scope | None, *, looks: bool = False) -> None:
    """Raises ForbiddenError if the key lacks the scope, also for a request that only `looks`; None asks for none."""
    if scope is not None and not (key.sees(scope) if looks else key.allows(scope)):
        raise ForbiddenError(f"this API key lacks the scope {scope.value}", reason=Reason.KEY_SCOPE)


def require_reach(key: Key, appid: str, kind: str = "", *, field: str = "") -> None:
    """Raises ForbiddenError, at `field`, if the key is limited to other accounts or types."""
    if key.reaches(appid, kind):
        return
    if key.reaches(appid):
        raise ForbiddenError(
            f"this API key is limited to the types {_list(key.kinds)}",
            reason=Reason.KEY_REACH,
            field=field,
        )
    raise ForbiddenError(
        f"this API key is limited to the appids {_list(key.appids)}",
        reason=Reason.KEY_REACH,
        field=field,
    )


def require_reach_of_path(key: Key, path: Mapping[str, str], kinds: KindTable) -> None:
    """Like `require_reach`, for the account and type in a path: no handler has to do it. A path without
    a type concerns the whole account, which a key that is limited to some types does not reach."""
    if appid := path.get("appid"):
        require_reach(key, appid, kinds.kind_of(path.get("type", "")) or NO_TYPE)


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _key_in(request: web.Request) -> str:
    """The key in X-API-Key, in a Bearer token, or in the password of Basic
    (`http://x:KEY@host:9001/…`)."""
    if api_key := request.headers.get("X-API-Key", ""):
        return api_key
    scheme, _, value = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            return _basic_password(value.strip())
        case _:
            return ""


def _basic_password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2].decode()
    except (binascii.Error, ValueError):
        return ""


def _refuse_strangers(request: web.Request, *, is_page: bool = False) -> None:
    """Without keys only programs on this machine may call: no page in its browser of another origin or
    under another name (DNS rebinding), and no proxy for a client elsewhere."""
    if any(
        name == "Forwarded" or name.startswith("X-Forwarded-")
        for name in map(str.title, request.headers)
    ):
        raise ForbiddenError(
            "without authentication no request may come through a proxy",
            reason=Reason.REQUEST_NOT_LOCAL,
        )
    if not is_loopback(_host(request)):
        raise ForbiddenError(
            "without authentication the Host of a request must be loopback",
            reason=Reason.REQUEST_NOT_LOCAL,
        )
    headers: Mapping[str, str] = request.headers
    if is_page and _is_opened(request):
        headers = {name: it for name, it in headers.items() if name.title() != "Sec-Fetch-Site"}
    if foreign := why_foreign(headers, has_body=request.body_exists and not is_page):
        raise ForbiddenError(f"without authentication {foreign}", reason=Reason.REQUEST_NOT_LOCAL)


def _is_opened(request: web.Request) -> bool:
    """Whether a browser shows the response as a page of its own, so that no other page reads it."""
    headers = request.headers
    return (
        request.method == hdrs.METH_GET
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )


def _host(request: web.Request) -> str:
    """Empty for a Host header that names no host."""
    try:
        return request.url.host or ""
    except ValueError:
        return ""
