"""Heads of responses that were sent before, but for their length and their date.

Like `known_heads.py`, it uses private parts of aiohttp's server; `fastpath.py` checks the version.
"""

from collections.abc import Hashable
from typing import Any, Final

from aiohttp import hdrs, web

# Different ones to requests with one head: a success, and some kinds of refusals. A header with an id makes
# each different.
MOST: Final = 4


class KnownResponses:
    """The heads of responses to requests with one head: what completes a response goes by both alone."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[bytes, bytes]] = {}

    def head(self, key: Hashable, length: int, date: str) -> bytes | None:
        """The head of a response with a body of that length, which a handler returned with this key."""
        if (known := self._known.get(key)) is None:
            return None
        before, after = known
        return b"%b%b%b" % (before, _varying(length, date), after)

    def learn(self, key: Hashable, head: bytes, length: int, date: str) -> None:
        """`head` is what was sent."""
        before, varying, after = head.partition(_varying(length, date))
        if varying and len(self._known) < MOST:
            self._known[key] = before, after


def key_of(response: web.Response) -> Hashable:
    """What the handler decides of a head. Without the body, and before the headers that each response has."""
    headers: Any = response._headers
    return response._status, response._reason, *headers.items()


def _varying(length: int, date: str) -> bytes:
    return f"\r\n{hdrs.CONTENT_LENGTH}: {length}\r\n{hdrs.DATE}: {date}\r\n".encode()
