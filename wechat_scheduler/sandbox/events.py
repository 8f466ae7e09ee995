"""What WeChat posts to an account: the XML of messages and events.

Sources: "接收普通消息", "接收事件推送", "模板消息 事件推送".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wechat_scheduler.sandbox.codec import original_id
from wechat_scheduler.sandbox.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPush:
    """One message or event. Its XML is fixed when it happens, so that each try says the same.

    `expects_reply`: whether its user wrote something and is told if the account stays silent.
    """

    person: Person
    name: str
    xml: str = field(repr=False)
    expects_reply: bool = False


def message(
    person: Person, msgtype: str, now: datetime, msgid: int, fields: Mapping[str, str]
) -> AccountPush:
    """What the user wrote or said. A receiver knows it again by its MsgId."""
    content = {"MsgType": msgtype} | dict(fields) | {"MsgId": msgid}
    return AccountPush(
        person=person, name=msgtype, xml=_xml(person, now, content), expects_reply=True
    )


def event(
    person: Person, name: str, now: datetime, fields: Mapping[str, str | int] | None = None
) -> AccountPush:
    """What the user did. A receiver knows it again by its user and CreateTime."""
    content = {"MsgType": "event", "Event": name} | dict(fields or {})
    return AccountPush(person=person, name=name, xml=_xml(person, now, content))


def receipt(person: Person, msgid: int, status: str, now: datetime) -> AccountPush:
    """What became of a template message."""
    return event(person, "TEMPLATESENDJOBFINISH", now, {"MsgID": msgid, "Status": status})


def _xml(person: Person, now: datetime, content: Mapping[str, str | int]) -> str:
    head: dict[str, str | int] = {
        "ToUserName": original_id(person.appid),
        "FromUserName": person.openid,
        "CreateTime": int(now.timestamp()),
    }
    elements = (head | dict(content)).items()
    return f"<xml>{''.join(_element(name, value) for name, value in elements)}</xml>"


def _element(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    # A section cannot hold its own end: it is closed between the brackets and opened anew.
    text = value.replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"
