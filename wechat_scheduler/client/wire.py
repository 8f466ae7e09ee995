"""Calls the daemon over HTTP, and reads its responses."""

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import aiohttp
import msgspec
from yarl import URL

from wechat_scheduler import MEDIA_TYPE
from wechat_scheduler.client.checks import quoted
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import (
    CallError,
    CompressedError,
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
        CompressedError,
        UnprocessableError,
        ThrottledError,
        UnavailableError,
    )
}


class FaultInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Why the last attempt at a job failed. `advice` says what an operator can do."""

    at: datetime
    reaction: str = ""
    message: str
    advice: str = ""
    endpoint: str = ""
    errcode: int | None = None
    rid: str = ""


class ContestInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Another system seems to fetch the job's credential. `advice` says what an operator can do."""

    at: datetime
    message: str
    advice: str = ""


class ReceiverInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A business system that registered a job, by the id of its API key in `key`.

    `state` is that of its last notification: pending, delivered or cancelled; "" before the first.
    Addresses come without their query.
    """

    key: str
    notify: str = ""
    params: str = ""
    state: str = ""
    version: int = 0
    attempts: int = 0
    error: str = ""


class JobInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that the daemon keeps. `state` is pending, fresh, stale, expired or revoked.

    `expires_in` is in seconds, 0 without a valid value; `failures` counts failed attempts in a row.
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
    error: FaultInfo | None = None
    contested: ContestInfo | None = None
    receivers: tuple[ReceiverInfo, ...] = ()


class DaemonResponse(NamedTuple):
    """A whole response of the daemon at `url`. Header names match in any case."""

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


def result(response: DaemonResponse, form: type[T]) -> T:
    """The `result` of the envelope, decoded into `form`.

    Raises the RequestError that the daemon refused with, in its own class and with its `reason`, and
    CallError for a response that no healthy daemon gives.
    """
    try:
        envelope = _ENVELOPE.decode(response.body)
        if response.status == 200:
            return msgspec.json.decode(envelope.result, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CallError(
            f"{response.url} answered {response.status} and is no wechat-scheduler of this version"
        ) from error
    raise _refusal(response, envelope)


def note_of(response: DaemonResponse) -> str:
    """What the daemon remarks about a call that went well."""
    return _ENVELOPE.decode(response.body).message


def _refusal(response: DaemonResponse, envelope: _Envelope) -> SchedulerError:
    message, reason = envelope.message, Reason(envelope.reason)
    refusal = REFUSALS.get(response.status)
    if refusal is None:
        return CallError(f"{response.url} answered {response.status}: {message}")
    if issubclass(refusal, ThrottledError | UnavailableError):
        seconds = response.headers.get("Retry-After", "")
        pause = timedelta(seconds=int(seconds) if seconds.isdecimal() else 1)
        return refusal(message, reason=reason, retry_after=pause)
    return refusal(message, reason=reason)


class Wire:
    """HTTP to the daemon at `url`. `open` before the first call, `close` after the last."""

    def __init__(self, url: URL, key: str, *, clock: Clock) -> None:
        self._url = url
        self._key = key
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Needs a running loop. Keeps no cookies, and takes no proxy or password from the environment."""
        self._session = aiohttp.ClientSession(
            headers={"Accept": MEDIA_TYPE}
            | ({"Authorization": f"Bearer {self._key}"} if self._key else {}),
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
    ) -> DaemonResponse:
        """One response, within `timeout`. A connection that fails is tried again for up to
        `patience`: every call may be made twice. Raises UnreachableError; InvalidRequestError as `quoted`.
        """
        url = self._url.joinpath(*quoted(path), encoded=True).with_query(query)
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
    ) -> DaemonResponse:
        if self._session is None:
            raise RuntimeError("a Client is used as an async context manager")
        async with self._session.request(
            method, url, data=data, headers=headers, allow_redirects=False
        ) as response:
            links = {name: URL(link["url"]) for name, link in response.links.items()}
            return DaemonResponse(
                self._url, response.status, response.headers, links, await response.read()
            )


def _reason(error: aiohttp.ClientError | TimeoutError, timeout: timedelta) -> str:
    match error:
        case TimeoutError():
            return f"no response for {timeout.total_seconds():g} s"
        case aiohttp.ClientConnectorDNSError():
            return "there is no host of that name"
        case aiohttp.ClientSSLError():
            return "it cannot be reached through TLS"
        case aiohttp.ClientConnectorError():
            return os.strerror(error.os_error.errno or 0).lower()
        case aiohttp.ClientResponseError():
            return "the server there does not speak HTTP"
        case _:
            return "the connection was lost"
