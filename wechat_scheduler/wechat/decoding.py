"""Decodes pushes: signature, AES, XML or JSON; and encodes the replies to them. Sources: "消息加解密说明", "第三方平台
加解密", "被动回复用户消息".

An account's owner chooses among three modes: in 安全模式 messages come encrypted, in 兼容模式 both plain
and encrypted, in 明文模式 plain. Messages for a platform always come encrypted.

An encrypted push is XML or JSON with an `Encrypt` in it: base64 of AES-256-CBC over 16 random bytes, the
message's length (four bytes, big-endian), the message, and the appid that it is for. `msg_signature` is
made of the token and of `Encrypt`; it is checked before anything is decrypted, so that a stranger learns
nothing from how decryption fails.
"""

import binascii
import hashlib
import os
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import datetime
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import MSG_TYPE, Opened, Push, PushedMessage, Secrets
from wechat_scheduler.wechat import refused_pushes
from wechat_scheduler.wechat.pushed_json import read_json
from wechat_scheduler.wechat.pushed_xml import read_xml

AES_BLOCK = 16
# WeChat pads to 32 bytes, the size of its key; otherwise as PKCS #7.
LONGEST_PAD = 32
SALT = 16
LENGTH = 4

ENCRYPT = "Encrypt"

# Seconds since 1970, until the year 5138.
_TIMESTAMP = pattern(r"[0-9]{1,11}")
_NONCE = pattern(r"[!-~]{1,128}")
_JSON = pattern(rb"(?:\xef\xbb\xbf)?\s*\{")
_SEALED_MEMBER = pattern(rb'"Encrypt"\s*:\s*"([^"]*)"')
_SIGNATURE = pattern(r"[0-9a-f]{40}")
# Characters that XML cannot hold.
_FORBIDDEN = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class PushDecoder:
    """`pushes.ports.Decoder`. With a key, plain messages are not read: the signature of a plain push does
    not cover its body, so that an attacker who saw one signature could send any body. Where both stand
    in one body, the encrypted one is read."""

    def open(self, push: Push, secrets: Secrets, *, appid: str) -> Opened:
        """Tries each key: after a change in the console WeChat uses the former one for a while. Nothing is
        read before the signature fits, but what it covers."""
        _check_form(push)
        aes_keys = tuple(filter(None, secrets.aes_keys))
        sealed = _sealed(push.body)
        if secrets.plain and not (sealed and aes_keys and push.msg_signature):
            return _plain(push, secrets)
        if not sealed:
            _check(push.signature, push, secrets)
            raise RefusedPushError(refused_pushes.NOT_ENCRYPTED.en)
        token = _check(push.msg_signature, push, secrets, sealed)
        for aes_key in aes_keys:
            plain = decrypt(sealed, aes_key, appid)
            if plain is not None:
                return Opened(
                    message=_message(plain), proof=push.msg_signature, token=token, aes_key=aes_key
                )
        raise RefusedPushError(refused_pushes.UNDECRYPTED.fill(appid=appid))

    def check_signature(self, push: Push, secrets: Secrets) -> None:
        _check(push.signature, push, secrets)

    def reply(self, opened: Opened, text: str, *, appid: str, now: datetime) -> bytes:
        """XML, also in response to JSON."""
        timestamp = str(int(now.timestamp()))
        message = _shown(opened.message, text, timestamp)
        if not opened.aes_key:
            return message
        nonce, sealed = os.urandom(8).hex(), encrypt(message, opened.aes_key, appid)
        proof = signature(opened.token, timestamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{proof}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()


def _plain(push: Push, secrets: Secrets) -> Opened:
    """The signature does not cover the body: enough for users' messages, not for tickets."""
    token = _check(push.signature, push, secrets)
    message = _message(push.body)
    if message.sort != MSG_TYPE:
        raise RefusedPushError(refused_pushes.NOT_PLAIN.en)
    fields = {name: text for name, text in message.fields.items() if name != ENCRYPT}
    return Opened(message=replace(message, fields=fields), proof=push.signature, token=token)


def _message(document: bytes) -> PushedMessage:
    """Raises RefusedPushError. The request's content type does not tell one from the other."""
    return read_json(document) if _JSON.match(document) else read_xml(document)


def _sealed(body: bytes) -> str:
    """The encrypted text; empty without one. It is the last element, and no word of a user's follows it.

    Strangers write it too: each step passes over the body once."""
    if _JSON.match(body):
        found = _SEALED_MEMBER.match(body, max(0, body.rfind(b'"Encrypt"')))
        sealed = found[1].replace(b"\\/", b"/") if found else b""
    else:
        _, _, rest = body.rpartition(b"<Encrypt>")
        inner, closing, _ = rest.partition(b"</Encrypt>")
        sealed = inner.strip() if closing else b""
        sealed = sealed.removeprefix(b"<![CDATA[").removesuffix(b"]]>")
    return sealed.decode(errors="replace").strip()


def _shown(heard: PushedMessage, text: str, timestamp: str) -> bytes:
    """A text message to the user who wrote `heard`."""
    sender, receiver = heard.text("FromUserName"), heard.text("ToUserName")
    content = _FORBIDDEN.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{sender}]]></ToUserName><FromUserName><![CDATA[{receiver}]]></FromUserName>"
        f"<CreateTime>{timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content></xml>"
    ).encode()


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: the algorithm is WeChat's choice."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def decrypt(sealed: str, aes_key: str, appid: str) -> bytes | None:
    """The message; None if it was not encrypted with this key for this appid."""
    try:
        ciphertext = b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not ciphertext or len(ciphertext) % AES_BLOCK:
        return None
    # The 43rd character has two bits too many, which b64decode accepts.
    key = b64decode(aes_key + "=")
    decryptor = Cipher(AES(key), CBC(key[:AES_BLOCK])).decryptor()
    return _unpacked(decryptor.update(ciphertext) + decryptor.finalize(), appid)


def encrypt(message: bytes, aes_key: str, appid: str) -> str:
    """The inverse of `decrypt`."""
    key = b64decode(aes_key + "=")
    plain = os.urandom(SALT) + len(message).to_bytes(LENGTH, "big") + message + appid.encode()
    pad = LONGEST_PAD - len(plain) % LONGEST_PAD
    encryptor = Cipher(AES(key), CBC(key[:AES_BLOCK])).encryptor()
    sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    return b64encode(sealed).decode()


def _unpacked(padded: bytes, appid: str) -> bytes | None:
    pad = padded[-1]
    if not 1 <= pad <= LONGEST_PAD or not padded.endswith(bytes([pad]) * pad):
        return None
    plain = padded[SALT:-pad]
    length = int.from_bytes(plain[:LENGTH], "big")
    message, meant_for = plain[LENGTH : LENGTH + length], plain[LENGTH + length :]
    if len(message) < length or not compare_digest(meant_for, appid.encode()):
        return None
    return message


def _check_form(push: Push) -> None:
    if not _TIMESTAMP.fullmatch(push.timestamp) or not _NONCE.fullmatch(push.nonce):
        raise RefusedPushError(refused_pushes.NO_FORM.en)


def _check(given: str, push: Push, secrets: Secrets, *signed: str) -> str:
    """The token that made the signature. Compares with every token in full, so that the time tells nothing."""
    _check_form(push)
    if not _SIGNATURE.fullmatch(given):
        raise RefusedPushError(refused_pushes.UNSIGNED.en)
    fits = [
        compare_digest(
            given.encode(), signature(token, push.timestamp, push.nonce, *signed).encode()
        )
        for token in secrets.tokens
    ]
    if not any(fits):
        raise RefusedPushError(refused_pushes.WRONG_SIGNATURE.en)
    return secrets.tokens[fits.index(True)]
