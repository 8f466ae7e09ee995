"""Chooses between template, text and the other ways to reach one user, and formats the message for each."""

from datetime import datetime, timedelta

from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.text_windows import takes_texts
from wechat_scheduler.delivery.keywords import ELLIPSIS
from wechat_scheduler.delivery.model import Content, Delivery, Form, Way
from wechat_scheduler.delivery.notes import NO_URL
from wechat_scheduler.delivery.refused_messages import heard_too_long_ago
from wechat_scheduler.engine.records import replace

# Bytes of UTF-8 in a customer-service text ("客服消息").
TEXT_LIMIT = 2048

QUOTE = '"'

# WeChat shows a template message once that is repeated within this time ("防重入id").
RECOGNISED = timedelta(minutes=10)


def ways(content: Content, app: App, receiver: Subscriber, now: datetime) -> tuple[Way, ...]:
    """The ways to try in turn. A message that names a template is never sent as a text. A mini-program
    has no template messages, and sends its templates as subscribe notices.

    Raises SendError if no way is open.
    """
    found = _ways(content, app, receiver, now)
    if not app.mini_program:
        return found
    return tuple(Way.SUBSCRIBE if way is Way.TEMPLATE else way for way in found)


def _ways(content: Content, app: App, receiver: Subscriber, now: datetime) -> tuple[Way, ...]:
    if content.way is not Way.AUTO:
        return (content.way,)
    if content.template:
        return (Way.TEMPLATE,)
    has_template = content.purpose in app.templates
    found = (Way.TEXT,) if takes_texts(receiver, now) else ()
    if has_template:
        return (*found, Way.TEMPLATE)
    if found or receiver.heard_at is None:
        return (Way.TEXT,)
    raise heard_too_long_ago(app, content)


def page(content: Content, app: App) -> MiniProgramPage | None:
    """The page of a mini-program that a tap opens: the message's own, or that of its template."""
    template = app.templates.get(content.template or content.purpose)
    found = content.page or (template.page if template else None)
    return found and replace(found, appid=found.appid or app.appid)


def note_on_url(content: Content, app: App) -> tuple[str, ...]:
    """A note if the message may come as a notice that cannot open its `url`."""
    is_notice = app.mini_program and content.way not in (Way.TEXT, Way.WEBHOOK)
    return (NO_URL.en,) if is_notice and content.url and not page(content, app) else ()


def text(content: Content, url: str, opened: MiniProgramPage | None = None) -> str:
    """A customer-service text: title and content, cut at WeChat's limit, and a link to `url`, or to the
    `opened` page of a mini-program."""
    whole, link = _whole(content), _link(url, opened)
    cut_off = _cut_bytes(whole, _room(link))
    return "\n\n".join(filter(None, (cut_off, link)))


def fits(content: Content, url: str, opened: MiniProgramPage | None = None) -> bool:
    """Whether a text can hold all of the content and the link."""
    link = _link(url, opened)
    return content.form is Form.TEXT and len(_whole(content).encode()) <= _room(link)


def is_recognised(content: Content, delivery: Delivery, way: Way, now: datetime) -> bool:
    """Whether WeChat shows a repeat only once. True for a template message that was sent within
    RECOGNISED and not tried as a text."""
    doubted_at, receiver = delivery.doubted_at, delivery.receiver
    if way is not Way.TEMPLATE or doubted_at is None or receiver is None:
        return False
    chooses_freely = content.way is Way.AUTO and not content.template
    return now - doubted_at < RECOGNISED and not (
        chooses_freely and takes_texts(receiver, doubted_at)
    )


def _whole(content: Content) -> str:
    shown = content.text if content.form is Form.TEXT else ""
    return "\n\n".join(filter(None, (content.title if content.title != shown else "", shown)))


def _room(link: str) -> int:
    """Bytes that remain for the text in front of a link."""
    return TEXT_LIMIT - len(f"\n\n{link}".encode()) if link else TEXT_LIMIT


def _link(url: str, opened: MiniProgramPage | None) -> str:
    """A link to both; a WeChat that is too old for mini-programs opens `url`. Source: 客服接口-发消息."""
    given = {"href": url}
    if opened:
        given |= {"data-miniprogram-appid": opened.appid, "data-miniprogram-path": opened.path}
    marks = [f'{name}="{text.replace(QUOTE, "%22")}"' for name, text in given.items() if text]
    return f"<a {' '.join(marks)}>查看详情</a>" if marks else ""


def _cut_bytes(value: str, limit: int) -> str:
    encoded = value.encode()
    if len(encoded) <= limit:
        return value
    return encoded[: limit - len(ELLIPSIS.encode())].decode(errors="ignore") + ELLIPSIS
