"""Reads stored rows one by one, so that one that cannot be read does not affect others.

A row cannot be read if a secret does not open, or a value is none that this version knows: a damaged
file, an edit by hand, a newer version's row.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import msgspec
import structlog

from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import RequestError, SealingError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.storage.database import Row

T = TypeVar("T")

UNREADABLE_FAULT: Final = Sentence(
    "the last attempt failed, and the stored reason cannot be read",
    "上次尝试失败，而存下的原因读不出来",
)

log = structlog.get_logger(__name__)

UNREADABLE: Final = (
    SealingError,
    msgspec.MsgspecError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    OSError,  # a time zone whose name is too long for a file
)
"""The errors that reading a damaged row raises."""


class DamagedRowError(RequestError):
    """The one row that was asked for cannot be read."""

    status = 500


def only(rows: Sequence[Row], read: Callable[[Row], T], *, table: str, key: str = "id") -> T | None:
    """What `read` makes of the first row; None if there is none. Raises DamagedRowError, with an error in
    the log, if it cannot be read."""
    if not rows:
        return None
    try:
        return read(rows[0])
    except UNREADABLE as error:
        report(table, _name(rows[0], key), error)
        raise DamagedRowError(
            f"{why(error)}; `wechat-scheduler doctor` names its column: correct it in the table {table}, or "
            "restore a backup",
            reason=Reason.ROW_DAMAGED,
        ) from error


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
            report(table, _name(row, key), error)
    return found


def readable_or(convert: Callable[[Any], T], value: Any, otherwise: T) -> T:
    """What `convert` makes of a stored value; `otherwise` if it can make nothing of it."""
    try:
        return convert(value)
    except UNREADABLE:
        return otherwise


def _name(row: Row, key: str) -> object:
    try:
        return row[key]
    except LookupError:  # the query does not bring it
        return "?"


def report(table: str, name: object, error: Exception) -> None:
    """Log that a row cannot be read."""
    log.error("store.row_unreadable", table=table, row=str(name), error=why(error))


def why(error: Exception) -> str:
    """One sentence without a secret: errors of ours and of decoders quote none."""
    known = isinstance(error, SealingError)
    return (
        f"the stored row cannot be read: {error if known else f'{type(error).__name__}: {error}'}"
    )
