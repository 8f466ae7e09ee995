"""Keywords with their texts as a form takes them: one a line, such as `thing1: parcel`."""

import re
from collections.abc import Mapping
from typing import Final

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.parts import code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill, when

NO_COLON: Final = Words(
    "needs a colon between keyword and value, such as thing1: parcel",
    "关键词和值之间要有冒号，例如 thing1：包裹",
)
# An equals sign is understood too.
_LINE: Final = re.compile(r"([^:：=]+)[:：=](.*)")


def named_keyword(keyword: str, labels: Mapping[str, str]) -> Html:
    """A keyword behind the word that users see in front of it, if that is known."""
    label = label_of(keyword, labels)
    return fill(
        "{label}{keyword}", label=when(label, fill("{label} ", label=label)), keyword=code(keyword)
    )


def label_of(keyword: str, labels: Mapping[str, str]) -> str:
    """The word that users see in front of it; empty if it is not known, or the keyword itself."""
    label = labels.get(keyword, "")
    return "" if label == keyword else label


def read_keywords(visit: Visit, text: str, *, field: str) -> dict[str, str]:
    """Raises InvalidRequestError at the field for a line that has no keyword."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        parts = _LINE.fullmatch(line)
        if parts is None or not parts[1].strip():
            raise InvalidRequestError(visit.say(NO_COLON), field=field)
        found[parts[1].strip()] = parts[2].strip()
    return found
