"""Calls the daemon over HTTP from threads."""

import os
import socket
import ssl
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPSConnection,
    IncompleteRead,
    RemoteDisconnected,
)
from typing import Any, cast
from urllib.parse import urlencode

import msgspec

from wechat_scheduler import MEDIA_TYPE
from wechat_scheduler.client.answers import EVENT_STREAM, DaemonResponse, refuse
from wechat_scheduler.client.checks import DaemonPlace, quoted
from wechat_scheduler.client.steps import RETRY
from wechat_scheduler.client.sync_stream import SyncStream
from wechat_scheduler.client.thread_clock import ThreadClock
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import UnreachableError


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """A request; `is_long` if its response may be waited for."""

    method: str
    target: str
    data: bytes | None = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    is_long: bool


class SyncWire:
    """HTTP to the daemon at `place`, for any number of threads: a connection serves one call at a time, and
    is kept for the next."""

    def __init__(self, place: DaemonPlace, *, clock: ThreadClock) -> None:
        self._place = place
        self._clock = clock
        self._headers = {"Accept": MEDIA_TYPE}
        if place.key:
            self._headers["Authorization"] = f"Bearer {place.key}"
        self._tls = ssl.create_default_context() if place.tls else None
        self.forget()

    def forget(self) -> None:
        """Shares no connection with the process before a fork, and ends none of its."""
        self._free: deque[HTTPConnection] = deque()
        self._long: set[HTTPConnection] = set()
        self._stream: SyncStream | None = None
        self._closed = threading.Event()

    def close(self) -> None:
        """Ends what waits long, and the connections that are free. Later calls open new ones."""
        closed, self._closed = self._closed, threading.Event()
        closed.set()
        self.end_stream()
        for connection in tuple(self._long):
            _shut_down(connection.sock)
        self._end_free()

    def call(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: timedelta,
        patience: timedelta,
        is_long: bool = False,
    ) -> DaemonResponse:
        """As `Wire.call`; each part of the response may take `timeout`. `close` ends one that `is_long`."""
        target = self._target(path, query)
        data = None if body is None else msgspec.json.encode(body)
        give_up = self._clock.boottime() + patience.total_seconds()
        pause, closed = RETRY, self._closed
        sent = SyncRequest(
            method=method,
            target=target,
            data=data,
            headers={**self._headers, **(headers or {})},
            is_long=is_long,
        )
        while True:
            try:
                return self._try(sent, timeout, closed)
            except (OSError, HTTPException) as error:
                late = self._clock.boottime() + pause.total_seconds() > give_up
                if late or closed.is_set() or not _may_pass(error):
                    raise self._unreachable(error, timeout) from error
            self._clock.wait_for(closed, pause.total_seconds())
            pause *= 2

    def open_stream(
        self, *path: str, query: Mapping[str, str], headers: Mapping[str, str], timeout: timedelta
    ) -> None:
        """As `Wire.open_stream`."""
        self.end_stream()
        accepted = {**self._headers, "Accept": EVENT_STREAM, **headers}
        try:
            stream = self._stream = SyncStream(self._connected(timeout))
            stream.begin(self._target(path, query), self._place.host_header, accepted)
            if not stream.is_of_events:
                refuse(
                    DaemonResponse(self._place.url, stream.status, stream.headers, stream.rest())
                )
        except (OSError, HTTPException) as error:
            raise self._unreachable(error, timeout) from error

    def read_stream(self, timeout: timedelta) -> bytes:
        """As `Wire.read_stream`."""
        stream = self._stream
        try:
            return b"" if stream is None else stream.read(timeout)
        except (OSError, HTTPException) as error:
            raise self._unreachable(error, timeout) from error

    def end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            _shut_down(stream.socket)
            stream.socket.close()

    def _target(self, path: tuple[str, ...], query: Mapping[str, str] | None) -> str:
        asked = f"?{urlencode(query, errors='surrogateescape')}" if query else ""
        return "/".join((self._place.path.rstrip("/"), *quoted(path))) + asked

    def _try(
        self, sent: SyncRequest, timeout: timedelta, closed: threading.Event
    ) -> DaemonResponse:
        """A kept connection may have ended meanwhile: then once more, on a new one."""
        while self._free:
            connection = self._free.pop()
            try:
                return self._exchange(connection, sent, timeout, closed)
            except ConnectionError:
                if closed.is_set():
                    raise
        return self._exchange(self._connection(timeout), sent, timeout, closed)

    def _exchange(
        self,
        connection: HTTPConnection,
        sent: SyncRequest,
        timeout: timedelta,
        closed: threading.Event,
    ) -> DaemonResponse:
        if connection.sock is not None:
            connection.sock.settimeout(timeout.total_seconds())
        if sent.is_long:
            self._long.add(connection)
        try:
            connection.request(sent.method, sent.target, body=sent.data, headers=sent.headers)
            response = connection.getresponse()
            fields = cast(Mapping[str, str], response.headers)
            read = DaemonResponse(self._place.url, response.status, fields, response.read())
        except BaseException:
            connection.close()
            raise
        finally:
            self._long.discard(connection)
        self._free.append(connection)
        if closed.is_set():
            self._end_free()
        return read

    def _end_free(self) -> None:
        while self._free:
            self._free.pop().close()

    def _connection(self, timeout: timedelta) -> HTTPConnection:
        host, port, seconds = self._place.host, self._place.port, timeout.total_seconds()
        if self._tls is not None:
            return HTTPSConnection(host, port, timeout=seconds, context=self._tls)
        return HTTPConnection(host, port, timeout=seconds)

    def _connected(self, timeout: timedelta) -> socket.socket:
        connection = self._connection(timeout)
        connection.connect()
        return connection.sock

    def _unreachable(self, error: Exception, timeout: timedelta) -> UnreachableError:
        return UnreachableError(
            f"no daemon answers at {self._place.url}: {_reason(error, timeout)}"
        )


def _shut_down(sock: socket.socket | None) -> None:
    """Wakes the thread that waits for it."""
    with suppress(OSError):  # it has ended already
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)


def _may_pass(error: Exception) -> bool:
    return not isinstance(error, TimeoutError) and isinstance(error, OSError)


def _reason(error: Exception, timeout: timedelta) -> str:
    match error:
        case TimeoutError():
            return f"no response for {timeout.total_seconds():g} s"
        case socket.gaierror():
            return "there is no host of that name"
        case ssl.SSLError():
            return "it cannot be reached through TLS"
        case RemoteDisconnected() | ConnectionResetError() | BrokenPipeError() | IncompleteRead():
            return "the connection was lost"
        case OSError():
            return os.strerror(error.errno or 0).lower()
        case HTTPException():
            return "the server there does not speak HTTP"
        case _:
            return "the connection was lost"
