"""WeChat's encryption of what it pushes, written a second time.

The daemon has a decoder of its own in another room, and neither knows the other: a mistake made in
one is found by the other. Source: WeChat's "消息加解密说明".
"""

import hashlib
import random
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wechat_scheduler.sandbox.options import AccountReceiver, PlatformReceiver, PushMode

BLOCK = 32  # WeChat pads to the size of its key, not to AES's own 16
SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """What is sent: the query to add to the receiver's URL, and the body."""

    query: Mapping[str, str]
    body: bytes = field(repr=False)


def seal(message: str, push: PlatformReceiver, now: datetime, rng: random.Random) -> PushRequest:
    """Encrypt and sign `message` for a platform. Each call uses a new salt and nonce."""
    appid = push.component_appid
    sealed = encrypt(message, push.encoding_aes_key, appid, salt=rng.randbytes(SALT))
    query = sign(push.token, now, rng, sealed)
    body = f"<xml><AppId><![CDATA[{appid}]]></AppId><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return PushRequest(query=query, body=body.encode())


def address(
    message: str, callback: AccountReceiver, openid: str, now: datetime, rng: random.Random
) -> PushRequest:
    """`message` for an account, in the mode that its owner chose. The query names the user."""
    if callback.mode is PushMode.PLAIN:
        query = sign(callback.token, now, rng) | {"openid": openid}
        return PushRequest(query=query, body=message.encode())
    salt = rng.randbytes(SALT)
    sealed = encrypt(message, callback.encoding_aes_key, callback.appid, salt=salt)
    element = f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    if callback.mode is PushMode.COMPATIBLE:
        body = message.removesuffix("</xml>") + element
    else:
        name = original_id(callback.appid)
        body = f"<xml><ToUserName><![CDATA[{name}]]></ToUserName>{element}"
    query = sign(callback.token, now, rng, sealed) | {"openid": openid}
    return PushRequest(query=query, body=body.encode())


def sign(token: str, now: datetime, rng: random.Random, sealed: str = "") -> dict[str, str]:
    """The query of a request to a receiver; with `sealed`, that of an encrypted one."""
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
    """The account's name in what it receives and sends."""
    return f"gh_{appid}"


def encrypt(message: str, encoding_aes_key: str, appid: str, *, salt: bytes) -> str:
    """AES-256-CBC over salt, length, message and appid; in base64. The IV is half of the key."""
    key = b64decode(encoding_aes_key + "=")
    text = message.encode()
    plain = _pad(salt + len(text).to_bytes(4, "big") + text + appid.encode())
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def decrypt(sealed: str, encoding_aes_key: str, appid: str) -> str:
    """The text of what an account encrypted. Raises ValueError, for a foreign appid as well."""
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
    """SHA-1 over the sorted parts: the algorithm is WeChat's choice."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _pad(plain: bytes) -> bytes:
    missing = BLOCK - len(plain) % BLOCK
    return plain + bytes([missing]) * missing
