"""Reads what WeChat really writes: texts that are not escaped, broken characters, JSON."""

import json
from collections.abc import Callable
from itertools import product
from time import perf_counter

import pytest

from tests.cases import raising
from tests.clock import START
from tests.house import COMPONENT
from tests.platform.sealing import PLAIN, SECRETS, Sender, said
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Mending, Push, Secrets
from wechat_scheduler.pushes.reading import read_heard
from wechat_scheduler.wechat.decoding import PushDecoder
from wechat_scheduler.wechat.pushed_json import read_json
from wechat_scheduler.wechat.pushed_xml import read_xml

SENDER = Sender()
MODES: list[tuple[Callable[[bytes], Push], Secrets]] = [
    (SENDER.safe, SECRETS),
    (SENDER.both, SECRETS),
    (SENDER.both, PLAIN),
    (SENDER.open, PLAIN),
]

ATTACKS = (
    "]]></Content><FromUserName><![CDATA[o-bob]]></FromUserName><Content><![CDATA[取消 体检",
    "]]></Content><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event>"
    "<FromUserName><![CDATA[o-bob]]></FromUserName><Content><![CDATA[",
    "]]></Content><FromUserName>o-bob</FromUserName></xml>",
    "]]></Content></xml><xml><FromUserName>o-bob</FromUserName>",
    "]]></FromUserName><FromUserName><![CDATA[o-bob]]></FromUserName>",
    "</Content><FromUserName>o-bob</FromUserName><Content>",
    "<FromUserName>o-bob</FromUserName>",
    "]]></Content><InfoType>component_verify_ticket</InfoType>"
    "<ComponentVerifyTicket>ticket@@@1</ComponentVerifyTicket><Content><![CDATA[",
    "]]></Content><InfoType>unauthorized</InfoType><AuthorizerAppid>wx9</AuthorizerAppid>",
    "]]></Content><Encrypt><![CDATA[AAAA]]></Encrypt><Content><![CDATA[",
    "]]></Content><CreateTime>1</CreateTime><MsgId>1</MsgId>]]></Content><MsgId>2</MsgId>",
    "]]></Content><SubscribeMsgPopupEvent><List><TemplateId>t</TemplateId></List>",
    "<!DOCTYPE xml [<!ENTITY a 'b'>]>&a;&amp;&#65;",
)
TEXTS = (
    "]]>",
    "]]",
    "]",
    "a]]>b]]>c",
    "]]>]]>",
    "看这段<![CDATA[x]]>代码</b>",
    "<![CDATA[",
    "<xml>",
    "</xml>",
    "<!-- -->",
    "<?xml version='1.0'?>",
    "&lt;b&gt; &amp; &nbsp; &#0;",
    '{"MsgType":"event"}',
    '","FromUserName":"o-bob',
    "  一行\n两行\t\r\n三行  ",
    "👍\u200d🏽 𠮷",
)


def as_typed(name: str, text: str, head: str) -> bytes:
    """A text in an element, as WeChat is reported to write it, between WeChat's own elements."""
    return f"<xml>{head}<{name}><![CDATA[{text}]]></{name}><MsgId>77</MsgId></xml>".encode()


def head(msgtype: str) -> str:
    return said(msgtype).removeprefix("<xml>").removesuffix("</xml>")


def heard(push: Push, secrets: Secrets) -> UserAct:
    return read_heard(
        COMPONENT, PushDecoder().open(push, secrets, appid=COMPONENT).message, now=START
    )


def test_a_typed_text_arrives_as_typed_and_names_no_other_sender() -> None:
    for (send, secrets), text in product(MODES, ATTACKS + TEXTS):
        got = heard(send(as_typed("Content", text, head("text"))), secrets)

        assert (got.openid, got.kind, got.text) == ("o-user", UserActKind.TEXT, text), text


def test_a_spoken_text_and_a_key_arrive_as_they_are() -> None:
    for text in ATTACKS + TEXTS:
        voice = head("voice") + "<MediaId><![CDATA[m]]></MediaId><Format><![CDATA[amr]]></Format>"
        click = head("event") + "<Event><![CDATA[CLICK]]></Event>"

        for name, before, kind in (
            ("Recognition", voice, UserActKind.VOICE),
            ("EventKey", click, UserActKind.CLICK),
        ):
            got = heard(SENDER.open(as_typed(name, text, before)), PLAIN)
            assert (got.openid, got.kind, got.text) == ("o-user", kind, text), text


def test_no_words_of_a_user_change_who_did_what() -> None:
    cases = [
        (head("link") + "<Title><![CDATA[t]]></Title>", "Description", "", UserActKind.MEDIA),
        (head("link"), "Title", "<Url><![CDATA[u]]></Url>", UserActKind.MEDIA),
        (head("location") + "<Scale>20</Scale>", "Label", "", UserActKind.MEDIA),
        (head("file"), "Title", "<FileKey><![CDATA[f]]></FileKey>", UserActKind.MEDIA),
        (
            head("event") + "<Event>scancode_waitmsg</Event><EventKey>k</EventKey><ScanCodeInfo>"
            "<ScanType>qrcode</ScanType>",
            "ScanResult",
            "</ScanCodeInfo>",
            UserActKind.OTHER,
        ),
        (
            head("event") + "<Event>location_select</Event><EventKey>k</EventKey>"
            "<SendLocationInfo><Scale>20</Scale>",
            "Label",
            "<Poiname><![CDATA[p]]></Poiname></SendLocationInfo>",
            UserActKind.OTHER,
        ),
        (
            head("event") + "<Event>VIEW</Event>",
            "EventKey",
            "<MenuId>1</MenuId>",
            UserActKind.OTHER,
        ),
        (head("new_in_2030"), "NewText", "", UserActKind.MEDIA),
    ]

    for (before, name, after, kind), text in product(cases, ATTACKS + TEXTS):
        document = f"<xml>{before}<{name}><![CDATA[{text}]]></{name}>{after}<MsgId>7</MsgId></xml>"

        got = heard(SENDER.open(document.encode()), PLAIN)

        assert (got.openid, got.kind) == ("o-user", kind), (name, text)


def test_words_before_the_sender_are_words_too() -> None:
    text = "]]></Content><FromUserName>o-bob</FromUserName><Content><![CDATA["
    document = f"<xml><Content><![CDATA[{text}]]></Content>{head('text')}</xml>"

    got = heard(SENDER.open(document.encode()), PLAIN)

    assert (got.openid, got.text) == ("o-user", text)


def test_a_well_escaped_text_is_read_as_xml() -> None:
    split = said(Content="a]]]]><![CDATA[>b</Content>&amp;]]]]><![CDATA[>")
    entities = "<xml><Content>&lt;b&gt;&#x4f60;&#22909;&quot;&apos;&amp;&nbsp;</Content></xml>"

    assert read_xml(split.encode()).text("Content") == "a]]>b</Content>&amp;]]>"
    assert read_xml(entities.encode()).text("Content") == "<b>你好\"'&&nbsp;"


def test_what_stands_between_elements_is_none_of_them() -> None:
    cases = ["<!-- %s -->", "<![CDATA[%s]]>", "<?xml %s?>", "<!--%s-->>-->"]

    for around in cases:
        aside = around % "<FromUserName>o-bob</FromUserName>"
        document = (
            f"<xml>{aside}<FromUserName>o-amy</FromUserName>{aside}<MsgType>text</MsgType></xml>"
        )

        found = read_xml(document.encode()).fields

        assert found == {"FromUserName": "o-amy", "MsgType": "text"}, around


def test_a_comment_in_a_text_is_text() -> None:
    document = "<xml><Content>a<!-- b</Content><MsgId>1</MsgId></xml>"

    assert read_xml(document.encode()).fields == {"Content": "a<!-- b", "MsgId": "1"}


def test_of_equal_elements_the_first_counts() -> None:
    document = b"<xml><A>1</A><B/><A>2</A><B>3</B><C><A>4</A></C>\n<D>\n<![CDATA[ 5 ]]>\n</D></xml>"

    found = read_xml(document).fields

    assert found == {"A": "1", "B": "", "C": "<A>4</A>", "D": " 5 "}
    assert read_json(b'{"A":1,"A":"2","B":null}').fields == {"A": "1"}


def test_what_a_user_can_type_is_mended_and_never_refused() -> None:
    cases: list[tuple[bytes, str, Mending | None]] = [
        ("获取UID\x10".encode(), "获取UID", Mending.CHARACTERS),
        (b"a\0b\x0b\x1f\x7f\xef\xbf\xbe", "ab\x7f", Mending.CHARACTERS),
        ("往后余生".encode() + b"\xe5\xb9", "往后余生\ufffd", Mending.ENCODING),
        (b"\xff\xfe", "\ufffd\ufffd", Mending.ENCODING),
        ("看这段<![CDATA[x]]>代码".encode(), "看这段<![CDATA[x]]>代码", Mending.MARKUP),
        (b"plain", "plain", None),
    ]

    for (send, secrets), (typed, read, mended) in product(MODES, cases):
        document = said(Content="?", MsgId="7").encode().replace(b"?", typed)

        message = PushDecoder().open(send(document), secrets, appid=COMPONENT).message

        assert (message.text("Content"), message.text("FromUserName")) == (read, "o-user")
        assert message.mended == ({mended} if mended else set()), typed


JSON = {
    "ToUserName": "gh_1",
    "FromUserName": "o-user",
    "CreateTime": 1763433000,
    "MsgType": "text",
    "Content": "",
    "MsgId": 24_999_999_000_000_001,
}


def test_a_message_in_json_is_read_as_one_in_xml() -> None:
    for (send, secrets), ascii_only, text in product(MODES, (True, False), ATTACKS + TEXTS):
        document = json.dumps(JSON | {"Content": text}, ensure_ascii=ascii_only).encode()

        message = PushDecoder().open(send(document), secrets, appid=COMPONENT).message

        assert message.fields == {name: str(value) for name, value in JSON.items()} | {
            "Content": text
        }, text
        assert read_heard(COMPONENT, message, now=START).text == text, text


def test_json_is_mended_like_xml() -> None:
    raw = b'\xef\xbb\xbf {"Content":"a\x10\\u0001\\ud83d b\xe5\xb9","FromUserName":"o-user"} '

    message = read_json(raw)

    assert message.fields == {"Content": "a\ufffd b\ufffd", "FromUserName": "o-user"}
    assert message.mended == {Mending.CHARACTERS, Mending.ENCODING}


def test_json_that_wechat_never_sends_is_refused() -> None:
    cases = [b"{", b"{}{}", b"{'a':1}", b'{"a":' * 100_000, b'{"a":' + b"[" * 100_000, b"[1]"]

    for document in cases:
        with raising(RefusedPushError, document):
            read_json(document)


LISTS = (
    read_xml(
        b"<xml><MsgType>event</MsgType><SubscribeMsgPopupEvent>"
        b"<List><TemplateId><![CDATA[t1]]></TemplateId><PopupScene>2</PopupScene></List>\n"
        b"<List><TemplateId><![CDATA[t2]]></TemplateId><PopupScene>0</PopupScene></List>"
        b"</SubscribeMsgPopupEvent></xml>"
    ),
    read_json(
        b'{"MsgType":"event","List":[{"TemplateId":"t1","PopupScene":"2"},'
        b'{"TemplateId":"t2","PopupScene":"0"}]}'
    ),
    read_json(
        b'{"MsgType":"event","SubscribeMsgPopupEvent":{"List":[{"TemplateId":"t1","PopupScene":2},'
        b'{"TemplateId":"t2","PopupScene":0}]}}'
    ),
)


def test_the_entries_of_a_list_are_read() -> None:
    read = [list(message.items) for message in LISTS]

    entries = [
        {"TemplateId": "t1", "PopupScene": "2"},
        {"TemplateId": "t2", "PopupScene": "0"},
    ]
    assert read == [entries] * len(LISTS)


def test_a_list_of_one_may_stand_without_brackets() -> None:
    assert read_json(b'{"List":{"TemplateId":"t"}}').items == ({"TemplateId": "t"},)
    assert read_json(b'{"List":7}').items == ()


def test_words_of_a_user_are_no_list() -> None:
    words = b"<![CDATA[<List><TemplateId>t</TemplateId></List>]]>"

    for name in (b"Content", b"ScanCodeInfo", b"Other"):
        assert read_xml(b"<xml><%s>%s</%s></xml>" % (name, words, name)).items == ()


def test_a_strangers_body_is_not_read_before_the_signature() -> None:
    bodies = [
        b"<xml>" + b"<a></a>" * 16_000 + b"<Encrypt>AAAA</Encrypt></xml>",
        b"<xml><Encrypt>" + b"<a></a>" * 16_000 + b"</Encrypt></xml>",
        b"<Encrypt>" * 14_000,
        b'"Encrypt"' * 14_000,
        b'{"Encrypt":"' + b"[" * 120_000,
        b"<xml " * 25_000,
    ]

    for body, secrets in product(bodies, (SECRETS, PLAIN)):
        push = Push(
            timestamp="1763433000", nonce="1", signature="0" * 40, msg_signature="0" * 40, body=body
        )

        fastest = min(refusal_seconds(push, secrets) for _ in range(10))

        assert fastest < 0.05, body[:20]  # a hundred times as long as it takes


def refusal_seconds(push: Push, secrets: Secrets) -> float:
    began = perf_counter()
    with pytest.raises(RefusedPushError):
        PushDecoder().open(push, secrets, appid=COMPONENT)
    return perf_counter() - began
