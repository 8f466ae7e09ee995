"""The encryption and signatures of pushes, written independently of the daemon's own.

A mistake in one is found by the other. Source: "消息加解密说明".
"""

import hashlib
import random
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.sandbox.options import AccountReceiver, PlatformReceiver, PushFormat, PushMode

BLOCK = 32  # WeChat pads to the size of its key, not to AES's own 16
SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """`query` is added to the receiver's URL."""

    query: Mapping[str, str]
    body: bytes = field(repr=False)


def seal_for_platform(
    message: str, receiver: PlatformReceiver, now: datetime, rng: random.Random
) -> PushRequest:
    """Encrypts and signs `message`. Each call uses a new salt and nonce."""
    appid = receiver.component_appid
    sealed = encrypt(message, receiver.encoding_aes_key, appid, salt=rng.randbytes(SALT))
    query = sign(receiver.token, now, rng, sealed)
    body = f"<xml><AppId><![CDATA[{appid}]]></AppId><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return PushRequest(query=query, body=body.encode())


def seal_for_account(
    message: bytes, receiver: AccountReceiver, openid: str, now: datetime, rng: random.Random
) -> PushRequest:
    """Signs `message`, and encrypts it if the receiver's mode says so. The query has the openid."""
    if receiver.mode is PushMode.PLAIN:
        query = sign(receiver.token, now, rng) | {"openid": openid}
        return PushRequest(query=query, body=message)
    salt = rng.randbytes(SALT)
    sealed = encrypt(message, receiver.encoding_aes_key, receiver.owner, salt=salt)
    query = sign(receiver.token, now, rng, sealed) | {"openid": openid}
    return PushRequest(query=query, body=_beside(message, sealed, receiver))


def _beside(message: bytes, sealed: str, receiver: AccountReceiver) -> bytes:
    """The encrypted text, after the readable message in compatible mode."""
    name, is_open = original_id(receiver.appid), receiver.mode is PushMode.COMPATIBLE
    if receiver.format is PushFormat.JSON:
        head = message.removesuffix(b"}") if is_open else f'{{"ToUserName": "{name}"'.encode()
        return head + f', "Encrypt": "{sealed}"}}'.encode()
    only = f"<xml><ToUserName><![CDATA[{name}]]></ToUserName>".encode()
    head = message.removesuffix(b"</xml>") if is_open else only
    return head + f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def sign(token: str, now: datetime, rng: random.Random, sealed: str = "") -> dict[str, str]:
    """The query of a push; `sealed` is its encrypted text, if it is encrypted."""
    timestamp, nonce = str(int(now.timestamp())), str(rng.randrange(10**9, 10**10))
    query = {
        "signature": signature(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    if sealed:
        query["encrypt_type"] = "aes"
        query["msg_signature"] = signature(token, timestamp, nonce, sealed)
    return query


def original_id(appid: str) -> str:
    """The account's name in XML."""
    return f"gh_{appid}"


def encrypt(message: str | bytes, encoding_aes_key: str, appid: str, *, salt: bytes) -> str:
    """Salt, length, message and appid, in AES-256-CBC and base64. The IV is half of the key."""
    key = b64decode(encoding_aes_key + "=")
    text = message.encode() if isinstance(message, str) else message
    plain = _pad(salt + len(text).to_bytes(4, "big") + text + appid.encode())
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def decrypt(sealed: str, encoding_aes_key: str, appid: str) -> str:
    """The text. Raises ValueError if it is not encrypted with this key for this appid."""
    key = b64decode(encoding_aes_key + "=")
    decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
    try:
        padded = decryptor.update(b64decode(sealed, validate=True)) + decryptor.finalize()
    except Base64Error as error:
        raise ValueError("no base64") from error
    plain = padded[: -padded[-1]] if padded else b""
    size = int.from_bytes(plain[SALT : SALT + 4], "big")
    text, owner = plain[SALT + 4 :][:size], plain[SALT + 4 :][size:]
    if owner != appid.encode():
        raise ValueError("encrypted for another appid")
    return text.decode()


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts, which WeChat prescribes."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _pad(plain: bytes) -> bytes:
    missing = BLOCK - len(plain) % BLOCK
    return plain + bytes([missing]) * missing
