"""Reads queries as strictly as bodies, and pages through long lists."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Final, TypeVar

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.ids import ID, NO_REMINDER_ID, REMINDER_ID

T = TypeVar("T")

PAGE: Final = 100
LARGEST_PAGE: Final = 1000
IDS: Final = pattern(r"[0-9]{1,16}(?:,[0-9]{1,16}){0,99}", re.ASCII)
APPIDS: Final = pattern(r"[A-Za-z0-9_-]{1,128}(?:,[A-Za-z0-9_-]{1,128}){0,999}", re.ASCII)
ERRCODE: Final = pattern(r"-?[0-9]{1,9}", re.ASCII)
_LONGEST_NAME: Final = 64
INSTANT_PLACE: Final = pattern(r"([0-9]{1,16})-([0-9]{1,16})", re.ASCII)
_MICROSECOND: Final = timedelta(microseconds=1)


def id_of(request: web.Request, name: str) -> int:
    """The id in the parameter `name`, 0 if it is missing. Raises InvalidRequestError."""
    text = request.query.get(name, "")
    if text and not ID.fullmatch(text):
        raise InvalidRequestError("must be an id: up to 16 digits", field=name)
    return int(text or 0)


def ids_of(request: web.Request, name: str) -> tuple[int, ...]:
    """The ids in the parameter `name`, none if it is missing. Raises InvalidRequestError."""
    text = request.query.get(name, "")
    if text and not IDS.fullmatch(text):
        raise InvalidRequestError("must be at most 100 ids with commas between", field=name)
    return tuple(map(int, filter(None, text.split(","))))


def appids_of(request: web.Request) -> Sequence[str] | None:
    """The appids in the parameter `appids`, each once; None if it is missing. Raises InvalidRequestError."""
    text = request.query.get("appids", "")
    if text and not APPIDS.fullmatch(text):
        raise InvalidRequestError("must be at most 1000 appids with commas between", field="appids")
    return [*dict.fromkeys(text.split(","))] if text else None


def reminder_of(request: web.Request) -> str:
    """The id in the parameter `reminder`, empty if it is missing. Raises InvalidRequestError."""
    text = request.query.get("reminder", "")
    if text and not REMINDER_ID.fullmatch(text):
        raise InvalidRequestError(NO_REMINDER_ID.en, field="reminder")
    return text


def instant_of(request: web.Request, name: str) -> datetime | None:
    """The time in the parameter `name`, None if it is missing. Raises InvalidRequestError."""
    text = request.query.get(name, "").replace(" ", "+")  # an unescaped plus
    if not text:
        return None
    try:
        given: datetime = msgspec.convert(text, Annotated[datetime, msgspec.Meta(tz=True)])
        return given.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise InvalidRequestError(
            "must be a time with its offset, such as 2026-11-18T10:30:00+08:00", field=name
        ) from error


def one_of(request: web.Request, name: str, choices: Collection[str]) -> str:
    """The word in the parameter `name`, empty if it is missing. Raises InvalidRequestError."""
    text = request.query.get(name, "")
    if text and text not in choices:
        raise InvalidRequestError(f"must be one of {', '.join(choices)}", field=name)
    return text


def errcode_of(request: web.Request) -> int | None:
    """The number in the parameter `errcode`, None if it is missing. Raises InvalidRequestError."""
    text = request.query.get("errcode", "")
    if text and not ERRCODE.fullmatch(text):
        raise InvalidRequestError("must be a number", field="errcode")
    return int(text) if text else None


def limit_of(request: web.Request) -> int:
    """The size of the page that `limit` asks for. Raises InvalidRequestError."""
    text = request.query.get("limit", "")
    if not text:
        return PAGE
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= LARGEST_PAGE:
        raise InvalidRequestError(f"must be a number from 1 to {LARGEST_PAGE}", field="limit")
    return int(text)


def next_page(
    request: web.Request, found: Sequence[T], place: Callable[[T], str], *, name: str = "after"
) -> dict[str, str]:
    """The `Link` to the next page, if `found` fills this one: the same request, with the place of
    the last entry in the parameter `name`."""
    if len(found) < limit_of(request):
        return {}
    return link_to(request, **{name: place(found[-1])})


def link_to(request: web.Request, **query: str) -> dict[str, str]:
    """The `Link` to the next page: the same request with this in its query."""
    return {hdrs.LINK: f'<{request.rel_url.update_query(query)}>; rel="next"'}


def page_of(
    request: web.Request, rows: Sequence[T], place: Callable[[T], str]
) -> tuple[Sequence[T], dict[str, str]]:
    """The page that the request asks for, of rows that lie in memory, and its headers. Raises
    InvalidRequestError."""
    places, after = [place(row) for row in rows], request.query.get("after", "")
    if after and after not in places:
        raise InvalidRequestError(
            "is not a value from a Link header, or its row is gone",
            reason=Reason.PAGE_UNKNOWN,
            field="after",
        )
    begin = places.index(after) + 1 if after else 0
    page = rows[begin : begin + limit_of(request)]
    return page, next_page(request, page, place)


def refuse_unknown(request: web.Request, known: Collection[str]) -> None:
    """Refuses parameters that are not `known` or given twice, but for names that begin with `_`, which
    programs add so that no cache answers. Raises InvalidRequestError."""
    for name in request.query:
        if name.startswith("_"):
            continue
        if name in known:
            refuse_repeated(request, name)
            continue
        shown = name[:_LONGEST_NAME]
        near = get_close_matches(shown, known, n=1)
        taken = ", ".join(known) or "no parameters"
        hint = f"did you mean {near[0]}?" if near else f"this path takes {taken}"
        raise InvalidRequestError(f"is not known here; {hint}", field=shown or '""')


def refuse_misspelt(request: web.Request, known: Collection[str]) -> None:
    """Refuses parameters that are nearly `known`, where others are for the caller to choose. Raises
    InvalidRequestError."""
    for name in request.query:
        near = get_close_matches(name[:_LONGEST_NAME].lower(), known, n=1)
        if near and name not in known and not name.startswith("_"):
            raise InvalidRequestError(
                f"is not known here; did you mean {near[0]}?", field=name[:_LONGEST_NAME]
            )


def refuse_repeated(request: web.Request, name: str) -> None:
    """Raises InvalidRequestError."""
    if len(request.query.getall(name, ())) > 1:
        raise InvalidRequestError("is given twice; give it once", field=name)


def place_of(
    request: web.Request, form: re.Pattern[str], *, name: str = "after"
) -> re.Match[str] | None:
    """The place of a page in the parameter `name`, which has that form; None without it. Raises InvalidRequestError."""
    text = request.query.get(name, "")
    found = form.fullmatch(text)
    if text and found is None:
        raise no_place(name)
    return found if text else None


def no_place(name: str = "after") -> InvalidRequestError:
    """Of a place that no response has given."""
    return InvalidRequestError(
        "is not a value from a Link header", reason=Reason.PAGE_UNKNOWN, field=name
    )


def instant_place(request: web.Request) -> tuple[datetime, int] | None:
    """The instant and the number in `after`, as `instant_text` wrote them; None without it. Raises
    InvalidRequestError."""
    found = place_of(request, INSTANT_PLACE)
    return (EPOCH + int(found[1]) * _MICROSECOND, int(found[2])) if found else None


def instant_text(at: datetime, number: int) -> str:
    """A place in a list by time: microseconds since 1970, and what tells the entries of one instant apart."""
    return f"{(at - EPOCH) // _MICROSECOND}-{number}"


class NulError(InvalidRequestError):
    """The address has a NUL (%00), which cannot be stored or found."""


def refuse_nul(request: web.Request) -> None:
    """Refuses a NUL in the path or the query, since PostgreSQL stores and compares none; aiohttp
    refuses an unescaped one. Raises NulError."""
    if "%00" in request.raw_path:
        raise NulError("the address has a NUL (%00), which cannot be stored or found")
