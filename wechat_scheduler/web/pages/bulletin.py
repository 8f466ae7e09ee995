"""A page of one sentence: something is done, was not found, or has to wait."""

from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.parts import buttons, link_button


def bulletin_page(
    title: str, text: str, *, sign: str = "!", back: str = "", further: Html | None = None
) -> Page:
    """`sign` is one character; `back` is the address of a page of ours to return to, empty for none;
    `further` are buttons."""
    body = fill(
        '<section class="centre"><div class="sign" aria-hidden="true">{sign}</div>'
        '<h1>{title}</h1><p class="text">{text}</p>{further}{back}</section>',
        sign=sign,
        title=title,
        text=text,
        further=further,
        back=buttons([link_button(back, "返回")]) if back else None,
    )
    return lay_out(title, body)


def done_page(title: str, text: str, *, further: Html | None = None) -> Page:
    """The page that confirms an action."""
    return bulletin_page(title, text, sign="✓", further=further)
