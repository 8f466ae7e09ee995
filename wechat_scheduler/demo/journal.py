"""The events of the demo, in words."""

import enum
import io
from collections import Counter, deque
from datetime import datetime
from typing import Any

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reasons import Reaction

KEPT = 200


class EventKind(enum.StrEnum):
    """The screen shows the value."""

    ROTATED = "rotated"
    NOTIFIED = "notified"
    ASKED = "asked"
    FAILED = "failed"
    WROTE = "wrote"
    ANSWERED = "answered"
    REMINDED = "reminded"


# What happens on the phone, in this order.
ON_PHONE = (EventKind.WROTE, EventKind.ANSWERED, EventKind.REMINDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One event. `number` counts from 1."""

    number: int
    at: datetime
    kind: EventKind
    text: str


class Journal:
    """Counts all events and keeps the newest ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._newest: deque[JournalEntry] = deque(maxlen=KEPT)
        self._counts: Counter[EventKind] = Counter()

    def add(self, kind: EventKind, text: str) -> JournalEntry:
        self._counts[kind] += 1
        number, at = self._counts.total(), self._clock.now()
        entry = JournalEntry(number=number, at=at, kind=kind, text=text)
        self._newest.append(entry)
        return entry

    def newest(self) -> tuple[JournalEntry, ...]:
        """Oldest first."""
        return tuple(self._newest)

    def count(self, kind: EventKind) -> int:
        return self._counts[kind]


def named(key: JobKey) -> str:
    """Such as `access_token of wx_tea`."""
    return f"{key.kind} of {key.subject or key.appid}"


class LogReader(io.StringIO):
    """A stream for the JSON lines of the log's warnings. Each becomes a failure in the journal."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def write(self, text: str) -> int:
        for line in text.splitlines():
            logged = msgspec.json.decode(line, type=dict[str, Any])
            if not _only_waits(logged):
                self._journal.add(EventKind.FAILED, _words(logged))
        return len(text)


def _only_waits(logged: dict[str, Any]) -> bool:
    """A job that is registered together with its parent waits for it, which does not count as a failure."""
    return logged.get("reaction") == Reaction.PARENT_INVALID and logged.get("errcode") is None


def _words(logged: dict[str, Any]) -> str:
    if {"appid", "kind", "message"} <= logged.keys():
        key = JobKey(logged["appid"], logged["kind"], logged.get("subject", ""))
        return f"{named(key)}: {logged['message']}"
    details = [
        f"{name}={value}"
        for name, value in logged.items()
        if name not in ("event", "level", "timestamp")
    ]
    return " ".join([logged["event"], *details])
