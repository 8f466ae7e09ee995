"""Pushes as WeChat sends them, made by wechatpy, an independent implementation; wrong ones by hand."""

import random
import warnings
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.clock import START
from tests.house import COMPONENT
from wechat_scheduler.pushes.model import Push, Secrets
from wechat_scheduler.sandbox.pushes.codec import encrypt
from wechat_scheduler.wechat.decoding import signature

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import xmltodict
    from wechatpy.crypto import WeChatCrypto

TOKEN = "testtoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
SECRETS = Secrets(tokens=(TOKEN,), aes_keys=(KEY,))
PLAIN = Secrets(tokens=(TOKEN,), aes_keys=("",))


@dataclass(slots=True, kw_only=True)
class Sender:
    """A WeChat that seals with these; each push has a nonce of its own."""

    token: str = TOKEN
    key: str = KEY
    appid: str = COMPONENT
    rng: random.Random = field(default_factory=lambda: random.Random(3))

    def push(self, message: str, at: datetime = START) -> Push:
        timestamp, nonce = str(int(at.timestamp())), str(self.rng.randrange(10**9, 10**10))
        crypto = WeChatCrypto(self.token, self.key, self.appid)
        reply = xmltodict.parse(crypto.encrypt_message(message, nonce, timestamp))["xml"]
        return Push(
            timestamp=timestamp,
            nonce=nonce,
            signature=signature(self.token, timestamp, nonce),
            msg_signature=reply["MsgSignature"],
            body=envelope(reply["Encrypt"]),
        )

    def safe(self, document: bytes, at: datetime = START) -> Push:
        """As to an account in 安全模式, in the format of the document, whatever its bytes."""
        name = b"ToUserName"
        head = b'{"%s":"gh_1"}' if document.startswith(b"{") else b"<xml><%s>gh_1</%s></xml>"
        return self._sealed(document, head.replace(b"%s", name), at)

    def both(self, document: bytes, at: datetime = START) -> Push:
        """As to an account in 兼容模式: plain, and encrypted in the last element."""
        return self._sealed(document, document, at)

    def open(self, document: bytes, at: datetime = START) -> Push:
        """As to an account in 明文模式."""
        timestamp, nonce = str(int(at.timestamp())), str(self.rng.randrange(10**9, 10**10))
        return Push(
            timestamp=timestamp,
            nonce=nonce,
            signature=signature(self.token, timestamp, nonce),
            msg_signature="",
            body=document,
        )

    def _sealed(self, document: bytes, beside: bytes, at: datetime) -> Push:
        push, sealed = self.open(b"", at), encrypt(document, self.key, self.appid, salt=bytes(16))
        proof = signature(self.token, push.timestamp, push.nonce, sealed)
        if beside.startswith(b"{"):
            body = beside.removesuffix(b"}") + f',"Encrypt":"{sealed}"}}'.encode()
        else:
            element = f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
            body = beside.removesuffix(b"</xml>") + element
        return replace(push, msg_signature=proof, body=body)

    def plain(self, message: str, at: datetime = START) -> Push:
        """As to an account in 明文模式."""
        return self.open(message.encode(), at)

    def compatible(self, message: str, at: datetime = START) -> Push:
        """As to an account in 兼容模式: plain, and encrypted beside it."""
        push = self.push(message, at)
        sealed = push.body.removesuffix(b"</xml>").partition(b"<Encrypt>")
        body = message.encode().removesuffix(b"</xml>") + sealed[1] + sealed[2] + b"</xml>"
        return replace(push, body=body)

    def raw(self, plain: bytes, at: datetime = START) -> Push:
        """Sealed as it is, padding and all: what no encoder would make."""
        key = b64decode(self.key + "=")
        encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
        return self.signed(b64encode(encryptor.update(plain) + encryptor.finalize()).decode(), at)

    def read(self, reply: bytes) -> dict[str, str]:
        """The message in the response to a push."""
        sealed = xmltodict.parse(reply)["xml"]
        crypto = WeChatCrypto(self.token, self.key, self.appid)
        plain = crypto.decrypt_message(
            reply, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"]
        )
        message: dict[str, str] = xmltodict.parse(plain)["xml"]
        return message

    def signed(self, sealed: str, at: datetime = START) -> Push:
        timestamp, nonce = str(int(at.timestamp())), "1320562132"
        return Push(
            timestamp=timestamp,
            nonce=nonce,
            signature=signature(self.token, timestamp, nonce),
            msg_signature=signature(self.token, timestamp, nonce, sealed),
            body=envelope(sealed),
        )


def envelope(sealed: str) -> bytes:
    return f"<xml><AppId><![CDATA[{COMPONENT}]]></AppId><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def ticket(value: str = "ticket@@@1", at: datetime = START) -> str:
    return event("component_verify_ticket", at, ComponentVerifyTicket=value)


def event(info_type: str, at: datetime = START, **fields: str) -> str:
    """The message of an event, as WeChat writes it."""
    head = {"AppId": COMPONENT, "CreateTime": str(int(at.timestamp())), "InfoType": info_type}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in (head | fields).items())
    return f"<xml>{inner}</xml>"


def said(msgtype: str = "text", at: datetime = START, **fields: str) -> str:
    """What a user said or did, as WeChat writes it."""
    head = {
        "ToUserName": "gh_1",
        "FromUserName": "o-user",
        "CreateTime": str(int(at.timestamp())),
        "MsgType": msgtype,
    }
    inner = "".join(
        f"<{name}><![CDATA[{text}]]></{name}>" for name, text in (head | fields).items()
    )
    return f"<xml>{inner}</xml>"
