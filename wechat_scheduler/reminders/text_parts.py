"""Puts customer-service texts together from links, titles and lines. Pure."""

from collections.abc import Iterable
from typing import Final

# How a link begins.
LINK: Final = "<a href="


def anchor(url: str, text: str) -> str:
    """A link in a customer-service text; empty without an address."""
    return f'{LINK}"{url}">{text}</a>' if url else ""


def plain(text: str) -> str:
    """The text of another user, so that it makes no link."""
    return text.replace("<", "＜")


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def lines_of(facts: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name}：{value}" for name, value in facts if value)
