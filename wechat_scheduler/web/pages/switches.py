"""The user's own page at `/u/…`: everything that may send to them, and its switches."""

from collections.abc import Sequence
from dataclasses import dataclass

from wechat_scheduler.web.pages.following import Followed
from wechat_scheduler.web.pages.layout import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import button


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """`identity` comes back in the forms; `note` is a line under the name (a topic's app); `link` is
    where the name leads, if anywhere."""

    kind: Followed
    identity: str
    name: str
    note: str = ""
    link: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchesView:
    """Every form posts to `action`, urlencoded, with `capability`, `kind` (`app` or `topic`), `id`
    and `do`: `mute`, `unmute` or `unfollow`."""

    action: str
    capability: str
    following: Sequence[Following]


def switches_page(view: SwitchesView) -> Page:
    rows = [_row(view, it) for it in view.following]
    empty = fill('<p class="faint">还没有关注任何应用或主题。</p>')
    body = fill(
        '<section><h1>我的关注</h1><p class="faint">静音的不再推送；取消关注后，对方不能再给你发消息。</p>'
        '</section><section><ul class="plain">{rows}</ul>{empty}</section>',
        rows=rows,
        empty=when(not rows, empty),
    )
    return lay_out("我的关注", body)


def _row(view: SwitchesView, it: Following) -> Html:
    def does(name: str) -> dict[str, str]:
        kind = it.kind.name.lower()
        return {"capability": view.capability, "kind": kind, "id": it.identity, "do": name}

    toggle = ("unmute", "取消静音") if it.muted else ("mute", "静音")
    return fill(
        '<li class="row"><div class="grow">{name} <span class="tag">{kind}</span>{note}</div>'
        "{toggle}{unfollow}</li>",
        name=fill('<a href="{link}">{name}</a>', link=it.link, name=it.name)
        if it.link
        else it.name,
        kind=it.kind,
        note=when(it.note, fill('<div class="faint">{note}</div>', note=it.note)),
        toggle=button(view.action, toggle[1], does(toggle[0])),
        unfollow=button(view.action, "取消关注", does("unfollow"), "danger"),
    )
