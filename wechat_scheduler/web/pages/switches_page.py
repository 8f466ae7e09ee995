"""The page of a user's switches: the apps and topics that they follow, to be muted and unfollowed."""

from collections.abc import Sequence
from dataclasses import dataclass

from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.follow_page import Followed
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import button, buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """An app or a topic on the page. Forms post `identity` as `id`; `note` is a line under the name (a
    topic's app); `link` is the address that the name leads to, empty for none."""

    kind: Followed
    identity: str
    name: str
    note: str = ""
    link: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchesPage:
    """Every form posts to `action`, urlencoded, with `capability`, `kind` (`app` or `topic`), `id`
    and `do`: `mute`, `unmute` or `unfollow`."""

    action: str
    capability: str
    following: Sequence[Following]


def switches_page(page: SwitchesPage) -> Page:
    rows = [_row(page, it) for it in page.following]
    empty = fill('<p class="faint">还没有关注任何应用或主题。</p>')
    body = fill(
        '<section><h1>我的关注</h1><p class="faint">静音的不再推送；取消关注后，对方不能再给你发消息。</p>'
        '</section><section><ul class="plain">{rows}</ul>{empty}</section>',
        rows=rows,
        empty=when(not rows, empty),
    )
    return lay_out("我的关注", body)


def _row(page: SwitchesPage, it: Following) -> Html:
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
                button(page.action, "取消关注", does("unfollow"), "danger"),
            ]
        ),
    )
