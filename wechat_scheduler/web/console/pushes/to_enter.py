"""Shows what a person enters in WeChat's console after an endpoint is set up."""

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import COMPONENT_TOKEN
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.known_accounts import learn_names, told_lacking
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, button
from wechat_scheduler.web.console.outcomes import outcome_of
from wechat_scheduler.web.console.parts import COPY, code, facts, joined, section
from wechat_scheduler.web.console.pushes.set_up_form import PUSHES
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.responses import redirected

W = Words

ENTER = W(
    "Enter this in WeChat's console, behind the public address of the daemon:",
    "在微信后台填入下面的路径，前面加上守护进程的公网地址：",
)
ENTER_URL = W(
    "Enter this in WeChat's console, with the same token and key:",
    "在微信后台填入下面的地址，以及相同的 Token 和 Key：",
)
SAVED = W("The endpoint is set up", "推送地址已设置")
BACK = W("Back to the pushes", "回到推送")
PATH = W("服务器URL, of a platform 授权事件接收URL", "服务器URL，平台则为授权事件接收URL")
MESSAGES_PATH = W("消息与事件接收URL of a platform", "平台的消息与事件接收URL")


class SetUpOutcome(msgspec.Struct, kw_only=True):
    """The paths at which pushes of `appid` are accepted now; `messages_path` is a platform's."""

    appid: str
    path: str
    messages_path: str


async def entered(visit: Visit) -> web.Response:
    """The page after an endpoint was set up; the pushes for those who set up none."""
    made = await outcome_of(visit, SetUpOutcome)
    return await entered_page(visit, made) if made else redirected(PUSHES)


async def entered_page(visit: Visit, made: SetUpOutcome) -> web.Response:
    shown = joined([await _to_enter(visit, made), button(visit, PUSHES, BACK)])
    return layout(visit, SAVED, section(visit, SAVED, shown))


async def _to_enter(visit: Visit, made: SetUpOutcome) -> Html:
    """The addresses; a platform's only where it may be one."""
    kept = await _kept(visit, made.appid) if visit.may(Scope.READ) else None
    await learn_names(visit, [made.appid])
    pairs = [(terms.ACCOUNT, account_link(visit, made.appid)), (PATH, _address(visit, made.path))]
    if not kept or any(job.kind == COMPONENT_TOKEN for job in kept):
        pairs.append((MESSAGES_PATH, _address(visit, made.messages_path)))
    return fill(
        '{unknown}<p>{enter}</p><div class="secrets">{facts}</div>',
        unknown=when(
            kept == [], fill('<p class="advice">{told}</p>', told=told_lacking(visit, made.appid))
        ),
        enter=visit.say(ENTER_URL if visit.public_url else ENTER),
        facts=facts(visit, pairs),
    )


async def _kept(visit: Visit, appid: str) -> list[JobResult]:
    """The credentials of the account itself, or of platforms for it."""
    own = (await visit.api.page("/tasks", JobResult, appid=appid, own=True)).rows
    return own or (await visit.api.page("/tasks", JobResult, subject=appid)).rows


def _address(visit: Visit, path: str) -> Html:
    """The whole URL where the public address is known, with a button that copies it where scripts run."""
    url = f"{visit.public_url}{path}"
    return fill(
        '{shown} <button type="button" data-copy="{url}">{copy}</button>',
        shown=code(url),
        url=url,
        copy=visit.say(COPY),
    )
