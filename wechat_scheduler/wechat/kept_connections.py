"""Connections to WeChat that aiohttp opens and keeps, to which a call is written as bytes.

aiohttp's client makes some twenty objects for each request, which calls to WeChat do not need, and which
take two thirds of its time. A response that comes whole and has the head of an ordinary one is read as bytes, too;
any other is given to aiohttp's parser. TLS, names, limits and idle connections stay aiohttp's.

This is the one file that uses these parts of aiohttp. With another version of it, `missing_parts` names some, and
the callers use aiohttp's own client, to which the tests compare.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

import aiohttp
import structlog
from aiohttp import hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError, RawResponseMessage
from yarl import URL

from wechat_scheduler.engine.turns import LoopTurns
from wechat_scheduler.wechat.last_used_first import AIOHTTP

log = structlog.get_logger(__name__)

T = TypeVar("T")

# These parts may change with any minor version; the code below was written for AIOHTTP.
PARTS: Final = (
    (aiohttp.BaseConnector, "connect"),
    *((Connection, name) for name in ("close", "protocol", "release")),
    *((ResponseHandler, name) for name in ("connection_lost", "data_received", "read")),
    *((ResponseHandler, name) for name in ("feed_data", "set_response_params", "should_close")),
    *((ResponseHandler, name) for name in ("start_timeout", "_drop_timeout")),
)

# Connections that are closed for one call, because something came on them unasked.
SPOILT: Final = 16

UNLIMITED: Final = aiohttp.ClientTimeout()


def fits(session: aiohttp.ClientSession, version: str = aiohttp.__version__) -> bool:
    """Whether this `version` of aiohttp has the parts; logs which it lacks."""
    missing = [name for owner, name in PARTS if not hasattr(owner, name)]
    missing += [name for name in ("_factory",) if not hasattr(session.connector, name)]
    if version.startswith(AIOHTTP) and not missing:
        return True
    log.warning("exchange.unavailable", aiohttp=version, needed=AIOHTTP, missing=missing)
    return False


class KeptConnections:
    """Those of `session` to the server at `base`; both are in use only once the loop runs."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base
        self._model: aiohttp.ClientRequest | None = None

    def model(self) -> aiohttp.ClientRequest:
        """What all requests have in common. Raises aiohttp.InvalidURL."""
        if self._model is None:
            loop = asyncio.get_running_loop()
            model = aiohttp.ClientRequest(hdrs.METH_GET, URL(self._base), loop=loop)
            factory = partial(Responses, loop=loop)
            self._connector()._factory = factory  # type: ignore[assignment] # theirs makes a ResponseHandler, too
            self._model = model
        return self._model

    async def connected(self, timeout: aiohttp.ClientTimeout = UNLIMITED) -> Connection:
        """A connection that brought nothing unasked: aiohttp would take a late second response to the last call
        for the response to this one, with the token of another account."""
        connector, model = self._connector(), self.model()
        for _ in range(SPOILT):
            connection = await connector.connect(model, [], timeout)
            if connection.protocol is None or not connection.protocol.should_close:
                return connection
            connection.close()
        raise aiohttp.ClientConnectionError("the server answers before it is asked")

    def _connector(self) -> aiohttp.BaseConnector:
        if self._session.connector is None:
            raise aiohttp.ClientConnectionError("the session is closed")
        return self._session.connector


async def parsed(
    connection: Connection, model: aiohttp.ClientRequest
) -> tuple[RawResponseMessage, aiohttp.StreamReader]:
    """The head of the response as aiohttp reads it, and its body, which may not have come yet."""
    protocol = connection.protocol
    if protocol is None:
        raise aiohttp.ClientConnectionError("the connection is closed")
    try:
        message, payload = await protocol.read()
        while 100 <= message.code <= 199 and message.code != 101:
            message, payload = await protocol.read()
    except HttpProcessingError as error:
        raise aiohttp.ClientResponseError(model.request_info, (), status=error.code) from error
    return message, payload


def asked(
    connection: Connection,
    request: bytes,
    ordinary: Callable[[bytes], T | None],
    *,
    parsing: Mapping[str, Any],
    turns: LoopTurns | None = None,
) -> asyncio.Future[T | None]:
    """Write the request. What `ordinary` reads from the response; None if that is for `parsed`, for which `parsing`
    are the parameters of aiohttp's parser. With `turns` the caller goes on when its turn comes. Raises
    aiohttp.ClientConnectionError."""
    protocol = connection.protocol
    if protocol is None or protocol.transport is None:
        raise aiohttp.ClientConnectionError("the connection is closed")
    if isinstance(protocol, Responses):
        return protocol.ask(request, ordinary, parsing, turns)
    protocol.set_response_params(read_until_eof=True, **parsing)
    protocol.transport.write(request)
    unread: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()
    unread.set_result(None)
    return unread


def free(connection: Connection) -> None:
    """Keep the connection for the next call, unless the response did not end, or came before all of the request was
    sent."""
    protocol = connection.protocol
    transport = protocol.transport if protocol is not None else None
    if transport is not None and transport.get_write_buffer_size():
        connection.close()
    else:
        connection.release()


class Responses(ResponseHandler):
    """aiohttp's, which first looks whether a response is an ordinary one."""

    _asked: asyncio.Future[Any] | None = None
    _is_interim = False
    """Whether the last head that came is followed by another one (1xx)."""
    _ordinary: Callable[[bytes], Any]
    _turns: LoopTurns | None
    _parsing: Mapping[str, Any]

    def ask(
        self,
        request: bytes,
        ordinary: Callable[[bytes], T | None],
        parsing: Mapping[str, Any],
        turns: LoopTurns | None,
    ) -> asyncio.Future[T | None]:
        """None if aiohttp reads the response, or there is none."""
        asked: asyncio.Future[T | None] = self._loop.create_future()
        self._asked, self._ordinary, self._parsing, self._turns = asked, ordinary, parsing, turns
        if self.transport is None:
            asked.set_result(None)
        else:
            self.transport.write(request)
        return asked

    def is_connected(self) -> bool:
        """Not once something came unasked: aiohttp's own client would take it for the response to the next call."""
        return super().is_connected() and not self.should_close

    def data_received(self, data: bytes) -> None:
        asked, self._asked = self._asked, None
        if asked is None or asked.done():
            # aiohttp counts silence once it has sent all of the request.
            self._parse(data, is_counting=self._read_timeout_handle is not None)
            return
        received = self._ordinary(data)
        if received is None:
            self.set_response_params(read_until_eof=True, **self._parsing)
            self._parse(data, is_counting=True)
        if self._turns is None:
            asked.set_result(received)
        else:
            self._turns.settle(asked, received)

    def feed_data(
        self, data: tuple[RawResponseMessage, aiohttp.StreamReader], size: int = 0
    ) -> None:
        self._is_interim = data[0].code < 200
        super().feed_data(data, size)

    def _parse(self, data: bytes, *, is_counting: bool) -> None:
        """aiohttp stops counting after an interim response: silence would then hold the call for ever."""
        self._is_interim = False
        super().data_received(data)
        if self._is_interim and is_counting:
            self.start_timeout()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)
