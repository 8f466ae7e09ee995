"""Decides how a client keeps its memory fresh: by a stream of events, else by long polls, else it leaves
it to the readers, who poll.

A `Watch` calls nothing and waits for nothing: it yields what is to be done, one step after the other,
and an event loop or a thread does it. Steps raise CallError and RequestError as the client does.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from wechat_scheduler.client.events import KINDS, EventReader, ServerEvent, rotation
from wechat_scheduler.client.kept import Name
from wechat_scheduler.client.memory import SILENCE, Memory
from wechat_scheduler.client.steps import (
    LongPollStep,
    LookStep,
    OpenStep,
    Outcome,
    PauseStep,
    ReadStep,
    Steps,
)
from wechat_scheduler.engine.backoff import backoff, jittered
from wechat_scheduler.errors import (
    CallError,
    RequestError,
    ThrottledError,
    UnauthorizedError,
    UnavailableError,
)

EVENTS = ("v1", "events")
# A proxy that collects a stream before it passes it on says nothing for longer.
FIRST_WORD = timedelta(seconds=10)
# Pauses between attempts to reach a daemon that is away. Their length is drawn, so that the clients
# of a daemon that restarts do not come all at once.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=15)
# A server without streams is asked for one again after this time.
STREAMS_AGAIN = timedelta(minutes=10)
# Each holds a connection. What is kept beyond this number is polled.
LONG_POLLS = 8
LONG_POLL = timedelta(seconds=30)


class Watch:
    """How a memory is kept fresh."""

    def __init__(self, memory: Memory, rng: random.Random) -> None:
        self._memory = memory
        self._rng = rng
        self._reader = EventReader()
        self._stood = False
        self._failures = 0

    def steps(self) -> Steps[None]:
        """Without end."""
        try:
            while True:
                yield from self._turn()
        finally:
            self._memory.lose_stream()
            self._memory.away = False

    def _turn(self) -> Steps[None]:
        """One stream, and what follows from its end."""
        self._stood, least = False, 0.0
        try:
            yield from self._stream()
        except (ThrottledError, UnavailableError) as error:
            least = error.retry_after.total_seconds()
        except (
            UnauthorizedError
        ):  # the key was revoked: readers are told now, not when they ask next
            self._failures = 0
            yield from self._refused()
            return (yield from self._without_streams())
        except RequestError:  # a daemon without streams, or a key that may not read them
            self._failures = 0
            return (yield from self._without_streams())
        except CallError:
            if not self._stood and (yield from self._reaches()) and self._failures:
                self._failures = 0
                return (yield from self._without_streams())
        finally:
            self._memory.lose_stream()
        self._failures = 0 if self._stood else self._failures + 1
        yield PauseStep(seconds=max(least, self._pause()))

    def _stream(self) -> Steps[None]:
        """Until it ends."""
        known = {"Last-Event-ID": self._reader.last_id} if self._reader.last_id else {}
        self._reader.restart()
        yield OpenStep(path=EVENTS, query={"kinds": ",".join(KINDS)}, headers=known)
        if known:
            self._hear()
        timeout = FIRST_WORD
        while data := (yield ReadStep(timeout=timeout)):
            for event in self._reader.feed(data):
                self._hear()
                yield from self._heed(event)
            if self._stood:
                timeout = SILENCE
                self._hear()

    def _hear(self) -> None:
        self._stood = True
        self._memory.hear_stream()

    def _heed(self, event: ServerEvent) -> Steps[None]:
        if event.kind in ("hello", "resync"):
            self._memory.begin_stream()
            yield from self._look(self._memory.names())
        elif told := rotation(event):
            yield from self._look(self._memory.receive(told))

    def _look(self, names: Sequence[Name]) -> Steps[None]:
        for name in names:
            if self._memory.is_told(name):
                continue  # a reader was faster
            if (yield LookStep(name=name)) is Outcome.UNREACHED:
                return

    def _refused(self) -> Steps[None]:
        """The first is asked for; that wakes those who follow the others, and these ask themselves."""
        names = self._memory.names()
        for name in names:
            self._memory.doubt(name)
        for name in names[:1]:
            yield LookStep(name=name)

    def _reaches(self) -> Steps[bool]:
        """Whether the daemon answers at all, though it gives no stream."""
        if not self._memory.away:
            for name in self._memory.names()[:1]:
                self._memory.away = (yield LookStep(name=name)) is Outcome.UNREACHED
                return not self._memory.away
        return False

    def _without_streams(self) -> Steps[None]:
        """Until a stream is to be tried again, or the daemon is away."""
        share = self._rng.uniform(0.5, 1.0)
        until = self._memory.boottime() + STREAMS_AGAIN.total_seconds() * share
        while (left := until - self._memory.boottime()) > 0:
            names = self._memory.names()[:LONG_POLLS]
            outcomes = yield LongPollStep(names=names, wait=LONG_POLL)
            if all(outcome is Outcome.UNREACHED for outcome in outcomes):
                yield PauseStep(seconds=self._pause())
                return
            if Outcome.HELD not in outcomes:
                yield PauseStep(seconds=left)

    def _pause(self) -> float:
        """As long as the server asks for, at most; longer from one failure to the next."""
        if not self._failures:
            return self._rng.uniform(0, self._reader.retry)
        pause = backoff(FIRST_PAUSE, self._failures, cap=LONGEST_PAUSE)
        return jittered(pause, self._rng).total_seconds()
