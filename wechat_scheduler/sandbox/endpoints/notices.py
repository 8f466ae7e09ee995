"""Subscribe notices, which users accept beforehand. Source: "订阅通知 bizsend"."""

from datetime import datetime
from types import MappingProxyType

import msgspec

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.recipients import (
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

# The kind of a field is its name without the number. Source: "订阅消息参数值内容限制说明".
LONGEST = MappingProxyType(
    {
        "thing": 20,
        "number": 32,
        "letter": 32,
        "symbol": 5,
        "character_string": 32,
        "phone_number": 17,
        "car_number": 8,
        "name": 20,
        "phrase": 5,
    }
)


def send_notice(world: World, call: ApiCall) -> Reply:
    """Refuses a value that is too long, where a template message cuts it.

    Raises RefusedError 40003, 40037, 41030, 47003, 43101 (blocked, or not accepted).
    """
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
    template_id = template(world, call)
    program = miniprogram(call)
    page = link(call, "page")
    return PhoneMessage(
        kind="notice",
        by=By.ACCOUNT,
        at=call.now,
        template_id=template_id,
        title=world.templates.title(template_id),
        fields=_fitting(keywords(call)),
        url="" if program else page,
        miniprogram=program,
    )


def _fitting(fields: dict[str, str]) -> dict[str, str]:
    for name, text in fields.items():
        longest = LONGEST.get(name.rstrip("0123456789"))
        if not text or (longest is not None and len(text) > longest):
            raise wrong_argument(f"data.{name}.value")
    return fields


ENDPOINTS = (Endpoint("POST", "/cgi-bin/message/subscribe/bizsend", send_notice),)
