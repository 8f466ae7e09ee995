"""What a route's documentation is made of."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Parameter(NamedTuple):
    """`place` is query or header, or path for the names that stand in one."""

    place: str
    description: str
    schema: Mapping[str, Any] = {"type": "string"}


class Operation(NamedTuple):
    """One route's worth of documentation, but for what all routes of its sort have in common.

    `result` is the type of the envelope's `result`, by status in `results` where there is one
    beside 200; `plain` is the media type of an answer that has no envelope, or may have none.
    `takes` names `PARAMETERS`, `gives` `HEADERS`; `errors` are statuses beyond the usual ones.
    """

    summary: str
    result: Any = None
    results: Mapping[int, Any] = {}
    plain: str = ""
    body: Any = None
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
