"""The page of a message."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.bulletin import bulletin_page
from wechat_scheduler.web.pages.content import plain, render
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, web_address, when
from wechat_scheduler.web.pages.parts import minute_words


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """`title` is the summary; `url` is the sender's link, empty for none. A deleted message shows
    neither its title nor its content."""

    title: str
    content: str
    form: Form
    app_name: str
    sent_at: datetime
    zone: tzinfo
    url: str = ""
    deleted: bool = False


def message_page(message: MessagePage) -> Page:
    """The page as a document. 40,000 characters of hostile Markdown take half a second: call it in a
    thread."""
    if message.deleted:
        return bulletin_page("消息已删除", "发送者删除了这条消息，内容不再可见。")
    content = render(message.content, message.form)
    body = fill(
        '<section><h1>{title}</h1><p class="faint">{app} · <time>{sent}</time></p>'
        '<div class="content {paper}">{content}</div>{source}</section>',
        title=_heading(message, content),
        app=message.app_name,
        sent=minute_words(message.sent_at, message.zone),
        content=content,
        # A sender's colours are chosen for a white page.
        paper="white" if " style=" in content or " color=" in content else "",
        source=_source(web_address(message.url)),
    )
    return lay_out(message.title or message.app_name, body, foreign=True)


def _heading(message: MessagePage, content: Html) -> str:
    """The app's name if the title repeats how the content begins."""
    is_marked_up = message.form is not Form.TEXT
    if is_marked_up and plain(content).startswith(message.title):
        return message.app_name
    return message.title or message.app_name


def _source(url: str) -> Html:
    link = fill(
        '<p><a class="button main" href="{url}" rel="noopener noreferrer">查看原文</a></p>', url=url
    )
    return when(url, link)
