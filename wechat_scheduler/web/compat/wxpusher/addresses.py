"""Reads the `url` of a message as scripts send it: encoded once too often, or without its scheme."""

import re
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

LONGEST: Final = 1000
# Encoded twice by a script, and once more by its HTTP library.
_MOST_LAYERS: Final = 3
# `%` becomes `%25` with each layer after the first.
_LONGEST_ENCODED: Final = LONGEST * (1 + 2 * _MOST_LAYERS)

_WHOLE = re.compile(r"https?://[^\s/?#\\]\S*", re.IGNORECASE)
_ENCODED = re.compile(r"(?:https?(?::|%))|%2f%2f|[^/?#]*%(?:25)*2f", re.IGNORECASE)
# `http:host`, `http:/host`, `http//host` and `//host`.
_SLASHES = re.compile(r"(?:(https?)(?::/?|//)|//)(?=[^/?#\s])", re.IGNORECASE)
# A name with a dot or an IPv4 address, then perhaps a port and a path.
_BARE = re.compile(
    r"(?:(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[\w-]+)|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)


class MessageLink(NamedTuple):
    """`note` says in Chinese what was mended; with an empty `url`, why it was left out."""

    url: str
    note: str = ""


_NO_LINK: Final = MessageLink("")


def read_address(text: str) -> MessageLink:
    given = text.strip()
    if not given:
        return _NO_LINK
    url = _mended(given) if len(given) <= _LONGEST_ENCODED else given
    if len(url) <= LONGEST and not (url.isprintable() and _has_place(url)):
        return MessageLink("", "url 不是 http:// 或 https:// 网址，已忽略")
    if len(url) > LONGEST:
        return MessageLink("", f"url 超过 {LONGEST} 个字符，已忽略")
    return MessageLink(url, f"url 已修正为 {url}" if url != given else "")


def _has_place(url: str) -> bool:
    """Whether it names a host, and a port that there can be."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _mended(text: str) -> str:
    """`text` as an address; empty if it can be none."""
    for _ in range(_MOST_LAYERS):
        if _WHOLE.match(text) or not _ENCODED.match(text):
            break
        text = unquote(text).strip()
    text = re.sub(r"\s", lambda blank: quote(blank[0]), text)
    if _WHOLE.fullmatch(text):
        return text
    text = _SLASHES.sub(lambda found: f"{found[1] or 'http'}://", text, count=1)
    if _WHOLE.fullmatch(text):
        return text
    return f"http://{text}" if _BARE.fullmatch(text) else ""
