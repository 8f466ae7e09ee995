"""A page of one sentence: something is done, was not found, or has to wait."""

from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import fill, when


def bulletin_page(title: str, text: str, *, sign: str = "!", back: str = "") -> Page:
    """`sign` is one character; `back` is the address of a page of ours to return to, empty for none."""
    link = fill('<p><a class="button" href="{back}">返回</a></p>', back=back)
    body = fill(
        '<section class="centre"><div class="sign" aria-hidden="true">{sign}</div>'
        '<h1>{title}</h1><p class="text">{text}</p>{link}</section>',
        sign=sign,
        title=title,
        text=text,
        link=when(back, link),
    )
    return lay_out(title, body)


def done_page(title: str, text: str = "", *, back: str = "") -> Page:
    """The page that confirms an action."""
    return bulletin_page(title, text, sign="✓", back=back)
