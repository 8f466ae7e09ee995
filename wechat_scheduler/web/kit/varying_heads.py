"""Heads of creates that differ only in what no handler reads, or in the value of their Idempotency-Key.

Tracing puts another id into each request, and a careful client another Idempotency-Key, so that no two heads have the
same bytes. The grammar here is narrower than aiohttp's: any unusual head is left to aiohttp.
"""

import re
from typing import Final, NamedTuple

from wechat_scheduler.engine.patterns import pattern

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
# Those of client libraries have 10, with what proxies add 30. A head that is known takes some hundred bytes for each.
MOST_LINES: Final = 40

# Headers that no handler reads but those that say so (`known_heads.READS_ALL`).
_UNREAD: Final = (
    *(
        "x-request-id",
        "x-correlation-id",
        "request-id",
        "traceparent",
        "tracestate",
        "baggage",
        "b3",
    ),
    *("x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"),
    *("x-amzn-trace-id", "x-cloud-trace-context", "sentry-trace", "uber-trace-id"),
)
_HEAD: Final = pattern(
    rb"POST [!-~]+ HTTP/1\.1\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*\r\n)+\r\n"
)
_UNREAD_LINE: Final = pattern(rb"\r\n(?:%b):[^\r]*" % "|".join(_UNREAD).encode(), re.IGNORECASE)
_KEY_LINE: Final = pattern(rb"\r\nidempotency-key:([^\r]*)", re.IGNORECASE)
_KEY: Final = pattern(rb" ?([!-~]+)")


class VaryingHead(NamedTuple):
    """What of a head its handler reads, without the Idempotency-Key; and that, empty if there is none."""

    fixed: bytes
    idempotency: str


def varying(head: bytes) -> VaryingHead | None:
    """None for one in which nothing varies, and for an unusual one."""
    if not _HEAD.fullmatch(head) or head.count(b"\n") > MOST_LINES:
        return None
    fixed, unread = _UNREAD_LINE.subn(b"", head)
    lines = list(_KEY_LINE.finditer(fixed))
    if not lines:
        return VaryingHead(fixed, "") if unread else None
    line, *others = lines
    key = _KEY.fullmatch(line[1])
    if others or key is None:
        return None
    return VaryingHead(fixed[: line.start(1)] + fixed[line.end(1) :], key[1].decode())
