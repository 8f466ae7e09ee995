"""The HTTP client for addresses that callers register.

Its errors name scheme, host, port and path of the address, but neither its user nor its query, nor
anything of the response.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Self, cast

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from wechat_scheduler.access.model import Network
from wechat_scheduler.engine.bulkhead import Bulkhead
from wechat_scheduler.engine.dns_threads import DnsThreads
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import AddressRefusedError, CallError, LastingError
from wechat_scheduler.webhooks import sentences
from wechat_scheduler.webhooks.guard import AddressDeniedError, Guard
from wechat_scheduler.webhooks.responses import BoundedResponses, ResponseTooLongError
from wechat_scheduler.webhooks.urls import parse, shown

# Responses are not compressed, so that `answer_limit` holds for what is unpacked too.
HEADERS = {"User-Agent": "wechat-scheduler", "Accept-Encoding": "identity"}

# Answers of 4xx that may be others the next time: too slow, too early, too many.
_PASSING = frozenset((408, 425, 429))

# The words that follow the address in an error; the first class that fits is taken.
_FAILURES: tuple[tuple[type[Exception], Sentence], ...] = (
    (TimeoutError, sentences.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, sentences.NO_NAME),
    (aiohttp.ClientConnectorCertificateError, sentences.UNTRUSTED),
    (aiohttp.ClientSSLError, sentences.NO_TLS),
    (aiohttp.ClientConnectorError, sentences.NO_CONNECTION),
    (aiohttp.ClientPayloadError, sentences.BROKE_OFF),
    (aiohttp.ClientConnectionError, sentences.CLOSED),
    (aiohttp.ClientResponseError, sentences.NOT_HTTP),
    (aiohttp.ClientError, sentences.NO_CALL),
)


class GuardedClient:
    """Calls http and https addresses outside of `deny` and, unless it is empty, inside of `allow`.

    Make and use it in a running loop, as a context manager. It follows no redirects, uses no proxies
    of the environment and keeps no cookies. Each call takes a place of its host in the `bulkhead`, and
    then lasts at most `timeout`. At most `answer_limit` bytes of a response are read; it may be changed
    at any time. `resolver` (None: the system's, in threads of its own) resolves the name for each new connection.
    `connector` makes a connector of aiohttp's with its options.

    In its methods `what` is the purpose of the address ("params"); errors begin with it.
    """

    def __init__(
        self,
        *,
        allow: tuple[Network, ...],
        deny: tuple[Network, ...],
        resolver: AbstractResolver | None,
        connector: Callable[..., aiohttp.TCPConnector],
        bulkhead: Bulkhead,
        timeout: timedelta,
        answer_limit: int,
    ) -> None:
        self._guard = Guard(allow=allow, deny=deny)
        self.answer_limit = answer_limit
        self.bulkhead = bulkhead
        self._session = aiohttp.ClientSession(
            connector=self._guarded(connector, resolver or aiohttp.ThreadedResolver(_lookups())),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
            headers=HEADERS,
            auto_decompress=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    def refuse_ports(self, ports: Iterable[int]) -> None:
        """Never call these ports of this machine: those that the daemon listens on."""
        self._guard.refuse_ports(ports)

    async def fetch(self, url: str, *, what: str) -> bytes:
        """GET the address; returns the body of a response with status 200.

        Raises CallError; AddressRefusedError if `url` may not be called.
        """
        async with self._call("GET", url, what=what) as response:
            if response.status != 200:
                raise _answered(response, f"{what} of {shown(url)}")
            body = await self._read(response)
        if len(body) > self.answer_limit:
            place = f"{what} of {shown(url)}"
            raise CallError(sentences.TOO_LONG.fill(place=place, limit=self.answer_limit))
        return body

    async def push(self, url: str, body: bytes, *, headers: Mapping[str, str], what: str) -> None:
        """POST `body`, which is JSON. Any status of 2xx accepts it.

        Raises CallError; AddressRefusedError if `url` may not be called.
        """
        headers = {"Content-Type": "application/json", **headers}
        async with self._call("POST", url, body=body, headers=headers, what=what) as response:
            if not 200 <= response.status < 300:
                raise _answered(response, f"{what} of {shown(url)}")
            # A connection can be used again only if its response was read to the end.
            with suppress(aiohttp.ClientError, TimeoutError):
                await self._read(response)

    async def ask(self, url: str, body: bytes, *, headers: Mapping[str, str], place: str) -> bytes:
        """POST `body`, which is JSON; returns the body of a response with a status of 2xx. Errors name the
        `place` in the address's stead, all of which may be secret.

        Raises CallError; AddressRefusedError if `url` may not be called.
        """
        headers = {"Content-Type": "application/json", **headers}
        async with self._call(
            "POST", url, body=body, headers=headers, what=place, place=place
        ) as response:
            if not 200 <= response.status < 300:
                raise _answered(response, place)
            return await self._read(response)

    async def reach(self, url: str, *, what: str) -> int:
        """HEAD the address; returns the status of the response.

        Raises CallError; AddressRefusedError if `url` may not be called.
        """
        async with self._call("HEAD", url, what=what) as response:
            return response.status

    @asynccontextmanager
    async def _call(
        self,
        method: str,
        text: str,
        *,
        what: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        place: str = "",
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            url = parse(text)
        except ValueError as error:
            raise AddressRefusedError(
                sentences.REFUSED_URL.fill(what=what, problem=error)
            ) from error
        headers = {**_authorization(url), **(headers or {})}
        try:
            async with (
                self.bulkhead.place(f"{url.raw_host}:{url.port}"),
                self._session.request(
                    method, url.with_user(None), data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _failure(error, place or f"{what} of {shown(text)}") from error

    def _guarded(
        self, make: Callable[..., aiohttp.TCPConnector], resolver: AbstractResolver
    ) -> aiohttp.TCPConnector:
        connector = make(
            limit=0,  # the bulkhead limits them: waiting for a slot is not part of a call
            resolver=resolver,
            use_dns_cache=False,
            socket_factory=self._guard.open_socket,
        )
        loop = asyncio.get_running_loop()
        factory = partial(BoundedResponses, loop, limit=lambda: self.answer_limit)
        connector._factory = factory  # type: ignore[assignment] # theirs makes a ResponseHandler, too
        return connector

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """The body, or a little more than `answer_limit` bytes of it."""
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > self.answer_limit:
                break
        return bytes(body)


def _lookups() -> asyncio.AbstractEventLoop:
    """The part of an event loop that the resolver needs."""
    return cast(asyncio.AbstractEventLoop, DnsThreads())


def _authorization(url: URL) -> dict[str, str]:
    """The user in the URL as a header of HTTP Basic, in UTF-8 (RFC 7617)."""
    if url.user is None and url.password is None:
        return {}
    credentials = f"{url.user or ''}:{url.password or ''}".encode()
    return {"Authorization": f"Basic {b64encode(credentials).decode()}"}


def _answered(response: aiohttp.ClientResponse, place: str) -> CallError:
    sentence = sentences.REDIRECTED if 300 <= response.status < 400 else sentences.ANSWERED
    lasts = 300 <= response.status < 500 and response.status not in _PASSING
    kind = LastingError if lasts else CallError
    return kind(sentence.fill(place=place, status=response.status))


def _failure(error: Exception, place: str) -> CallError:
    if isinstance(error, aiohttp.InvalidURL):
        return AddressRefusedError(sentences.NO_ADDRESS.fill(place=place))
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, AddressDeniedError
    ):
        refused = error.os_error
        return AddressRefusedError(
            sentences.MUST_NOT.fill(place=place, address=refused.address, reason=refused.reason)
        )
    if isinstance(error, ResponseTooLongError):
        return CallError(f"{place} answered {error}")
    sentence = next(each for kind, each in _FAILURES if isinstance(error, kind))
    untrusted = isinstance(error, aiohttp.ClientConnectorCertificateError)
    return (LastingError if untrusted else CallError)(sentence.fill(place=place))
