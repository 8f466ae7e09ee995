"""Who is calling: keys from requests."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from ipaddress import ip_address

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access import ADMIN, Key, Scope, digest
from wechat_scheduler.errors import ForbiddenError, UnauthorizedError

log = structlog.get_logger(__name__)

# Who everybody is while --insecure-no-auth is in force.
NOBODY = Key(id=ADMIN, name="no authentication", hash="", scopes=frozenset((Scope.ADMIN,)))

HOW = "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"


class Doorkeeper:
    """Knows the keys by their hashes. `open_door` lets everybody in who is on this machine."""

    def __init__(self, keys: Iterable[Key], *, open_door: bool) -> None:
        self._keys = {key.hash: key for key in keys}
        self._open_door = open_door

    def identify(self, request: web.Request, scope: Scope) -> Key:
        """The key of a request, if it may be used for `scope`.

        Raises UnauthorizedError, or ForbiddenError if the key is known but does not reach so far.
        """
        if self._open_door:
            _refuse_strangers(request)
            return NOBODY
        text = _key_in(request)
        if not text:
            raise UnauthorizedError(f"this needs an API key: {HOW}")
        wanted = digest(text)
        key = self._keys.get(wanted)
        if key is None or not hmac.compare_digest(key.hash, wanted):
            raise UnauthorizedError("this API key is not known here")
        if not key.allows(scope):
            raise ForbiddenError(f"this API key lacks the scope {scope.value}")
        return key


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
        raise ForbiddenError("without authentication no request may come through a proxy")
    if not _is_loopback(request.url.host or ""):
        raise ForbiddenError("without authentication the Host of a request must be loopback")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
