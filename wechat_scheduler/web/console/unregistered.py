"""Says that an app cannot send since its account has no credential."""

from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import spaced
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

NOTHING_SENT = W(
    "The account {appid} of this app has no credential here: nothing can be sent until it is registered.",
    "这个应用的账号 {appid} 在这里没有凭据：登记之前，什么也发不出去。",
)
REGISTER = W("Register it", "登记")
_APP: Final = "/v1/apps/{app}"


async def unregistered(visit: Visit, app: AppResult) -> Html:
    """A line of advice with the way to register the account; empty if messages can be sent through it. Raises
    RequestError."""
    noted = await visit.api.get_noted(_APP, AppResult, app=app.id)
    url = f"/console/credentials/register?{urlencode({'appid': app.appid})}"
    told = fill(
        '<p class="advice">{told}</p>',
        told=spaced(
            visit.say(NOTHING_SENT, appid=app.appid),
            when(visit.may(Scope.REGISTER), link(url, visit.say(REGISTER))),
        ),
    )
    return when(noted.message, told)
