"""One HTTP request to WeChat and its response, on connections that aiohttp opens and keeps.

aiohttp's client makes some twenty objects for each request, which calls to WeChat do not need, and which
take two thirds of its time. So a call is written as bytes to a connection of aiohttp's connector. A response that
comes whole and has the head of an ordinary one is read as bytes, too; any other is given to aiohttp's parser.
TLS, names, limits and idle connections stay aiohttp's.

This is the one file that uses these parts of aiohttp. With another version of it, `exchange` returns
aiohttp's own client, to which the tests compare.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Final, Protocol
from urllib.parse import quote_plus

import aiohttp
import structlog
from aiohttp import hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError
from yarl import URL

from wechat_scheduler.wechat.answers import Call, LateError
from wechat_scheduler.wechat.responses import Received, ordinary
from wechat_scheduler.wechat.session import NEVER_TWICE, limited

log = structlog.get_logger(__name__)

# These parts may change with any minor version; the code below was written for this one.
AIOHTTP: Final = "3.14."
PARTS: Final = (
    (aiohttp.BaseConnector, "connect"),
    *((Connection, name) for name in ("close", "protocol", "release")),
    *((ResponseHandler, name) for name in ("connection_lost", "data_received", "read")),
    *((ResponseHandler, name) for name in ("set_response_params", "should_close")),
)

# Connections that are closed for one call, because something came on them unasked.
SPOILT: Final = 16

_needs_no_escape: Final = re.compile(r"[\w.~-]*", re.ASCII).fullmatch
_JSON: Final[Mapping[str, str]] = {"Content-Type": "application/json"}


class Exchange(Protocol):
    """Sends a call once. Raises aiohttp.ClientError, or TimeoutError if it takes too long. Both show the
    URL with its secrets. LateError if it is later than `Call.by`: the process may have stood still."""

    async def __call__(self, call: Call) -> Received: ...


def exchange(
    session: aiohttp.ClientSession,
    base: str,
    *,
    seconds: float,
    boottime: Callable[[], float],
    version: str = aiohttp.__version__,
) -> Exchange:
    """The quick one, if aiohttp's `version` fits. A call takes at most `seconds`."""
    missing = [name for owner, name in PARTS if not hasattr(owner, name)]
    missing += [name for name in ("_factory",) if not hasattr(session.connector, name)]
    if version.startswith(AIOHTTP) and not missing:
        return KeptExchange(session, base, seconds=seconds, boottime=boottime)
    log.warning("exchange.unavailable", aiohttp=version, needed=AIOHTTP, missing=missing)
    return PlainExchange(session, base, seconds=seconds, boottime=boottime)


class PlainExchange:
    """aiohttp's client."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base: str,
        *,
        seconds: float,
        boottime: Callable[[], float],
    ) -> None:
        self._session = session
        self._base = base
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._boottime = boottime

    async def __call__(self, call: Call) -> Received:
        if self._boottime() > call.by:
            raise LateError
        async with self._session.request(
            call.method,
            self._base + call.path,
            params=call.params,
            data=call.payload,
            headers=_JSON if call.payload else None,
            timeout=self._timeout,
            allow_redirects=False,
            middlewares=NEVER_TWICE,
        ) as response:
            body = await limited(response.content)
            return Received(response.status, response.headers.get(hdrs.DATE, ""), body)


class KeptExchange:
    """Sends the headers that aiohttp's client sends."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base: str,
        *,
        seconds: float,
        boottime: Callable[[], float],
    ) -> None:
        self._session = session
        self._base = base
        self._seconds = seconds
        self._boottime = boottime
        self._model: aiohttp.ClientRequest | None = None
        self._headers = ""

    async def __call__(self, call: Call) -> Received:
        connector = self._session.connector
        if connector is None:
            raise aiohttp.ClientConnectionError("the session is closed")
        model = self._model or self._made(connector)
        async with asyncio.timeout(self._seconds):
            connection = await _connected(connector, model)
            if self._boottime() > call.by:
                connection.release()
                raise LateError
            try:
                received = await _exchanged(connection, self._request(call), model)
            except BaseException:
                connection.close()
                raise
            connection.release()  # closed if the response did not end
            return received

    def _made(self, connector: aiohttp.BaseConnector) -> aiohttp.ClientRequest:
        """What all requests have in common. Raises aiohttp.InvalidURL."""
        loop = asyncio.get_running_loop()
        model = aiohttp.ClientRequest(hdrs.METH_GET, URL(self._base), loop=loop)
        factory = partial(_Responses, loop=loop)
        connector._factory = factory  # type: ignore[assignment] # theirs makes a ResponseHandler, too
        self._model, self._headers = model, _lines(model.headers)
        return model

    def _request(self, call: Call) -> bytes:
        first = f"{call.method} {_target(self._base + call.path)}{_query(call.params)} HTTP/1.1\r\n"
        if call.payload is None:
            return f"{first}{self._headers}\r\n".encode()
        length = f"{hdrs.CONTENT_LENGTH}: {len(call.payload)}\r\n"
        return f"{first}{self._headers}{_lines(_JSON)}{length}\r\n".encode() + call.payload


_UNLIMITED: Final = aiohttp.ClientTimeout()


async def _connected(connector: aiohttp.BaseConnector, model: aiohttp.ClientRequest) -> Connection:
    """A connection that brought nothing unasked: aiohttp would take a late second response to the last call
    for the response to this one, with the token of another account."""
    for _ in range(SPOILT):
        connection = await connector.connect(model, [], _UNLIMITED)
        if connection.protocol is None or not connection.protocol.should_close:
            return connection
        connection.close()
    raise aiohttp.ClientConnectionError("the server answers before it is asked")


async def _exchanged(
    connection: Connection, request: bytes, model: aiohttp.ClientRequest
) -> Received:
    protocol = connection.protocol
    if protocol is None or protocol.transport is None:
        raise aiohttp.ClientConnectionError("the connection is closed")
    if isinstance(protocol, _Responses):
        if (ordinary := await protocol.ask(request)) is not None:
            return ordinary
    else:
        protocol.set_response_params(read_until_eof=True)
        protocol.transport.write(request)
    try:
        message, payload = await protocol.read()
        while 100 <= message.code <= 199 and message.code != 101:
            message, payload = await protocol.read()
    except HttpProcessingError as error:
        raise aiohttp.ClientResponseError(model.request_info, (), status=error.code) from error
    body = await limited(payload)
    return Received(message.code, message.headers.get(hdrs.DATE, ""), body)


class _Responses(ResponseHandler):
    """aiohttp's, which first looks whether a response is an ordinary one."""

    _asked: asyncio.Future[Received | None] | None = None

    async def ask(self, request: bytes) -> Received | None:
        """None if aiohttp reads the response, or there is none."""
        if self.transport is None:
            return None
        self._asked = self._loop.create_future()
        self.transport.write(request)
        return await self._asked

    def data_received(self, data: bytes) -> None:
        asked, self._asked = self._asked, None
        if asked is None or asked.done():
            super().data_received(data)
            return
        received = ordinary(data)
        if received is None:
            self.set_response_params(read_until_eof=True)
            super().data_received(data)
        asked.set_result(received)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)


@lru_cache(maxsize=256)  # the paths of WeChat's API that we call
def _target(url: str) -> str:
    return URL(url).raw_path


def _query(params: Mapping[str, str]) -> str:
    """`urlencode` looks at each letter; most texts need no escapes."""
    pairs = [f"{_quoted(name)}={_quoted(text)}" for name, text in params.items()]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _quoted(text: str) -> str:
    return text if _needs_no_escape(text) else quote_plus(text)


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
