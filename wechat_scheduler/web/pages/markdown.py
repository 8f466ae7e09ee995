"""Makes HTML of Markdown, with links for its bare addresses. The HTML may do harm: `content` cleans it."""

from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wechat_scheduler.web.pages.bare_links import around_links


def from_markdown(text: str) -> str:
    html: str = _parser().render(text)
    return html


@cache
def _parser() -> MarkdownIt:
    options = {"html": True, "breaks": True}  # the sanitiser cleans its HTML, too
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.core.ruler.push("bare_links", _link_bare)
    return parser


def _link_bare(state: StateCore) -> None:
    """A rule of markdown-it's core chain."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_with_links(block.children))


def _with_links(tokens: list[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += _opens_or_closes(token)
        if token.type == "text" and not inside:
            yield from _text_with_links(token.content)
        else:
            yield token


def _opens_or_closes(token: Token) -> int:
    """1 where a link begins, in Markdown or in HTML, -1 where it ends, else 0."""
    if token.type == "html_inline":
        tag = token.content.lower()
        return int(tag.startswith("<a ")) - int(tag.startswith("</a"))
    return {"link_open": 1, "link_close": -1}.get(token.type, 0)


def _text_with_links(text: str) -> Iterator[Token]:
    for before, url in around_links(text):
        yield Token("text", "", 0, content=before)
        if url:
            yield Token("link_open", "a", 1, attrs={"href": url})
            yield Token("text", "", 0, content=url)
            yield Token("link_close", "a", -1)
