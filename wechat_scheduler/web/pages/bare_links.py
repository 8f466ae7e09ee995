"""Finds the addresses in a text without markup."""

import re
from collections.abc import Iterator
from typing import Final

_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
# These characters end a sentence or a remark in brackets more often than an address.
_AFTER_LINK: Final = ".,;:!?')"


def around_links(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a text and the address after it; the last address is empty."""
    end = 0
    for found in _LINK.finditer(text):
        url = found.group().rstrip(_AFTER_LINK)
        yield text[end : found.start()], url
        end = found.start() + len(url)
    yield text[end:], ""
