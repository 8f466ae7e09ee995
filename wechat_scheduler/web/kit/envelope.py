"""The native response: `{"code", "message", "result"}`, with the HTTP status equal to `code`; an error
has a `reason` too."""

import math

import msgspec
from aiohttp import web

from wechat_scheduler.errors import RequestError, ThrottledError, UnavailableError
from wechat_scheduler.reasons import Reason

_encode = msgspec.json.Encoder().encode


class Envelope(msgspec.Struct, omit_defaults=True):
    """`result` is a string wherever the seed has one; `message` is empty when all is well, and there
    is no `reason` then."""

    code: int
    message: str
    result: object
    reason: str = ""


def success(result: object, *, headers: dict[str, str] | None = None) -> web.Response:
    return _response(Envelope(200, "", result), headers)


def secret(result: object) -> web.Response:
    """A success that shows a secret: proxies and browsers must not keep it."""
    return success(result, headers={"Cache-Control": "no-store"})


def failure(error: RequestError) -> web.Response:
    headers = {}
    if isinstance(error, ThrottledError | UnavailableError):
        headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    if error.status == web.HTTPUnauthorized.status_code:
        headers["WWW-Authenticate"] = 'Bearer realm="wechat-scheduler"'
    return _response(Envelope(error.status, str(error), "", error.reason), headers)


def refusal(
    reason: Reason,
    message: str,
    *,
    status: int = 0,
    result: object = "",
    headers: dict[str, str] | None = None,
) -> web.Response:
    """An error that no exception stands for. Its status is that of the reason unless one is given."""
    return _response(Envelope(status or reason.status, message, result, reason), headers)


def _response(envelope: Envelope, headers: dict[str, str] | None) -> web.Response:
    return web.Response(
        status=envelope.code,
        body=_encode(envelope),
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )
