"""`/console/apps/{app}/subscribers/{name}`: one user, as an app knows them."""

from typing import Any, Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.edits import edit_of, shown_fields
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import done, links
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import advice, code, facts, joined, section, state, table
from wechat_scheduler.web.console.people.answer import (
    ANSWER,
    ANSWER_PATH,
    answer_form,
    answered,
)
from wechat_scheduler.web.console.people.frame import (
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.people.reach import BLOCKED, MUTED, own_name, reach_badge
from wechat_scheduler.web.console.people.user_tokens import PERSON, USER, token_forms
from wechat_scheduler.web.console.people.uses import USES, uses_table
from wechat_scheduler.web.console.person_names import person_name
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    AppSubscriptionResult,
    ShownSubscriberResult,
    SubscriberResult,
)
from wechat_scheduler.web.native.sending.uses import UseCountResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

NAMES, NICKNAME = W("The apps' own names", "应用自己的用户名"), W("Nickname", "昵称")
KNOWN, QUIET = W("Known since", "首次出现"), W("Quiet hours", "免打扰时段")
CONSENTED = W("Reminders by signed set_reminder calls", "腾讯 set_reminder 接口设提醒")
YES, NO = W("allowed", "已允许"), W("not allowed", "未允许")
MESSAGES = W("Messages to this user", "发给此用户的消息")
PUSHES = W("What the user did lately, and what became of it", "此用户最近做了什么、结果如何")
SUBSCRIPTIONS = W("Subscriptions", "订阅")
RECEIVES = W("Receives", "接收")
NONE = W("The user left the app and gets nothing from it.", "用户已离开应用，不再收到消息。")
DANGER = W("Tokens and removal", "token 与移出")
QUIET_HINT = W(
    "Such as 22:00-07:30, by the user's clock; empty for none.",
    "如 22:00-07:30，按用户时区；空表示没有。",
)
ZONE_HINT = W("Empty means that of the app or reminder.", "空表示用应用或提醒的时区。")
BLOCK, UNBLOCK = W("Block the user", "拉黑用户"), W("Unblock the user", "取消拉黑")
REMOVE = W("Remove from the app", "移出应用")
REMOVE_SURE = W("Remove the subscriptions of {name} to {app}?", "删除 {name} 对 {app} 的订阅？")
FIELDS: Final = ("nickname", "zone", "quiet")
NOTICES: Final = {
    "changed": W("The user is changed.", "用户已修改。"),
    "dismissed": W("The user is removed from the app.", "用户已移出应用。"),
}


async def shown(visit: Visit) -> web.Response:
    return await _page(visit)


async def _page(
    visit: Visit, error: RequestError | None = None, refused: RequestError | None = None
) -> web.Response:
    """`refused` is the error of an answer."""
    app, user = await app_of(visit), await _user(visit)
    wrong = error or refused
    title = f"{visit.say(terms.USER)} {person_name(user.uid, own_name(user), user.openid)}"
    place = {"app": app.id, "name": user.uid}
    uses = await visit.api.get(f"{USER}/uses", list[UseCountResult], **place)
    sections = [
        section(visit, terms.ABOUT, _about(visit, user), id="about"),
        section(
            visit, SUBSCRIPTIONS, _subscriptions(visit, user.subscriptions), id="subscriptions"
        ),
        section(visit, USES, uses_table(visit, uses), id="uses"),
        section(visit, ANSWER, await answer_form(visit, app, user, refused), id="answer"),
        section(visit, terms.SEE_ALSO, _leads(visit, app, user), id="leads"),
        when(
            user.subscriptions,
            section(visit, terms.CHANGE, _change(visit, app, user, error), id="change"),
        ),
        section(visit, DANGER, _danger(visit, app, user), id="danger"),
    ]
    return app_page(
        visit, app, title, fill("{all}", all=sections), status=wrong.status if wrong else 200
    )


async def _user(visit: Visit) -> ShownSubscriberResult:
    names = visit.request.match_info
    return await visit.api.get(USER, ShownSubscriberResult, app=names["app"], name=names["name"])


def _about(visit: Visit, user: ShownSubscriberResult) -> Html:
    own = next((one for one in user.subscriptions if one.topic is None), None)
    badge = reach_badge(
        visit, user, blocked=bool(own and own.blocked), muted=bool(own and own.muted)
    )
    told = facts(
        visit,
        [
            (terms.STATE, badge),
            (NAMES, joined(fill("<div>{name}</div>", name=code(name)) for name in user.names)),
            (NICKNAME, user.nickname),
            (terms.UID, code(user.uid)),
            (terms.OPENID, code(user.openid)),
            (terms.LAST_ACT, visit.exactly(user.heard_at)),
            (KNOWN, visit.exactly(user.created_at)),
            (terms.ZONE, user.zone),
            (QUIET, user.quiet),
            (CONSENTED, visit.say(YES if user.consented else NO)),
        ],
    )
    return fill("{told}{trouble}", told=told, trouble=advice(visit, user.trouble))


def _subscriptions(visit: Visit, found: list[AppSubscriptionResult]) -> Html:
    rows = [
        (
            one.topic_name
            or (visit.say(terms.APP_ITSELF) if one.topic is None else str(one.topic)),
            _receives(visit, one),
            visit.exactly(one.subscribed_at),
        )
        for one in found
    ]
    return table(visit, SUBSCRIPTIONS, (terms.TOPIC, terms.STATE, terms.SINCE), rows, empty=NONE)


def _receives(visit: Visit, one: AppSubscriptionResult) -> Html:
    if one.blocked:
        return state(visit, "warn", BLOCKED)
    return state(visit, "warn", MUTED) if one.muted else state(visit, "good", RECEIVES)


def _leads(visit: Visit, app: AppResult, user: ShownSubscriberResult) -> Html:
    return links(
        visit,
        [
            (f"/console/messages/write?app={app.id}&to={user.uid}", terms.WRITE_MESSAGE),
            (f"/console/reminders/write?app={app.id}&uid={user.uid}", terms.WRITE_REMINDER),
            (f"/console/messages?app={app.id}&person={user.uid}", MESSAGES),
            (f"/console/reminders?uid={user.uid}", terms.REMINDERS),
            *(
                [(f"/console/pushes?appid={app.appid}&person={user.openid}", PUSHES)]
                if visit.sees(Scope.READ)
                else []
            ),
        ],
    )


def _change(
    visit: Visit, app: AppResult, user: ShownSubscriberResult, error: RequestError | None
) -> Html:
    given = visit.form if error else _given(user)
    fields = FormFields(visit, given, Mistakes(error))
    body = fields.below_refusal(
        [
            fields.text("nickname", NICKNAME),
            fields.text("zone", terms.ZONE, hint=ZONE_HINT),
            fields.text("quiet", QUIET, hint=QUIET_HINT),
        ]
    )
    url = app_url(app, f"/subscribers/{user.uid}")
    is_blocked = any(one.blocked for one in user.subscriptions if one.topic is None)
    words, block = (UNBLOCK, "") if is_blocked else (BLOCK, "on")
    forms = [
        form(visit, url, body, terms.SAVE, fields=shown_fields(_given(user))),
        form(visit, f"{url}/block", Html(), words, kind="quiet", fields={"blocked": block}),
    ]
    return joined(forms)


def _given(user: ShownSubscriberResult) -> dict[str, str]:
    """The fields as they are now."""
    return {name: getattr(user, name) or "" for name in FIELDS}


def _danger(visit: Visit, app: AppResult, user: ShownSubscriberResult) -> Html:
    url = app_url(app, f"/subscribers/{user.uid}")
    name = person_name(user.uid, own_name(user), user.openid)
    sure = REMOVE_SURE.filled(name=name, app=app.name)
    leave = form(visit, f"{url}/remove", Html(), REMOVE, kind="danger", confirm=sure)
    tokens = when(visit.may(Scope.ADMIN), token_forms(visit, url, name))
    return fill("{tokens}{leave}", tokens=tokens, leave=leave)


async def answer(visit: Visit) -> web.Response:
    try:
        return await answered(visit)
    except RequestError as error:
        return await _page(visit, refused=error)


async def change(visit: Visit) -> web.Response:
    edit = edit_of(visit, _given(await _user(visit)))
    given = {name: edit.visit.form[name].strip() for name in FIELDS}
    try:
        edit.check()
        return await _changed(visit, edit.only({**given, "quiet": given["quiet"] or None}))
    except RequestError as error:
        return await _page(edit.visit, error)


async def block(visit: Visit) -> web.Response:
    return await _changed(visit, {"blocked": bool(visit.form.get("blocked"))})


async def _changed(visit: Visit, body: dict[str, Any]) -> web.Response:
    names = visit.request.match_info
    await visit.api.patch(USER, SubscriberResult, body=body, app=names["app"], name=names["name"])
    return done(visit.request.path.removesuffix("/block"), "changed")


async def remove(visit: Visit) -> web.Response:
    names = visit.request.match_info
    await visit.api.delete(USER, str, app=names["app"], name=names["name"])
    return done(visit.request.path.rpartition("/")[0].rpartition("/")[0], "dismissed")


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PERSON, shown),
    ConsoleRoute(hdrs.METH_POST, PERSON, change),
    ConsoleRoute(hdrs.METH_POST, ANSWER_PATH, answer),
    ConsoleRoute(hdrs.METH_POST, f"{PERSON}/block", block),
    ConsoleRoute(hdrs.METH_POST, f"{PERSON}/remove", remove),
)
