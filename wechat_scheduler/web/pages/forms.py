"""Reads the forms of all pages."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.bodies import form_fields

URLENCODED: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 32


async def read_form(request: web.Request) -> Mapping[str, str]:
    """The fields of an urlencoded form in UTF-8. Raises InvalidRequestError for any other body."""
    if request.content_type != URLENCODED or (request.charset or "utf-8").lower() != "utf-8":
        raise _unreadable(f"a form of a page is {URLENCODED} in UTF-8")
    try:
        text = (await request.read()).decode()
        return dict(form_fields(text, errors="strict", most=MOST_FIELDS))
    except UnicodeDecodeError as error:
        raise _unreadable("the form is not UTF-8") from error


def _unreadable(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, reason=Reason.BODY_UNREADABLE)
