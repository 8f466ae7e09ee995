"""`Client` hands a business system its credentials, and keeps them fresh in its memory.

    async with Client("http://127.0.0.1:9001", os.environ["WECHAT_SCHEDULER_KEY"]) as wechat:
        await wechat.register({"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]})
        async for message in messages:
            token = await wechat.credential(APPID, "access_token")  # from memory, as a rule
            await http.post(SEND, params={"access_token": token}, json=message)

Make one client for the whole app. Ask it before each use of a credential, and keep none elsewhere.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from yarl import URL

from wechat_scheduler.client.checks import task_path, usable_key
from wechat_scheduler.client.wire import DaemonResponse, JobInfo, Wire, result
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.errors import CallError, RequestError, UnavailableError

T = TypeVar("T")

# Longer than the daemon lets a fetch wait (`server.fetch_deadline`), so that its reason arrives.
TIMEOUT = timedelta(seconds=15)
# Longer than a restart of the daemon.
PATIENCE = timedelta(seconds=3)
# A caller with a valid credential waits at most this long for a newer one, and asks again no sooner
# than this after a failure.
HURRY = timedelta(seconds=1)
# A platform has a credential for each of its users. Beyond this number the oldest are dropped from
# memory, and fetched again when needed.
MOST_KEPT = 10_000

NOT_MODIFIED = 304

_SYSTEM_CLOCK = SystemClock()
_MAX_AGE = re.compile(r"max-age=(\d{1,9})\b")


class Client:
    """Calls the daemon at `url` with the API key `key`. Use it as an async context manager.

    The key may also stand in the URL as its password (`http://x:KEY@host:9001`). A call waits
    `timeout` for its response, and keeps trying to connect for `patience`, so that the daemon may
    restart meanwhile.

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
        clock: Clock = _SYSTEM_CLOCK,
    ) -> None:
        """Raises ValueError if `url` is no http or https URL, or `key` is none that a header can have."""
        address = URL(url.strip())
        known = address.scheme in ("http", "https") and url.strip().isprintable()
        if not known or not address.host:
            raise ValueError("the daemon's URL is written like http://127.0.0.1:9001")
        plain = address.with_user(None).with_query(None).with_fragment(None)
        self._wire = Wire(plain, usable_key(key or address.password or ""), clock=clock)
        self._timeout = timeout
        self._patience = patience
        self._clock = clock
        self._kept: dict[_Name, _Kept] = {}

    async def __aenter__(self) -> Self:
        self._wire.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._wire.close()

    async def credential(self, appid: str, kind: str, subject: str = "") -> str:
        """The current value. It comes from memory for as long as the daemon allows; then one call
        fetches it for all waiting callers. While the daemon is down, the last value holds until it
        expires.

        `kind` is a type such as `access_token`, or its number; `subject` is an openid or an
        authorizer's appid. Raises UnavailableError while there is no valid value; its `retry_after`
        says when to ask again.
        """
        name = _Name(appid, kind, subject)
        kept = self._kept.get(name) or self._keep(name)
        looks = kept.looks
        if self._clock.boottime() >= kept.look_at:
            async with kept.lock:
                if looks == kept.looks:  # else another caller asked while this one waited
                    await self._look(name, kept)
        return kept.hand_out(self._clock.boottime())

    async def register(self, body: Mapping[str, Any]) -> None:
        """Registers credentials: `{"appid", "appsecret", "tasks": [{"type", "notify", "params"}]}`.

        The same registration again changes nothing, so an app may repeat it at each start.
        """
        result(await self._call("POST", "register", body=body), str)

    async def jobs(self, *, appid: str = "", kind: str = "", subject: str = "") -> list[JobInfo]:
        """Every job with its state, its error and its next attempt; empty filters match all."""
        query = {"appid": appid, "type": kind, "subject": subject}
        return [job async for job in self._each(list[JobInfo], "tasks", query=query)]

    async def refresh(self, appid: str, kind: str, subject: str = "") -> None:
        """Makes the daemon ask WeChat now."""
        name = _Name(appid, kind, subject)
        result(await self._call("POST", *task_path(*name), "refresh"), str)
        self._kept.pop(name, None)

    async def remove(self, appid: str, kind: str, subject: str = "") -> None:
        """Removes the job, for every system that registered it."""
        name = _Name(appid, kind, subject)
        result(await self._call("DELETE", *task_path(*name)), str)
        self._kept.pop(name, None)

    async def check(self) -> None:
        """Raises CallError unless the daemon is alive. Needs no key."""
        response = await self._call("GET", "healthz")
        if response.status != 200:
            raise CallError(f"{response.url} answered {response.status} and is not healthy")

    async def healthy(self) -> bool:
        """Whether the daemon is alive. Needs no key, and raises nothing."""
        try:
            await self.check()
        except CallError:
            return False
        return True

    def _keep(self, name: "_Name") -> "_Kept":
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        kept = self._kept[name] = _Kept()
        return kept

    async def _look(self, name: "_Name", kept: "_Kept") -> None:
        asked = self._clock.boottime()
        try:
            response = await self._fetch(name, kept, in_hand=asked < kept.expires)
            value = kept.value if response.status == NOT_MODIFIED else result(response, str)
        except (CallError, RequestError) as error:
            kept.fail(error, self._clock.boottime())
        else:
            kept.hold(value, response, asked, self._clock.now())

    async def _fetch(self, name: "_Name", kept: "_Kept", *, in_hand: bool) -> DaemonResponse:
        if not in_hand:
            return await self._call("GET", *task_path(*name))
        known = {"If-None-Match": kept.etag}
        response = await self._call("GET", *task_path(*name), headers=known, in_hurry=True)
        if response.status == NOT_MODIFIED and _expiry(response) != kept.expiry:
            # A daemon whose state was lost or restored counts its versions anew.
            response = await self._call("GET", *task_path(*name), in_hurry=True)
        return response

    async def _each(
        self, form: type[list[T]], *path: str, query: Mapping[str, str]
    ) -> AsyncIterator[T]:
        """The entries of a list of the native API, page by page."""
        while True:
            page = await self._call("GET", *path, query=query)
            for entry in result(page, form):
                yield entry
            if "next" not in page.links:
                return
            query = page.links["next"].query

    async def _call(
        self, method: str, *path: str, in_hurry: bool = False, **sent: Any
    ) -> DaemonResponse:
        timeout = min(HURRY, self._timeout) if in_hurry else self._timeout
        patience = timedelta(0) if in_hurry else self._patience
        return await self._wire.call(method, *path, timeout=timeout, patience=patience, **sent)


class _Name(NamedTuple):
    appid: str
    kind: str
    subject: str


@dataclass(slots=True)
class _Kept:
    """One credential in memory. Instants are those of the clock that does not jump.

    `looks` counts the calls for it. The daemon is asked again from `look_at` on; `error` is the last
    call's, None if it succeeded.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    looks: int = 0
    look_at: float = 0.0
    value: str = ""
    etag: str = ""
    expiry: str = ""
    expires: float = 0.0
    error: CallError | RequestError | None = None

    def hold(self, value: str, response: DaemonResponse, asked: float, now: datetime) -> None:
        """Keeps the value; the periods of the response count from `asked`."""
        max_age = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
        self.value = value
        self.etag = response.headers.get("ETag", "")
        self.expiry = _expiry(response)
        self.expires = asked + _seconds_until(self.expiry, now)
        self.look_at = asked + (int(max_age[1]) if max_age else 0)
        self.error = None
        self.looks += 1

    def fail(self, error: CallError | RequestError, boottime: float) -> None:
        """Keeps the error. The last value stays valid only if the daemon is down or has none itself."""
        if not isinstance(error, CallError | UnavailableError):
            self.expires = 0.0
        self.look_at = boottime + HURRY.total_seconds() if boottime < self.expires else 0.0
        self.error = error
        self.looks += 1

    def hand_out(self, boottime: float) -> str:
        if self.error is None or boottime < self.expires:
            return self.value
        # All waiting callers get the same error: each raises it without the others' tracebacks.
        raise self.error.with_traceback(None)


def _expiry(response: DaemonResponse) -> str:
    return response.headers.get("X-Credential-Expires", "")


def _seconds_until(expiry: str, now: datetime) -> float:
    try:
        return (datetime.fromisoformat(expiry) - now).total_seconds()
    except (ValueError, TypeError):  # a proxy removed the header, or wrote another
        return 0.0
