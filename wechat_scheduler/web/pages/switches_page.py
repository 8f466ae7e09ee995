"""The page of a user's switches: the apps and topics that they subscribed to, to be muted and ended."""

from collections.abc import Sequence

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import button, buttons
from wechat_scheduler.web.pages.subscribe_page import SubscriptionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRow:
    """An app or a topic on the page. Forms post `identity` as `id`; `note` is a line under the name (a
    topic's app); `link` is the address that the name leads to, empty for none."""

    kind: SubscriptionKind
    identity: str
    name: str
    note: str = ""
    link: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchesPage:
    """Every form posts to `action`, urlencoded, with `capability`, `kind` (`app` or `topic`), `id`
    and `do`: `mute`, `unmute` or `unsubscribe`."""

    action: str
    capability: str
    subscriptions: Sequence[SubscriptionRow]


def switches_page(page: SwitchesPage) -> Page:
    rows = [_row(page, it) for it in page.subscriptions]
    empty = fill('<p class="faint">还没有订阅任何应用或主题。</p>')
    body = fill(
        '<section><h1>我的订阅</h1><p class="faint">静音的不再推送；退订后，对方不能再给你发消息。</p>'
        '</section><section><ul class="plain">{rows}</ul>{empty}</section>',
        rows=rows,
        empty=when(not rows, empty),
    )
    return lay_out("我的订阅", body)


def _row(page: SwitchesPage, it: SubscriptionRow) -> Html:
    def does(name: str) -> dict[str, str]:
        kind = it.kind.name.lower()
        return {"capability": page.capability, "kind": kind, "id": it.identity, "do": name}

    toggle = ("unmute", "取消静音") if it.muted else ("mute", "静音")
    return fill(
        '<li class="row"><div class="grow">{name} <span class="tag">{kind}</span>{note}</div>'
        "{forms}</li>",
        name=fill('<a href="{link}">{name}</a>', link=it.link, name=it.name)
        if it.link
        else it.name,
        kind=it.kind,
        note=when(it.note, fill('<div class="faint">{note}</div>', note=it.note)),
        forms=buttons(
            [
                button(page.action, toggle[1], does(toggle[0])),
                button(page.action, "退订", does("unsubscribe"), "danger"),
            ]
        ),
    )
