"""Reads a page of the console as a tree of elements. What no template of ours writes is refused, and so is text that
became markup."""

import re
from dataclasses import dataclass
from html import unescape

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
DOCTYPE = "<!doctype html>"


@dataclass(slots=True, eq=False)
class Element:
    """An element of a page. `text` is that of all that is in it."""

    tag: str
    head: str
    # Of the whole page. Those that are in this one are from the first to the last.
    elements: list["Element"]
    texts: list[str]
    first: int
    first_text: int
    last: int = 0
    last_text: int = 0
    _attributes: dict[str, str] | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """Read when a test looks at them: `TOKEN` has seen that `head` is nothing else."""
        if self._attributes is None:
            found = ATTRIBUTE.findall(self.head) if self.head else []
            self._attributes = {
                name: unescape(value) if "&" in value else value for name, value in found
            }
        return self._attributes

    @property
    def text(self) -> str:
        return " ".join(self.written.split())

    @property
    def written(self) -> str:
        """Its text with all spaces."""
        return "".join(self.texts[self.first_text : self.last_text])

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def find(self, tag: str = "", **wanted: str) -> list["Element"]:
        """The elements in it with that tag and those attributes, in order; `class_` and `data_live` are written
        so. A class is one of several."""
        inner = self.elements[self.first : self.last]
        if tag:
            inner = [one for one in inner if one.tag == tag]
        if not wanted:
            return inner
        return [one for one in inner if all(one.has(name, wanted[name]) for name in wanted)]

    def one(self, tag: str = "", **wanted: str) -> "Element":
        (found,) = self.find(tag, **wanted)
        return found

    def has(self, name: str, value: str) -> bool:
        name = name.rstrip("_").replace("_", "-")
        if name == "class":
            return value in self["class"].split()
        return self.attributes.get(name) == value


# Text, and the tag after it. An attribute is in double quotes and has no `<`.
TOKEN = re.compile(
    r'([^<]*)(?:<(?:(/)([a-z][a-z0-9]*)|([a-z][a-z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<]*")?)*)\s*(/?))>)?'
)
ATTRIBUTE = re.compile(r'([a-zA-Z][\w:-]*)(?:="([^"]*)")?')


def read(html: str) -> Element:
    """The root of a page. It takes a third of the time of the standard library's parser, which forgives much."""
    root = Element("", "", [], [], 0, 0)
    elements, texts, opened = root.elements, root.texts, [root]
    at = 0
    for token in TOKEN.finditer(html.removeprefix(DOCTYPE)):
        text, closing, closed, tag, head, empty = token.groups()
        at = token.end()
        if text:
            texts.append(unescape(text) if "&" in text else text)
        if closing:
            one = opened.pop()
            assert one.tag == closed, f"</{closed}> closes another element"
            one.last, one.last_text = len(elements), len(texts)
        elif tag:
            made = Element(tag, head, elements, texts, len(elements) + 1, len(texts))
            elements.append(made)
            if tag not in VOID and not empty:
                opened.append(made)
        elif not text:
            break
    rest = html.removeprefix(DOCTYPE)[at:]
    assert not rest, f"no template of ours writes {rest[:80]}"
    assert opened == [root], f"<{opened[-1].tag}> is not closed"
    root.last, root.last_text = len(elements), len(texts)
    return root
