"""The page that invites to an app or a topic, and an app's home page."""

import enum

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.parts import lines, link_button, scan


class SubscriptionKind(enum.StrEnum):
    """What users subscribe to, by its name on the page."""

    APP = "应用"
    TOPIC = "主题"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribePage:
    """`qr` is the text of the QR code."""

    kind: SubscriptionKind
    name: str
    description: str
    contact: str
    qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPage:
    """`uid` is the reader's; `switches` is the address of the reader's switches."""

    name: str
    description: str
    contact: str
    uid: str
    switches: str


def subscribe_page(page: SubscribePage) -> Page:
    sections = [
        _about(page.name, page.kind, page.description, page.contact),
        scan(page.qr, f"订阅后，即可在微信里收到这个{page.kind}的消息"),
    ]
    return lay_out(f"订阅{page.name}", fill("{sections}", sections=sections))


def app_page(page: AppPage) -> Page:
    sections = [
        _about(page.name, SubscriptionKind.APP, page.description, page.contact),
        _uid(page.uid),
        _switches(page.switches),
    ]
    return lay_out(page.name, fill("{sections}", sections=sections))


def _about(name: str, kind: str, description: str, contact: str) -> Html:
    return fill(
        '<section><h1>{name} <span class="tag">{kind}</span></h1>{description}{contact}</section>',
        name=name,
        kind=kind,
        description=lines(description),
        contact=lines(contact and f"联系方式：{contact}", "faint"),
    )


def _uid(uid: str) -> Html:
    return fill(
        '<section><h2>我的 UID</h2><div class="row"><code class="grow">{uid}</code>'
        '<button type="button" data-clipboard-text="{uid}">复制</button></div></section>',
        uid=uid,
    )


def _switches(address: str) -> Html:
    return fill('<p class="centre">{link}</p>', link=link_button(address, "管理我的订阅"))
