"""The section of `/console/pushes` with what came from WeChat, and what became of it."""

from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.pushes.history import PushKind
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import select_field, text_field
from wechat_scheduler.web.console.key_limits import NONE_SEEN, of_accounts
from wechat_scheduler.web.console.known_accounts import ACCOUNTS
from wechat_scheduler.web.console.links import account_link, link, pager
from wechat_scheduler.web.console.parts import code, search, searched, section, spaced, state, table
from wechat_scheduler.web.console.pushes.words import EFFECTS, FATES, KINDS
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.past_pushes import PastPushResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

CAME = W("What came, and what became of it", "来了什么，结果如何")
WHEN = W("When", "时间")
NAME = W("Push", "推送")
ABOUT, FATE = W("Subject", "主体"), W("Became", "结果")
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
TIMES = W("{n} in the hour, at least", "一小时内至少 {n} 次")


async def past_pushes(visit: Visit) -> Html:
    query = visit.request.query
    found = await visit.api.page(
        "/v1/pushes",
        PastPushResult,
        appid=query.get("appid", "").strip() or None,
        kind=query.get("kind") or None,
        after=query.get("after"),
        limit=MOST,
    )
    is_filtered = any(query.get(name) for name in ("appid", "kind", "after"))
    body = fill(
        '{search}{table}{pager}<p class="faint">{kept}</p>',
        search=_search(visit),
        table=table(
            visit,
            CAME,
            (WHEN, terms.ACCOUNT, terms.KIND, NAME, ABOUT, FATE),
            [_row(visit, one) for one in found.rows],
            empty=_none_fits(visit) if is_filtered else _none(visit),
        ),
        pager=pager(visit, found),
        kept=spaced(visit.say(KEPT), "" if visit.sees(Scope.PUSH) else visit.say(NO_ACTS)),
    )
    return section(visit, CAME, body, id="came", live=True)


def _none_fits(visit: Visit) -> Words:
    query = visit.request.query
    kind = next((words for name, words in KINDS.items() if name.value == query.get("kind")), "")
    sought = ((terms.ACCOUNT, query.get("appid", "").strip()), (terms.KIND, visit.say(kind)))
    return searched(visit, NONE_FITS, sought)


def _none(visit: Visit) -> Words:
    return of_accounts(visit, NONE) if visit.sees(Scope.PUSH) else NONE_SEEN


def _search(visit: Visit) -> Html:
    query = visit.request.query
    kinds = [
        (kind.value, words)
        for kind, words in KINDS.items()
        if kind is not PushKind.ACT or visit.sees(Scope.PUSH)
    ]
    chosen = select_field(visit, "kind", terms.KIND, [("", ALL), *kinds], query.get("kind", ""))
    appid = text_field(
        visit,
        "appid",
        terms.ACCOUNT,
        query.get("appid", ""),
        type="search",
        maxlength=128,
        list=ACCOUNTS,
    )
    return search(visit, "/console/pushes", fill("{appid}{kind}", appid=appid, kind=chosen))


def _row(visit: Visit, one: PastPushResult) -> tuple[Html, ...]:
    kind, words = FATES[one.state]
    return (
        visit.time(one.at),
        account_link(visit, one.appid),
        fill("{kind}", kind=visit.say(KINDS[one.kind])),
        code(one.name) if one.name else fill("{times}", times=visit.say(TIMES, n=one.count)),
        _about(one),
        fill("{state}{why}", state=state(visit, kind, words), why=_why(visit, one)),
    )


def _about(one: PastPushResult) -> Html:
    if one.openid:
        query = urlencode({"appid": one.appid, "called": one.openid})
        return link(f"/console/people/users?{query}", code(one.openid))
    return code(one.authorizer_appid) if one.authorizer_appid else fill("–")


def _why(visit: Visit, one: PastPushResult) -> Html:
    words = EFFECTS.get(one.effect)
    text = visit.told(one.reason) or (visit.say(words) if words else "")
    return when(text, fill(" <small>{text}</small>", text=text))
