"""Heads of creates that differ only in what no handler reads, or in the value of their Idempotency-Key.

Tracing puts another id into each request, and a careful client another Idempotency-Key, so that no two heads have the
same bytes. The grammar here is narrower than aiohttp's: any unusual head is left to aiohttp.
"""

import re
from typing import Final, NamedTuple

# Names that no handler reads.
UNREAD: Final = frozenset(
    (
        *(
            b"x-request-id",
            b"x-correlation-id",
            b"request-id",
            b"traceparent",
            b"tracestate",
            b"baggage",
        ),
        *(
            b"b3",
            b"x-b3-traceid",
            b"x-b3-spanid",
            b"x-b3-parentspanid",
            b"x-b3-sampled",
            b"x-b3-flags",
        ),
        *(b"x-amzn-trace-id", b"x-cloud-trace-context", b"sentry-trace", b"uber-trace-id"),
    )
)
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
# aiohttp takes 128.
MOST_LINES: Final = 100

_HEAD: Final = re.compile(
    rb"POST [!-~]+ HTTP/1\.1\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*\r\n)+\r\n"
)
_KEYED: Final = re.compile(rb"(idempotency-key:) ?([!-~]+)", re.IGNORECASE)
_NAME: Final = IDEMPOTENCY_KEY.lower().encode()


class VaryingHead(NamedTuple):
    """What of a head its handler reads, without the Idempotency-Key; and that, empty if there is none."""

    fixed: bytes
    idempotency: str


def varying(head: bytes) -> VaryingHead | None:
    """None for one in which nothing varies, and for an unusual one."""
    if not _HEAD.fullmatch(head):
        return None
    line, *fields = head.split(b"\r\n")
    named = [(field.partition(b":")[0].lower(), field) for field in fields]
    kept = [field for name, field in named if name not in UNREAD]
    keys = [number for number, field in enumerate(kept) if field[: len(_NAME)].lower() == _NAME]
    if len(fields) > MOST_LINES or len(keys) > 1 or not (keys or len(kept) < len(fields)):
        return None
    value = ""
    for number in keys:
        if (found := _KEYED.fullmatch(kept[number])) is None:
            return None
        kept[number], value = found[1], found[2].decode()
    return VaryingHead(b"\r\n".join((line, *kept)), value)
