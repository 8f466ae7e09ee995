"""The bytes of a response that aiohttp's parser is given.

`answer_limit` counts a body as it is unpacked. Interim responses (1xx), heads and the sizes of chunks
come before that: a receiver that sends them without end would hold the loop until the call times out.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.helpers import set_exception
from aiohttp.http_parser import RawResponseMessage

# Bytes beside those of the body: interim responses, the head, the sizes of chunks.
BESIDE: Final = 16 << 10

# Heads of one response: the interim ones (1xx) and its own.
HEADS: Final = 8

# Bytes after which the heads are counted.
PART: Final = 2 << 10


class ResponseTooLongError(aiohttp.ClientPayloadError):
    """The response is too large; the text says in what way."""


class BoundedResponses(ResponseHandler):
    """aiohttp's, which closes a connection once a response has BESIDE bytes more than `limit` returns, or
    more than HEADS heads."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, limit: Callable[[], int]) -> None:
        super().__init__(loop)
        self._limit = limit
        self._left = limit() + BESIDE
        self._heads = 0

    def set_response_params(self, **params: Any) -> None:
        self._left = self._limit() + BESIDE
        self._heads = 0
        super().set_response_params(**params)

    def feed_data(
        self, data: tuple[RawResponseMessage, aiohttp.StreamReader], size: int = 0
    ) -> None:
        self._heads += 1
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        kept = data[: self._left]
        for at in range(0, len(kept) or 1, PART):  # aiohttp resumes after a pause with empty bytes
            super().data_received(kept[at : at + PART])
            if self._heads > HEADS:
                self._refuse("with too many interim responses")
            if self._exception is not None:
                return
        self._left -= len(data)
        if self._left < 0:
            self._refuse(f"more than {self._limit()} bytes")

    def _refuse(self, words: str) -> None:
        error = ResponseTooLongError(words)
        if self._payload is not None and not self._payload.is_eof():
            set_exception(self._payload, error)
        self.set_exception(error)
        # Else aiohttp says in its place that the response broke off.
        self._parser = self._payload = None
        if self.transport is not None:
            self.transport.abort()
