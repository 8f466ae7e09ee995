"""Consumers of the gateway: made, listed, shown with their usage, changed, given a new secret, revoked."""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.consumer_form import (
    LISTS,
    consumer_fields,
    draft_of,
    read_consumer_form,
)
from wechat_scheduler.web.console.access.consumer_page import (
    badge,
    consumer_sections,
    told_unregistered,
)
from wechat_scheduler.web.console.access.tabs import (
    ROOM,
    TITLE,
    access_page,
    accounts,
    lists_in,
)
from wechat_scheduler.web.console.edits import edit_of, shown_fields
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.known_accounts import learn_names
from wechat_scheduler.web.console.links import button, done, link
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import (
    advice,
    joined,
    secret_section,
    section,
    table,
    with_code,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.consumer_bodies import ConsumerResult, MadeConsumerResult
from wechat_scheduler.web.native.usage import UseResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

HERE: Final = f"{ROOM}/consumers"
NEW: Final = f"{HERE}/new"
ONE: Final = f"{HERE}/of/{{consumer}}"
CONSUMERS = W("Consumers", "使用方")
INTRO = W(
    "A consumer is a system that calls WeChat through the gateway, with a secret of its own in the place of the AppSecret.",
    "使用方是通过网关调用微信的系统，用自己的密钥代替 AppSecret。",
)
EMPTY = W("No consumers yet. Make the first one.", "还没有使用方。请创建第一个。")
OFF = W(
    "The gateway is off here, so no consumer can call yet: set `gateway.enabled = true` in the configuration file and "
    "restart the daemon.",
    "这里的网关没有开启，使用方还不能调用：在配置文件里设置 `gateway.enabled = true`，然后重启守护进程。",
)
HEADS: Final = (
    terms.NAME,
    terms.STATE,
    terms.ACCOUNTS,
    terms.USED_LAST,
)
MAKE, MAKE_IT = W("Make a consumer", "创建使用方"), W("Make the consumer", "创建")
HOW = W("How the system uses it", "系统如何使用")
USE = W(
    "In the system, put {address} in the place of https://api.weixin.qq.com, keep the appid, and put this secret in the place "
    "of the AppSecret.",
    "在系统里，用 {address} 代替 https://api.weixin.qq.com，appid 不变，AppSecret 处填这个密钥。",
)
MADE, ROTATED = W("The consumer was made", "使用方已创建"), W("The new secret", "新的密钥")
SECRET = W("Secret", "密钥")
CHANGE = W("Change the settings", "更改设置")
NOTICES: Final = {
    "consumer_changed": W("The settings were saved, and hold at once.", "设置已保存，立即生效。"),
    "consumer_revoked": W("The consumer was revoked.", "使用方已吊销。"),
}


async def listed(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/consumers`."""
    found = await visit.api.get("/v1/consumers", list[ConsumerResult])
    await learn_names(visit, (appid for one in found for appid in one.appids))
    body = joined(
        [
            fill('<p class="faint">{intro}</p>', intro=visit.say(INTRO)),
            table(visit, CONSUMERS, HEADS, (_row(visit, one) for one in found), empty=EMPTY),
            button(visit, NEW, MAKE),
        ]
    )
    return _page(visit, section(visit, CONSUMERS, body))


async def new(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/consumers/new`."""
    return _form(visit, NEW, {}, Mistakes())


async def make(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/consumers/new`. The secret is in this response only."""
    try:
        body = read_consumer_form(visit, is_new=True)
        made = await visit.api.post("/v1/consumers", MadeConsumerResult, body, once=visit.once)
    except RequestError as error:
        return _form(visit, NEW, visit.form, _mistakes(visit, error))
    return await _secret(visit, MADE, made)


async def show(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/consumers/of/{consumer}`."""
    consumer, used = await _found(visit)
    await learn_names(visit, [*consumer.appids, *(use.appid for use in used)])
    appids = consumer.appids if consumer.state == "active" else ()
    lack = await told_unregistered(visit, appids)
    body = joined([lack, consumer_sections(visit, consumer, used)])
    return _page(visit, body, title=consumer.name)


async def edit(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/consumers/of/{consumer}/edit`."""
    consumer, _ = await _found(visit)
    now = draft_of(consumer)
    return _form(visit, visit.request.path, now, Mistakes(), now)


async def change(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/consumers/of/{consumer}/edit`."""
    consumer, _ = await _found(visit)
    now = draft_of(consumer)
    edit = edit_of(visit, now, boxes=("stand_in",))
    try:
        edit.check()
        body = edit.only(read_consumer_form(edit.visit, is_new=False))
        path = "/v1/consumers/{consumer}"
        await visit.api.patch(path, ConsumerResult, body, consumer=consumer.name)
    except RequestError as error:
        wrong = _mistakes(edit.visit, error)
        return _form(edit.visit, visit.request.path, edit.visit.form, wrong, now)
    return done(f"{HERE}/of/{consumer.name}", "consumer_changed")


async def rotate(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/consumers/of/{consumer}/secret`. The new secret is in this response only."""
    name = visit.request.match_info["consumer"]
    made = await visit.api.post(
        "/v1/consumers/{consumer}/secret",
        MadeConsumerResult,
        once=visit.form.get("once", ""),
        consumer=name,
    )
    return await _secret(visit, ROTATED, made)


async def revoke(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/consumers/of/{consumer}/revoke`."""
    name = visit.request.match_info["consumer"]
    await visit.api.delete("/v1/consumers/{consumer}", str, consumer=name)
    return done(HERE, "consumer_revoked")


async def _found(visit: Visit) -> tuple[ConsumerResult, list[UseResult]]:
    name = visit.request.match_info["consumer"]
    consumer = await visit.api.get("/v1/consumers/{consumer}", ConsumerResult, consumer=name)
    used = await visit.api.get("/v1/usage", list[UseResult], caller=f"consumer/{name}", limit=20)
    return consumer, used


def _mistakes(visit: Visit, error: RequestError) -> Mistakes:
    return Mistakes(error, lists=lists_in(visit.form, LISTS))


def _form(
    visit: Visit,
    action: str,
    draft: Mapping[str, str],
    mistakes: Mistakes,
    now: Mapping[str, str] | None = None,
) -> web.Response:
    """`now` is what is stored; None of a new one."""
    is_new = now is None
    heading, submit = (MAKE, MAKE_IT) if is_new else (CHANGE, terms.SAVE)
    fields = FormFields(visit, draft, mistakes)
    inner = consumer_fields(visit, draft, fields, is_new=is_new)
    shown = form(visit, action, inner, submit, fields=shown_fields(now or {}))
    body = joined([fields.refusal(), shown])
    title = heading if is_new else visit.request.match_info["consumer"]
    return _page(visit, section(visit, heading, body), title=title, status=mistakes.status)


async def _secret(visit: Visit, heading: Words, made: MadeConsumerResult) -> web.Response:
    back = fill("<p>{link}</p>", link=link(f"{HERE}/of/{made.name}", made.name))
    shown = secret_section(visit, heading, [(SECRET, made.secret)])
    base = visit.public_url or str(visit.request.url.origin())
    use = fill("<p>{use}</p>", use=with_code(visit.say(USE, address=f"`{base}`")))
    lack = await told_unregistered(visit, made.appids)
    return _page(visit, joined([lack, shown, section(visit, HOW, use), back]), title=heading)


def _page(visit: Visit, body: Html, *, title: Phrase = TITLE, status: int = 200) -> web.Response:
    """A page about consumers, which says so where none can call."""
    off = Html() if visit.has_gateway else advice(visit, visit.say(OFF))
    return access_page(visit, HERE, joined([off, body]), title=title, status=status)


def _row(visit: Visit, one: ConsumerResult) -> list[Html | str]:
    return [
        link(f"{HERE}/of/{one.name}", one.name),
        badge(visit, one),
        accounts(visit, one.appids),
        visit.time(one.last_used_at),
    ]


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, HERE, listed),
    ConsoleRoute(hdrs.METH_GET, NEW, new),
    ConsoleRoute(hdrs.METH_POST, NEW, make),
    ConsoleRoute(hdrs.METH_GET, ONE, show),
    ConsoleRoute(hdrs.METH_GET, f"{ONE}/edit", edit),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/edit", change),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/secret", rotate),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/revoke", revoke),
)
