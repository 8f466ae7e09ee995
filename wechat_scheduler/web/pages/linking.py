"""Addresses that somebody wrote out in a text, made into links."""

import re
from collections.abc import Iterator
from typing import Final

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wechat_scheduler.web.pages.markup import Html, fill

_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
# These end a sentence, or a remark in brackets, more often than an address.
_AFTER_LINK: Final = ".,;:!?')"


def linked(text: str) -> Iterator[Html]:
    """`text`, escaped, with its addresses as links."""
    for before, url in _parts(text):
        yield fill("{before}", before=before)
        if url:
            yield fill('<a href="{url}" rel="noopener noreferrer">{url}</a>', url=url)


def link_bare(state: StateCore) -> None:
    """The same for Markdown: a rule of markdown-it's core chain."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_with_links(block.children))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of what is before an address, and it; the last has none."""
    end = 0
    for found in _LINK.finditer(text):
        url = found.group().rstrip(_AFTER_LINK)
        yield text[end : found.start()], url
        end = found.start() + len(url)
    yield text[end:], ""


def _with_links(tokens: list[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += _opens_or_closes(token)
        if token.type == "text" and not inside:
            yield from _split(token.content)
        else:
            yield token


def _opens_or_closes(token: Token) -> int:
    """Whether a link, written as Markdown or as HTML, begins (1) or ends (-1) here."""
    if token.type == "html_inline":
        tag = token.content.lower()
        return int(tag.startswith("<a ")) - int(tag.startswith("</a"))
    return {"link_open": 1, "link_close": -1}.get(token.type, 0)


def _split(text: str) -> Iterator[Token]:
    for before, url in _parts(text):
        yield Token("text", "", 0, content=before)
        if url:
            yield Token("link_open", "a", 1, attrs={"href": url})
            yield Token("text", "", 0, content=url)
            yield Token("link_close", "a", -1)
