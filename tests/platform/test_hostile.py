"""Hostile pushes: each is refused as designed, or is WeChat's."""

import tracemalloc
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

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
QUICK = settings(
    max_examples=350,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

texts = st.text(st.characters(), max_size=60)
words = st.text(st.characters(codec="utf-8"), max_size=60)
bodies = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda text: f"<xml><Encrypt>{text}</Encrypt></xml>".encode(errors="replace"), texts),
    st.lists(
        st.sampled_from([b"<", b">", b"/", b"xml", b"Encrypt", b"&", b";", b"<!DOCTYPE", b"<![CDATA[", b"]]>", b"\0", b"\xff", b"a=", b'"', b"<?xml", b"?>", b"<!ENTITY", b"%"]),
        max_size=40,
    ).map(b"".join),
)  # fmt: skip


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


@QUICK
@given(timestamp=texts, nonce=texts, signature=texts, body=bodies)
def test_random_requests_are_refused(
    timestamp: str, nonce: str, signature: str, body: bytes
) -> None:
    push = Push(
        timestamp=timestamp, nonce=nonce, signature=signature, msg_signature=signature, body=body
    )

    assert not refused_or_read(push)


@QUICK
@given(at=st.integers(0, len(VALID.body) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_valid_push_with_one_byte_changed_is_refused_or_says_the_same(
    at: int, byte: int, cut: bool
) -> None:
    body = VALID.body[:at] if cut else VALID.body[:at] + bytes([byte]) + VALID.body[at + 1 :]
    push = replace(VALID, body=body)

    if refused_or_read(push):
        valid = DECODER.open(VALID, SECRETS, appid=COMPONENT)
        assert DECODER.open(push, SECRETS, appid=COMPONENT) == valid


@QUICK
@given(sealed=st.binary(max_size=160).map(lambda raw: raw.ljust(-(-len(raw) // 16) * 16, b"\7")))
def test_signed_garbage_under_the_right_key_is_refused(sealed: bytes) -> None:
    assert not refused_or_read(SENDER.raw(sealed or bytes(16)))


@QUICK
@given(
    message=st.one_of(
        bodies.map(lambda body: body.decode(errors="ignore")),
        st.dictionaries(st.sampled_from(FIELDS), words).map(
            lambda fields: event("authorized", **fields)
        ),
    )
)
def test_well_sealed_nonsense_is_refused_or_read(message: str) -> None:
    """Only WeChat could send it; still it ends in the designed refusal."""
    refused_or_read(SENDER.signed(encrypt(message, KEY, COMPONENT, salt=bytes(16))))


@QUICK
@given(fields=st.dictionaries(st.sampled_from(SAID), words))
def test_plain_nonsense_is_refused_or_read(fields: dict[str, str]) -> None:
    """An attacker who once saw a signature made with the token can send it."""
    refused_or_read(SENDER.plain(said(fields.pop("MsgType", "event"), **fields)), PLAIN)


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
