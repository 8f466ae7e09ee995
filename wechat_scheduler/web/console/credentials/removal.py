"""`/console/credentials/{appid}/remove`: what goes with an account, what stays, and its removal."""

from collections.abc import Iterable
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.credentials.rows import ROOM, account_place
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.known_accounts import learn_names
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_text, done, link
from wechat_scheduler.web.console.parts import code, joined, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.accounts import MOST_REMOVED, RemovedAccountResult
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TITLE = W("Remove the account {appid}", "移除账号 {appid}")
GOES, STAYS = W("What goes", "会移除"), W("What stays", "会保留")
CREDENTIALS = W(
    "{count} credentials, with their values: systems that fetch them get an error.",
    "{count} 个凭据和它们的值：获取它们的系统会得到错误。",
)
ONE_CREDENTIAL = W(
    "1 credential, with its value: systems that fetch it get an error.",
    "1 个凭据和它的值：获取它的系统会得到错误。",
)
OF_OTHERS = W(
    "With those of authorizers and users their refresh tokens go ({count}): they have to authorise again.",
    "授权方和用户的凭据会连同 refresh_token 一起移除（{count} 个）：需要重新授权。",
)
IN_STEPS = W(
    "One step removes {most} of them: repeat it for the rest.",
    "一次移除 {most} 个：其余的请再来一次。",
)
SECRET = W("The AppSecret.", "AppSecret。")
NOTIFICATIONS = W("Notifications of them that wait.", "等待发出的相关通知。")
APP = W(
    "The app {name}: it sends nothing until the account is registered again.",
    "应用 {name}：重新登记账号之前什么也发不出去。",
)
MORE_APPS = W("And other apps of the account.", "以及账号的其他应用。")
SUBSCRIBERS = W(
    "The subscribers, topics, reminders and messages of its apps.",
    "应用的订阅者、主题、提醒和消息。",
)
CONSUMERS = W(
    "The consumers of the gateway: their calls for the account are refused.",
    "网关的使用方：它们对这个账号的调用会被拒绝。",
)
PUSHES = W(
    "What is set up for WeChat's pushes: remove it under Pushes.",
    "微信推送的设置：在“推送”里移除。",
)
AUDIT = W(
    "The audit, with an entry for each credential that goes.", "审计记录，每个移除的凭据都有一条。"
)
OWN_ALONE = W(
    "Your key removes what it registered itself; what other keys registered stays.",
    "当前 key 只移除它自己登记的；其他 key 登记的会保留。",
)
NOTHING = W("Nothing is registered for this account.", "这个账号没有登记任何凭据。")
REMOVE = W("Remove the account", "移除账号")
LEAD = W("Remove the account with all of its credentials…", "移除账号及其所有凭据…")
SHOWN_APPS: Final = 20
NOTICES: Final = {
    "account_removed": W(
        "{count} credentials were removed with the account.", "账号及其 {count} 个凭据已移除。"
    ),
    "account_removed_one": W(
        "The account and its credential were removed.", "账号及其凭据已移除。"
    ),
    "account_reduced": W(
        "{count} credentials were removed; more of the account are left: remove it again.",
        "已移除 {count} 个凭据，账号还有其他凭据：请再次移除。",
    ),
    "account_reduced_one": W(
        "1 credential was removed; more of the account are left: remove it again.",
        "已移除 1 个凭据，账号还有其他凭据：请再次移除。",
    ),
    "account_left": W(
        "What your key registered was removed, for {count} credentials. The account has credentials left.",
        "已移除当前 key 对 {count} 个凭据的登记。账号还有凭据。",
    ),
    "account_left_one": W(
        "What your key registered was removed, for 1 credential. The account has credentials left.",
        "已移除当前 key 对 1 个凭据的登记。账号还有凭据。",
    ),
}
PAGE: Final = f"{ROOM}/{{appid}}/remove"


async def asked(visit: Visit) -> web.Response:
    appid = visit.request.match_info["appid"]
    counts = await visit.api.get("/v1/tasks/counts", JobCountsResult, appid=appid)
    await learn_names(visit, [appid])
    title = TITLE.filled(appid=account_text(visit, appid))
    if not counts.all:
        nothing = fill("<p>{nothing}</p>", nothing=visit.say(NOTHING))
        return layout(visit, title, section(visit, GOES, nothing))
    own = await visit.api.get("/v1/tasks/counts", JobCountsResult, appid=appid, own=True)
    jobs = (await visit.api.page("/tasks", JobResult, appid=appid, own=True)).rows
    body = [
        section(visit, GOES, _list(_going(visit, counts.all, own.all, jobs)), id="goes"),
        section(visit, STAYS, _list(await _staying(visit, appid)), id="stays"),
        form(visit, f"{account_place(appid)}/remove", Html(), REMOVE, kind="danger"),
    ]
    return layout(visit, title, joined(body))


def _going(visit: Visit, count: int, own: int, jobs: list[JobResult]) -> Iterable[Html | str]:
    """`own` of the credentials, some of which are `jobs`, are the account's own."""
    words = visit.say(ONE_CREDENTIAL if count == 1 else CREDENTIALS, count=f"{count:,}")
    kinds = code(visit.listed(job.kind for job in jobs))
    yield fill("{words}{kinds}", words=words, kinds=when(jobs, fill("<div>{k}</div>", k=kinds)))
    if count > own:
        yield visit.say(OF_OTHERS, count=f"{count - own:,}")
    if count > MOST_REMOVED:
        yield visit.say(IN_STEPS, most=MOST_REMOVED)
    yield visit.say(SECRET)
    yield visit.say(NOTIFICATIONS)


async def _staying(visit: Visit, appid: str) -> list[Html | str]:
    found: list[Html | str] = [] if visit.may(Scope.ADMIN) else [visit.say(OWN_ALONE)]
    if visit.may(Scope.PUSH):
        apps = await visit.api.page("/v1/apps", AppResult, appid=appid, limit=SHOWN_APPS)
        found += [
            link(f"/console/apps/{app.id}", visit.say(APP, name=app.name)) for app in apps.rows
        ]
        found += [visit.say(MORE_APPS)] if apps.after else []
    if visit.has_gateway:
        found.append(visit.say(CONSUMERS))
    pushes = link(f"/console/pushes?account={appid}", visit.say(PUSHES))
    return [*found, visit.say(SUBSCRIBERS), pushes, visit.say(AUDIT)]


def _list(items: Iterable[Html | str]) -> Html:
    return fill("<ul>{items}</ul>", items=[fill("<li>{one}</li>", one=one) for one in items])


async def remove(visit: Visit) -> web.Response:
    appid = visit.request.match_info["appid"]
    path = "/v1/accounts/{appid}"
    gone = await visit.api.delete(path, RemovedAccountResult, appid=appid)
    if gone.left:
        words = "account_reduced" if visit.may(Scope.ADMIN) else "account_left"
        return done(account_place(appid), words, count=gone.removed)
    return done(ROOM, "account_removed", count=gone.removed)


def way_to_removal(visit: Visit, appid: str) -> Html:
    """A link to the question, for a key that may remove; one that is limited to types may not."""
    url = f"{account_place(appid)}/remove"
    return when(
        visit.may(Scope.REGISTER) and not visit.session.key.kinds,
        fill("<p>{link}</p>", link=link(url, visit.say(LEAD))),
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PAGE, asked, Scope.REGISTER),
    ConsoleRoute(hdrs.METH_POST, PAGE, remove, Scope.REGISTER),
)
