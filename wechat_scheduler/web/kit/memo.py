"""Remembers responses by the bytes of the requests that they answer.

A client that polls sends the same bytes each time, or the same but for an id: then the memo goes by what
the response depends on (`cache_keys.py`). Once the whole stack has parsed, routed, authorised and
answered them, `fastpath.py` sends the same response again. It compares bytes only, so it cannot misread a
request, and renders only the `Date`: a response is kept as aiohttp sent it. Once it is no longer valid,
the normal path makes the next one.
"""

import random
from collections import OrderedDict
from collections.abc import Callable
from email.utils import format_datetime
from typing import Final, Protocol

from aiohttp import hdrs, web
from aiohttp.http import HttpVersion11

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.web.kit.known_heads import END, KnownHeads
from wechat_scheduler.web.kit.seen_hashes import SLOTS, SeenHashes

# In bytes: about 130,000 requests of the usual size with their responses.
LIMIT: Final = 128 * 1024 * 1024
# The request of a polling client has 150 to 600 bytes, the response 400 to 900.
LARGEST: Final = 4096
# The size of an entry beside its bytes: its objects, and its place in the table.
OVERHEAD: Final = 500

# Headers of requests that have a body, or ask for another protocol.
REFUSED: Final = (hdrs.CONTENT_LENGTH, hdrs.TRANSFER_ENCODING, hdrs.EXPECT, hdrs.UPGRADE)
DATE: Final = b"\r\nDate: "
DATE_LENGTH: Final = len("Sun, 06 Nov 1994 08:49:37 GMT")


class CredentialCell(Protocol):
    """Holds the credential of one job, and changes in place."""

    @property
    def credential(self) -> object | None:
        """The credential to hand out, or None. Each change brings another object."""


class ReadCounter(Protocol):
    """Counts the responses that were sent from memory."""

    reads: int


class Liveness(Protocol):
    """`alive_until` is the boottime from which on what is in memory may be old: the process stood still."""

    @property
    def alive_until(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A response holds while `cell` still has the very `credential` it was made from, and before
    `until` (boottime, seconds): the first moment at which the normal path may respond differently,
    because `max-age` steps down, the credential expires or the caller's key does."""

    cell: CredentialCell
    credential: object = field(repr=False)
    until: float
    tally: ReadCounter


TERMS: Final = web.RequestKey("TERMS", Terms)


class Memo:
    """Remembers about `limit` bytes at most and drops the oldest entry first. `hits` counts the
    responses that it gave. `cache_key` gives the part of a request that its response depends on, None
    if that may be all of it. `heads` are those of requests with a body."""

    def __init__(
        self,
        clock: Clock,
        rng: random.Random,
        *,
        cache_key: Callable[[bytes], bytes | None] = lambda chunk: None,
        liveness: Liveness | None = None,
        limit: int = LIMIT,
        slots: int = SLOTS,
    ) -> None:
        self.hits = 0
        self._cache_key = cache_key
        self.heads = KnownHeads(rng)
        self._clock = clock
        self._liveness = liveness
        self._limit = limit
        self._size = 0
        self._epoch = 0
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._seen = SeenHashes(rng, number=slots)
        self._date = b""
        self._date_until = 0.0

    def __len__(self) -> int:
        """The number of requests that are remembered."""
        return len(self._entries)

    @property
    def size(self) -> int:
        """Their approximate size in bytes."""
        return self._size

    @property
    def epoch(self) -> int:
        """Changes with every `clear`."""
        return self._epoch

    def remember(self, request: web.BaseRequest, terms: Terms) -> None:
        """Let the response that is about to be returned to `request` be sent again under `terms`.

        Call it with no `await` since the credential was read, and only if the response depends on
        nothing but the request's bytes and the terms (a key with an IP rule depends on the peer).
        It takes effect when the request comes the second time, if the request qualifies.
        """
        request[TERMS] = terms

    def clear(self) -> None:
        """Forget everything, because a key was revoked or an IP rule changed. Requests in progress,
        whose permissions were checked before, are not remembered either."""
        self._epoch += 1
        self._size = 0
        self._entries.clear()

    def close(self) -> None:
        """Forget everything and remember nothing more: a server that drains has to respond to each
        request itself, with `Connection: close`."""
        self._limit = 0
        self.clear()
        self.heads.close()

    def response(self, chunk: bytes) -> bytes | None:
        """The response to a client that sent `chunk`; None if none is remembered."""
        entry = self._entries.get(chunk)
        if entry is None:
            return self._response_alike(chunk)
        now = self._clock.boottime()
        if self._liveness is not None and now > self._liveness.alive_until:
            return None  # the ordinary way looks into the store
        if entry.cell.credential is not entry.credential or now >= entry.until:
            self._drop(chunk)
            return None
        if now >= entry.dated_until:
            self._set_date(entry, now)
        entry.tally.reads += 1
        self.hits += 1
        return entry.response

    def keep(
        self, chunk: bytes, epoch: int, request: web.BaseRequest, response: web.StreamResponse
    ) -> None:
        """Keep `response`, which was sent, if its handler called `remember`. `chunk` is exactly the bytes
        of `request` and came at `epoch`."""
        terms = request.get(TERMS)
        small = len(chunk) + response.body_length <= LARGEST
        if terms is None or epoch != self._epoch or not small or not _is_plain_read(request):
            return
        key, sent = self._seen_before(chunk), _as_sent(response)
        if key is not None and sent is not None:
            self._insert(key, _Entry(terms, *sent))

    def _response_alike(self, chunk: bytes) -> bytes | None:
        """The response to a request with the same cache key."""
        key = self._cache_key(chunk)
        if key is None or key not in self._entries:
            return None
        entry, response = self._entries[key], self.response(key)
        if response is not None and self._seen.seen(chunk):
            self._insert(chunk, entry)
        return response

    def _seen_before(self, chunk: bytes) -> bytes | None:
        """The bytes that came before: those of the request, or its cache key."""
        if self._seen.seen(chunk):
            return chunk
        key = self._cache_key(chunk)
        if key is None or key == chunk or not self._seen.seen(key):
            return None
        return key

    def _insert(self, chunk: bytes, entry: "_Entry") -> None:
        self._drop(chunk)
        self._entries[chunk] = entry
        self._size += entry.size(chunk)
        while self._size > self._limit:
            self._drop(next(iter(self._entries)))

    def _drop(self, chunk: bytes) -> None:
        entry = self._entries.pop(chunk, None)
        if entry is not None:
            self._size -= entry.size(chunk)

    def _set_date(self, entry: "_Entry", now: float) -> None:
        if now >= self._date_until:
            wall = self._clock.now()
            self._date = format_datetime(wall, usegmt=True).encode()
            self._date_until = now + 1 - wall.microsecond / 1_000_000
        before, after = entry.date_at, entry.date_at + DATE_LENGTH
        entry.response = entry.response[:before] + self._date + entry.response[after:]
        entry.dated_until = self._date_until


class _Entry:
    """A response under `terms`, with its date at `date_at`, which is right until the boottime `dated_until`. The
    terms are attributes of its own, which saves a look-up for each hit."""

    __slots__ = ("cell", "credential", "date_at", "dated_until", "response", "tally", "until")

    def __init__(self, terms: Terms, response: bytes, date_at: int) -> None:
        self.cell = terms.cell
        self.credential = terms.credential
        self.until = terms.until
        self.tally = terms.tally
        self.response = response
        self.date_at = date_at
        self.dated_until = 0.0

    def size(self, chunk: bytes) -> int:
        return len(chunk) + len(self.response) + OVERHEAD


def _is_plain_read(request: web.BaseRequest) -> bool:
    return (
        request.method == hdrs.METH_GET
        and request.version == HttpVersion11
        and not any(name in request.headers for name in REFUSED)
    )


def _as_sent(response: web.StreamResponse) -> tuple[bytes, int] | None:
    """The bytes, and the place of the date in them; None if other bytes were sent."""
    if not isinstance(response, web.Response) or response.status not in (200, 304):
        return None
    if not response.keep_alive or not isinstance(response.body, bytes | None):
        return None
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    head = "\r\n".join(lines).encode()
    date = head.find(DATE)
    sent = head + END + (response.body or b"")
    # Compression, chunked encoding, or a body that a 304 dropped change the length.
    whole = date >= 0 and len(sent) == response.body_length
    return (sent, date + len(DATE)) if whole else None
