"""Checks what the columns of a row hold: SQLite keeps values of any type in any column."""

from typing import Any, Final

# Columns that count, and more than any of them has counted.
COUNTS: Final = frozenset(
    (
        "attempts",
        "calls",
        "crashes",
        "doubts",
        "fired",
        "forces",
        "missed",
        "number",
        "revision",
        "version",
    )
)
MOST_COUNTED: Final = 2**53
# The last microsecond that a datetime can express.
LATEST: Final = 253_402_300_799_999_999


def is_plain(name: str, kind: Any) -> bool:
    """Whether each value of that type is valid."""
    return kind is str or (kind is int and name not in COUNTS)


def checked(name: str, kind: Any, value: Any) -> Any:
    """Raises TypeError."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{name} is {type(value).__name__}, not {kind.__name__ if isinstance(kind, type) else kind}"
        )
    return value


def counted(name: str, value: Any) -> Any:
    """A count that can still be incremented. Raises TypeError, ValueError."""
    if checked(name, int, value) > MOST_COUNTED:
        raise ValueError(f"{name} is {value}, which is not a count")
    return value
