"""The content of a message as markup that does no harm.

HTML and Markdown go through one sanitiser: an allow-list of elements, attributes, style properties
and URL schemes. Addresses in plain text become links. `<copy data-clipboard-text="…">label</copy>` is a
button that copies its text.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import nh3

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.bare_links import around_links
from wechat_scheduler.web.pages.markup import Html, fill

TAGS: Final = (nh3.ALLOWED_TAGS | {"copy", "font", "section"}) - {"map", "area"}
# Elements that are left out with all that is in them; of other unknown elements the text stays.
UNSEEN: Final = frozenset(
    ("iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title")
)
ATTRIBUTES: Final = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"style", "title", "lang", "dir", "align"},
    "copy": {"data-clipboard-text"},
    "font": {"color", "size"},
}
# No property that takes an element out of its place, hides or moves it.
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

# A browser repeats formatting elements that are not closed in each paragraph that follows. Content that
# may have more of them is read with aliases, which nothing repeats.
FORMATTING: Final = frozenset(
    (
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    )
)
MOST_REPEATED: Final = 100_000
_ALIAS: Final = "x-"
_FORMATTING = re.compile(rf"<(/?)({'|'.join(sorted(FORMATTING))})(?=[\s/>])", re.IGNORECASE)


def render(content: str, form: Form) -> Html:
    """The content as markup: it runs no script, posts nothing, and stays in its place."""
    match form:
        case Form.TEXT:
            return fill('<div class="text">{text}</div>', text=_linked(content))
        case Form.HTML:
            return _cleaned(content)
        case Form.MARKDOWN:
            # Its parser has 60 modules, which a start without Markdown does not wait for.
            from wechat_scheduler.web.pages.markdown import from_markdown

            return _cleaned(from_markdown(content))


def _cleaned(markup: str) -> Html:
    if len(_FORMATTING.findall(markup)) * markup.count("<") <= MOST_REPEATED:
        return Html(_cleaner().clean(markup))
    markup = _cleaner(_ALIAS).clean(_FORMATTING.sub(rf"<\1{_ALIAS}\2", markup))
    return Html(markup.replace(f"<{_ALIAS}", "<").replace(f"</{_ALIAS}", "</"))


@cache
def _cleaner(alias: str = "") -> nh3.Cleaner:
    """`alias` stands before the names of formatting elements."""
    attributes = ATTRIBUTES | {alias + tag: ATTRIBUTES[tag] for tag in ("a", "font")}
    link = {alias + "a": {"rel": "noopener noreferrer"}} if alias else {}
    return nh3.Cleaner(
        tags=TAGS | {alias + tag for tag in TAGS & FORMATTING},
        clean_content_tags=set(UNSEEN),
        attributes=attributes,
        attribute_filter=_attribute,
        filter_style_properties=STYLES,
        set_tag_attribute_values={"copy": {"role": "button", "tabindex": "0"}} | link,
        url_schemes=SCHEMES,
        url_relative="deny",  # a relative address would lead to a page of ours
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Allows `data:` for pictures only."""
    if name in ("href", "src", "cite") and value.strip().lower().startswith("data:"):
        is_picture = tag == "img" and value.strip().lower().startswith("data:image/")
        return value if is_picture else None
    return value


def _linked(text: str) -> Iterator[Html]:
    """`text`, escaped, with its addresses as links."""
    for before, url in around_links(text):
        yield fill("{before}", before=before)
        if url:
            yield fill('<a href="{url}" rel="noopener noreferrer">{url}</a>', url=url)
