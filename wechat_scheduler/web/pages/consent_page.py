"""The page on which a user allows an app to remind them."""

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.parts import scan


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """`qr` is the text of the QR code; it is not shown to a user who has `consented`."""

    app_name: str
    qr: str
    consented: bool = False


def consent_page(page: ConsentPage) -> Page:
    body = fill(
        "<section><h1>{app} 想要提醒你</h1>"
        "<p>允许后，它可以为你设置最多三个提醒，到时由微信通知你。</p>"
        '<p class="faint">它看不到你的微信号，也看不到你和别人的聊天；随时可以关闭。</p></section>{state}',
        app=page.app_name,
        state=_consented() if page.consented else scan(page.qr, "扫码即表示允许"),
    )
    return lay_out(f"{page.app_name} 的提醒", body)


def _consented() -> Html:
    return fill(
        '<section class="centre"><div class="sign" aria-hidden="true">✓</div>'
        "<p>已允许，提醒会由微信送达。</p></section>"
    )
