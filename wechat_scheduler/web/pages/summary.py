"""The line of text that stands for a message of HTML or Markdown where no markup is shown."""

import re
from html import unescape
from typing import Final

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.bounds import affordable
from wechat_scheduler.web.pages.content import FORMATTING, UNSEEN, render
from wechat_scheduler.web.pages.markup import Html

LONGEST: Final = 100

# Characters of Markdown that a summary is made of, and what their rendering may cost.
_HEAD: Final = 2000
_COST: Final = 1000

_ATTRIBUTES: Final = (
    r"""(?:[^>=]|=[ \t\n\f\r]*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s>"'][^\s>]*)?)*+"""
)
_INVISIBLE: Final = (
    rf"<!--.*?(?P<end>-->|\Z)"
    rf"|<(?P<name>{'|'.join(sorted(UNSEEN))})(?=[\s/>]){_ATTRIBUTES}"
    r"(?:>.*?(?P<close></(?P=name)\s*>|\Z)|\Z)"
)
_UNSEEN: Final = re.compile(_INVISIBLE, re.DOTALL | re.IGNORECASE)
_MARKUP: Final = re.compile(
    rf"{_INVISIBLE}|</?(?P<tag>[a-z][a-z0-9-]*){_ATTRIBUTES}(?:>|\Z)|<[!?][^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ENCODED: Final = re.compile(r"data:[\w/+.-]+;base64,[\w/+=%-]+")
# Of what can be seen without a text, the first that there is, and a text that may come with it.
_SEEN: Final = (
    (
        "图片",
        re.compile(r"""<img(?=[\s/>])(?:[^>]*\salt=(?:"([^"]*)"|'([^']*)'))?""", re.IGNORECASE),
    ),
    ("表格", re.compile(r"<table(?=[\s>])()()", re.IGNORECASE)),
    ("链接", re.compile(r"<a(?=\s)()()", re.IGNORECASE)),
)
_INLINE: Final = FORMATTING | {
    *("abbr", "acronym", "bdi", "bdo", "cite", "copy", "data", "del", "dfn", "ins", "kbd", "mark"),
    *("q", "ruby", "samp", "span", "sub", "sup", "time", "var", "wbr"),
}


def summary(content: str, form: Form) -> str:
    """The beginning of the content, at most `LONGEST` characters and never empty; of content without
    text, what it shows. Empty for a text, which is its own summary."""
    if form is Form.TEXT:
        return ""
    markup = content if form is Form.HTML else _head_of(content)
    return plain(markup)[:LONGEST].strip() or _shown(markup)


def plain(markup: str) -> str:
    """The text of the markup in one line."""
    return " ".join(unescape(_MARKUP.sub(_space, markup)).split())


def _head_of(markdown: str) -> Html:
    """The head, rendered, without what is not seen: that may be longer than the head."""
    seen = _ENCODED.sub("data:image/png;,", _UNSEEN.sub(_unless_open, markdown))
    return render(affordable(seen[:_HEAD], _COST), Form.MARKDOWN)


def _unless_open(found: re.Match[str]) -> str:
    return " " if found["end"] or found["close"] else found[0]


def _space(found: re.Match[str]) -> str:
    """Keeps paragraphs apart, and words together."""
    return "" if found["tag"] and found["tag"].lower() in _INLINE else " "


def _shown(markup: str) -> str:
    """What markup without text shows."""
    seen = _UNSEEN.sub("", markup)
    for name, pattern in _SEEN:
        if found := pattern.search(seen):
            text = " ".join(unescape(found[1] or found[2] or "").split())
            return f"[{name}] {text}"[:LONGEST].strip()
    return "[消息]"
