"""The forms that make a user's tokens, and what they post to."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.links import button
from wechat_scheduler.web.console.parts import joined, secret_section
from wechat_scheduler.web.console.people.frame import ONE, app_of, app_page, app_url
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.subscriber_bodies import UserTokenResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

USER_TOKEN = W(
    "Make the user's token, for programs that manage their reminders",
    "生成用户 token，供程序管理他的提醒",
)
SIMPLE_TOKEN = W(
    "Make an SPT, with which programs write to this user", "生成 SPT，程序用它给此用户发消息"
)
SURE = W(
    "The former one of {name} ends at once. Make a new one?", "{name} 原来的立即失效。生成新的？"
)
TOKEN_MADE = W("The user's new token", "用户的新 token")
BACK = W("Back to the user", "回到用户")
PERSON: Final = f"{ONE}/subscribers/{{name}}"
USER: Final = "/v1/apps/{app}/subscribers/{name}"


def token_forms(visit: Visit, url: str, name: str) -> Html:
    sure = SURE.filled(name=name)
    made = [
        form(
            visit, f"{url}/token", Html(), words, kind="quiet", confirm=sure, fields={"kind": kind}
        )
        for kind, words in (("token", USER_TOKEN), ("spt", SIMPLE_TOKEN))
    ]
    return fill("{made}", made=made)


async def make_token(visit: Visit) -> web.Response:
    app, names = await app_of(visit), visit.request.match_info
    kind = "spt" if visit.form.get("kind") == "spt" else "token"
    made = await visit.api.post(
        f"{USER}/{kind}",
        UserTokenResult,
        once=visit.form.get("once", ""),
        app=app.id,
        name=names["name"],
    )
    shown = secret_section(visit, TOKEN_MADE, [(TOKEN_MADE, made.token)])
    back = button(visit, app_url(app, f"/subscribers/{made.uid}"), BACK)
    return app_page(visit, app, TOKEN_MADE, joined([shown, back]))


ROUTES: Final = (ConsoleRoute(hdrs.METH_POST, f"{PERSON}/token", make_token, Scope.ADMIN),)
