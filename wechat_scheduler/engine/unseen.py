"""Characters that are not seen and change how the others are read: they turn a text around, or hide in it."""

from collections.abc import Sequence
from typing import Final

from wechat_scheduler.engine.patterns import pattern

# Of England, Scotland and Wales: a black flag with letters that are not seen.
_FLAG: Final = "\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
# Writings that have joiners, and emoji, of which some are several that are joined.
_JOINED: Final = "\u0590-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_JOINER: Final = f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])"
# Controls but for line ends and tabs, directions, what has no width, and what is blank.
_UNSEEN: Final = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Those that belong where they stand come first, so that they are passed over.
UNSEEN: Final = f"{_FLAG}|{_JOINER}|(?P<unseen>{_UNSEEN})"
_ANY: Final = pattern(UNSEEN)
_CANDIDATE: Final = pattern(_UNSEEN)


def unseen(text: str) -> Sequence[str]:
    """The names of those in the text, such as `U+202E`, each once."""
    if not may_hold_unseen(text):
        return []
    found = (one["unseen"] for one in _ANY.finditer(text))
    return list(dict.fromkeys(map(codepoint, filter(None, found))))


def may_hold_unseen(text: str) -> bool:
    """Whether to look closer: there are none, or some that may belong where they stand."""
    return _CANDIDATE.search(text) is not None


def codepoint(character: str) -> str:
    return f"U+{ord(character):04X}"
