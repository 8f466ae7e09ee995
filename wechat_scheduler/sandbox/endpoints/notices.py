"""Subscribe notices, which users accept beforehand. Sources: "订阅通知 bizsend", and "发送订阅消息" of
mini-programs."""

from datetime import datetime

import msgspec

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.endpoints.recipients import (
    is_page,
    keywords,
    link,
    miniprogram,
    recipient,
    template,
    wrong_argument,
)
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.pushes.notice_events import sent
from wechat_scheduler.sandbox.templates import SUCCESS
from wechat_scheduler.sandbox.world import World

# The versions of a mini-program that a notice opens, and the languages in which WeChat frames it.
STATES = ("developer", "trial", "formal")
LANGUAGES = ("zh_CN", "en_US", "zh_HK", "zh_TW")


def send_notice(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40003, 40013, 40037, 40165, 47003, 43101 (blocked, or not accepted), 48001 (a
    mini-program)."""
    person = recipient(world, call, mini_program=False)
    program = miniprogram(world, call)
    page = link(call, "page")
    return _send(world, person, _message(world, call, "" if program else page, program), call)


def send_own_notice(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40003, 40037, 41030 (no page of the mini-program), 47003, 43101 (blocked, or
    not accepted), 48001 (no mini-program)."""
    person = recipient(world, call, mini_program=True)
    for name, known in (("miniprogram_state", STATES), ("lang", LANGUAGES)):
        if call.fields.get(name, known[0]) not in known:
            raise wrong_argument(name)
    page = call.fields.get("page") or ""
    if not is_page(page):
        raise RefusedError(41030)
    program = f"{person.appid}/{page}" if page else ""
    return _send(world, person, _message(world, call, "", program), call)


def _send(world: World, person: Person, message: PhoneMessage, call: ApiCall) -> Reply:
    if person.blocked:
        raise RefusedError(43101)
    world.people.check_use(person, message.template_id)
    msgid = world.templates.next_msgid()
    _deliver(world, person, message, msgid, call.now)
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _deliver(
    world: World, person: Person, message: PhoneMessage, msgid: int, now: datetime
) -> None:
    """One that fails costs no use."""
    status = world.templates.status(person.appid)
    if status == SUCCESS:
        world.people.spend_use(person, message.template_id)
        world.people.show(person, msgspec.structs.replace(message, msgid=msgid))
    world.account_pushes.add(sent(person, message.template_id, msgid, now, status))


def _message(world: World, call: ApiCall, url: str, program: str) -> PhoneMessage:
    found = template(world, call, notice=True)
    return PhoneMessage(
        kind="notice",
        by=By.ACCOUNT,
        at=call.now,
        template_id=found.template_id,
        title=found.title,
        fields=keywords(call, found),
        url=url,
        miniprogram=program,
    )


def list_notices(world: World, call: ApiCall) -> Reply:
    """The notices of the account. Source: "获取已有模板列表"."""
    bearer(world, call, *ACCOUNT_TOKENS)
    data = [
        {
            "priTmplId": one.template_id,
            "title": one.title,
            "content": one.content,
            "example": one.content,
            "type": 3 if one.lasting else 2,
            "keywordEnumValueList": [
                {"keywordCode": f"{name}.DATA", "enumValueList": list(values)}
                for name, values in one.values.items()
            ],
        }
        for one in world.templates.listed(notice=True)
    ]
    return {"errcode": 0, "errmsg": "ok", "data": data}


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/message/subscribe/bizsend", send_notice),
    Endpoint("POST", "/cgi-bin/message/subscribe/send", send_own_notice),
    Endpoint("GET", "/wxaapi/newtmpl/gettemplate", list_notices),
)
