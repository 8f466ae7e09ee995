"""Counts repeated log events instead of writing each of them.

A failure that meets thousands of requests or deliveries would fill the disk with lines that say the same, and
take longer than the failures. The first of a kind in a minute have a line each. The others are counted, and
one line tells the last of them, with `count`, at the same level. As long as they continue, each further
minute has that one line.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

from wechat_scheduler.engine.records import dataclass, field

MINUTE: Final = 60.0  # seconds
# Lines of one kind in one minute: of failures, and of what goes as it should.
FAILURES: Final = 10
SUCCESSES: Final = 100

_TOLD: Final = "_told"


@dataclass(slots=True)
class _Kind:
    """`until` is the end of its minute."""

    until: float
    seen: int = 0
    untold: int = 0
    is_storm: bool = False
    last: dict[str, Any] = field(default_factory=dict)


class Storms:
    """A processor of structlog, behind `add_log_level`. `now` counts seconds. Call `tell` each second."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._telling = Lock()
        self._kinds: dict[tuple[str, str], _Kind] = {}

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        if event.pop(_TOLD, False) or event["level"] == "debug":
            return event
        with self._lock:
            # The texts of libraries are not event names.
            kind = self._kind(event["level"], str(event.get("logger") or event["event"]))
            kind.seen += 1
            if not kind.is_storm and kind.seen <= _most(event["level"]):
                return event
            kind.untold += 1
            kind.last = _kept(event)
        raise structlog.DropEvent

    def tell(self, *, at_once: bool = False) -> bool:
        """Write the lines of minutes that are over, or of all. Returns whether any kind is still counted."""
        with self._telling:  # a caller that comes second finds all told
            with self._lock:
                ended = list(self._ended(at_once))
            for count, last in ended:
                try:
                    _tell(last, count)
                except Exception:  # noqa: BLE001 - a value that has no text; the others are told
                    _tell({name: last[name] for name in ("level", "event")}, count)
            return bool(self._kinds)

    def _kind(self, level: str, name: str) -> _Kind:
        kind = self._kinds.get((level, name))
        if kind is None or (self._now() >= kind.until and not kind.untold):
            kind = self._kinds[level, name] = _Kind(until=self._now() + MINUTE)
        return kind

    def _ended(self, at_once: bool) -> Iterator[tuple[int, dict[str, Any]]]:
        now = self._now()
        for name, kind in list(self._kinds.items()):
            if not at_once and now < kind.until:
                continue
            if kind.untold:
                yield kind.untold, kind.last
                self._kinds[name] = _Kind(until=now + MINUTE, is_storm=True)
            else:
                del self._kinds[name]


def _tell(last: dict[str, Any], count: int) -> None:
    told = {**last, "count": count, _TOLD: True}
    level = logging.getLevelNamesMapping()[told.pop("level").upper()]
    structlog.get_logger().log(level, told.pop("event"), **told)


def _most(level: str) -> int:
    return SUCCESSES if level == "info" else FAILURES


def _kept(event: EventDict) -> dict[str, Any]:
    """The event as it can be told later: by then no exception is being handled."""
    if event.get("exc_info") is True:
        return {**event, "exc_info": sys.exception()}
    return dict(event)
