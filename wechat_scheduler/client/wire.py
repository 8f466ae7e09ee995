"""Calls the daemon over HTTP from an event loop."""

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from wechat_scheduler import MEDIA_TYPE
from wechat_scheduler.client.answers import EVENT_STREAM, DaemonResponse, refuse
from wechat_scheduler.client.checks import DaemonPlace, quoted
from wechat_scheduler.client.steps import RETRY
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import UnreachableError

# Its end is told by silence.
WITHOUT_END = aiohttp.ClientTimeout(total=None)


class Wire:
    """HTTP to the daemon at `place`. `open` before the first call, `close` after the last."""

    def __init__(self, place: DaemonPlace, *, clock: Clock) -> None:
        self._url = URL(place.url, encoded=True)
        self._key = place.key
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._stream: aiohttp.ClientResponse | None = None

    def open(self) -> None:
        """Needs a running loop. Keeps no cookies, and takes no proxy or password from the environment."""
        self._session = aiohttp.ClientSession(
            headers={"Accept": MEDIA_TYPE}
            | ({"Authorization": f"Bearer {self._key}"} if self._key else {}),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def close(self) -> None:
        self.end_stream()
        if self._session is not None:
            await self._session.close()
            self._session = None

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
        pause = RETRY
        while True:
            try:
                async with asyncio.timeout(timeout.total_seconds()):
                    return await self._try(method, url, data, headers)
            except (aiohttp.ClientError, TimeoutError) as error:
                late = self._clock.boottime() + pause.total_seconds() > give_up
                if late or not isinstance(error, aiohttp.ClientConnectionError):
                    raise self._unreachable(error, timeout) from error
            await self._clock.sleep(pause)
            pause *= 2

    async def open_stream(
        self, *path: str, query: Mapping[str, str], headers: Mapping[str, str], timeout: timedelta
    ) -> None:
        """Begins the stream that `read_stream` reads, and ends the last one. Raises UnreachableError, and
        what `result` raises for a response that is no stream of events."""
        self.end_stream()
        url = self._url.joinpath(*quoted(path), encoded=True).with_query(query)
        accepted = {"Accept": EVENT_STREAM, **headers}
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                response = await self._opened().get(
                    url, headers=accepted, allow_redirects=False, timeout=WITHOUT_END
                )
                if response.status != 200 or response.content_type != EVENT_STREAM:
                    body = await response.read()
                    refuse(DaemonResponse(str(self._url), response.status, response.headers, body))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._unreachable(error, timeout) from error
        self._stream = response

    async def read_stream(self, timeout: timedelta) -> bytes:
        """What came; empty at the end. Raises UnreachableError, for silence too."""
        if self._stream is None:
            return b""
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                return await self._stream.content.readany()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._unreachable(error, timeout) from error

    def end_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError(
                "a Client is used as an async context manager, and not after its end"
            )
        return self._session

    def _unreachable(
        self, error: aiohttp.ClientError | TimeoutError, timeout: timedelta
    ) -> UnreachableError:
        return UnreachableError(f"no daemon answers at {self._url}: {_reason(error, timeout)}")

    async def _try(
        self, method: str, url: URL, data: bytes | None, headers: Mapping[str, str] | None
    ) -> DaemonResponse:
        async with self._opened().request(
            method, url, data=data, headers=headers, allow_redirects=False
        ) as response:
            return DaemonResponse(
                str(self._url), response.status, response.headers, await response.read()
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
