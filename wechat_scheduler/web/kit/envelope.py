"""The native answer: `{"code", "message", "result"}`, with the HTTP status equal to `code`."""

import math

import msgspec
from aiohttp import web

from wechat_scheduler.errors import (
    RequestError,
    ThrottledError,
    UnavailableError,
    UnprocessableError,
)

_encode = msgspec.json.Encoder().encode


class Envelope(msgspec.Struct):
    """`result` is a string wherever the original has one; `message` is empty when all is well."""

    code: int
    message: str
    result: object


def success(result: object, *, headers: dict[str, str] | None = None) -> web.Response:
    return _response(Envelope(200, "", result), headers)


def unready(message: str, result: object) -> web.Response:
    """A 503 that says in its `result` how things stand."""
    return _response(Envelope(503, message, result), None)


def unmet(message: str, result: object) -> web.Response:
    """A 422: the request is of the right form, and its `result` says why nothing comes of it."""
    return _response(Envelope(422, message, result), None)


def failure(error: RequestError) -> web.Response:
    headers = {}
    if isinstance(error, ThrottledError | UnavailableError):
        headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    if error.status == web.HTTPUnauthorized.status_code:
        headers["WWW-Authenticate"] = 'Bearer realm="wechat-scheduler"'
    result = {"reason": error.reason} if isinstance(error, UnprocessableError) else ""
    return _response(Envelope(error.status, str(error), result), headers)


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """For what is refused before any handler sees it: an unknown path, a wrong method."""
    return _response(Envelope(status, message, ""), headers)


def _response(envelope: Envelope, headers: dict[str, str] | None) -> web.Response:
    return web.Response(
        status=envelope.code,
        body=_encode(envelope),
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )
