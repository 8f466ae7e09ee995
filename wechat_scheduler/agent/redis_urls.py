"""The URL of a Redis. What the client of Redis does not understand in one, it replaces by 127.0.0.1:6379, database 0."""

import re

_WRONG = (
    "expected redis://HOST:PORT/DB, rediss:// for TLS, or unix:///PATH, such as redis://:PASSWORD@127.0.0.1:6379/0; "
    "in a password, / is %2F, @ is %40, : is %3A, # is %23, ? is %3F and % is %25"
)
_USER = r"(?:[^\s/?#@:]*(?::[^\s/?#@]*)?@)?"
_QUERY = r"(?:\?[^\s?#]+)?"
_URL = re.compile(
    rf"rediss?://{_USER}(?:[\w.-]+|\[[0-9A-Fa-f:.]+(?:%\w+)?\])(?::(?P<port>\d{{1,5}}))?(?:/\d{{0,9}})?{_QUERY}"
    rf"|unix://{_USER}/[^\s?#]+{_QUERY}"
)


def redis_url(text: str) -> str:
    """The same URL. Raises ValueError, which does not quote it, if it does not say where Redis is."""
    found = _URL.fullmatch(text)
    if not found or not 0 < int(found["port"] or 1) < 65536:
        raise ValueError(_WRONG)
    return text
