"""Reads the XML of pushes as WeChat writes it, which is not always XML.

Source: "接收普通消息", "接收事件推送". WeChat puts a text into a CDATA section, and is reported to put what a
person typed there as it is, `]]>` and tags included. An XML parser ends such a text early and takes the
rest for WeChat's own elements, so that a follower can act as another. This reader does not parse:

* An element with a value of WeChat's ends at its first closing tag; one in which people's words stand
  ends at its last, and all between is text.
* Of several elements of one name the first counts. WeChat writes who and what before any words.
"""

import re
import sys
from collections.abc import Iterable, Iterator

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Mending, PushedMessage
from wechat_scheduler.wechat import refused_pushes
from wechat_scheduler.wechat.xml_repair import REPLACEMENT, Mender

# Elements in which words of people stand: typed, spoken, scanned, or the name of a place, page or file.
WORDS = frozenset(
    (
        "Content", "Recognition", "EventKey", "Title", "Description", "Url", "Label", "Poiname",
        "ScanResult", "ScanCodeInfo", "SendLocationInfo", "info",
    )
)  # fmt: skip

# The entries of a list are elements of this name.
LIST = "List"

# A message has about ten elements, and a list a few dozen.
MOST_ELEMENTS = 300

_ROOT = pattern(
    r"\s*(?:<\?xml[^>]*\?>\s*)?<([A-Za-z_][\w.-]*)\s*(?:/|>(?P<inner>.*)</\1\s*)>\s*",
    re.ASCII | re.DOTALL,
)
# An opening tag; or a comment, an instruction or a text between elements, in which no element stands.
_OPENING = pattern(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<([A-Za-z_][\w.-]*)\s*(/?)>",
    re.ASCII | re.DOTALL,
)
_SECTION = pattern(r"\s*<!\[CDATA\[")
_SECTION_END = "]]>"
# How a writer who knows XML puts the end of a section into a section.
_SPLIT_END = "]]]]><![CDATA[>"
_ENTITY = pattern(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def read_xml(document: bytes) -> PushedMessage:
    """The elements below the root; of those below them, only the entries of a list.

    Raises RefusedPushError.
    """
    mender = Mender()
    text = mender.decode(document)
    root = _ROOT.fullmatch(text)
    if root is None:
        raise RefusedPushError(
            refused_pushes.DOCTYPE.en
            if "<!DOCTYPE" in text.partition("<xml")[0]
            else refused_pushes.BROKEN_XML.en
        )
    elements = tuple(_elements(root["inner"] or ""))
    fields = _fields(elements, mender)
    items = tuple(_fields(_elements(entry), mender) for entry in _entries(elements))
    return PushedMessage(fields=fields, items=items, mended=frozenset(mender.done))


def _elements(markup: str) -> Iterator[tuple[str, str]]:
    """Each outermost element with the markup in it, up to one that is not closed."""
    at = 0
    for _ in range(MOST_ELEMENTS):
        opening = _OPENING.search(markup, at)
        if opening is None:
            return
        name, at = opening[1], opening.end()
        if name is None:
            continue
        end = at if opening[2] else _end(markup, name, at)
        if end < 0:
            return
        yield name, markup[at:end]
        at = end
    raise RefusedPushError(refused_pushes.MANY_ELEMENTS.fill(most=MOST_ELEMENTS))


def _end(markup: str, name: str, begin: int) -> int:
    """Where the closing tag stands; negative without one."""
    tag = f"</{name}>"
    find = markup.rfind if name in WORDS else markup.find
    if _SECTION.match(markup, begin):
        end = find(_SECTION_END + tag, begin)
        if end >= 0:
            return end + len(_SECTION_END)
    return find(tag, begin)


def _entries(elements: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The entries of the lists in the elements."""
    for name, inner in elements:
        if name not in WORDS and not _SECTION.match(inner):
            yield from (entry for name, entry in _elements(inner) if name == LIST)


def _fields(elements: Iterable[tuple[str, str]], mender: Mender) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, inner in elements:
        if name not in found:
            found[name] = mender.mend(_text(inner, mender))
    return found


def _text(inner: str, mender: Mender) -> str:
    """The text of an element; of one with others in it, their markup."""
    section = _SECTION.match(inner)
    whole = inner.rstrip()
    if section and whole.endswith(_SECTION_END):
        return _typed(whole[section.end() : -len(_SECTION_END)], mender)
    return _ENTITY.sub(_character, inner) if "&" in inner else inner


def _typed(text: str, mender: Mender) -> str:
    """What a person typed into a section. If each end of a section in it is split, its writer knows XML;
    in a text as it was typed such a splitting is most unlikely."""
    if _SECTION_END not in text:
        return text
    parts = text.split(_SPLIT_END)
    if not any(_SECTION_END in part for part in parts):
        return _SECTION_END.join(parts)
    mender.done.add(Mending.MARKUP)
    return text


def _character(entity: re.Match[str]) -> str:
    name, decimal, hexadecimal = entity.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code <= sys.maxunicode else REPLACEMENT
