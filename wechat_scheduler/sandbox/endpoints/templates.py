"""Template messages. Sources: "模板消息 发送模板消息", "关于模板消息调整的通知" (2023)."""

import msgspec

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import official_account
from wechat_scheduler.sandbox.endpoints.recipients import (
    keywords,
    link,
    miniprogram,
    recipient,
    template,
)
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.keyword_rules import type_of
from wechat_scheduler.sandbox.limits import Limit, shanghai_midnight
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.pushes.account_messages import receipt
from wechat_scheduler.sandbox.templates import (
    SUCCESS,
    KeptFromPhone,
    MessageIdentity,
    SandboxTemplate,
)
from wechat_scheduler.sandbox.tokens import random_text
from wechat_scheduler.sandbox.world import World

# Since 2023 WeChat displays neither of these nor colours, and cuts keywords without a type.
HIDDEN = ("first", "remark")
LONGEST_KEYWORD = 20
# Intercepted messages in one answer.
LONGEST_LIST = 100


def send_template(world: World, call: ApiCall) -> Reply:
    """A message with the same `client_msg_id` within ten minutes is not shown again.

    Raises RefusedError 40003, 40013, 40037, 40039, 40165, 47003, 43004 (does not follow), 43101
    (blocked), 48001 (a mini-program).
    """
    person = recipient(world, call, mini_program=False)
    message = _message(world, call)
    if person.followed_at is None:
        raise RefusedError(43004)
    if person.blocked:
        raise RefusedError(43101)
    identity = MessageIdentity(person.appid, person.openid, message.client_msg_id)
    msgid = world.templates.sent(identity, call.now)
    if msgid is None:
        msgid = world.templates.new_msgid(identity, call.now)
        _deliver(world, person, message, msgid, call)
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _message(world: World, call: ApiCall) -> PhoneMessage:
    found = template(world, call, notice=False)
    program = miniprogram(world, call)
    url = link(call, "url")
    shown = {name: text for name, text in keywords(call, found).items() if name not in HIDDEN}
    return PhoneMessage(
        kind="template",
        by=By.ACCOUNT,
        at=call.now,
        client_msg_id=str(call.fields.get("client_msg_id") or ""),
        template_id=found.template_id,
        title=found.title,
        fields={
            name: text if type_of(name) else text[:LONGEST_KEYWORD] for name, text in shown.items()
        },
        url="" if program else url,
        miniprogram=program,
    )


def _deliver(
    world: World, person: Person, message: PhoneMessage, msgid: int, call: ApiCall
) -> None:
    found = world.templates.find(message.template_id)
    if found and found.intercepted:
        world.templates.intercept(_intercepted(person, message))
        return
    status = world.templates.status(person.appid)
    if status == SUCCESS:
        world.people.show(person, msgspec.structs.replace(message, msgid=msgid))
    world.account_pushes.add(receipt(person, msgid, status, call.now))


def _intercepted(person: Person, message: PhoneMessage) -> KeptFromPhone:
    return KeptFromPhone(
        appid=person.appid,
        openid=person.openid,
        template_id=message.template_id,
        title=message.title,
        content="\n".join(message.fields.values()),
        at=message.at,
    )


def list_intercepted(world: World, call: ApiCall) -> Reply:
    """The messages of a template that WeChat intercepted today. Source: "模板消息 查询拦截的模板消息". Raises
    RefusedError 40037, 47001, 48001."""
    appid = official_account(world, call)
    template_id = call.text("tmpl_msg_id", missing=40037)
    after, limit = call.number("largest_id", 0), call.number("limit", LONGEST_LIST)
    today = shanghai_midnight(call.now)
    found = [
        one
        for one in world.templates.intercepted(appid, template_id)
        if one.id > after and one.at >= today
    ]
    return {"errcode": 0, "errmsg": "ok", "msginfo": [_told(one) for one in found[:limit]]}


def _told(one: KeptFromPhone) -> Reply:
    return {
        "id": one.id,
        "tmpl_msg_id": one.template_id,
        "title": one.title,
        "content": one.content,
        "send_timestamp": int(one.at.timestamp()),
        "openid": one.openid,
    }


def list_templates(world: World, call: ApiCall) -> Reply:
    """The templates of the account. Source: "模板消息 获取模板列表". Raises RefusedError 48001."""
    official_account(world, call)
    listed = [
        {
            "template_id": one.template_id,
            "title": one.title,
            "primary_industry": "",
            "deputy_industry": "",
            "content": one.content,
            "example": one.content,
        }
        for one in world.templates.listed(notice=False)
    ]
    return {"template_list": listed}


def add_template(world: World, call: ApiCall) -> Reply:
    """Adds a template of WeChat's library, to every account of the sandbox. Source: "模板消息 获得模板ID"."""
    official_account(world, call)
    short = call.text("template_id_short", missing=40037)
    template_id = random_text(world.rng, 32)
    world.templates.put(SandboxTemplate(template_id=template_id, title=short, is_notice=False))
    return {"errcode": 0, "errmsg": "ok", "template_id": template_id}


def delete_template(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40037."""
    official_account(world, call)
    if not world.templates.remove(call.fields.get("template_id")):
        raise RefusedError(40037)
    return {"errcode": 0, "errmsg": "ok"}


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/message/template/send", send_template, Limit(day=100_000)),
    Endpoint("POST", "/wxa/sec/queryblocktmplmsg", list_intercepted),
    Endpoint("GET", "/cgi-bin/template/get_all_private_template", list_templates),
    Endpoint("POST", "/cgi-bin/template/api_add_template", add_template),
    Endpoint("POST", "/cgi-bin/template/del_private_template", delete_template),
)
