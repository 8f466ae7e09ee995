"""Reads stored rows one by one, so that one that cannot be read harms no other.

A row cannot be read if a secret does not open, or a value is none that this version knows: a damaged
file, an edit by hand, a newer version's row.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec
import structlog

from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.database import Row

T = TypeVar("T")

log = structlog.get_logger(__name__)

UNREADABLE: Final = (
    SealingError,
    msgspec.MsgspecError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
)
"""The errors that reading a damaged row raises."""


def readable(
    rows: Iterable[Row], read: Callable[[Row], T], *, table: str, key: str = "id"
) -> list[T]:
    """What `read` makes of each row. One that cannot be read is left out, with an error in the log that
    names it by its column `key`."""
    found: list[T] = []
    for row in rows:
        try:
            found.append(read(row))
        except UNREADABLE as error:
            report(table, row[key], error)
    return found


def report(table: str, name: object, error: Exception) -> None:
    """Log that a row cannot be read."""
    log.error("store.row_unreadable", table=table, row=str(name), error=why(error))


def why(error: Exception) -> str:
    """One sentence without a secret: errors of ours and of decoders quote none."""
    known = isinstance(error, SealingError)
    return (
        f"the stored row cannot be read: {error if known else f'{type(error).__name__}: {error}'}"
    )
