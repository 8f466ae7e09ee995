"""Finds the part of a read that its response depends on.

Tracing puts another id into each request, so that no two have the same bytes. The request line and a few
headers decide the response; all other headers are left out of the cache key. The grammar here is narrower
than aiohttp's: any unusual head is left to aiohttp.
"""

from typing import Final

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.web.kit.memo import LARGEST

# What the normal path reads, or may read in future, of a request: who calls, whether and how the
# connection continues, and what is wanted. The last line may not occur twice.
HEEDED: Final = frozenset(
    (
        *(b"authorization", b"cookie", b"forwarded", b"host", b"origin", b"x-api-key"),
        *(b"x-real-ip", b"connection", b"expect", b"http2-settings", b"keep-alive", b"te"),
        *(b"trailer", b"transfer-encoding", b"upgrade", b"idempotency-key", b"range"),
        *(b"etag", b"max-forwards", b"server", b"user-agent"),
    )
)
HEEDED_GROUPS: Final = (b"accept", b"content-", b"if-", b"proxy-", b"sec-", b"x-forwarded-")

# aiohttp takes 128.
MOST_LINES: Final = 100

_HEAD: Final = pattern(
    rb"GET [!-~]+ HTTP/1\.1\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*\r\n)+\r\n"
)


def cache_key(chunk: bytes) -> bytes | None:
    """`chunk` without the headers that no response depends on; None if it is not exactly one plain head."""
    if len(chunk) > LARGEST or not _HEAD.fullmatch(chunk):
        return None
    line, *fields = chunk.split(b"\r\n")
    if len(fields) > MOST_LINES:
        return None
    return b"\r\n".join((line, *filter(_is_heeded, fields)))


def _is_heeded(field: bytes) -> bool:
    """True for the empty lines at the end of a head, too."""
    name = field.partition(b":")[0].lower()
    return not name or name in HEEDED or name.startswith(HEEDED_GROUPS)
