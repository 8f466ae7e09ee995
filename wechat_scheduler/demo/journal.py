"""What happened in the demo, in words."""

import enum
import io
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.reasons import Reaction

KEPT = 200


class Happening(enum.StrEnum):
    """The sorts of events; the word is what is shown."""

    ROTATED = "rotated"
    NOTIFIED = "notified"
    ASKED = "asked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """`number` counts events from 1."""

    number: int
    at: datetime
    what: Happening
    words: str


class Journal:
    """Counts every event and keeps the newest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._newest: deque[JournalEntry] = deque(maxlen=KEPT)
        self._counts: Counter[Happening] = Counter()

    def note(self, what: Happening, words: str) -> None:
        self._counts[what] += 1
        number = self._counts.total()
        self._newest.append(
            JournalEntry(number=number, at=self._clock.now(), what=what, words=words)
        )

    def newest(self) -> tuple[JournalEntry, ...]:
        """The oldest of them first."""
        return tuple(self._newest)

    def count(self, what: Happening) -> int:
        return self._counts[what]


def named(key: JobKey) -> str:
    """A credential as people call it: `access_token of wx_tea`."""
    return f"{key.kind} of {key.subject or key.appid}"


class LogReader(io.StringIO):
    """A stream for the log's JSON lines: what it warns of is a failure that the journal tells."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def write(self, text: str) -> int:
        for line in text.splitlines():
            event = msgspec.json.decode(line, type=dict[str, Any])
            if not _only_waits(event):
                self._journal.note(Happening.FAILED, _words(event))
        return len(text)


def _only_waits(event: dict[str, Any]) -> bool:
    """A job that was registered together with its parent waits for it: nothing is wrong."""
    return event.get("reaction") == Reaction.PARENT_INVALID and event.get("errcode") is None


def _words(event: dict[str, Any]) -> str:
    if {"appid", "kind", "message"} <= event.keys():
        key = JobKey(event["appid"], event["kind"], event.get("subject", ""))
        return f"{named(key)}: {event['message']}"
    details = [
        f"{name}={value}"
        for name, value in event.items()
        if name not in ("event", "level", "timestamp")
    ]
    return " ".join([event["event"], *details])
