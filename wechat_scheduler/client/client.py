"""What a business app imports: credentials, kept fresh in its own memory.

    async with Client("http://127.0.0.1:9001", os.environ["WECHAT_SCHEDULER_KEY"]) as wechat:
        await wechat.register({"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]})
        async for message in messages:
            token = await wechat.credential(APPID, "access_token")  # from memory, as a rule
            await http.post(SEND, params={"access_token": token}, json=message)

One client for the whole app. Ask it before each use of a credential, and keep none elsewhere.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self

from yarl import URL

from wechat_scheduler.client.wire import Answer, Contest, Fault, Job, Receiver, Wire, result
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.errors import CallError, RequestError, UnavailableError

__all__ = ["Client", "Contest", "Fault", "Job", "Receiver"]

# Longer than the daemon makes a fetch wait (`server.fetch_deadline`), so that its reason arrives.
TIMEOUT = timedelta(seconds=15)
# Longer than a restart of the daemon.
PATIENCE = timedelta(seconds=3)
# Who has a valid credential in hand waits no longer than this for news of it, and asks again no
# sooner than this after none came.
HURRY = timedelta(seconds=1)
# A platform has a credential for each of its users: the ones met first are asked for again then.
MOST_KEPT = 10_000

NOT_MODIFIED = 304

_SYSTEM_CLOCK = SystemClock()
_MAX_AGE = re.compile(r"max-age=(\d{1,9})\b")


class Client:
    """The daemon at `url`, opened by `key`; an async context manager.

    The key may also stand in the URL as its password (`http://x:KEY@host:9001`). A call waits
    `timeout` for its answer, and goes on trying to connect for `patience`, so that a daemon may
    restart.

    Every method raises UnreachableError if there is no answer, CallError if it is not one of a
    daemon in good health, and the RequestError that the daemon refused with: UnauthorizedError …
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
        """Raises ValueError if `url` is not one of http or https."""
        address = URL(url)
        if address.scheme not in ("http", "https") or not address.host:
            raise ValueError("the daemon's URL is written like http://127.0.0.1:9001")
        plain = address.with_user(None).with_query(None).with_fragment(None)
        self._wire = Wire(plain, key or address.password or "", clock=clock)
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
        """The current value: from memory for as long as the daemon allows, then asked for, once,
        whoever is waiting. While the daemon is away, the last one holds until its own expiry.

        `kind` is `access_token` … or its number; `subject` an openid or an authorizer's appid.
        Raises UnavailableError while there is no valid value; its `retry_after` says when to ask.
        """
        name = _Name(appid, kind, subject)
        kept = self._kept.get(name) or self._keep(name)
        looks = kept.looks
        if self._clock.boottime() >= kept.look_at:
            async with kept.lock:
                if looks == kept.looks:  # else somebody looked while this caller stood in line
                    await self._look(name, kept)
        return kept.hand_out(self._clock.boottime())

    async def register(self, body: Mapping[str, Any]) -> None:
        """Have credentials kept: `{"appid", "appsecret", "tasks": [{"type", "notify", "params"}]}`.

        The same again changes nothing, so an app may do this at each of its starts.
        """
        result(await self._call("POST", "register", body=body), str)

    async def jobs(self, *, appid: str = "", kind: str = "", subject: str = "") -> list[Job]:
        """Every job with its state, its error, and what happens next; empty filters match all."""
        query = {"appid": appid, "type": kind, "subject": subject}
        found: list[Job] = []
        while True:
            page = await self._call("GET", "tasks", query=query)
            found += result(page, list[Job])
            if "next" not in page.links:
                return found
            query["after"] = page.links["next"].query["after"]

    async def refresh(self, appid: str, kind: str, subject: str = "") -> None:
        """Have the daemon ask WeChat now."""
        name = _Name(appid, kind, subject)
        result(await self._call("POST", "task", *name, "refresh"), str)
        self._kept.pop(name, None)

    async def remove(self, appid: str, kind: str, subject: str = "") -> None:
        """Have the credential kept no more, whoever registered it."""
        name = _Name(appid, kind, subject)
        result(await self._call("DELETE", "task", *name), str)
        self._kept.pop(name, None)

    async def check(self) -> None:
        """Return if the daemon is alive. Needs no key."""
        answer = await self._call("GET", "healthz")
        if answer.status != 200:
            raise CallError(f"{answer.url} answered {answer.status} and is not healthy")

    async def healthy(self) -> bool:
        """Whether the daemon is alive. Needs no key, raises nothing."""
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
            answer = await self._fetch(name, kept, in_hand=asked < kept.expires)
            value = kept.value if answer.status == NOT_MODIFIED else result(answer, str)
        except (CallError, RequestError) as error:
            kept.fail(error, self._clock.boottime())
        else:
            kept.hold(value, answer, asked, self._clock.now())

    async def _fetch(self, name: "_Name", kept: "_Kept", *, in_hand: bool) -> Answer:
        if not in_hand:
            return await self._call("GET", "task", *name)
        known = {"If-None-Match": kept.etag}
        answer = await self._call("GET", "task", *name, headers=known, in_hurry=True)
        if answer.status == NOT_MODIFIED and _expiry(answer) != kept.expiry:
            # A daemon whose state was lost, or restored, counts its versions anew.
            answer = await self._call("GET", "task", *name, in_hurry=True)
        return answer

    async def _call(self, method: str, *path: str, in_hurry: bool = False, **sent: Any) -> Answer:
        timeout = min(HURRY, self._timeout) if in_hurry else self._timeout
        patience = timedelta(0) if in_hurry else self._patience
        return await self._wire.call(method, *path, timeout=timeout, patience=patience, **sent)


class _Name(NamedTuple):
    appid: str
    kind: str
    subject: str


class _Kept:
    """What is known of one credential. Instants are of the clock that does not jump.

    `looks` counts how often it was asked for. Before `look_at` nobody asks again; `error` is why
    nothing new came then.
    """

    __slots__ = ("error", "etag", "expires", "expiry", "lock", "look_at", "looks", "value")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.looks = 0
        self.look_at = 0.0
        self.value = ""
        self.etag = ""
        self.expiry = ""
        self.expires = 0.0
        self.error: CallError | RequestError | None = None

    def hold(self, value: str, answer: Answer, asked: float, now: datetime) -> None:
        """Take over what the daemon answered; its periods count from when it was asked."""
        max_age = _MAX_AGE.search(answer.headers.get("Cache-Control", ""))
        self.value = value
        self.etag = answer.headers.get("ETag", "")
        self.expiry = _expiry(answer)
        self.expires = asked + _seconds_until(self.expiry, now)
        self.look_at = asked + (int(max_age[1]) if max_age else 0)
        self.error = None
        self.looks += 1

    def fail(self, error: CallError | RequestError, boottime: float) -> None:
        """Nothing came. Only a daemon that is at its wits' end itself leaves the last value good."""
        if not isinstance(error, CallError | UnavailableError):
            self.expires = 0.0
        self.look_at = boottime + HURRY.total_seconds() if boottime < self.expires else 0.0
        self.error = error
        self.looks += 1

    def hand_out(self, boottime: float) -> str:
        if self.error is None or boottime < self.expires:
            return self.value
        # One error for everybody who waited: each raises it without the others' tracebacks.
        raise self.error.with_traceback(None)


def _expiry(answer: Answer) -> str:
    return answer.headers.get("X-Credential-Expires", "")


def _seconds_until(expiry: str, now: datetime) -> float:
    try:
        return (datetime.fromisoformat(expiry) - now).total_seconds()
    except (ValueError, TypeError):  # a proxy took the header out, or it is not ours
        return 0.0
