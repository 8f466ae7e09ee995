"""The steps of a client. Code that decides and does nothing itself yields them from generators; an event
loop or a thread takes them.

A step that fails raises UnreachableError, another CallError or a RequestError in the generator.
"""

from collections.abc import Generator, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto
from typing import Any, TypeAlias, TypeVar

from wechat_scheduler.client.kept import HURRY, Name
from wechat_scheduler.engine.records import dataclass, field

T = TypeVar("T")

# Longer than the daemon lets a fetch wait (`server.fetch_deadline`), so that its reason arrives.
TIMEOUT = timedelta(seconds=15)
# Longer than a restart of the daemon.
PATIENCE = timedelta(seconds=3)
# After a connection that failed; doubled from one to the next.
RETRY = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """One request; returns the DaemonResponse. The response may take `longer` than others. `in_hurry`
    is for a caller who has a valid value."""

    path: Sequence[str]
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    in_hurry: bool = False
    longer: timedelta = timedelta(0)

    def timeout(self, usual: timedelta) -> timedelta:
        """How long the response is waited for."""
        return min(HURRY, usual) if self.in_hurry else usual + self.longer

    def patience(self, usual: timedelta) -> timedelta:
        """How long a connection that fails is tried again."""
        return timedelta(0) if self.in_hurry or self.longer else usual


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStep:
    """Begin a stream, and end the last one. Fails unless the status is 200."""

    path: Sequence[str]
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStep:
    """The next bytes of the stream; empty at its end. Fails after `timeout`."""

    timeout: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LookStep:
    """Fetch a credential into the memory, as a reader does. Returns its Outcome; never fails."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPollStep:
    """Fetch each of these at once, with `wait`. Returns the Outcomes; never fails."""

    names: Sequence[Name]
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseStep:
    """Wait; no longer than until the client has reached the daemon in another way."""

    seconds: float


class Outcome(Enum):
    """What came of a fetch."""

    HELD = auto()
    HASTY = auto()  # an answer to a long poll, without a wait and without news
    REFUSED = auto()
    UNREACHED = auto()


Step: TypeAlias = CallStep | OpenStep | ReadStep | LookStep | LongPollStep | PauseStep
Steps: TypeAlias = Generator[Step, Any, T]
