"""What a sender wrote, as markup that can do no harm.

HTML and Markdown go through one sanitiser: an allow-list of elements, attributes, style properties
and URL schemes. `<copy data-clipboard-text="…">label</copy>` is a button that copies its text.
"""

from functools import cache
from html import unescape
from typing import Final

import nh3
from markdown_it import MarkdownIt

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.linking import link_bare, linked
from wechat_scheduler.web.pages.markup import Html, fill

TAGS: Final = (nh3.ALLOWED_TAGS | {"copy", "font", "section"}) - {"map", "area"}
ATTRIBUTES: Final = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"style", "title", "lang", "dir", "align"},
    "copy": {"data-clipboard-text"},
    "font": {"color", "size"},
}
# Nothing that lifts an element out of its place, hides it, or moves.
SIDES: Final = ("", "-bottom", "-left", "-right", "-top")
STYLES: Final = {
    *(f"{around}{side}" for around in ("border", "margin", "padding") for side in SIDES),
    *(f"border-{part}" for part in ("collapse", "color", "radius", "spacing", "style", "width")),
    *(f"font-{part}" for part in ("family", "size", "style", "weight")),
    *(f"text-{part}" for part in ("align", "decoration", "indent")),
    *("background", "background-color", "color", "height", "letter-spacing", "line-height"),
    *("list-style-type", "max-height", "max-width", "vertical-align", "white-space"),
    *("width", "word-break"),
}
SCHEMES: Final = {"http", "https", "mailto", "tel", "data"}


def render(content: str, form: Form) -> Html:
    """The content as markup: it runs no script, posts nothing, and stays where it is put."""
    match form:
        case Form.TEXT:
            return fill('<div class="text">{text}</div>', text=linked(content))
        case Form.HTML:
            return _cleaned(content)
        case Form.MARKDOWN:
            return _cleaned(_markdown().render(content))


def plain(markup: Html) -> str:
    """What it says, without its marks, in one line."""
    # A space where a paragraph ends; what is said is escaped, so that every "<" is a mark.
    return " ".join(unescape(nh3.clean(markup.replace("<", " <"), tags=set())).split())


def _cleaned(markup: str) -> Html:
    return Html(_cleaner().clean(markup))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=STYLES,
        set_tag_attribute_values={"copy": {"role": "button", "tabindex": "0"}},
        url_schemes=SCHEMES,
        url_relative="deny",  # it would lead to a page of ours
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """`data:` is for pictures only."""
    if name in ("href", "src", "cite") and value.strip().lower().startswith("data:"):
        is_picture = tag == "img" and value.strip().lower().startswith("data:image/")
        return value if is_picture else None
    return value


@cache
def _markdown() -> MarkdownIt:
    options = {"html": True, "breaks": True}  # what is HTML in it is cleaned with the rest
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.core.ruler.push("bare_links", link_bare)
    return parser
