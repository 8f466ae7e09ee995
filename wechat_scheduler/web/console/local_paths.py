"""Addresses that a visitor is sent to: only paths of this daemon."""

import re
from typing import Final

# One slash, and no second one or backslash after it, which browsers take for a host.
_LOCAL: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", re.ASCII)
_LONGEST: Final = 2000


def local_path(text: str) -> str:
    """The path of this daemon that `text` is, with its query; the overview for any other text."""
    return text if len(text) <= _LONGEST and _LOCAL.fullmatch(text) else "/"
