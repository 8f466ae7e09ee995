"""`SyncClient` is `Client` for programs without an event loop.

    wechat = SyncClient("http://127.0.0.1:9001", os.environ["WECHAT_SCHEDULER_KEY"], watch=True)
    token = wechat.credential(APPID, "access_token")  # from memory, as a rule

Make one client for the whole app, at its import if you like: threads share it, and a forked process goes on
with what its parent kept, over connections of its own.
"""

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from wechat_scheduler.client.answers import JobInfo, check_health, next_page, result
from wechat_scheduler.client.checks import daemon_place, name_of, names_of, require_times, task_path
from wechat_scheduler.client.fetching import report
from wechat_scheduler.client.kept import Fetched, Name
from wechat_scheduler.client.memory import Memory
from wechat_scheduler.client.steps import PATIENCE, TIMEOUT
from wechat_scheduler.client.sync_wire import SyncWire
from wechat_scheduler.client.thread_clock import SystemThreadClock, ThreadClock
from wechat_scheduler.client.thread_driver import ThreadDriver
from wechat_scheduler.errors import CallError

T = TypeVar("T")

_SYSTEM_CLOCK = SystemThreadClock()


class SyncClient:
    """Calls the daemon as `Client` does, with the same arguments, methods and errors. A watch is a thread; it
    ends with `close`, with the client, or with the program."""

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        timeout: timedelta = TIMEOUT,
        patience: timedelta = PATIENCE,
        watch: bool = False,
        clock: ThreadClock = _SYSTEM_CLOCK,
    ) -> None:
        """Raises ValueError if `url` is no http or https URL, `key` is none that a header can have, or a time is no
        timedelta."""
        place = daemon_place(url, key)
        require_times(timeout=timeout, patience=patience)
        self.url = place.url
        self._clock = clock
        self._watches = watch
        self._is_closed = False
        self._memory = Memory(clock, threading.Lock)
        self._driver = ThreadDriver(
            SyncWire(place, clock=clock),
            self._memory,
            clock=clock,
            timeout=timeout,
            patience=patience,
        )
        weakref.finalize(self, self._driver.stop, farewell=0.0).atexit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the watch and the connections. A later call raises RuntimeError."""
        self._is_closed = True
        self._driver.stop()
        self._memory.clear()

    @property
    def _opened(self) -> ThreadDriver:
        if self._is_closed:
            raise RuntimeError("this SyncClient is closed: make one for the whole app")
        return self._driver

    def credential(self, appid: str, kind: str | int, subject: str = "") -> str:
        """See `Client.credential`."""
        name = name_of(appid, kind, subject)
        kept = self._memory.entry(name)
        if not self._memory.is_fresh(kept):
            self._opened.look(name, kept)
            if self._watches:
                self._opened.watch()
        return kept.hand_out(self._clock.boottime())

    def invalid(self, appid: str, kind: str | int, value: str, subject: str = "") -> str:
        """See `Client.invalid`."""
        return self._opened.take(report(self._memory, name_of(appid, kind, subject), value))

    def follow(self, *names: Sequence[str | int]) -> Iterator[Fetched]:
        """See `Client.follow`."""
        wanted, seen = names_of(names), dict[Name, tuple[str, str, str]]()
        changed = threading.Event()
        self._memory.changed.add(changed.set)
        try:
            while True:
                changed.clear()
                for name in wanted:
                    fetched = self._obtain(name)
                    self._opened.watch()
                    if seen.get(name) != (told := fetched.told):
                        seen[name] = told
                        yield fetched
                self._clock.wait_for(changed, self._memory.until_look(wanted).total_seconds())
        finally:
            self._memory.changed.discard(changed.set)

    def _obtain(self, name: Name) -> Fetched:
        kept = self._memory.entry(name)
        if not self._memory.is_fresh(kept):
            self._opened.look(name, kept)
        return self._memory.fetched(name, kept)

    def register(self, body: Mapping[str, Any]) -> None:
        """See `Client.register`."""
        result(self._opened.call("POST", "register", body=body), str)
        self._memory.forgive()

    def jobs(self, *, appid: str = "", kind: str | int = "", subject: str = "") -> list[JobInfo]:
        """See `Client.jobs`."""
        query: dict[str, str] | None = {"appid": appid, "type": str(kind), "subject": subject}
        found: list[JobInfo] = []
        while query is not None:
            page = self._opened.call("GET", "tasks", query=query)
            found += result(page, list[JobInfo])
            query = next_page(page)
        return found

    def refresh(self, appid: str, kind: str | int, subject: str = "") -> None:
        """See `Client.refresh`."""
        name = name_of(appid, kind, subject)
        result(self._opened.call("POST", *task_path(*name), "refresh"), str)
        self._memory.forget(name)

    def remove(self, appid: str, kind: str | int, subject: str = "") -> None:
        """See `Client.remove`."""
        name = name_of(appid, kind, subject)
        result(self._opened.call("DELETE", *task_path(*name)), str)
        self._memory.forget(name)

    def check(self) -> None:
        """See `Client.check`."""
        check_health(self._opened.call("GET", "healthz"))

    def healthy(self) -> bool:
        """See `Client.healthy`."""
        try:
            self.check()
        except CallError:
            return False
        return True
