"""Subscribe notices, which users accept beforehand. Source: "订阅通知 bizsend"."""

from datetime import datetime

import msgspec

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.endpoints.recipients import (
    keywords,
    link,
    miniprogram,
    recipient,
    template,
)
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.pushes.notice_events import sent
from wechat_scheduler.sandbox.templates import SUCCESS
from wechat_scheduler.sandbox.world import World


def send_notice(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40003, 40037, 41030, 47003, 43101 (blocked, or not accepted)."""
    person = recipient(world, call)
    message = _message(world, call)
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


def _message(world: World, call: ApiCall) -> PhoneMessage:
    found = template(world, call, notice=True)
    program = miniprogram(call)
    page = link(call, "page")
    return PhoneMessage(
        kind="notice",
        by=By.ACCOUNT,
        at=call.now,
        template_id=found.template_id,
        title=found.title,
        fields=keywords(call, found),
        url="" if program else page,
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
            "type": 2,
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
    Endpoint("GET", "/wxaapi/newtmpl/gettemplate", list_notices),
)
