"""How an account answered a callback: silence, a message for the user, or something broken."""

from datetime import datetime
from xml.parsers import expat

from wechat_scheduler.sandbox.codec import decrypt, signature
from wechat_scheduler.sandbox.options import AccountReceiver
from wechat_scheduler.sandbox.phones import By, PhoneMessage

SILENCE = (b"", b"success")


def read(answer: bytes, callback: AccountReceiver, now: datetime) -> PhoneMessage | None:
    """The message in an answer; None for the two that say nothing. Raises ValueError."""
    if answer in SILENCE:
        return None
    elements = _elements(answer)
    if "Encrypt" in elements:
        elements = _elements(_open(elements, callback).encode())
    kind = elements.get("MsgType")
    if not kind or (kind == "text" and not elements.get("Content")):
        raise ValueError("neither success nor a message")
    if kind == "text":
        return PhoneMessage(kind=kind, by=By.REPLY, at=now, text=elements["Content"])
    return PhoneMessage(kind=kind, by=By.REPLY, at=now, content=elements)


def _open(elements: dict[str, str], callback: AccountReceiver) -> str:
    parts = [elements.get(name, "") for name in ("TimeStamp", "Nonce", "Encrypt")]
    if signature(callback.token, *parts) != elements.get("MsgSignature"):
        raise ValueError("signed with another token")
    return decrypt(elements["Encrypt"], callback.encoding_aes_key, callback.appid)


def _elements(document: bytes) -> dict[str, str]:
    """The text of each innermost element, by name. Raises ValueError."""
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
