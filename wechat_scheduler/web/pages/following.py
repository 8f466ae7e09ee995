"""Pages about who may send: an app or a topic to follow, an app's home, consent to reminders."""

import enum
from dataclasses import dataclass
from datetime import datetime, tzinfo

from wechat_scheduler.web.pages.layout import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import lines, scan
from wechat_scheduler.web.pages.times import spoken


class Followed(enum.StrEnum):
    """What can be followed, as its readers call it."""

    APP = "应用"
    TOPIC = "主题"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowView:
    """`qr` is what the QR code holds; `expires_at` None for one that lasts."""

    kind: Followed
    name: str
    description: str
    contact: str
    qr: str
    zone: tzinfo
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """`uid` is the reader's, empty if unknown; `switches` the address of the reader's own page; `qr`
    empty for a reader who follows already."""

    name: str
    description: str
    contact: str
    uid: str = ""
    switches: str = ""
    qr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoriseView:
    """`authorised`: the reader has allowed it, and `qr` is not shown."""

    app_name: str
    qr: str
    authorised: bool = False


def follow_page(view: FollowView) -> Page:
    sections = [
        _about(view.name, view.kind, view.description, view.contact),
        scan(view.qr, f"关注后，即可在微信里收到这个{view.kind}的消息"),
        _until(view.expires_at, view.zone),
    ]
    return lay_out(f"关注{view.name}", fill("{sections}", sections=sections))


def app_page(view: AppView) -> Page:
    sections = [
        _about(view.name, Followed.APP, view.description, view.contact),
        when(view.uid, _uid(view.uid)),
        scan(view.qr, "关注后，即可在微信里收到消息"),
        when(view.switches, _switches(view.switches)),
    ]
    return lay_out(view.name, fill("{sections}", sections=sections))


def authorise_page(view: AuthoriseView) -> Page:
    """Where a user lets a game or app remind them: WeChat's part of what was authReminder's."""
    body = fill(
        "<section><h1>{app} 想要提醒你</h1>"
        "<p>允许后，它可以为你设置最多三个提醒，到时由微信通知你。</p>"
        '<p class="faint">它看不到你的微信号，也看不到你和别人的聊天；随时可以关闭。</p></section>{state}',
        app=view.app_name,
        state=_allowed() if view.authorised else scan(view.qr, "扫码即表示允许"),
    )
    return lay_out(f"{view.app_name} 的提醒", body)


def _about(name: str, kind: str, description: str, contact: str) -> Html:
    return fill(
        '<section><h1>{name} <span class="tag">{kind}</span></h1>{description}{contact}</section>',
        name=name,
        kind=kind,
        description=lines(description),
        contact=lines(contact and f"联系方式：{contact}", "faint"),
    )


def _until(expires_at: datetime | None, zone: tzinfo) -> Html:
    if expires_at is None:
        return Html()
    until = spoken(expires_at, zone)
    return fill('<p class="faint centre">二维码有效期至 {until}</p>', until=until)


def _uid(uid: str) -> Html:
    return fill(
        '<section><h2>我的 UID</h2><div class="row"><code class="grow">{uid}</code>'
        '<button type="button" data-clipboard-text="{uid}">复制</button></div></section>',
        uid=uid,
    )


def _switches(address: str) -> Html:
    return fill('<p class="centre"><a class="button" href="{it}">管理我的关注</a></p>', it=address)


def _allowed() -> Html:
    return fill(
        '<section class="centre"><div class="sign" aria-hidden="true">✓</div>'
        "<p>已允许，提醒会由微信送达。</p></section>"
    )
