"""The fields of a call for a token, and who makes it."""

import codecs
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError, UnauthorizedError
from wechat_scheduler.gateway.callers import GatewayCaller
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.web.compat.wechattokens.answers import ErrcodeError
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.bodies import decode, form_fields
from wechat_scheduler.web.kit.ids import WECHAT_ID
from wechat_scheduler.web.kit.services import SERVICES, Services

_MOST_FIELDS: Final = 100
# Who sends these may be trying secrets.
_GUESSES: Final = (CallerRefusal.SECRET, CallerRefusal.CONSUMER_ONLY, CallerRefusal.REACH)

TokenFields: TypeAlias = Mapping[str, Any]


async def fields_of(request: web.Request) -> TokenFields:
    """The parameters: those of the query, and before them those of a body in JSON or as a form; WeChat
    ignores the content type. Raises ErrcodeError 47001."""
    fields: dict[str, Any] = dict(request.query)
    body = await request.read()
    if not body:
        return fields
    if not is_json(body):
        _require_form(body)
        return fields | dict(_form(body))
    try:
        return fields | decode(body, dict[str, Any])
    except InvalidRequestError as error:
        raise ErrcodeError(47001, f"data format error: {error}") from error


def is_json(body: bytes) -> bool:
    """Whether a body begins as JSON does, perhaps with a byte order mark."""
    return body.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def _require_form(body: bytes) -> None:
    """Raises ErrcodeError 47001: XML and the parts of a multipart body have equals signs, too."""
    text = body.lstrip()
    if b"=" not in text or text.startswith((b"<", b"--")) or not _is_utf8(text):
        raise ErrcodeError(47001, "data format error: the body must be JSON or a form, in UTF-8")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _form(body: bytes) -> list[tuple[str, str]]:
    return form_fields(body.decode(errors="replace"), errors="replace", most=_MOST_FIELDS)


def text_of(fields: TokenFields, name: str) -> str:
    """A parameter as text; empty if it is missing. Raises ErrcodeError 47001."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ErrcodeError(47001, f"data format error: {name} must be a string")
    return str(value)


def appid_of(fields: TokenFields, name: str) -> str:
    """Raises ErrcodeError 41002, CallerRefusedError."""
    appid = text_of(fields, name)
    if not appid:
        raise ErrcodeError(41002, f"appid missing: {name} is required")
    if not WECHAT_ID.fullmatch(appid):
        raise CallerRefusedError(CallerRefusal.APPID)
    return appid


async def proven(
    request: web.Request, appid: str, kind: str, fields: TokenFields, name: str
) -> GatewayCaller:
    """Who calls for a token of that account: by an API key in a header, else by the secret of that name. Raises
    ErrcodeError 41004, CallerRefusedError, ThrottledError, UnauthorizedError, ForbiddenError."""
    services, secret = request.app[SERVICES], text_of(fields, name)
    if services.authenticator.is_named(request):
        try:
            return await _by_key(request, appid, kind)
        except UnauthorizedError as error:
            hint = f"; leave that key out, and {name} is what counts" if secret else ""
            raise UnauthorizedError(f"{error}{hint}", reason=error.reason) from error
    try:
        if not secret:
            await _require_known(services, appid)
            raise ErrcodeError(
                41004, f"appsecret missing: {name} is required, with the secret of a consumer"
            )
        return await _by_secret(request, appid, secret)
    except CallerRefusedError as error:
        if error.refusal in (*_GUESSES, CallerRefusal.APPID):
            services.authenticator.wrong_token(
                request,
                reason=error.refusal.name.lower(),
                appid=appid,
                path=request.path,
                consumer=error.name,
            )
        raise


async def _by_secret(request: web.Request, appid: str, secret: str) -> GatewayCaller:
    services = request.app[SERVICES]
    try:
        return await services.callers.prove(appid, secret, services.authenticator.address(request))
    except CallerRefusedError as error:
        services.usage.refused(error, appid, request.path)
        if error.refusal in _GUESSES:
            await _require_known(services, appid)
        raise


async def _require_known(services: Services, appid: str) -> None:
    """An account that authorised a platform is known without a secret of its own."""
    if not (await services.callers.knows(appid) or await services.accounts.keeps(appid)):
        raise CallerRefusedError(CallerRefusal.APPID)


async def _by_key(request: web.Request, appid: str, kind: str) -> GatewayCaller:
    services = request.app[SERVICES]
    key, _ = await services.authenticator.identify(request, Scope.READ)
    require_reach(key, appid, kind)
    return GatewayCaller(key.id, steady=not (key.networks or key.expires_at))
