"""Calls of the gateway with a short body, written as bytes: what aiohttp's client would send, for a third of its time."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

import aiohttp
from aiohttp import hdrs
from aiohttp.connector import Connection

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.gateway.relaying import PassedCall
from wechat_scheduler.wechat.kept_connections import KeptConnections, asked, fits, free, parsed
from wechat_scheduler.wechat.passed_headers import NOT_SENT, passed
from wechat_scheduler.wechat.patience import Patience
from wechat_scheduler.wechat.relayed_replies import BegunResponse
from wechat_scheduler.wechat.responses import WholeResponse, whole

# Bytes of a body, which fit into the buffer of a socket: WeChat's silence is counted from the write on.
LONGEST: Final = 64 * 1024
_PRINTED: Final = pattern(r"[!-~]+")


class QuickHost:
    """A host of WeChat's at `base`. A connection takes at most `connect` seconds, and WeChat may be
    silent for `seconds` at a time."""

    def __init__(
        self, session: aiohttp.ClientSession, base: str, *, connect: float, seconds: float
    ) -> None:
        self._connections = KeptConnections(session, base)
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect)
        self._patience = Patience(seconds)
        self._parsing = {"auto_decompress": False, "read_timeout": seconds}
        self._base = ""
        self._host = ""

    def request(self, call: PassedCall, query: str) -> bytes | None:
        """The bytes of the call; None if aiohttp has to send it."""
        if not self._host:  # before the first connection, also of calls that aiohttp sends
            model = self._connections.model()
            self._base, self._host = model.url.raw_path.rstrip("/"), model.headers[hdrs.HOST]
        body = call.body or b""
        if not isinstance(body, bytes) or len(body) > LONGEST:
            return None
        target = f"{self._base}{call.path}{'?' if query else ''}{query}"
        lines = [f"{call.method} {target} HTTP/1.1", f"{hdrs.HOST}: {self._host}"]
        lines += [f"{name}: {value}" for name, value in passed(call.headers, NOT_SENT)]
        if call.length is not None or call.method == hdrs.METH_POST:
            lines.append(f"{hdrs.CONTENT_LENGTH}: {len(body)}")
        return _written(target, lines, body)

    async def ask(self, request: bytes) -> WholeResponse | BegunResponse:
        """Raises aiohttp.ConnectionTimeoutError, aiohttp.ClientError, TimeoutError."""
        try:
            connection = await self._connections.connected(self._timeout)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError from error
        try:
            return await self._asked(connection, request)
        except BaseException:
            connection.close()
            raise

    async def _asked(self, connection: Connection, request: bytes) -> WholeResponse | BegunResponse:
        answer = asked(connection, request, whole, parsing=self._parsing)
        response = await self._patience.wait(answer)
        if response is not None:
            free(connection)
            return response
        message, content = await parsed(connection, self._connections.model())
        content.on_eof(partial(free, connection))
        return BegunResponse(
            message.code, message.reason, message.headers, content, connection.close
        )


def quick_hosts(
    session: aiohttp.ClientSession,
    bases: Iterable[str],
    *,
    connect: float,
    seconds: float,
    version: str = aiohttp.__version__,
) -> Mapping[str, QuickHost]:
    """By their bases; none if `version` does not fit."""
    if not fits(session, version):
        return {}
    return {it: QuickHost(session, it, connect=connect, seconds=seconds) for it in bases}


def _written(target: str, lines: list[str], body: bytes) -> bytes | None:
    """None if a text would be read as more than one line, or as more than one word of the first."""
    text = "\n".join(lines)
    is_one_word = _PRINTED.fullmatch(target) is not None
    if not is_one_word or text.count("\n") >= len(lines) or "\r" in text or "\0" in text:
        return None
    return text.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
