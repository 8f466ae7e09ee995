"""The messages that WeChat pushes to an account, in XML or JSON, and the XML that an account replies.

Sources: "接收普通消息", "接收事件推送", "模板消息 事件推送", "订阅通知 事件推送", "被动回复用户消息".
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from xml.parsers import expat

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.sandbox.options import AccountReceiver, PushFormat
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.pushes.codec import decrypt, original_id, signature

NO_REPLY = (b"", b"success")


Entry: TypeAlias = Mapping[str, str | int]
Content: TypeAlias = Mapping[str, str | int | Sequence[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPush:
    """One message or event. Its content is made when it happens, so that each try sends the same.

    `name` is the MsgType of a message, or the Event of an event. `expects_reply`: the user wrote,
    and is shown an error if the account does not respond.
    """

    person: Person
    name: str
    content: Content = field(repr=False)
    expects_reply: bool = False


def message(
    person: Person, msgtype: str, now: datetime, msgid: int, fields: Mapping[str, str]
) -> AccountPush:
    """A message that the user wrote or spoke. Its MsgId identifies it."""
    content = _head(person, now) | {"MsgType": msgtype} | dict(fields) | {"MsgId": msgid}
    return AccountPush(person=person, name=msgtype, content=content, expects_reply=True)


def event(person: Person, name: str, now: datetime, fields: Content | None = None) -> AccountPush:
    """An action of the user. The user and CreateTime identify it."""
    content = _head(person, now) | {"MsgType": "event", "Event": name} | dict(fields or {})
    return AccountPush(person=person, name=name, content=content)


def receipt(person: Person, msgid: int, status: str, now: datetime) -> AccountPush:
    """The outcome of a template message."""
    return event(person, "TEMPLATESENDJOBFINISH", now, {"MsgID": msgid, "Status": status})


def written(content: Content, receiver: AccountReceiver) -> bytes:
    """The message in the receiver's format. Half of a surrogate pair becomes three bytes that are not
    UTF-8."""
    if receiver.format is PushFormat.JSON:
        text = json.dumps(_flat(content), ensure_ascii=False)
    else:
        inner = "".join(_element(name, it, receiver) for name, it in content.items())
        text = f"<xml>{inner}</xml>"
    return text.encode(errors="surrogatepass")


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
    return decrypt(elements["Encrypt"], receiver.encoding_aes_key, receiver.owner)


def _head(person: Person, now: datetime) -> dict[str, str | int | Sequence[Entry]]:
    return {
        "ToUserName": original_id(person.appid),
        "FromUserName": person.openid,
        "CreateTime": int(now.timestamp()),
    }


def _flat(content: Content) -> Mapping[str, object]:
    """In JSON a list is a member of the message itself."""
    return {
        name if isinstance(value, str | int) else "List": value for name, value in content.items()
    }


def _element(name: str, value: str | int | Sequence[Entry], receiver: AccountReceiver) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    if isinstance(value, str):
        # A CDATA section cannot contain "]]>": the section ends after "]]" and a new one begins.
        text = value if receiver.unescaped else value.replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{text}]]></{name}>"
    entries = (
        "".join(_element(key, part, receiver) for key, part in entry.items()) for entry in value
    )
    return f"<{name}>{''.join(f'<List>{entry}</List>' for entry in entries)}</{name}>"
