"""One HTTP request to WeChat and its response, on connections that aiohttp opens and keeps: as bytes, or by
aiohttp's own client where its version does not fit.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import quote_plus

import aiohttp
from aiohttp import hdrs
from aiohttp.connector import Connection
from yarl import URL

from wechat_scheduler.engine.turns import due_turns
from wechat_scheduler.wechat.answers import Call, LateError
from wechat_scheduler.wechat.kept_connections import KeptConnections, asked, fits, parsed
from wechat_scheduler.wechat.responses import Received, ordinary
from wechat_scheduler.wechat.session import NEVER_TWICE, limited

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
    if fits(session, version):
        return KeptExchange(session, base, seconds=seconds, boottime=boottime)
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
        self._connections = KeptConnections(session, base)
        self._base = base
        self._seconds = seconds
        self._boottime = boottime
        self._headers = ""

    async def __call__(self, call: Call) -> Received:
        if not self._headers:
            self._headers = _lines(self._connections.model().headers)
        async with asyncio.timeout(self._seconds):
            connection = await self._connections.connected()
            if self._boottime() > call.by:
                connection.release()
                raise LateError
            try:
                received = await self._exchanged(connection, call)
            except BaseException:
                connection.close()
                raise
            connection.release()  # closed if the response did not end
            return received

    async def _exchanged(self, connection: Connection, call: Call) -> Received:
        received = await asked(
            connection, self._request(call), ordinary, parsing={}, turns=due_turns()
        )
        if received is not None:
            return received
        message, payload = await parsed(connection, self._connections.model())
        body = await limited(payload)
        return Received(message.code, message.headers.get(hdrs.DATE, ""), body)

    def _request(self, call: Call) -> bytes:
        first = f"{call.method} {_target(self._base + call.path)}{_query(call.params)} HTTP/1.1\r\n"
        if call.payload is None:
            return f"{first}{self._headers}\r\n".encode()
        length = f"{hdrs.CONTENT_LENGTH}: {len(call.payload)}\r\n"
        return f"{first}{self._headers}{_lines(_JSON)}{length}\r\n".encode() + call.payload


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
