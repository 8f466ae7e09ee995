"""Credentials in the memory of an app, and how long each may be used without a call.

Nothing here calls or waits. Instants are those of the clock that does not jump. Threads may share a
`Memory`: a value is read without a lock, and changed under one.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from wechat_scheduler.client.answers import DaemonResponse, result
from wechat_scheduler.client.kept import (
    HURRY,
    Fetched,
    KeptCredential,
    LookStarted,
    Name,
    Rotation,
    expiry_of,
    instant_of,
    seconds_until,
)
from wechat_scheduler.engine.instants import Instants
from wechat_scheduler.errors import CallError, RequestError, UnauthorizedError

# A platform has a credential for each of its users. Beyond this number the oldest are dropped from
# memory, and fetched again when needed.
MOST_KEPT = 10_000
# Three heartbeats of the daemon: a stream that says nothing for so long is taken for lost.
SILENCE = timedelta(seconds=45)
# As long as WeChat takes a token that was replaced: a rotation that a stream did not tell harms nothing.
TRUST = timedelta(minutes=5)

NOT_MODIFIED = 304

_MAX_AGE = re.compile(r"max-age=(\d{1,9})\b")


class Memory:
    """What is kept by name, and whether a stream tells its rotations.

    `away` says that a watcher tries to reach the daemon: until it does, valid values are used without
    a call. `reached` is called if another call reaches it first. `changed` are called after each change,
    in the thread that made it. `lock` makes what readers of one credential take for a call.
    """

    def __init__(self, clock: Instants, lock: Callable[[], Any]) -> None:
        self._clock = clock
        self._new_lock = lock
        self._kept: dict[Name, KeptCredential] = {}
        self._lock = threading.Lock()
        self._stream = 0
        self._live_until = 0.0
        self._barred: UnauthorizedError | None = None
        self._barred_until = 0.0
        self.away = False
        self.reached: Callable[[], None] = _nothing
        self.changed: set[Callable[[], None]] = set()
        self.boottime = clock.boottime

    def unlock(self) -> None:
        """In a forked child: a thread that no longer exists may have held the lock."""
        self._lock = threading.Lock()
        for kept in self._kept.values():
            kept.lock = self._new_lock()
        self.lose_stream()
        self.away = False

    def entry(self, name: Name) -> KeptCredential:
        kept = self._kept.get(name)
        if kept is None:
            with self._lock:
                if len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                kept = self._kept.setdefault(name, KeptCredential(lock=self._new_lock()))
        return kept

    def forget(self, name: Name) -> None:
        self._kept.pop(name, None)

    def names(self) -> list[Name]:
        with self._lock:
            return list(self._kept)

    def is_fresh(self, kept: KeptCredential) -> bool:
        """Whether the value may be used without a call."""
        return self.boottime() < self.fresh_until(kept)

    def fresh_until(self, kept: KeptCredential) -> float:
        """The instant from which a call is needed, if nothing else is heard."""
        if self.away:
            return max(kept.look_at, kept.expires)
        if kept.stream != self._stream or not self._live_until:
            return kept.look_at
        told = min(self._live_until, kept.heard + TRUST.total_seconds(), kept.expires)
        return max(kept.look_at, told)

    def until_look(self, names: Iterable[Name]) -> timedelta:
        """How long a caller may wait for a change of these before it looks itself."""
        first = min((self.fresh_until(self.entry(name)) for name in names), default=0.0)
        return max(HURRY, timedelta(seconds=first - self.boottime()))

    def is_valid(self, kept: KeptCredential) -> bool:
        return self.boottime() < kept.expires

    def is_told(self, name: Name) -> bool:
        """Whether the present stream tells its rotations, or it is kept no longer."""
        kept = self._kept.get(name)
        return kept is None or kept.stream == self._stream

    def begin_stream(self) -> None:
        """A stream tells all rotations from now on; what happened before is unknown."""
        with self._lock:
            self._stream += 1
        self.hear_stream()

    def hear_stream(self) -> None:
        """The stream stands: a heartbeat, for example."""
        self._live_until = self.boottime() + SILENCE.total_seconds()
        self.away = False

    def lose_stream(self) -> None:
        self._live_until = 0.0

    def asked(self, kept: KeptCredential) -> LookStarted:
        return LookStarted(self.boottime(), kept.looks, self._stream if self._live_until else -1)

    def hold(self, kept: KeptCredential, response: DaemonResponse, asked: LookStarted) -> None:
        """Keeps what a fetch returned; its periods count from when it was asked for. Raises as `result`."""
        unchanged = response.status == NOT_MODIFIED
        value = kept.value if unchanged else result(response, str)
        etag = response.headers.get("ETag", "")
        with self._lock:
            self._back()
            if kept.looks != asked.looks and kept.etag != etag and kept.error is None:
                self._doubt(kept)  # a stream overtook this response, or this one the stream
                return
            max_age = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
            kept.value, kept.etag, kept.expiry = value, etag, expiry_of(response.headers)
            kept.expires = asked.at + seconds_until(kept.expiry, self._clock.now())
            kept.look_at = asked.at + (int(max_age[1]) if max_age else 0)
            self._heard(kept, asked.at, asked.stream)
        self._tell()

    def fail(self, kept: KeptCredential, error: CallError | RequestError) -> None:
        """Keeps the error, which callers get for a moment without a call. The last value stays valid only if
        the daemon is down, or busy, or has none itself."""
        with self._lock:
            kept.fail(error, self.boottime())
            if isinstance(error, RequestError):
                self._back()
            if isinstance(kept.error, UnauthorizedError) and self.boottime() >= self._barred_until:
                self._barred, self._barred_until = kept.error, kept.look_at
        self._tell()

    def require_admitted(self) -> None:
        """Raises the UnauthorizedError that the daemon refused any of these with a moment ago."""
        if self._barred and self.boottime() < self._barred_until:
            raise self._barred.with_traceback(None)

    def forgive(self) -> None:
        """What was refused may go well now."""
        with self._lock:
            self._barred_until = 0.0
            for kept in self._kept.values():
                if isinstance(kept.error, RequestError):
                    self._doubt(kept)

    def clear(self) -> None:
        """Keeps nothing more."""
        with self._lock:
            self._kept.clear()
        self._tell()

    def receive(self, rotation: Rotation) -> list[Name]:
        """Keeps what the stream tells. Returns the names that are to be fetched."""
        found = [it for kind in rotation.kinds for it in self._named(rotation, kind)]
        with self._lock:
            doubted = [name for name, kept in found if not self._take(name, kept, rotation)]
        if found:
            self._tell()
        return doubted

    def doubt(self, name: Name) -> None:
        """The daemon is asked before the value is used again."""
        if kept := self._kept.get(name):
            with self._lock:
                self._doubt(kept)

    def fetched(self, name: Name, kept: KeptCredential) -> Fetched:
        with self._lock:
            if not self.is_valid(kept):
                return Fetched(name=name, error=kept.error)
            return Fetched(
                name=name,
                value=kept.value,
                version=kept.etag.strip('"'),
                expires_at=instant_of(kept.expiry),
            )

    def _named(self, rotation: Rotation, kind: str) -> Iterator[tuple[Name, KeptCredential]]:
        for subject in dict.fromkeys((rotation.subject, "")):  # a sole one may be named without it
            name = Name(rotation.appid, kind, subject)
            if kept := self._kept.get(name):
                yield name, kept

    def _take(self, name: Name, kept: KeptCredential, rotation: Rotation) -> bool:
        known = kept.etag.strip('"')
        older = known.isdecimal() and rotation.version < int(known)
        if not rotation.value or older or name.subject != rotation.subject:
            self._doubt(kept)
            return False
        at = self.boottime()
        kept.value, kept.etag, kept.expiry = (
            rotation.value,
            f'"{rotation.version}"',
            rotation.expiry,
        )
        kept.expires, kept.look_at = at + rotation.expires_in, at
        self._heard(kept, at, self._stream)
        return True

    def _back(self) -> None:
        if self.away:
            self.away = False
            self.reached()

    def _heard(self, kept: KeptCredential, at: float, stream: int) -> None:
        kept.heard, kept.stream, kept.error = at, stream, None
        kept.looks += 1

    def _doubt(self, kept: KeptCredential) -> None:
        kept.look_at, kept.stream = 0.0, -1

    def _tell(self) -> None:
        for changed in tuple(self.changed):
            changed()


def _nothing() -> None:
    pass
