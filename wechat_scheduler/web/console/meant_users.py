"""Finds the users that a person means by a nickname, an app's own name, an openid or a uid.

Several users may have the same nickname, and they choose it themselves. So a page asks which of them is meant, and
never guesses.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import code, joined, section, table
from wechat_scheduler.web.console.person_names import openid_tail, person_name
from wechat_scheduler.web.console.previewed import WRITTEN, enter_button
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    LONGEST_EXTERNAL_ID,
    ShownSubscriberResult,
    UserResult,
)
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

# Of a field for several users.
HOW_TO_NAME = W(
    "On each line a user: a nickname, the app's own name, an openid or a uid. If a name fits several users, you are asked which.",
    "每行一个用户：昵称、应用自己的用户名、openid 或 uid。有重名时会请你选择。",
)
WHICH = W("Which of them is meant?", "指的是哪一位？")
CALLED_SO = W("{name} may be one of these:", "“{name}”可能是下面的某一位：")
IS_MEANT = W("{name} is the user with the openid {tail}.", "“{name}”是 openid 为 {tail} 的用户。")
OTHERS = W(
    "More users fit. If yours is not among these, type more of the name, or the openid.",
    "还有其他人符合。如果这里没有，请把名字写全一些，或者写 openid。",
)
OTHER_NAMES, CHOOSE, THIS_ONE = (
    W("Other names", "其他名字"),
    W("Choice", "选择"),
    W("This one", "就是这位"),
)
# Users among whom a person chooses.
MOST_OFFERED: Final = 20
# The button that says who is meant: `NAME=USER`, the user as `readable` writes them.
MEANT: Final = "meant"
_BETWEEN: Final = re.compile(r"([\n\r,，、;；]+)")
# As `readable` writes it.
_SETTLED: Final = re.compile(r"(.+)（…?[A-Za-z0-9_-]+）")


class MeantUser(NamedTuple):
    """What was typed, and the `uid` of who is meant by it; empty if that is one of `offered`, or if there is none. More
    may fit than are offered: then there are `more`. An `openid` tells who is meant by a nickname, which our API does not
    know."""

    typed: str
    uid: str
    offered: Sequence[UserResult] = ()
    more: bool = False
    openid: str = ""


def typed_names(text: str) -> list[str]:
    """One on each line, or with commas between; each once."""
    return list(dict.fromkeys(filter(None, map(str.strip, _BETWEEN.split(text)[::2]))))


def settled(visit: Visit, text: str) -> str:
    """The text with the chosen user in the place of the name."""
    name, _, chosen = visit.form.get(MEANT, "").rpartition("=")
    parts = _BETWEEN.split(text)
    return "".join(chosen if name and part.strip() == name else part for part in parts)


def readable(user: UserResult, others: Iterable[UserResult] = ()) -> str:
    """The nickname with the end of the openid, for a field; the uid of a user whose nickname a field would split, or who
    looks like one of the `others`."""
    name = user.nickname
    split = not name or "=" in name or _BETWEEN.search(name)
    shown = f"{name}（{openid_tail(user.openid)}）"
    same = any(one.uid != user.uid and readable(one) == shown for one in others)
    return user.uid if split or same else shown


def with_uids(text: str, meant: Iterable[MeantUser]) -> str:
    """The text with the uid in the place of each nickname."""
    uids = {one.typed: one.uid for one in meant if one.openid}
    return "".join(uids.get(part.strip(), part) for part in _BETWEEN.split(text))


async def meant_users(visit: Visit, app: AppResult, names: Iterable[str]) -> list[MeantUser]:
    """Raises RequestError."""
    return [await _meant(visit, app, name) for name in names]


async def _meant(visit: Visit, app: AppResult, typed: str) -> MeantUser:
    if len(typed) > LONGEST_EXTERNAL_ID:  # our API says so
        return MeantUser(typed, "")
    if settled_name := _SETTLED.fullmatch(typed):
        found = await users_called(visit, settled_name[1], app.appid)
        same = [one for one in found.rows if readable(one) == typed]
        if len(same) == 1:
            return MeantUser(typed, same[0].uid, openid=same[0].openid)
        if same:
            return MeantUser(typed, "", same[:MOST_OFFERED], len(same) > MOST_OFFERED)
    own = await _by_own_name(visit, app, typed)
    if own and typed in (own.uid, own.openid):
        return MeantUser(typed, own.uid)
    found = await users_called(visit, typed, app.appid)
    exact = {one.uid: one for one in found.rows if typed == one.nickname}
    exact |= {one.uid: one for one in found.rows if own and one.uid == own.uid}
    if own and not exact.keys() - {own.uid}:
        return MeantUser(typed, own.uid)
    if len(exact) == 1 and not found.after:
        ((uid, user),) = exact.items()
        return MeantUser(typed, uid, openid=user.openid)
    fit = list((exact or {one.uid: one for one in found.rows}).values())
    return MeantUser(typed, "", fit[:MOST_OFFERED], bool(found.after) or len(fit) > MOST_OFFERED)


async def users_called(visit: Visit, name: str, appid: str | None) -> Rows[UserResult]:
    """Those of the account, or of all, who have this in their names. Raises RequestError."""
    path = "/v1/subscribers"
    return await visit.api.page(path, UserResult, appid=appid, called=name, limit=LARGEST_PAGE)


async def _by_own_name(visit: Visit, app: AppResult, name: str) -> ShownSubscriberResult | None:
    """Who has that name for the app, that uid, or that openid."""
    path = "/v1/apps/{app}/subscribers/{name}"
    try:
        return await visit.api.get(path, ShownSubscriberResult, app=app.id, name=name)
    except NotFoundError:
        return None


def which_users(visit: Visit, meant: Iterable[MeantUser], form: str = WRITTEN) -> Html:
    """The questions who is meant, each with a button for each of them; nothing if there is none. The buttons send the
    form with that id."""
    asked = [_question(visit, one, form) for one in meant if one.offered]
    body = fill("{enter}{asked}", enter=enter_button(visit, form), asked=asked)
    return section(visit, WHICH, body, id="which") if asked else Html()


def told_users(visit: Visit, meant: Iterable[MeantUser]) -> Html:
    """Who is meant by each nickname."""
    said = [
        visit.say(IS_MEANT, name=one.typed, tail=openid_tail(one.openid))
        for one in meant
        if one.openid
    ]
    return joined(fill('<p class="faint">{one}</p>', one=one) for one in said)


def _question(visit: Visit, meant: MeantUser, form: str) -> Html:
    rows = [(one, _button(visit, meant, one, form)) for one in meant.offered]
    return users_to_choose(visit, meant.typed, rows, more=meant.more)


def users_to_choose(
    visit: Visit, typed: str, rows: Iterable[tuple[UserResult, Html]], *, more: bool
) -> Html:
    """The users that may be meant, each with what chooses it. With `more`, others fit too."""
    name = visit.say(CALLED_SO, name=typed)
    heads = (terms.USER, OTHER_NAMES, terms.OPENID, terms.LAST_ACT, CHOOSE)
    others = fill('<p class="faint">{others}</p>', others=visit.say(OTHERS))
    return fill(
        "<p>{name}</p>{table}{more}",
        name=name,
        table=table(
            visit,
            name,
            heads,
            [_row(visit, one, choice) for one, choice in rows],
            empty=OTHERS,
        ),
        more=others if more else Html(),
    )


def _row(visit: Visit, user: UserResult, choice: Html) -> tuple[Html | str, ...]:
    name, *others = dict.fromkeys(filter(None, (user.nickname, *user.names))) or ("",)
    return (
        person_name(user.uid, name, user.openid),
        visit.listed(others) or "–",
        code(user.openid),
        visit.time(user.heard_at),
        choice,
    )


def _button(visit: Visit, meant: MeantUser, user: UserResult, form: str) -> Html:
    return fill(
        '<button class="plain" form="{form}" name="{field}" value="{name}={chosen}">{this}</button>',
        form=form,
        field=MEANT,
        name=meant.typed,
        chosen=readable(user, meant.offered),
        this=visit.say(THIS_ONE),
    )
