"""HTML that is escaped by construction: a `str` is text, and only `Html` is markup."""

from collections.abc import Iterable
from html import escape
from typing import LiteralString

from wechat_scheduler.audience.addresses import is_web_address


class Html(str):
    """Markup, as opposed to text. Only `fill` and the sanitiser make it."""

    __slots__ = ()


def fill(template: LiteralString, **values: str | int | Iterable[Html] | None) -> Html:
    """`template` with its `{names}` replaced: text is escaped, `Html` is not, several `Html` are joined,
    None is left out. The template puts attributes into double quotes."""
    for name, value in values.items():
        if type(value) is not Html:  # most are
            values[name] = _markup(value)
    return Html(template.format_map(values))


def when(condition: object, markup: Html) -> Html:
    """`markup` if the condition is true, else nothing."""
    return markup if condition else Html()


def web_address(url: str) -> str:
    """`url` if it is an ordinary http(s) address, else nothing: a link never runs a script."""
    return url if is_web_address(url) else ""


def _markup(value: str | int | Iterable[Html] | None) -> Html:
    if value is None:
        return Html()
    if isinstance(value, Html):
        return value
    if isinstance(value, str | int):
        return Html(escape(str(value)))
    return Html("".join(map(_markup, value)))
