"""Remembers what the heads of requests stand for.

A client library writes the same head for each request to a route, but for the length of its body. Once
the whole stack has parsed, routed and answered such a request, the bytes of its head stand for what they
were parsed to: see `head_connection.py`. So do those of a head that differs from it only in what no handler reads, or in
its Idempotency-Key (`varying_heads.py`).
"""

import random
from functools import partial
from typing import Any, Final, NamedTuple, cast

from aiohttp import hdrs, web
from aiohttp.http import HttpVersion11

from wechat_scheduler.engine.turns import BEGUN, LoopTurns
from wechat_scheduler.web.kit.known_requests import parts_of, with_header
from wechat_scheduler.web.kit.known_responses import KnownResponses
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.seen_hashes import SeenHashes
from wechat_scheduler.web.kit.varying_heads import IDEMPOTENCY_KEY, MOST_LINES, varying

# Heads that are remembered, and as many of those that vary: a client has one for each length of its bodies. Some
# kilobytes each.
MOST: Final = 2048
# The head of a client library has 150 to 600 bytes.
LARGEST: Final = 2048
# The number of heads of which a hash is remembered when they come first.
SLOTS: Final = 65_536
END: Final = b"\r\n\r\n"
# Headers of requests whose bytes do not say where they end, or that ask for another protocol.
REFUSED: Final = (hdrs.TRANSFER_ENCODING, hdrs.EXPECT, hdrs.UPGRADE)
_BEGINNING: Final = b"POST "

# Set by a handler that reads all headers, those of tracing too.
READS_ALL: Final = web.RequestKey("READS_ALL", bool)


class Head(NamedTuple):
    """What the bytes of a head stand for; their number, and that of the body behind them. `responses` are those to
    it."""

    size: int
    length: int
    parts: dict[str, Any]
    handler: Handler
    responses: KnownResponses


class KnownHeads:
    """Remembers the heads that came at least twice; the oldest are dropped first."""

    def __init__(self, rng: random.Random) -> None:
        self.turns = LoopTurns(BEGUN)
        self.is_closed = False
        self._seen = SeenHashes(rng, number=SLOTS)
        self._heads: dict[bytes, Head] = {}
        self._alike: dict[bytes, Head] = {}

    def close(self) -> None:
        """From now on, responses say that their connection ends; those before said that it stays open."""
        self.is_closed = True

    def find(self, chunk: bytes) -> Head | None:
        """The head that `chunk` begins with, if it is known."""
        if not chunk.startswith(_BEGINNING):
            return None
        head = chunk[: chunk.find(END) + len(END)]
        return self._heads.get(head) or self._find_alike(head)

    def learn(self, chunk: bytes, request: web.Request) -> None:
        """`chunk` is exactly the bytes of `request`, which was answered."""
        head, end, body = chunk.partition(END)
        if not _is_plain(head, body, request):
            return
        alike = None if request.get(READS_ALL) else varying(head + end)
        if self._seen.seen(head):
            _keep(self._heads, head + end, _head_of(head + end, body, request))
        elif alike and self._seen.seen(alike.fixed):
            _keep(self._alike, alike.fixed, _head_of(head + end, body, request))

    def _find_alike(self, head: bytes) -> Head | None:
        """The head of a request of which the same is read, but for its Idempotency-Key."""
        alike = varying(head) if self._alike and len(head) <= LARGEST else None
        known = self._alike.get(alike.fixed) if alike else None
        if alike is None or known is None:
            return None
        parts = known.parts
        if alike.idempotency:
            parts = with_header(parts, IDEMPOTENCY_KEY, alike.idempotency)
        return known._replace(size=len(head), parts=parts)


def _keep(heads: dict[bytes, Head], key: bytes, head: Head) -> None:
    heads[key] = head
    if len(heads) > MOST:
        del heads[next(iter(heads))]


def _head_of(head: bytes, body: bytes, request: web.Request) -> Head:
    return Head(
        size=len(head),
        length=len(body),
        parts=parts_of(request),
        handler=_behind_middlewares(request),
        responses=KnownResponses(),
    )


def _is_plain(head: bytes, body: bytes, request: web.Request) -> bool:
    return (
        len(head) <= LARGEST
        and head.count(b"\n") <= MOST_LINES
        and request._read_bytes == body
        and request.method == hdrs.METH_POST
        and request.version == HttpVersion11
        and request.keep_alive
        and hdrs.CONTENT_LENGTH in request.headers
        and not any(name in request.headers for name in REFUSED)
        # Each line ends as the last one does.
        and head.count(b"\n") == head.count(b"\r\n")
    )


def _behind_middlewares(request: web.Request) -> Handler:
    """The handler of its route, as the application calls it."""
    handler = request.match_info.handler
    for middleware in reversed(request.app.middlewares):
        handler = partial(cast(Any, middleware), handler=handler)
    return handler
