"""Who is calling, and what they may touch: keys from requests."""

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import NamedTuple, NoReturn

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.model import ADMIN, Address, Key, KeyState, Network, Scope
from wechat_scheduler.errors import ForbiddenError, ThrottledError, UnauthorizedError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.peers import client_address
from wechat_scheduler.web.kit.throttle import Throttle

log = structlog.get_logger(__name__)

# Who everybody is while --insecure-no-auth is in force.
NOBODY = Key(
    id=ADMIN,
    name="no authentication",
    hash="",
    scopes=frozenset((Scope.ADMIN,)),
    created_at=datetime(1970, 1, 1, tzinfo=UTC),
)

HOW = "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"
# No kind has this name, so no key that is limited to types reaches it.
ANY_TYPE = "*"
# One sentence for all of it: whoever found a key learns nothing of it. The log says which.
NOT_GOOD = "this API key is not known here, has ended, or is not for use from there"


class Visitor(NamedTuple):
    """A request's key, and the address that it is used from."""

    key: Key
    address: Address | None


class Doorkeeper:
    """Lets requests in by their keys. Only peers in `trusted_proxies` may speak for others;
    `open_door` lets everybody in who is on this machine."""

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

    def identify(self, request: web.Request, scope: Scope) -> Visitor:
        """Who is behind a request, if the key may be used for `scope`.

        Raises UnauthorizedError, ThrottledError after too many of those, or ForbiddenError if the
        key is good but does not reach so far.
        """
        address = client_address(request, self._trusted_proxies)
        if self._open_door:
            _refuse_strangers(request)
            return Visitor(NOBODY, address)
        text = _key_in(request)
        if not text:
            raise UnauthorizedError(f"this needs an API key: {HOW}", reason=Reason.KEY_MISSING)
        key = self._keyring.find(text)
        reason = self._why_not(key, address)
        if key is None or reason:
            self._refuse(key.id if key else "", reason, address)
        if not key.allows(scope):
            raise ForbiddenError(
                f"this API key lacks the scope {scope.value}", reason=Reason.KEY_SCOPE
            )
        return Visitor(key, address)

    def wrong_token(self, request: web.Request, *, reason: str) -> None:
        """Count a token of a foreign protocol that opens nothing, as if it were a key. Raises
        ThrottledError after too many."""
        address = client_address(request, self._trusted_proxies)
        self._throttle.count(address)
        log.warning("token.refused", reason=reason, address=str(address))

    def address(self, request: web.Request) -> Address | None:
        """Where a request comes from; None if nobody can tell."""
        return client_address(request, self._trusted_proxies)

    def is_named(self, request: web.Request) -> bool:
        """Whether a request brings a key, good or not; where nobody needs one, all do."""
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
    """The same for the account and type that a path names, so that no handler has to remember it. A
    path without a type concerns the whole account: a key that is limited to some types is refused."""
    if appid := path.get("appid"):
        require_reach(key, appid, kinds.kind_of(path.get("type", "")) or ANY_TYPE)


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _key_in(request: web.Request) -> str:
    """From X-API-Key, a Bearer token, or the password of Basic (`http://x:KEY@host:9001/…`)."""
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
        plain = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return plain.partition(":")[2]


def _refuse_strangers(request: web.Request) -> None:
    """Without keys only this machine may call: not a page in its browser under another name (DNS
    rebinding), nor a proxy on behalf of somebody else."""
    if any(
        name == "Forwarded" or name.startswith("X-Forwarded-")
        for name in map(str.title, request.headers)
    ):
        raise ForbiddenError(
            "without authentication no request may come through a proxy",
            reason=Reason.REQUEST_NOT_LOCAL,
        )
    if not _is_loopback(_host(request)):
        raise ForbiddenError(
            "without authentication the Host of a request must be loopback",
            reason=Reason.REQUEST_NOT_LOCAL,
        )


def _host(request: web.Request) -> str:
    """Empty where a client wrote something that is no host at all."""
    try:
        return request.url.host or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
