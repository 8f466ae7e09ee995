"""Hostile pushes: each is refused as designed, or is WeChat's."""

import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

from tests.clock import START
from tests.house import COMPONENT
from tests.platform.sealing import KEY, PLAIN, SECRETS, Sender, event, said, ticket
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Push, Secrets
from wechat_scheduler.pushes.reading import read_event, read_heard
from wechat_scheduler.sandbox.pushes.codec import encrypt
from wechat_scheduler.wechat.decoding import PushDecoder

DECODER = PushDecoder()
SENDER = Sender()
VALID = SENDER.push(ticket())
FIELDS = ("CreateTime", "AuthorizerAppid", "AuthorizationCodeExpiredTime")
SAID = ("MsgType", "FromUserName", "CreateTime", "Event", "EventKey", "MsgID", "MsgId", "Status")
EXAMPLES = 200
PIECES = (
    b"<", b">", b"/", b"xml", b"Encrypt", b"&", b";", b"<!DOCTYPE", b"<![CDATA[", b"]]>", b"\0", b"\xff", b"a=", b'"', b"<?xml",
    b"?>", b"<!ENTITY", b"%",
)  # fmt: skip
ODD = "\0\x1b\x7f\x85\xa0\xad\u0664\u200b\u2028\ufeff\ufffe\U0001f44d\U0010ffff<>&'\"]0"


class Garbage:
    """The same in each run."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def examples(self) -> Iterator[int]:
        return iter(range(EXAMPLES))

    def text(self, *, surrogates: bool = False) -> str:
        """Often empty, and up to 60 characters of all kinds."""
        last = 0x110000 if surrogates else 0xD800
        kinds = (lambda: chr(self.rng.randrange(128)), lambda: self.rng.choice(ODD),
                 lambda: chr(self.rng.randrange(last)))  # fmt: skip
        length = self.rng.choice((0, 1, 3, 12, 60))
        return "".join(self.rng.choice(kinds)() for _ in range(length))

    def number(self) -> str:
        return str(self.rng.choice((0, -1, 7, 10**12, 1763433000)))

    def word(self) -> str:
        return self.rng.choice((self.text, self.number))()

    def fields(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: self.word() for name in names if self.rng.random() < 0.6}

    def body(self) -> bytes:
        match self.rng.randrange(3):
            case 0:
                return self.rng.randbytes(self.rng.choice((0, 1, 16, 300)))
            case 1:
                inner = self.text(surrogates=True)
                return f"<xml><Encrypt>{inner}</Encrypt></xml>".encode(errors="replace")
            case _:
                return b"".join(self.rng.choices(PIECES, k=self.rng.randrange(40)))


def refused_or_read(push: Push, secrets: Secrets = SECRETS) -> bool:
    """Whether it was taken for WeChat's; anything but the designed refusal comes out."""
    try:
        message = DECODER.open(push, secrets, appid=COMPONENT).message
        if message.sort == "MsgType":
            read_heard(COMPONENT, message, now=START)
        elif message.text("InfoType") != "component_verify_ticket":
            read_event(COMPONENT, message, now=START)
    except RefusedPushError:
        return False
    return True


def test_random_requests_are_refused() -> None:
    garbage = Garbage(1)

    for _ in garbage.examples():
        text = garbage.text(surrogates=True)
        push = Push(
            timestamp=garbage.word(),
            nonce=garbage.word(),
            signature=text,
            msg_signature=text,
            body=garbage.body(),
        )
        assert not refused_or_read(push), push


def test_a_valid_push_with_one_byte_changed_is_refused_or_says_the_same() -> None:
    rng, valid = random.Random(2), DECODER.open(VALID, SECRETS, appid=COMPONENT)

    for at in range(0, len(VALID.body), 2):
        for rest in (b"", bytes([rng.randrange(256)]) + VALID.body[at + 1 :]):
            push = replace(VALID, body=VALID.body[:at] + rest)

            if refused_or_read(push):
                assert DECODER.open(push, SECRETS, appid=COMPONENT) == valid, push


def test_signed_garbage_under_the_right_key_is_refused() -> None:
    rng = random.Random(3)

    for number in range(EXAMPLES):
        sealed = rng.randbytes(16 * (1 + number % 10))
        if number % 2:  # it ends as padding does
            sealed = sealed[:-7] + b"\7" * 7
        assert not refused_or_read(SENDER.raw(sealed)), sealed


def test_well_sealed_nonsense_is_refused_or_read() -> None:
    """Only WeChat could send it; still it ends in the designed refusal."""
    garbage = Garbage(4)

    for number in garbage.examples():
        fields = garbage.fields(FIELDS)
        inner = garbage.body().decode(errors="ignore")
        message = event("authorized", **fields) if number % 2 else inner
        refused_or_read(SENDER.signed(encrypt(message, KEY, COMPONENT, salt=bytes(16))))


def test_plain_nonsense_is_refused_or_read() -> None:
    """An attacker who once saw a signature made with the token can send it."""
    garbage, read = Garbage(5), 0

    for _ in garbage.examples():
        fields = garbage.fields(SAID)
        read += refused_or_read(SENDER.plain(said(fields.pop("MsgType", "event"), **fields)), PLAIN)

    assert 0 < read < EXAMPLES


def test_memory_stays_flat() -> None:
    hostile = [
        replace(VALID, body=b"<a>" * 40_000),
        replace(VALID, body=b"<xml>" + b"<a/>" * 30_000),
        replace(VALID, body=b"<xml " + b"a=''" * 30_000),
        replace(VALID, body=b"<xml><Encrypt>" + b"A" * 120_000 + b"</Encrypt></xml>"),
        replace(VALID, body=b"<!DOCTYPE xml [" + b"<!ENTITY a 'b'>" * 8_000),
        VALID,
    ]
    for push in hostile:
        refused_or_read(push)
    tracemalloc.start()
    try:
        for push in hostile * 20:
            refused_or_read(push)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 100_000
    assert peak < 8_000_000
