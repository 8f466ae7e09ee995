"""Odd spaces between the pieces of a text: as a browser shows it, where a space before an element and one in it are one."""

import re
from collections.abc import Iterator
from html import unescape

from tests.console.elements import DOCTYPE, TOKEN

# Elements that stand in a line with the text around them.
IN_LINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "time", "wbr"}
# What a person does not read, or reads as it was written.
UNREAD = {"head", "pre", "script", "style", "svg", "textarea", "title", "datalist", "select"}
EDGE = "\x00"
ODD = re.compile(
    "|".join(
        (
            " {2,}",  # two spaces
            rf" {EDGE}+ ",  # one before an element, and one at its beginning
            rf" {EDGE}*[,.;:!?)](?![\w/])",  # one before a comma
            rf"\({EDGE}* ",
            rf" {EDGE}*[，。；：！？）、]|[，。；：！？（、]{EDGE}* ",  # one beside Chinese signs, which have room of their own
            rf"\w{EDGE}+\w",  # words that have grown together
        )
    ),
)


def odd_spaces(html: str) -> list[str]:
    """Each with the text around it."""
    return [
        line[max(0, found.start() - 30) : found.end() + 30].replace(EDGE, "|")
        for line in lines(html)
        for found in ODD.finditer(line)
    ]


def lines(html: str) -> Iterator[str]:
    """The text between two elements that begin a line, with an `EDGE` for each tag in it."""
    written, unread = "", 0
    for token in TOKEN.finditer(html.removeprefix(DOCTYPE)):
        text, closing, closed, tag, attributes, _ = token.groups()
        if not unread:
            written += unescape(text)
        name = tag or closed or ""
        if name in UNREAD:
            unread += -1 if closing else 1
        if name in IN_LINE and not (attributes and 'class="button' in attributes):
            written += "" if unread else EDGE
        elif written:
            yield re.sub(r"\s*\n\s*", " ", written).strip()
            written = ""
