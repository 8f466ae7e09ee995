"""Sets up structlog: one form for our events and for those of libraries, without secrets.

Text on a terminal, JSON lines elsewhere, with a priority each for journald.
"""

import atexit
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from wechat_scheduler.log.journal import leads_to_journal, with_priority
from wechat_scheduler.log.level import set_debugging
from wechat_scheduler.log.lines import LineQueue, Lines
from wechat_scheduler.log.redaction import redact_field
from wechat_scheduler.log.storms import Storms


class LogQueue:
    """The lines to `stream` that wait, and the storms among them. `now` counts seconds."""

    def __init__(self, stream: TextIO, now: Callable[[], float]) -> None:
        self.storms = Storms(now)
        self.lines = LineQueue(stream)
        self.lines.each_second = self.storms.tell
        atexit.register(self.hurry)

    def hurry(self) -> None:
        """Write all that waits, and each further line at once: the process ends."""
        self.storms.tell(at_once=True)
        self.lines.hurry()


def configure(
    *,
    level: str,
    format: Literal["auto", "text", "json"],  # noqa: A002 - the name of the setting
    stream: TextIO,
    journal: str = "",
    queue: LogQueue | None = None,
) -> None:
    """Write events of at least `level` ("debug" … "error") to `stream`. May be called again.

    `journal` is $JOURNAL_STREAM: if it means `stream`, each line begins with its priority. With a
    `queue`, that of `stream`, lines are written together, and storms are told in one line.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    set_debugging(number <= logging.DEBUG)
    as_text = stream.isatty() if format == "auto" else format == "text"
    lines = queue.lines if queue else Lines(stream)
    into_journal = leads_to_journal(stream, journal)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            *([queue.storms] if queue else []),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _describe_with_traceback if number <= logging.DEBUG else _describe,
            _redact_event,
            *(_as_text(colors=stream.isatty()) if as_text else _as_json()),
            *([_for_journal] if into_journal else []),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: lines,
        # A reload changes the level, and tests capture events: no logger may cache its set-up.
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(number)


def _describe(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Describe an exception in one line: its type, message, place in our code, and causes."""
    if error := _exception(event.pop("exc_info", None)):
        first, *causes = islice(_chain(error), 5)
        event.setdefault("error", type(first).__name__)
        event.setdefault("message", str(first))
        event.setdefault("at", _place(first))
        if causes:
            event["cause"] = " <- ".join(f"{type(cause).__name__}: {cause}" for cause in causes)
    return event


def _describe_with_traceback(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    if error := _exception(event.get("exc_info")):
        event["exception"] = "".join(traceback.format_exception(error)).rstrip()
    return _describe(logger, name, event)


def _exception(exc_info: object) -> BaseException | None:
    """`exc_info` is an exception, the result of sys.exc_info(), or true."""
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case _:
            return sys.exception() if exc_info else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and its causes; a group stands for the first error in it."""
    while error:
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
            continue
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _place(error: BaseException) -> str | None:
    """module:line of our innermost frame, or of the innermost one if none is ours."""
    frames = [
        (str(frame.f_globals.get("__name__")), line)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [frame for frame in frames if frame[0].startswith("wechat_scheduler.")]
    return "{}:{}".format(*(ours or frames)[-1]) if frames else None


def _redact_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    leading = [name for name in ("timestamp", "level", "event") if name in event]
    return {name: redact_field(name, event[name]) for name in dict.fromkeys([*leading, *event])}


def _as_json() -> list[Processor]:
    return [structlog.processors.JSONRenderer(ensure_ascii=False)]


def _as_text(*, colors: bool) -> list[Processor]:
    return [
        _escape_controls,
        structlog.dev.ConsoleRenderer(
            colors=colors, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]


def _escape_controls(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Escape control characters: a terminal would obey them, and a line break would forge an event."""
    return {
        name: _CONTROLS.sub(lambda found: repr(found[0])[1:-1], value)
        if isinstance(value, str) and name != "exception"
        else value
        for name, value in event.items()
    }


def _for_journal(_: WrappedLogger, level: str, line: Any) -> str:
    """A traceback has several lines: journald would take each as an event of its own."""
    return with_priority(line.replace("\n", "\\n"), level)


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _adopt_libraries(number: int) -> None:
    """Log the records of libraries from "info" up: at "debug" aiosqlite logs parameters of statements."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _Adopted):
            root.removeHandler(handler)
    root.addHandler(_Adopted())
    root.setLevel(max(number, logging.INFO))
    logging.captureWarnings(capture=True)


class _Adopted(logging.Handler):
    """Hands the records of the standard library's logging to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # its arguments do not fit it
            message = str(record.msg)
        structlog.get_logger().log(level, message, logger=record.name, exc_info=record.exc_info)
