"""Patterns that are compiled with their first use.

A set of Chinese characters takes a tenth of a millisecond to compile, and the grammar has a thousand. A
sentence needs few of them.
"""

import re
from typing import Any, cast

_PATTERNS: "list[_Uncompiled]" = []


class _Uncompiled:
    """Stands for a pattern until an attribute of it is read, and gives its methods from then on."""

    def __init__(self, text: str) -> None:
        self.pattern = text

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern)
        for each in ("match", "search", "fullmatch", "finditer", "findall", "sub"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def pattern(text: str) -> re.Pattern[str]:
    """The pattern of `text`. An invalid one raises re.error with its first use, or in `compile_all`."""
    uncompiled = _Uncompiled(text)
    _PATTERNS.append(uncompiled)
    return cast("re.Pattern[str]", uncompiled)


def compile_all() -> None:
    """Compiles the patterns that are not compiled yet, so that no sentence waits for them."""
    for uncompiled in _PATTERNS:
        _ = uncompiled.match
