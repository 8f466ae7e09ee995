"""From an HTTP request to a verb of the sandbox and back.

Errors are 400 with `{"error": "field: what to do"}`.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.sandbox import Sandbox

B = TypeVar("B")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Verb = Callable[[Sandbox, web.Request], Awaitable[Any]]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A body with a field that is not known is refused: it would be a typing mistake."""


def handler(sandbox: Sandbox, verb: Verb) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return respond(await verb(sandbox, request))
        except InvalidRequestError as error:
            return respond({"error": str(error)}, status=error.status)

    return handle


async def read(request: web.Request, decoder: msgspec.json.Decoder[B]) -> B:
    """The body, or an empty object if there is none. Raises InvalidRequestError."""
    try:
        return decoder.decode(await request.read() or b"{}")
    except msgspec.ValidationError as error:
        raise _explain(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequestError("must be a JSON object", field="body") from error


def _explain(message: str) -> InvalidRequestError:
    """msgspec's finding, with the field in front and as the caller wrote it."""
    if named := re.fullmatch(r"Object (missing|contains).* field `(\w+)`", message):
        hint = "is required" if named[1] == "missing" else "is not known here"
        return InvalidRequestError(hint, field=named[2])
    found, _, path = message.partition(" - at `$.")
    return InvalidRequestError(
        found[0].lower() + found[1:].replace("`", ""), field=path.rstrip("`") or "body"
    )


def respond(answer: Any, status: int = 200) -> web.Response:
    body = msgspec.json.encode(answer)
    return web.Response(body=body, status=status, content_type="application/json")
