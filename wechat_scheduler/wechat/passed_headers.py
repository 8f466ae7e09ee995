"""The headers of a call and of its answer that pass through the gateway."""

from collections.abc import Iterable, Sequence
from typing import Final

# Headers that are about one connection, or for us: an API key of ours is none of WeChat's business.
_NOT_PASSED: Final = frozenset(
    (
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length", "expect",
        "authorization", "x-api-key", "cookie", "forwarded", "x-forwarded-for", "x-forwarded-host",
        "x-forwarded-proto", "x-real-ip",
    )
)  # fmt: skip
# Some servers take them for another method or path than those that were let pass.
_OF_OTHER_CALLS: Final = frozenset(
    (
        "x-http-method", "x-http-method-override", "x-method-override", "x-original-url",
        "x-rewrite-url",
    )
)  # fmt: skip
NOT_SENT: Final = _NOT_PASSED | _OF_OTHER_CALLS
NOT_GIVEN_BACK: Final = _NOT_PASSED - {"content-length", "cookie"}


def passed(
    headers: Iterable[tuple[str, str]], left_out: frozenset[str]
) -> Sequence[tuple[str, str]]:
    """All but those that are left out, and those that the header Connection names."""
    given, named = [], set[str]()
    for header in headers:
        name = header[0].lower().replace("_", "-")  # some servers take them for the same
        if name == "connection":
            named.update(word.strip().lower() for word in header[1].split(","))
        if name not in left_out:
            given.append(header)
    named -= left_out
    return [it for it in given if it[0].lower() not in named] if named else given
