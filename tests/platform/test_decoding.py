"""The codec: vectors that others publish, a library that others wrote, and what must be refused."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest

from tests.cases import raising
from tests.clock import START
from tests.house import COMPONENT
from tests.platform.sealing import (
    KEY,
    OTHER_KEY,
    PLAIN,
    SECRETS,
    TOKEN,
    Sender,
    envelope,
    event,
    ticket,
)
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Push, Secrets
from wechat_scheduler.sandbox.pushes.codec import encrypt
from wechat_scheduler.wechat.decoding import PushDecoder, decrypt, signature
from wechat_scheduler.wechat.pushed_xml import read_xml

DECODER = PushDecoder()


def opened(push: Push, secrets: Secrets = SECRETS) -> Mapping[str, str]:
    return DECODER.open(push, secrets, appid=COMPONENT).message.fields


def test_a_chinese_text_of_wxjava_is_decrypted() -> None:
    sealed = (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )

    assert decrypt(sealed, KEY, "wxb11529c136998cb6") == "我是中文abcd123".encode()


def test_a_text_of_wechatpy_is_decrypted_and_its_signature_fits() -> None:
    sealed = (
        "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
    )

    assert decrypt(sealed, OTHER_KEY, "wx49f0ab532d5d035a") == b"5927782489442352469"
    assert (
        signature("123456", "1411443780", "437374425", sealed)
        == "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"
    )


def test_a_verify_ticket_is_opened() -> None:
    sealed = (
        "Q3stYC6hdFzMh9T8HCvyDNWdSvRxhYHSV/0/aIjFqY1/8VXD6ZMtqg5Y7YJmfCR9+QVlH7kqC5lO+e5/k0ArTjpa"
        "CGIvcuVJpf3aN+y/AFd+LGpywxPn8l/nviRxHzweIlvJ5Hk9nU1XLJ5h4fA7fXJBH+43jdB2uHQSgXsol2FJzAej"
        "GpsAFpaKswjXpgrNs/i388BgPT08rr9xBMF7EQLEb30c10iabNlgBchZU332kgEKybCkJtBXAdH0zsFtlvIBIJaC"
        "kTCUNKaS8m3JNxso4wR3/ZjANl8a8hUcfP0="
    )
    push = Push(
        timestamp="1413192605",
        nonce="1320562132",
        signature="252c5055399b98cee90adf3fd7c0f81a106885e9",
        msg_signature="dfba8ba051afca2b1259131404d96a62fa2ec586",
        body=envelope(sealed),
    )

    opened = DECODER.open(push, SECRETS, appid="wx00000000000000aa")

    DECODER.check_signature(push, SECRETS)
    assert opened.message.fields == {
        "AppId": "wx00000000000000aa",
        "CreateTime": "1413192605",
        "InfoType": "component_verify_ticket",
        "ComponentVerifyTicket": "ticket@@@TEST",
    }


def test_padding_is_to_32_as_in_wechats_own_example() -> None:
    """The page 消息加解密 counts 330 bytes before, 352 after."""
    text = "x" * 292

    sealed = encrypt(text, KEY, "wx134c8103faa5a59e", salt=b"1205899eaf019bbd")

    assert len(b64decode(sealed)) == 352
    assert decrypt(sealed, KEY, "wx134c8103faa5a59e") == text.encode()


def test_every_length_of_padding_is_taken_off() -> None:
    for length in range(33):
        text = "x" * (100 + length)

        found = decrypt(encrypt(text, KEY, COMPONENT, salt=bytes(16)), KEY, COMPONENT)

        assert found == text.encode(), length


def test_what_wechatpy_sealed_is_opened() -> None:
    message = opened(Sender().push(event("notify_third_fasteregister", status="0", name="某公司")))

    assert message["InfoType"] == "notify_third_fasteregister"
    assert message["name"] == "某公司"


def test_the_former_key_and_the_former_token_still_fit() -> None:
    secrets = Secrets(tokens=("newtoken", TOKEN), aes_keys=(OTHER_KEY, KEY))

    assert opened(Sender().push(ticket()), secrets)
    assert opened(Sender(key=OTHER_KEY).push(ticket()), secrets)
    assert opened(Sender(token="newtoken").push(ticket()), secrets)


def test_what_is_not_wechats_is_refused() -> None:
    cases = [
        (Sender(token="another").push(ticket()), "signature"),
        (replace(Sender().push(ticket()), msg_signature="0" * 40), "signature"),
        (replace(Sender().push(ticket()), msg_signature=""), "not signed"),
        (replace(Sender().push(ticket()), msg_signature="é" * 40), "not signed"),
        (replace(Sender().push(ticket()), msg_signature="\udcff" * 40), "not signed"),
        (replace(Sender().push(ticket()), timestamp="1763433001"), "signature"),
        (replace(Sender().push(ticket()), timestamp="soon"), "timestamp"),
        (replace(Sender().push(ticket()), timestamp="9" * 12), "timestamp"),
        (replace(Sender().push(ticket()), nonce="\udcff"), "nonce"),
        (Sender(key=OTHER_KEY).push(ticket()), "decrypted"),
        (Sender(appid="wx9999999999999999").push(ticket()), "decrypted"),
        (Sender().signed("not base64"), "decrypted"),
        (Sender().signed("AAAA"), "decrypted"),
        (Sender().signed("é"), "decrypted"),
        (Sender().raw(bytes(16)), "decrypted"),
        (Sender().raw(bytes(15) + b"\x10"), "decrypted"),
        (Sender().raw(bytes([32]) * 32), "decrypted"),
        (Sender().raw(bytes([33]) * 64), "decrypted"),
        (Sender().raw(bytes(16) + b"\xff" * 4 + b"<xml/>" + b"\6" * 6), "decrypted"),
        (replace(Sender().push(ticket()), body=b"<xml><AppId>wx</AppId></xml>"), "encrypted"),
        (replace(Sender().push(ticket()), body=b""), "encrypted"),
        (replace(Sender().push(ticket()), body=b"\xff<xml/>"), "encrypted"),
        (replace(Sender().push(ticket()), body=b'{"Encrypt":7}'), "encrypted"),
        (replace(Sender().push(ticket()), body=b'{"Encrypt":"AAAA"}'), "signature"),
    ]

    for number, (push, reason) in enumerate(cases):
        with pytest.raises(RefusedPushError) as refused:
            opened(push)

        assert reason in refused.value.detail, number
        assert str(refused.value) == "this is refused"


def test_a_signature_of_the_query_alone_does_not_open_a_body() -> None:
    push = Sender().push(ticket())

    with pytest.raises(RefusedPushError):
        opened(replace(push, msg_signature=push.signature))


BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><Encrypt>&c;</Encrypt></xml>'
)
OUTSIDE = (
    '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Encrypt>&f;</Encrypt></xml>'
)


def test_xml_that_wechat_never_sends_is_refused() -> None:
    cases = [
        BOMB,
        OUTSIDE,
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
        "<!DOCTYPE xml><xml><Encrypt>x</Encrypt></xml>",
        "",
        "<a>" * 40_000,
        "<xml><Encrypt>x</Encrypt>",
        "<xml/><xml/>",
        "<xml>" + "<A/>" * 400 + "</xml>",
        "text<xml></xml>",
    ]

    for document in cases:
        with raising(RefusedPushError, document):
            read_xml(document.encode())


def test_a_document_does_not_choose_its_decoder() -> None:
    document = b'<?xml version="1.0" encoding="cp037"?><xml><A>1</A></xml>'

    assert read_xml(document).fields == {"A": "1"}


def test_the_time_of_a_push_is_not_the_codecs_business() -> None:
    assert opened(Sender().push(ticket(), START.replace(year=2014)))


def test_the_encrypted_text_is_found_with_and_without_a_section() -> None:
    cases = [
        " {} ",
        "<![CDATA[{}]]>",
        "\n <![CDATA[ {} ]]>\r\n",
        "<![CDATA[{}",
        "{}]]>",
    ]

    push = Sender().push(ticket("t"))
    sealed = push.body.partition(b"<![CDATA[")[2].rpartition(b"<![CDATA[")[2].partition(b"]]>")[0]

    for inner in cases:
        body = f"<xml><Encrypt>{inner.format(sealed.decode())}</Encrypt></xml>".encode()

        assert opened(replace(push, body=body))["ComponentVerifyTicket"] == "t", inner


def test_a_push_without_a_proof_is_refused_before_its_body_is_looked_at() -> None:
    body = b"<xml><Encrypt>" + b" " * 120_000 + b"]"
    pushes = (
        Push(timestamp="", nonce="", signature="", msg_signature="", body=body),
        replace(Sender().push(ticket()), timestamp="x"),
        replace(Sender().push(ticket()), signature="", msg_signature="", body=body),
    )

    for push, secrets in product(pushes, (SECRETS, PLAIN)):
        with pytest.raises(RefusedPushError) as refused:
            opened(push, secrets)
        assert "timestamp" in refused.value.detail or "sign" in refused.value.detail
