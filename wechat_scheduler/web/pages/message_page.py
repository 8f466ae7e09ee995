"""The page of a message."""

from datetime import datetime, tzinfo
from typing import Final

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.pages.bounds import affordable
from wechat_scheduler.web.pages.bulletin import bulletin_page
from wechat_scheduler.web.pages.content import render
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, web_address, when
from wechat_scheduler.web.pages.parts import lines, minute_words
from wechat_scheduler.web.pages.summary import summary

CUT: Final = "内容太长，后面的部分没有显示。"


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
    thread. Markdown that would take longer is cut, and a note says so."""
    if message.deleted:
        return bulletin_page("消息已删除", "发送者删除了这条消息，内容不再可见。")
    is_markdown = message.form is Form.MARKDOWN
    shown = affordable(message.content) if is_markdown else message.content
    content, heading = render(shown, message.form), _heading(message)
    body = fill(
        '<section><h1>{title}</h1><p class="faint">{app}<time>{sent}</time></p>'
        '<div class="content {paper}">{content}</div>{cut}{source}</section>',
        title=heading,
        app=when(heading != message.app_name, fill("{app} · ", app=message.app_name)),
        sent=minute_words(message.sent_at, message.zone),
        content=content,
        cut=lines(CUT if len(shown) < len(message.content) else "", "faint"),
        # A sender's colours are chosen for a white page.
        paper="white" if " style=" in content or " color=" in content else "",
        source=_source(web_address(message.url)),
    )
    return lay_out(message.title or message.app_name, body, foreign=True)


def _heading(message: MessagePage) -> str:
    """The app's name if the title repeats how the content begins."""
    if summary(message.content, message.form).startswith(message.title):
        return message.app_name
    return message.title


def _source(url: str) -> Html:
    link = fill(
        '<p><a class="button main" href="{url}" rel="noopener noreferrer">查看原文</a></p>', url=url
    )
    return when(url, link)
