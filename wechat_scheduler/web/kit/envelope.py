"""The native response: `{"code", "message", "result"}`, with the HTTP status equal to `code`; an error
has a `reason` too."""

import math
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web

from wechat_scheduler.errors import RequestError, ThrottledError, UnavailableError
from wechat_scheduler.reasons import Reason

ResultT = TypeVar("ResultT", bound=msgspec.Struct)

# `Retry-After` where WeChat refused a call and did not say when to repeat it.
SOON: Final = timedelta(seconds=30)

_encode = msgspec.json.Encoder().encode


class WrongField(msgspec.Struct):
    """What is wrong with one field; the field is empty if the whole request is meant."""

    field: str
    message: str


class Envelope(msgspec.Struct, omit_defaults=True):
    """`result` is a string on the routes of the original wechat-scheduler. On success there is
    no `reason`, and `message` is empty or a note. `errors` tell of each field if several are wrong."""

    code: int
    message: str
    result: object
    reason: str = ""
    errors: list[WrongField] = []


def result_of(form: type[ResultT], thing: object, **others: Any) -> ResultT:
    """A result with `others`, and each other field from the attribute of its name."""
    read = {name: getattr(thing, name) for name in form.__struct_fields__ if name not in others}
    return form(**read, **others)


def success(
    result: object, *, note: str = "", headers: dict[str, str] | None = None
) -> web.Response:
    return _response(Envelope(200, note, result), headers)


def success_text(result: object, note: str = "") -> str:
    """The body of `success`."""
    return f"{_encode(Envelope(200, note, result)).decode()}\n"


def failure(error: RequestError) -> web.Response:
    headers = {}
    if isinstance(error, ThrottledError | UnavailableError):
        headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    if error.status == web.HTTPUnauthorized.status_code:
        headers["WWW-Authenticate"] = 'Bearer realm="wechat-scheduler"'
    errors = [WrongField(one.field, one.sentence) for one in (error, *error.further)]
    told = errors if error.further else []
    return _response(Envelope(error.status, str(error), "", error.reason, told), headers)


def refusal(
    reason: Reason,
    message: str,
    *,
    result: object = "",
    headers: dict[str, str] | None = None,
) -> web.Response:
    """An error response without an exception."""
    return _response(Envelope(reason.status, message, result, reason), headers)


def _response(envelope: Envelope, headers: dict[str, str] | None) -> web.Response:
    return web.Response(
        status=envelope.code,
        body=_encode(envelope) + b"\n",  # people read it with curl, above their next prompt
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )
