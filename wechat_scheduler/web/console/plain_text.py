"""Characters that are not seen, made visible: a name with U+202E in it reads backwards, and turns what follows it.

The whole page is read, so that no text is forgotten. `<bdi>` would keep a name from turning its surroundings, but not
from reading backwards itself, and it cannot stand in titles, labels and questions.
"""

import re
from typing import Final

from wechat_scheduler.engine.unseen import UNSEEN, codepoint, may_hold_unseen

# What a form sends back, what a button copies and where a link leads stay as they are.
_EXACT: Final = r' (?:value|href|action|formaction|src|data-copy)="[^"]*"|<textarea[^<>]*>[^<]*'
_PLACES: Final = re.compile(f"{_EXACT}|{UNSEEN}")


def plainly(html: str) -> str:
    """The page with `[U+202E]` in the place of each such character that a person reads."""
    return _PLACES.sub(_shown, html) if may_hold_unseen(html) else html


def _shown(found: re.Match[str]) -> str:
    return f"[{codepoint(found['unseen'])}]" if found["unseen"] else found[0]
