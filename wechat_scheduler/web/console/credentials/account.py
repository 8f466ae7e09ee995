"""`/console/credentials/{appid}`: an account or a platform with what is kept for it."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import ACCESS_TOKEN, COMPONENT_TOKEN
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.naming import NOTICES as NAMED
from wechat_scheduler.web.console.credentials.naming import naming
from wechat_scheduler.web.console.credentials.next_steps import next_steps
from wechat_scheduler.web.console.credentials.removal import way_to_removal
from wechat_scheduler.web.console.credentials.rows import ROOM, account_place, job_table
from wechat_scheduler.web.console.edits import MeanwhileError, edit_of
from wechat_scheduler.web.console.fields import datalist, text_field
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.known_accounts import known_account, register_url
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import DONE, done, link
from wechat_scheduler.web.console.mistakes import sentence
from wechat_scheduler.web.console.parts import bar, facts, joined, none_yet, section, table
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.native.quotas import QuotaResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

OWN = W("Its own credentials", "自己的凭据")
NO_OWN = W("No credential is kept for this account itself.", "没有维护这个账号自己的凭据。")
REGISTER_ONE = W("Register one.", "请先登记。")
THEIRS = W("Credentials for others", "为他人维护的凭据")
NO_THEIRS = W("None.", "没有。")
SHOW_THEIRS = W(
    "Show {count} credentials of accounts that authorised it and of users",
    "查看授权账号和用户的 {count} 个凭据",
)
FAILING = W(
    "{count} credentials of this appid failed at the last attempt",
    "这个 appid 有 {count} 个凭据上次尝试失败",
)
FROM_PLATFORMS = W("Kept by platforms that it authorised", "由已授权的平台维护")
QUOTA = W("Calls against WeChat's quota", "微信调用额度")
QUOTA_MEANS = W(
    "WeChat counts all calls of a path in a day, also those of other programs with this account. WeChat is asked when "
    "you press the button.",
    "微信按天统计每个接口的全部调用，也包括用这个账号的其他程序的调用。按下按钮时才向微信查询。",
)
PATH, ASK = W("Path of the API", "接口路径"), W("Ask WeChat", "向微信查询")
USED, LIMIT, REMAIN = W("Used", "已用"), W("Allowed in a day", "每日上限"), W("Left", "剩余")
OF = W("{used} of {limit}", "{used} / {limit}")
LARGEST = W("Who called it most through the gateway", "经网关调用最多的系统")
NOT_THROUGH = W("No system called it through the gateway today.", "今天没有系统经网关调用。")
CALLER = W("Caller", "调用方")
FIRST = W("Register it", "登记")
AGAIN = W("Register it again, with a new secret or more types", "重新登记：换 AppSecret 或加类型")
# Paths whose quotas are asked for most often, offered while one types.
USUAL_PATHS: Final = (
    "/cgi-bin/stable_token",
    "/cgi-bin/message/custom/send",
    "/cgi-bin/message/template/send",
    "/cgi-bin/message/subscribe/send",
)
NOTICES: Final = {
    "removed": W("The credential was removed.", "凭据已移除。"),
    "registered": W("The account was registered.", "账号已登记。"),
    **NAMED,
}


async def shown(visit: Visit) -> web.Response:
    return await _page(visit)


async def name(visit: Visit) -> web.Response:
    """`POST /console/credentials/{appid}`: gives the account a name."""
    appid = visit.request.match_info["appid"]
    known = await known_account(visit, appid)
    edit = edit_of(visit, {"name": known.name if known else ""})
    body = {"name": edit.visit.form.get("name", "")}
    try:
        edit.check()
        await visit.api.patch("/v1/accounts/{appid}", str, body=body, appid=appid)
    except (InvalidRequestError, MeanwhileError) as error:
        return await _page(visit, error)
    return done(account_place(appid), "named")


async def _page(visit: Visit, error: RequestError | None = None) -> web.Response:
    appid = visit.request.match_info["appid"]
    known = await known_account(visit, appid)
    called = known.name if known else ""
    own = (await visit.api.page("/tasks", JobResult, appid=appid, own=True)).rows
    counts = await visit.api.get("/v1/tasks/counts", JobCountsResult, appid=appid)
    granted = (await visit.api.page("/tasks", JobResult, subject=appid)).rows
    steps = [next_steps(visit, appid, own)] if own else []
    is_new = visit.request.query.get(DONE) == "registered"
    parts = [
        *(steps if is_new else []),
        section(visit, OWN, _own(visit, appid, own, counts.all), id="own", live=True),
        *_theirs(visit, appid, counts, len(own)),
    ]
    if granted:
        body = job_table(visit, FROM_PLATFORMS, granted, empty=NO_THEIRS)
        parts.append(section(visit, FROM_PLATFORMS, body, id="granted", live=True))
    if not is_new:
        parts += steps
    if known:
        parts.append(naming(visit, appid, called, error))
    has_token = bool(granted) or any(job.kind == ACCESS_TOKEN for job in own)
    if has_token and visit.may(Scope.ADMIN):  # WeChat is asked with it
        parts.append(section(visit, QUOTA, await _quota(visit, appid), id="quota"))
    title = " · ".join(filter(None, (called, appid)))
    status = error.status if error else 200
    return layout(visit, title, joined(parts), live=True, status=status)


def _own(visit: Visit, appid: str, own: list[JobResult], kept: int) -> Html:
    """`kept` is the number of all credentials, also those of authorizers and users."""
    is_platform = any(job.kind == COMPONENT_TOKEN for job in own)
    url = register_url(appid, is_platform=is_platform)
    again = fill("<p>{again}</p>", again=link(url, visit.say(AGAIN if own else FIRST)))
    return joined(
        [
            job_table(
                visit,
                OWN,
                own,
                empty=none_yet(visit, of_credentials(visit, NO_OWN), REGISTER_ONE, Scope.REGISTER),
            ),
            when(visit.may(Scope.REGISTER), again),
            when(kept, way_to_removal(visit, appid)),
        ]
    )


def _theirs(visit: Visit, appid: str, counts: JobCountsResult, own: int) -> Iterator[Html]:
    others = counts.all - own
    if others <= 0:
        return
    failing, place = sum(counts.errors.values()), f"{ROOM}?{urlencode({'appid': appid})}"
    show = link(place, visit.say(SHOW_THEIRS, count=f"{others:,}"))
    failed = link(f"{place}&error=any", visit.say(FAILING, count=f"{failing:,}"))
    ways = [show, *([failed] if failing else [])]
    body = joined(fill("<p>{way}</p>", way=way) for way in ways)
    yield section(visit, THEIRS, body, id="theirs", live=True)


async def _quota(visit: Visit, appid: str) -> Html:
    path, found = visit.request.query.get("path", "").strip(), Html()
    error = ""
    if path:
        try:
            quota = await visit.api.get("/v1/quotas/{appid}", QuotaResult, appid=appid, path=path)
            found = _numbers(visit, quota)
        except RequestError as refusal:
            error = sentence(refusal.sentence)
    field = text_field(
        visit, "path", PATH, path or USUAL_PATHS[0], error=error, list="paths", maxlength=256
    )
    return joined(
        [
            fill("<p>{means}</p>", means=visit.say(QUOTA_MEANS)),
            fill(
                '<form method="get" action="{url}">{field}<div class="buttons"><button>{ask}</button></div></form>',
                url=f"{account_place(appid)}#quota",
                field=field,
                ask=visit.say(ASK),
            ),
            datalist("paths", dict.fromkeys(USUAL_PATHS, "")),
            found,
        ]
    )


def _numbers(visit: Visit, quota: QuotaResult) -> Html:
    share = quota.used / max(1, quota.daily_limit)
    label = visit.say(OF, used=f"{quota.used:,}", limit=f"{quota.daily_limit:,}")
    rows = [(use.caller, f"{use.calls:,}") for use in quota.largest]
    return joined(
        [
            facts(
                visit,
                [
                    (USED, bar(visit, share, label)),
                    (LIMIT, f"{quota.daily_limit:,}"),
                    (REMAIN, f"{quota.remain:,}"),
                ],
            ),
            table(visit, LARGEST, (CALLER, terms.CALLS), rows, empty=NOT_THROUGH),
        ]
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_POST, f"{ROOM}/{{appid}}", name, Scope.REGISTER),
    ConsoleRoute(hdrs.METH_GET, f"{ROOM}/{{appid}}", shown),
)
