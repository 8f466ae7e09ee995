"""Reads the forms of all pages."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason

URLENCODED: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 32


async def read_form(request: web.Request) -> Mapping[str, str]:
    """The fields of an urlencoded form in UTF-8. Raises InvalidRequestError for any other body."""
    if request.content_type != URLENCODED or (request.charset or "utf-8").lower() != "utf-8":
        raise _unreadable(f"a form of a page is {URLENCODED} in UTF-8")
    try:
        text = (await request.read()).decode()
        fields = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:  # UnicodeDecodeError too
        raise _unreadable("the form is not UTF-8, or has too many fields") from error
    return dict(fields)


def _unreadable(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, reason=Reason.BODY_UNREADABLE)
