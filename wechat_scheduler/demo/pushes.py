"""How a platform reads what WeChat pushes to it. Source: WeChat's "消息加解密说明"."""

import hmac
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.sandbox.pushes.codec import SALT, signature

# These events are flat: no element has another one in it.
_ELEMENT = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)]]>|([^<]*))</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSecrets:
    """A platform and the two secrets that it shares with WeChat."""

    appid: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)


def open_push(platform: PushSecrets, query: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The elements of an event by name. Raises ForbiddenError if it is not from WeChat to us."""
    sealed = _elements(body.decode(errors="replace")).get("Encrypt", "")
    signed = (query.get("timestamp", ""), query.get("nonce", ""), sealed)
    proof = query.get("msg_signature", "")
    if not hmac.compare_digest(signature(platform.token, *signed).encode(), proof.encode()):
        raise ForbiddenError("the signature is not WeChat's", reason=Reason.PUSH_REFUSED)
    text, receiver = _decrypt(sealed, b64decode(f"{platform.encoding_aes_key}="))
    if receiver != platform.appid:
        raise ForbiddenError("it is meant for another platform", reason=Reason.PUSH_REFUSED)
    return _elements(text)


def _decrypt(sealed: str, key: bytes) -> tuple[str, str]:
    """The text, and the appid of whom it is for."""
    decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
    padded = decryptor.update(b64decode(sealed)) + decryptor.finalize()
    plain = padded[SALT : -padded[-1]]
    end = 4 + int.from_bytes(plain[:4], "big")
    return plain[4:end].decode(), plain[end:].decode()


def _elements(xml: str) -> dict[str, str]:
    inner = xml.strip().removeprefix("<xml>").removesuffix("</xml>")
    return {
        name: literal or unescape(escaped) for name, literal, escaped in _ELEMENT.findall(inner)
    }
