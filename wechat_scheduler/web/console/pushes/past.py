"""The section of `/console/pushes` with what came from WeChat, and what became of it."""

from typing import Final, NamedTuple

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.pushes.history import PushKind
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_limits import NONE_SEEN, of_accounts
from wechat_scheduler.web.console.known_accounts import ACCOUNTS, learn_names
from wechat_scheduler.web.console.links import pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import joined, search, searched, section, spaced, table
from wechat_scheduler.web.console.pushes.past_rows import HEADS, past_row
from wechat_scheduler.web.console.pushes.words import KINDS
from wechat_scheduler.web.console.sought_users import CALLED, sought_user, which_of_several
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.past_pushes import PastPushResult
from wechat_scheduler.web.native.sending.subscriber_bodies import UserResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

CAME = W("What came, and what became of it", "来了什么，结果如何")
ALL = W("All kinds", "全部类型")
KEPT = W(
    "Users' acts are kept for a day, events and refused pushes for seven, the last three tickets. No text is kept.",
    "用户行为保留一天，事件和被拒的推送七天，票据最近三个。不保留任何文字。",
)
NO_ACTS = W(
    "Users' acts are shown to keys with the scope push only.",
    "用户行为只显示给有 push 权限的 key。",
)
NONE = W("Nothing came in this time.", "这段时间没有推送。")
NONE_FITS = W("Nothing fits these filters.", "没有符合条件的推送。")
MOST: Final = 50
FILTERS: Final = ("appid", "kind", "person")


class CameSection(NamedTuple):
    """`status` is that of the page: 400 for a user who is not found."""

    html: Html
    status: int = 200


async def past_pushes(visit: Visit) -> CameSection:
    given = {name: visit.request.query.get(name, "").strip() for name in FILTERS}
    try:
        user = await _user(visit, given)
    except InvalidRequestError as error:
        body = joined([_search(visit, given, error), which_of_several(visit, error)])
        return CameSection(section(visit, CAME, body, id="came"), error.status)
    found = await visit.api.page(
        "/v1/pushes",
        PastPushResult,
        appid=given["appid"] or (user.appid if user else None),
        openid=user.openid if user else None,
        kind=given["kind"] or None,
        after=visit.request.query.get("after"),
        limit=MOST,
    )
    shown = (appid for one in found.rows for appid in (one.appid, one.authorizer_appid) if appid)
    await learn_names(visit, shown)
    is_filtered = any(given.values()) or "after" in visit.request.query
    body = fill(
        '{search}{table}{pager}<p class="faint">{kept}</p>',
        search=_search(visit, given),
        table=table(
            visit,
            CAME,
            HEADS,
            [past_row(visit, one) for one in found.rows],
            empty=_none_fits(visit, given) if is_filtered else _none(visit),
            kind="brief",
        ),
        pager=pager(visit, found),
        kept=spaced(visit.say(KEPT), "" if visit.sees(Scope.PUSH) else visit.say(NO_ACTS)),
    )
    return CameSection(section(visit, CAME, body, id="came", live=True))


async def _user(visit: Visit, given: dict[str, str]) -> UserResult | None:
    """The user of whom to see what they did; None for all. Raises InvalidRequestError."""
    if not (given["person"] and visit.sees(Scope.PUSH)):
        return None
    return await sought_user(visit, given["person"], given["appid"] or None, field="person")


def _none_fits(visit: Visit, given: dict[str, str]) -> Words:
    kind = next((words for name, words in KINDS.items() if name.value == given["kind"]), "")
    sought = (
        (terms.ACCOUNT, given["appid"]),
        (terms.USER, given["person"]),
        (terms.KIND, visit.say(kind)),
    )
    return searched(visit, NONE_FITS, sought)


def _none(visit: Visit) -> Words:
    return of_accounts(visit, NONE) if visit.sees(Scope.PUSH) else NONE_SEEN


def _search(visit: Visit, given: dict[str, str], error: InvalidRequestError | None = None) -> Html:
    fields, sees_acts = FormFields(visit, given, Mistakes(error)), visit.sees(Scope.PUSH)
    kinds = [
        (kind.value, words)
        for kind, words in KINDS.items()
        if kind is not PushKind.ACT or sees_acts
    ]
    made = [
        fields.text("appid", terms.ACCOUNT, type="search", maxlength=128, list=ACCOUNTS),
        when(
            sees_acts, fields.text("person", terms.USER, hint=CALLED, type="search", maxlength=128)
        ),
        fields.select("kind", terms.KIND, [("", ALL), *kinds]),
    ]
    return search(visit, "/console/pushes", joined(made))
