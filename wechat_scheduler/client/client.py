"""`Client` hands a business system its credentials, and keeps them fresh in its memory.

    async with Client("http://127.0.0.1:9001", os.environ["WECHAT_SCHEDULER_KEY"]) as wechat:
        await wechat.register({"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]})
        async for message in messages:
            token = await wechat.credential(APPID, "access_token")  # from memory, as a rule
            await http.post(SEND, params={"access_token": token}, json=message)

Make one client for the whole app. Ask it before each use of a credential, and keep none elsewhere.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from wechat_scheduler.client.answers import JobInfo, check_health, next_page, result
from wechat_scheduler.client.checks import daemon_place, name_of, names_of, require_times, task_path
from wechat_scheduler.client.fetching import report
from wechat_scheduler.client.kept import Fetched, Name
from wechat_scheduler.client.loop_driver import LoopDriver
from wechat_scheduler.client.memory import Memory
from wechat_scheduler.client.steps import PATIENCE, TIMEOUT
from wechat_scheduler.client.wire import Wire
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.errors import CallError

T = TypeVar("T")

_SYSTEM_CLOCK = SystemClock()


class Client:
    """Calls the daemon at `url` with the API key `key`. Use it as an async context manager.

    The key may also stand in the URL as its password (`http://x:KEY@host:9001`). A call waits
    `timeout` for its response, and keeps trying to connect for `patience`, so that the daemon may
    restart meanwhile.

    With `watch` the daemon tells each rotation of what is kept, by a stream of events or, where a proxy lets
    none through, by long polls: values are then used without asking, and are never older than the stream.

    Every method raises UnreachableError if no response comes, CallError if it is none of a healthy
    daemon, and the RequestError that the daemon refused with, such as UnauthorizedError: its
    `reason` is a stable word for programs.
    """

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        timeout: timedelta = TIMEOUT,
        patience: timedelta = PATIENCE,
        watch: bool = False,
        clock: Clock = _SYSTEM_CLOCK,
    ) -> None:
        """Raises ValueError if `url` is no http or https URL, `key` is none that a header can have, or a time is no
        timedelta."""
        place = daemon_place(url, key)
        require_times(timeout=timeout, patience=patience)
        self.url = place.url
        self._clock = clock
        self._watches = watch
        self._memory = Memory(clock, asyncio.Lock)
        self._wire = Wire(place, clock=clock)
        self._driver = LoopDriver(
            self._wire, self._memory, clock=clock, timeout=timeout, patience=patience
        )

    async def __aenter__(self) -> Self:
        self._wire.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._driver.stop()
        await self._wire.close()
        self._memory.clear()

    async def credential(self, appid: str, kind: str | int, subject: str = "") -> str:
        """The current value. It comes from memory for as long as the daemon allows, or while a watch
        stands; then one call fetches it for all waiting callers. While the daemon is down, the last value
        holds until it expires.

        `kind` is a type such as `access_token`, or its number; `subject` is an openid or an
        authorizer's appid. Raises UnavailableError while there is no valid value; its `retry_after`
        says when to ask again.
        """
        name = name_of(appid, kind, subject)
        kept = self._memory.entry(name)
        if not self._memory.is_fresh(kept):
            await self._driver.look(name, kept)
            if self._watches:
                self._driver.watch(self)
        return kept.hand_out(self._clock.boottime())

    async def invalid(self, appid: str, kind: str | int, value: str, subject: str = "") -> str:
        """Reports a value that WeChat refused (40001, 40014, 42001), and returns the next one: in a moment,
        as a rule. Raises as `credential`, and UnavailableError if the daemon has no other within ten
        seconds."""
        name = name_of(appid, kind, subject)
        return await self._driver.take(report(self._memory, name, value))

    async def follow(self, *names: Sequence[str | int]) -> AsyncIterator[Fetched]:
        """Each of these credentials, then each again whenever it changes, without end: `(appid, kind)` or
        `(appid, kind, subject)`. If there is no valid value, `error` says why. Only the newest comes to
        a caller that is slow."""
        wanted, seen = names_of(names), dict[Name, tuple[str, str, str]]()
        changed = asyncio.Event()
        self._memory.changed.add(changed.set)
        try:
            while True:
                changed.clear()
                for name in wanted:
                    fetched = await self._obtain(name)
                    self._driver.watch(self)
                    if seen.get(name) != (told := fetched.told):
                        seen[name] = told
                        yield fetched
                await self._clock.wait(changed, self._memory.until_look(wanted))
        finally:
            self._memory.changed.discard(changed.set)

    async def _obtain(self, name: Name) -> Fetched:
        kept = self._memory.entry(name)
        if not self._memory.is_fresh(kept):
            await self._driver.look(name, kept)
        return self._memory.fetched(name, kept)

    async def register(self, body: Mapping[str, Any]) -> None:
        """Registers credentials: `{"appid", "appsecret", "tasks": [{"type", "notify", "params"}]}`.

        The same registration again changes nothing, so an app may repeat it at each start.
        """
        result(await self._driver.call("POST", "register", body=body), str)
        self._memory.forgive()

    async def jobs(
        self, *, appid: str = "", kind: str | int = "", subject: str = ""
    ) -> list[JobInfo]:
        """Every job with its state, its error and its next attempt; empty filters match all."""
        query = {"appid": appid, "type": str(kind), "subject": subject}
        return [job async for job in self._each(list[JobInfo], "tasks", query=query)]

    async def refresh(self, appid: str, kind: str | int, subject: str = "") -> None:
        """Makes the daemon ask WeChat now."""
        name = name_of(appid, kind, subject)
        result(await self._driver.call("POST", *task_path(*name), "refresh"), str)
        self._memory.forget(name)

    async def remove(self, appid: str, kind: str | int, subject: str = "") -> None:
        """Removes the job, for every system that registered it."""
        name = name_of(appid, kind, subject)
        result(await self._driver.call("DELETE", *task_path(*name)), str)
        self._memory.forget(name)

    async def check(self) -> None:
        """Raises CallError unless the daemon is alive. Needs no key."""
        check_health(await self._driver.call("GET", "healthz"))

    async def healthy(self) -> bool:
        """Whether the daemon is alive. Needs no key, and raises nothing."""
        try:
            await self.check()
        except CallError:
            return False
        return True

    async def _each(
        self, form: type[list[T]], *path: str, query: Mapping[str, str]
    ) -> AsyncIterator[T]:
        """The entries of a list of the native API, page by page."""
        while True:
            page = await self._driver.call("GET", *path, query=query)
            for entry in result(page, form):
                yield entry
            following = next_page(page)
            if following is None:
                return
            query = following
