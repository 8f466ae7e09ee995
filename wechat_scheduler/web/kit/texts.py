"""Texts in bodies that somebody is going to read, and times of day by somebody's clock."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from wechat_scheduler.errors import InvalidRequestError

LONGEST_NAME = 64


def read_name(value: str, field: str) -> str:
    """Raises InvalidRequestError."""
    name = value.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidRequestError(f"must be 1 to {LONGEST_NAME} printable letters", field=field)
    return name


def read_text(value: str, field: str, *, longest: int) -> str:
    """Of any sort. PostgreSQL keeps no text with a NUL. Raises InvalidRequestError."""
    if len(value) > longest:
        raise InvalidRequestError(f"must not be longer than {longest} characters", field=field)
    if "\0" in value:
        raise InvalidRequestError("must not have a NUL in it", field=field)
    return value


def read_link(value: str, field: str, *, longest: int = 1000) -> str:
    """An address that a reader may be led to, in whatever alphabet; the empty one is none.

    Raises InvalidRequestError."""
    if not value:
        return value
    if not value.startswith(("http://", "https://")) or not value.isprintable() or " " in value:
        raise InvalidRequestError("must begin with http:// or https://", field=field)
    return read_text(value, field, longest=longest)


def read_zone(value: str, field: str) -> str:
    """The name of a time zone. Raises InvalidRequestError."""
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError) as error:  # as the name is none, no path, or a folder
        raise InvalidRequestError(
            "is not a time zone such as Asia/Shanghai", field=field
        ) from error


def check_address(url: str, path: str, check_url: Callable[[str], None]) -> None:
    """Raises InvalidRequestError for an address that must not be called; the empty one is none."""
    if not url:
        return
    try:
        check_url(url)
    except ValueError as error:
        raise InvalidRequestError(str(error), field=path) from error
