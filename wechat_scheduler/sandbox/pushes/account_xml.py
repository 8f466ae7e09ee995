"""The XML that WeChat pushes to an account, and the XML that an account replies.

Sources: "接收普通消息", "接收事件推送", "模板消息 事件推送", "被动回复用户消息".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from wechat_scheduler.sandbox.options import AccountReceiver
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.pushes.codec import decrypt, original_id, signature

NO_REPLY = (b"", b"success")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPush:
    """One message or event. Its XML is made when it happens, so that each try sends the same.

    `name` is the MsgType of a message, or the Event of an event. `expects_reply`: the user wrote,
    and is shown an error if the account does not respond.
    """

    person: Person
    name: str
    xml: str = field(repr=False)
    expects_reply: bool = False


def message(
    person: Person, msgtype: str, now: datetime, msgid: int, fields: Mapping[str, str]
) -> AccountPush:
    """A message that the user wrote or spoke. Its MsgId identifies it."""
    content = {"MsgType": msgtype} | dict(fields) | {"MsgId": msgid}
    xml = _xml(person, now, content)
    return AccountPush(person=person, name=msgtype, xml=xml, expects_reply=True)


def event(
    person: Person, name: str, now: datetime, fields: Mapping[str, str | int] | None = None
) -> AccountPush:
    """An action of the user. The user and CreateTime identify it."""
    content = {"MsgType": "event", "Event": name} | dict(fields or {})
    return AccountPush(person=person, name=name, xml=_xml(person, now, content))


def receipt(person: Person, msgid: int, status: str, now: datetime) -> AccountPush:
    """The outcome of a template message."""
    return event(person, "TEMPLATESENDJOBFINISH", now, {"MsgID": msgid, "Status": status})


def read_reply(body: bytes, receiver: AccountReceiver, now: datetime) -> PhoneMessage | None:
    """The message in the response to a push, None if it has none.

    Raises ValueError if the body is neither empty, nor `success`, nor a message.
    """
    if body in NO_REPLY:
        return None
    elements = read_elements(body)
    if "Encrypt" in elements:
        elements = read_elements(_decrypt(elements, receiver).encode())
    kind = elements.get("MsgType")
    if not kind or (kind == "text" and not elements.get("Content")):
        raise ValueError("neither success nor a message")
    if kind == "text":
        return PhoneMessage(kind=kind, by=By.REPLY, at=now, text=elements["Content"])
    return PhoneMessage(kind=kind, by=By.REPLY, at=now, content=elements)


def read_elements(document: bytes) -> dict[str, str]:
    """The text of each element, by name. Raises ValueError if the document is no XML."""
    found: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, _: object) -> None:
        path.append(name)
        found[name] = ""

    def text(text: str) -> None:
        found[path[-1]] += text

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = lambda _: path.pop()
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    return found


def _decrypt(elements: dict[str, str], receiver: AccountReceiver) -> str:
    parts = [elements.get(name, "") for name in ("TimeStamp", "Nonce", "Encrypt")]
    if signature(receiver.token, *parts) != elements.get("MsgSignature"):
        raise ValueError("signed with another token")
    return decrypt(elements["Encrypt"], receiver.encoding_aes_key, receiver.appid)


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
    # A CDATA section cannot contain "]]>": the section ends after "]]" and a new one begins.
    text = value.replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"
