"""Patterns that are compiled with their first use.

A pattern takes a tenth of a millisecond to compile; the grammar has a thousand, and a sentence needs few of them. A
start needs few of the others.
"""

import re
from typing import Any, AnyStr, Final, cast

_FEW: Final = 50
_PATTERNS: "list[LatePattern]" = []


class LatePattern:
    """Stands for a pattern until an attribute of it is read, and gives its methods from then on."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self.flags)
        for each in ("match", "search", "fullmatch", "finditer", "findall", "split", "sub"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern of `text`. An invalid one raises re.error with its first use, or in `compile_all`."""
    uncompiled = LatePattern(text, flags)
    _PATTERNS.append(uncompiled)
    return cast("re.Pattern[AnyStr]", uncompiled)


def compile_all() -> None:
    """Compiles the patterns that are not compiled yet, so that no sentence waits for them."""
    while compile_some():
        pass


def compile_some() -> bool:
    """Compiles a few of them, in some milliseconds; whether there were any."""
    uncompiled = [each for each in _PATTERNS if "match" not in vars(each)][:_FEW]
    for each in uncompiled:
        _ = each.match
    return bool(uncompiled)
