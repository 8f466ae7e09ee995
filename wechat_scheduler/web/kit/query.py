"""What stands behind the question mark, read as strictly as bodies are."""

import re
from collections.abc import Collection

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError

_ID = re.compile(r"[0-9]{1,16}")


def id_of(request: web.Request, name: str) -> int:
    """An id, 0 if there is none. Raises InvalidRequestError."""
    text = request.query.get(name, "")
    if text and not _ID.fullmatch(text):
        raise InvalidRequestError("must be an id: up to 16 digits", field=name)
    return int(text or 0)


def one_of(request: web.Request, name: str, choices: Collection[str]) -> str:
    """One of these words, empty if there is none. Raises InvalidRequestError."""
    text = request.query.get(name, "")
    if text and text not in choices:
        raise InvalidRequestError(f"must be one of {', '.join(choices)}", field=name)
    return text


def refuse_nul(request: web.Request) -> None:
    """PostgreSQL keeps no text with a NUL and looks for none. Unescaped, none gets as far as here.
    Raises InvalidRequestError."""
    if "%00" in request.raw_path:
        raise InvalidRequestError("nothing has a NUL in its name")
