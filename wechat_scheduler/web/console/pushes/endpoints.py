"""`/console/pushes`: whose pushes are accepted, how these fare, and what came."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import SURE, form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.known_accounts import (
    ACCOUNTS,
    LACKS,
    known_accounts,
    lacking,
    learn_names,
    told_lacking,
)
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, account_text, done, pager
from wechat_scheduler.web.console.outcomes import shown_at
from wechat_scheduler.web.console.parts import (
    advice,
    code,
    joined,
    labelled,
    none_yet,
    said_at,
    search,
    searched,
    section,
    state,
    table,
)
from wechat_scheduler.web.console.pushes.past import past_pushes
from wechat_scheduler.web.console.pushes.set_up_form import (
    PUSHES,
    SET_UP_PATH,
    check_set_up,
    question_about,
    secrets_of,
    set_up_form,
)
from wechat_scheduler.web.console.pushes.to_enter import SetUpOutcome, entered, entered_page
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.push_endpoints import PushEndpointResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

ENDPOINTS = W("Push endpoints", "推送地址")
TICKET, REFUSED = W("Last ticket", "最近的票据"), W("Refused", "被拒")
FROM_WECHAT = W("From WeChat", "来自微信")
VERIFIED, PUSHED = (
    W("URL verified {at}", "地址已验证：{at}"),
    W("last push {at}", "最近的推送：{at}"),
)
NOT_VERIFIED = W("URL not verified since it was set up", "设置之后地址还没有验证过")
NOT_PUSHED = W("no push yet", "还没有推送")
WEEK = W("Authorisations in 7 days", "7 天内的授权事件")
NO_TICKETS = W("none", "无")
FINE, ODD = W("in order", "正常"), W("needs a look", "需要看看")
OVERDUE, SET_UP = W("ticket overdue", "票据逾期"), W("Set up an endpoint", "设置推送地址")
TIMES, NONE_REFUSED = W("{n} since the start, the last ", "启动以来 {n} 次，最近 "), W("none", "无")
WAITING = W("{name} of {account} waits", "{account} 的 {name} 在等待")
NONE = W(
    "No pushes are accepted yet. By them WeChat tells who follows, scans and writes, and a platform gets its tickets.",
    "还没有接收推送。微信通过推送告诉你谁成为关注者、谁扫码和发消息，平台通过它收到票据。",
)
FIRST = W("Set up the first endpoint below.", "请在下面设置第一个。")
NO_SUCH = W("No pushes of this account are accepted.", "没有接收这个账号的推送。")
REMOVE = W("Stop accepting", "停止接收")
REMOVE_SURE = W(
    "Stop accepting pushes of {appid} here, and delete its stored tickets?",
    "停止接收 {appid} 的推送，并删除已存的票据？",
)
FORMER = W("the former secrets are accepted too", "仍接受之前的密钥")
REPLACES = W(
    "Pushes of {appid} are set up already. Replace their token and key? Enter the new ones in WeChat's console then; the "
    "former ones are accepted for a while.",
    "{appid} 的推送已经设置。替换它的 token 和密钥？替换后请在微信后台填写新的；之前的还会接受一段时间。",
)
NOTICES: Final = {"removed": W("Its pushes are not accepted any more.", "不再接收它的推送。")}
# Of a page that also lists what came.
MOST: Final = 20


async def pushes(visit: Visit) -> web.Response:
    return await _page(visit)


async def _page(visit: Visit, error: RequestError | None = None) -> web.Response:
    query = visit.request.query
    wanted, after = query.get("endpoint", "").strip(), query.get("endpoints_after")
    found = await visit.api.page(
        "/callbacks", PushEndpointResult, appid=wanted or None, after=after, limit=MOST
    )
    bare = await lacking(visit, (one.appid for one in found.rows))
    waiting = (each.authorizer_appid for one in found.rows for each in one.waiting)
    await learn_names(visit, (*(one.appid for one in found.rows), *waiting))
    rows = [_row(visit, one, is_bare=one.appid in bare) for one in found.rows]
    empty = (
        searched(visit, NO_SUCH, [(terms.ACCOUNT, wanted)])
        if wanted
        else none_yet(visit, of_accounts(visit, NONE), FIRST, Scope.REGISTER)
    )
    heads = (terms.ACCOUNT, terms.STATE, FROM_WECHAT, TICKET, REFUSED, WEEK, terms.ACTIONS)
    endpoints = fill(
        "{search}{table}{pager}",
        search=when(wanted or found.after or "endpoints_after" in query, _search(visit)),
        table=table(visit, ENDPOINTS, heads, rows, empty=empty),
        pager=pager(visit, found, cursor="endpoints_after", name=ENDPOINTS),
    )
    set_up = section(visit, SET_UP, set_up_form(visit, error), id="set-up")
    accounts, came = await known_accounts(visit), await past_pushes(visit)
    # A form that was refused comes first, where it is seen.
    is_refused = error is not None
    body = fill(
        "{refused}{endpoints}{came}{set_up}{accounts}",
        accounts=accounts,
        refused=when(is_refused, set_up),
        endpoints=section(visit, ENDPOINTS, endpoints, id="endpoints", live=True),
        came=came.html,
        set_up=when(visit.may(Scope.REGISTER) and not is_refused, set_up),
    )
    status = error.status if error else came.status
    return layout(visit, terms.PUSHES, body, live=True, status=status)


def _search(visit: Visit) -> Html:
    """Only where there are more endpoints than a page shows."""
    fields = FormFields(visit, visit.request.query)
    field = fields.text("endpoint", terms.ACCOUNT, type="search", maxlength=128, list=ACCOUNTS)
    return search(visit, PUSHES, field, name=ENDPOINTS)


def _row(visit: Visit, one: PushEndpointResult, *, is_bare: bool) -> tuple[Html, ...]:
    return (
        joined([account_link(visit, one.appid), _former(visit, one)]),
        joined(
            [
                _state(visit, one, is_bare=is_bare),
                advice(visit, one.advice),
                when(is_bare, told_lacking(visit, one.appid)),
            ]
        ),
        _from_wechat(visit, one),
        visit.time(one.ticket_at) if one.ticket_at else fill("{no}", no=visit.say(NO_TICKETS)),
        _refusals(visit, one),
        joined([*_events(one), *_waiting(visit, one)] or ["–"]),
        when(visit.may(Scope.REGISTER), _remove(visit, one)),
    )


def _state(visit: Visit, one: PushEndpointResult, *, is_bare: bool) -> Html:
    if one.ticket_at is not None and visit.now - one.ticket_at >= TICKET_OVERDUE:
        return state(visit, "bad", OVERDUE)
    if is_bare:
        return state(visit, "bad", LACKS)
    return state(visit, "warn", ODD) if one.advice else state(visit, "good", FINE)


def _from_wechat(visit: Visit, one: PushEndpointResult) -> Html:
    """Whether the URL is entered in WeChat's console, and the last push. A verification by former secrets says nothing of
    these."""
    is_new = one.verified_at is not None and one.verified_at >= one.changed_at
    verified = said_at(visit, VERIFIED, one.verified_at) if is_new and one.verified_at else None
    pushed = said_at(visit, PUSHED, one.pushed_at) if one.pushed_at else None
    lines = (verified or visit.say(NOT_VERIFIED), pushed or visit.say(NOT_PUSHED))
    return joined(fill("<div>{line}</div>", line=line) for line in lines)


def _former(visit: Visit, one: PushEndpointResult) -> Html:
    return when(one.accepts_former, fill("<br><small>{text}</small>", text=visit.say(FORMER)))


def _refusals(visit: Visit, one: PushEndpointResult) -> Html:
    if one.refused is None:
        return fill("{none}", none=visit.say(NONE_REFUSED))
    return fill(
        "{times}{at}<br><small>{reason}</small>",
        times=visit.say(TIMES, n=one.refused.count),
        at=visit.time(one.refused.at),
        reason=visit.told(one.refused.reason),
    )


def _events(one: PushEndpointResult) -> list[Html]:
    return [
        fill("<div>{name} × {count}</div>", name=code(name), count=count)
        for name, count in one.events.items()
    ]


def _waiting(visit: Visit, one: PushEndpointResult) -> list[Html]:
    made = []
    for each in one.waiting[:5]:
        account = account_text(visit, each.authorizer_appid)
        said = visit.say(WAITING, name=each.info_type, account=account)
        line = labelled(visit, said, visit.told(each.note))
        made.append(fill('<div class="faint">{line}</div>', line=line))
    return made


def _remove(visit: Visit, one: PushEndpointResult) -> Html:
    fields, url = {"appid": one.appid}, f"{PUSHES}/remove"
    sure = REMOVE_SURE.filled(appid=account_text(visit, one.appid))
    return form(visit, url, Html(), REMOVE, kind="danger", confirm=sure, fields=fields)


async def set_up(visit: Visit) -> web.Response:
    given, appid = await secrets_of(visit), visit.form.get("account", "").strip()
    try:
        check_set_up(visit, appid, given)
        if SURE not in visit.form and await _is_set_up(visit, appid):
            return await question_about(visit, visit.say(REPLACES, appid=appid), given)
        made = await visit.api.put("/callbacks/{appid}", SetUpOutcome, body=given, appid=appid)
    except RequestError as error:
        return await _page(visit, error)
    return await shown_at(visit, SET_UP_PATH, made) or await entered_page(visit, made)


async def _is_set_up(visit: Visit, appid: str) -> bool:
    """False also for a key that may not see it."""
    if not (appid and visit.may(Scope.READ)):
        return False
    found = await visit.api.page("/callbacks", PushEndpointResult, appid=appid, limit=1)
    return any(one.appid == appid for one in found.rows)


async def remove(visit: Visit) -> web.Response:
    await visit.api.delete("/callbacks/{appid}", str, appid=visit.form.get("appid", ""))
    return done(PUSHES, "removed")


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PUSHES, pushes),
    ConsoleRoute(hdrs.METH_GET, SET_UP_PATH, entered, Scope.REGISTER),
    ConsoleRoute(hdrs.METH_POST, SET_UP_PATH, set_up, Scope.REGISTER),
    ConsoleRoute(hdrs.METH_POST, f"{PUSHES}/remove", remove, Scope.REGISTER),
)
