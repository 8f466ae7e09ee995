"""The landing page of a message: where a tap on it in WeChat leads."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.content import plain, render
from wechat_scheduler.web.pages.layout import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, web_address, when
from wechat_scheduler.web.pages.notice import notice_page
from wechat_scheduler.web.pages.times import spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """`title` is the summary, `url` the sender's link (empty: none). Of a deleted one nothing of
    what it said is shown."""

    title: str
    content: str
    form: Form
    app_name: str
    sent_at: datetime
    zone: tzinfo
    url: str = ""
    deleted: bool = False


def message_page(message: MessageView) -> Page:
    """The status is the handler's: 410 where `deleted` is set.

    The worst 40,000 characters of Markdown take half a second: call it in a thread.
    """
    if message.deleted:
        return notice_page("消息已删除", "发送者删除了这条消息，内容不再可见。")
    content = render(message.content, message.form)
    body = fill(
        '<section><h1>{title}</h1><p class="faint">{app} · <time>{sent}</time></p>'
        '<div class="content {paper}">{content}</div>{source}</section>',
        title=_heading(message, content),
        app=message.app_name,
        sent=spoken(message.sent_at, message.zone),
        content=content,
        # whoever chose colours chose them for white paper
        paper="white" if " style=" in content or " color=" in content else "",
        source=_source(web_address(message.url)),
    )
    return lay_out(message.title or message.app_name, body, foreign=True)


def _heading(message: MessageView, content: Html) -> str:
    """A title that was made of how the content begins would only say it twice."""
    is_marked_up = message.form is not Form.TEXT
    if is_marked_up and plain(content).startswith(message.title):
        return message.app_name
    return message.title or message.app_name


def _source(url: str) -> Html:
    link = fill(
        '<p><a class="button main" href="{url}" rel="noopener noreferrer">查看原文</a></p>', url=url
    )
    return when(url, link)
