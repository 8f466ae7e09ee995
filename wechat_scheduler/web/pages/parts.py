"""Pieces of HTML that several pages share, and times as they show them."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import LiteralString

from wechat_scheduler.reminders.language.wording import moment_words
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.qr import qr_data


def scan(text: str, caption: str) -> Html:
    """A section with the QR code of `text`, and a line about what a scan does; empty for no text."""
    if not text:
        return Html()
    return fill(
        '<section class="centre"><img class="qr" src="{data}" alt="二维码"><p>{caption}</p>'
        '<p class="faint">长按识别，或用微信扫一扫</p></section>',
        data=qr_data(text),
        caption=caption,
    )


def lines(text: str, kind: LiteralString = "text") -> Html:
    """A paragraph that keeps its line breaks; empty for no text."""
    return when(text, fill('<p class="{kind}">{text}</p>', kind=kind, text=text))


def button(action: str, label: str, fields: dict[str, str], kind: LiteralString = "") -> Html:
    """A form with one button, which posts `fields` to `action`."""
    return fill(
        '<form method="post" action="{action}">{fields}<button class="{kind}">{label}</button></form>',
        action=action,
        fields=hidden(fields.items()),
        kind=kind,
        label=label,
    )


def link_button(url: str, label: str) -> Html:
    return fill('<a class="button" href="{url}">{label}</a>', url=url, label=label)


def buttons(several: Iterable[Html]) -> Html:
    """Buttons and forms of one button, beside one another. They wrap together."""
    return fill('<div class="buttons">{several}</div>', several=several)


def hidden(fields: Iterable[tuple[str, str]]) -> list[Html]:
    return [
        fill('<input type="hidden" name="{name}" value="{value}">', name=name, value=value)
        for name, value in fields
    ]


def minute_words(instant: datetime, zone: tzinfo) -> str:
    """`2026年11月25日 周三 早上8:00`, in `zone`."""
    return moment_words(instant.astimezone(zone).replace(second=0))
