"""WeChat's encryption of what it pushes, written a second time.

The daemon has a decoder of its own in another room, and neither knows the other: a mistake made in
one is found by the other. Source: WeChat's "消息加解密说明".
"""

import hashlib
import random
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wechat_scheduler.sandbox.options import TicketPush

BLOCK = 32  # WeChat pads to the size of its key, not to AES's own 16
SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is sent: the query to add to the receiver's URL, and the body."""

    query: Mapping[str, str]
    body: bytes = field(repr=False)


def seal(message: str, push: TicketPush, now: datetime, rng: random.Random) -> Envelope:
    """Encrypt and sign `message` for a platform. Each call uses a new salt and nonce."""
    timestamp, nonce = str(int(now.timestamp())), str(rng.randrange(10**9, 10**10))
    appid = push.component_appid
    sealed = encrypt(message, push.encoding_aes_key, appid, salt=rng.randbytes(SALT))
    query = {
        "signature": signature(push.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": signature(push.token, timestamp, nonce, sealed),
    }
    body = f"<xml><AppId><![CDATA[{appid}]]></AppId><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return Envelope(query=query, body=body.encode())


def encrypt(message: str, encoding_aes_key: str, appid: str, *, salt: bytes) -> str:
    """AES-256-CBC over salt, length, message and appid; in base64. The IV is half of the key."""
    key = b64decode(encoding_aes_key + "=")
    text = message.encode()
    plain = _pad(salt + len(text).to_bytes(4, "big") + text + appid.encode())
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: the algorithm is WeChat's choice."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _pad(plain: bytes) -> bytes:
    missing = BLOCK - len(plain) % BLOCK
    return plain + bytes([missing]) * missing
