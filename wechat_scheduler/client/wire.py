"""How the daemon's clients call it, and what its answers look like to them."""

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import aiohttp
import msgspec
from yarl import URL

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import (
    CallError,
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    SchedulerError,
    ThrottledError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
    UnreachableError,
)
from wechat_scheduler.reasons import Reason

T = TypeVar("T")

FIRST_PAUSE = timedelta(milliseconds=50)
REFUSALS: Mapping[int, type[RequestError]] = {
    refusal.status: refusal
    for refusal in (
        InvalidRequestError,
        UnauthorizedError,
        ForbiddenError,
        NotFoundError,
        ConflictError,
        TooLargeError,
        UnprocessableError,
    )
}
COME_BACK: Mapping[int, type[ThrottledError | UnavailableError]] = {
    refusal.status: refusal for refusal in (ThrottledError, UnavailableError)
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why the last attempt at a job failed. `advice` is a sentence an operator can act on."""

    at: datetime
    reaction: str = ""
    message: str
    advice: str = ""
    endpoint: str = ""
    errcode: int | None = None
    rid: str = ""


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else fetches the job's credential. `advice` is a sentence an operator can act on."""

    at: datetime
    message: str
    advice: str = ""


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """A business system that registered a job, by the id of its API key.

    `state` is that of its last notification: "" (there was none), pending, delivered or cancelled;
    addresses come without their query.
    """

    key: str
    notify: str = ""
    params: str = ""
    state: str = ""
    version: int = 0
    attempts: int = 0
    error: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that the daemon keeps. `state` is pending, fresh, stale or expired.

    `expires_in` is in seconds, 0 without a valid value; `failures` counts those in a row.
    """

    appid: str
    type: int | None = None
    kind: str
    subject: str = ""
    state: str
    version: int = 0
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    expires_in: int = 0
    next_attempt_at: datetime
    attempting: bool = False
    failures: int = 0
    calls_today: int = 0
    waits_for: str = ""
    error: Fault | None = None
    contested: Contest | None = None
    receivers: tuple[Receiver, ...] = ()


class Answer(NamedTuple):
    """An HTTP answer, whole, from the daemon at `url`. Headers go by their names in any case."""

    url: URL
    status: int
    headers: Mapping[str, str]
    links: Mapping[str, URL]
    body: bytes


class _Envelope(msgspec.Struct):
    message: str
    result: msgspec.Raw
    reason: str = ""


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def result(answer: Answer, form: type[T]) -> T:
    """What the envelope holds, of that form.

    Raises the RequestError that the daemon answered, under its own class and with its `reason`, and
    CallError for what no daemon in good health answers.
    """
    try:
        envelope = _ENVELOPE.decode(answer.body)
        if answer.status == 200:
            return msgspec.json.decode(envelope.result, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CallError(
            f"{answer.url} answered {answer.status} and is no wechat-scheduler of this version"
        ) from error
    raise _refusal(answer, envelope)


def _refusal(answer: Answer, envelope: _Envelope) -> SchedulerError:
    message, reason = envelope.message, Reason(envelope.reason)
    if come_back := COME_BACK.get(answer.status):
        seconds = answer.headers.get("Retry-After", "")
        pause = timedelta(seconds=int(seconds) if seconds.isdecimal() else 1)
        return come_back(message, reason=reason, retry_after=pause)
    if refusal := REFUSALS.get(answer.status):
        return refusal(message, reason=reason)
    return CallError(f"{answer.url} answered {answer.status}: {message}")


class Wire:
    """HTTP to the daemon at `url`. `open` before the first call, `close` after the last."""

    def __init__(self, url: URL, key: str, *, clock: Clock) -> None:
        self._url = url
        self._key = key
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Needs a running loop. No cookies, no proxies or passwords from the environment."""
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else None,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: timedelta,
        patience: timedelta,
    ) -> Answer:
        """One answer, within `timeout`; where the connection fails it is tried again for up to
        `patience`, since whatever the daemon is asked may be asked twice. Raises UnreachableError.
        """
        url = self._url.joinpath(*filter(None, path)).with_query(query)
        data = None if body is None else msgspec.json.encode(body)
        give_up = self._clock.boottime() + patience.total_seconds()
        pause = FIRST_PAUSE
        while True:
            try:
                async with asyncio.timeout(timeout.total_seconds()):
                    return await self._try(method, url, data, headers)
            except (aiohttp.ClientError, TimeoutError) as error:
                late = self._clock.boottime() + pause.total_seconds() > give_up
                if late or not isinstance(error, aiohttp.ClientConnectionError):
                    raise UnreachableError(
                        f"no daemon answers at {self._url}: {_reason(error, timeout)}"
                    ) from error
            await self._clock.sleep(pause)
            pause *= 2

    async def _try(
        self, method: str, url: URL, data: bytes | None, headers: Mapping[str, str] | None
    ) -> Answer:
        if self._session is None:
            raise RuntimeError("a Client is used as an async context manager")
        async with self._session.request(
            method, url, data=data, headers=headers, allow_redirects=False
        ) as response:
            links = {name: URL(link["url"]) for name, link in response.links.items()}
            return Answer(
                self._url, response.status, response.headers, links, await response.read()
            )


def _reason(error: aiohttp.ClientError | TimeoutError, timeout: timedelta) -> str:
    match error:
        case TimeoutError():
            return f"it said nothing for {timeout.total_seconds():g} s"
        case aiohttp.ClientConnectorDNSError():
            return "there is no host of that name"
        case aiohttp.ClientSSLError():
            return "it cannot be reached through TLS"
        case aiohttp.ClientConnectorError():
            return os.strerror(error.os_error.errno or 0).lower()
        case aiohttp.ClientResponseError():
            return "what is there does not speak HTTP"
        case _:
            return "the connection broke off"
