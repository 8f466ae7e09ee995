"""A page that says one thing: done, not found, gone, not now."""

from wechat_scheduler.web.pages.layout import Page, lay_out
from wechat_scheduler.web.pages.markup import fill, when


def notice_page(title: str, text: str, *, sign: str = "!", back: str = "") -> Page:
    """`sign` is one character; `back` the address of a page of ours to return to, empty if there is none."""
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
    """What was asked for has happened."""
    return notice_page(title, text, sign="✓", back=back)
