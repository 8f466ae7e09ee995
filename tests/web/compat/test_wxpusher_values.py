"""Values that scripts send in their own way to WxPusher's API: mended, cut or left out, and sent."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sending.town import Town
from tests.web.compat.wxpushing import SEND, send, sent
from wechat_scheduler.web.compat.wxpusher.addresses import LONGEST, read_address
from wechat_scheduler.web.compat.wxpusher.drafts import SendBody, draft_of
from wechat_scheduler.web.compat.wxpusher.envelope import WxPusherError

NO_ADDRESS = "url 不是 http:// 或 https:// 网址，已忽略"
TOO_LONG = "url 超过 1000 个字符，已忽略"


MENDED: list[tuple[str, str]] = [
    ("http%3A%2F%2Fa.example%2Fx%3Fb%3Dc", "http://a.example/x?b=c"),
    ("http%253A%252F%252Fa.example%252F%25E4%25BD%25A0", "http://a.example/你"),
    ("https:%2F%2Fa.example", "https://a.example"),
    ("https%3A//a.example/x%20y", "https://a.example/x%20y"),
    ("www.baidu.com", "http://www.baidu.com"),
    ("baidu.com/s?wd=a b", "http://baidu.com/s?wd=a%20b"),
    ("www.baidu.com%2Fs", "http://www.baidu.com/s"),
    ("例子.cn:8080/路径", "http://例子.cn:8080/路径"),
    ("192.0.2.1:8080/x", "http://192.0.2.1:8080/x"),
    ("//a.example/x", "http://a.example/x"),
    ("http:/a.example", "http://a.example"),
    ("https//a.example", "https://a.example"),
]


def test_an_address_is_mended() -> None:
    for written, url in MENDED:
        assert read_address(written) == (url, f"url 已修正为 {url}"), (written, url)


def test_a_right_address_stays_as_it_is() -> None:
    for written in (
        "http://a.example/%E4%BD%A0?x=%2F",
        "HTTPS://A.example",
        " http://a.example:80 ",
    ):
        assert read_address(written) == (written.strip(), ""), written


NO_ADDRESSES: list[str] = [
    *("javascript:alert(1)", "weixin://dl/chat", "abc", "/path", "http://", "1.5", "%%%"),
    *("a@b.example", "mailto:a@b.example", "data:text/html,x", "http://a.example/\0"),
    *("http://[::1", "http://a.example:99999/", "http://a.example:x/", "http://:80/"),
]


def test_what_is_no_address_is_left_out() -> None:
    for written in NO_ADDRESSES:
        assert read_address(written) == ("", NO_ADDRESS), written


def test_an_address_that_is_too_long_is_measured_before_it_is_mended() -> None:
    assert read_address("//" * 490_000) == ("", TOO_LONG)


@given(st.text() | st.text("htps:/%2Ff.a25 ").map("http{}".format))
def test_any_text_becomes_an_address_or_none(text: str) -> None:
    url, note = read_address(text)

    assert url == "" or url.lower().startswith(("http://", "https://"))
    assert len(url) <= LONGEST
    assert note or url == text.strip()


ADDRESSES = [
    ("www.baidu.com", "处理成功", "url 已修正为 http://www.baidu.com"),
    ("javascript:alert(1)", f"处理成功（{NO_ADDRESS}）", NO_ADDRESS),
    (f"http://{'a' * 1000}", f"处理成功（{TOO_LONG}）", TOO_LONG),
]


async def test_a_message_goes_whatever_its_address_is(place: Town) -> None:
    for url, msg, note in ADDRESSES:
        uid = await place.follow()

        answer = await send(place, uids=[uid], url=url)

        told = (answer["code"], answer["msg"], answer["data"][0]["code"])
        assert told == (1000, msg, 1000), url
        assert note in (await noted(place, uid)), url


async def test_a_summary_that_is_too_long_is_cut(place: Town) -> None:
    uid = await place.follow()

    answer = await send(place, uids=[uid], summary="长" * 101)

    assert answer["code"] == 1000
    assert "summary 超过 100 个字符，已截断" in (await noted(place, uid))
    message = await place.cores.delivery.desk.message(answer["data"][0]["messageContentId"])
    assert message is not None
    assert message.message.content.title == "长" * 99 + "…"


async def test_blanks_around_uids_and_ids_mean_nothing(place: Town) -> None:
    uid = await place.follow()

    (target, twice) = await sent(place, uids=[f" {uid}\n", uid])
    token = await place.directory.make_simple_token(place.app.id, uid)
    simple = await place.call("GET", f"{SEND}/%20{token}%20/hi", key="")
    record = f"%20{target['sendRecordId']}%20"
    status = await place.call("GET", f"/api/send/query/status?sendRecordId={record}", key="")
    query = f"appToken=%20{place.token}&content=a&uid=%20{uid}%20"
    got = await place.call("GET", f"{SEND}?{query}", key="")

    assert (target["uid"], target["code"], twice["code"]) == (uid, 1000, 1000)
    assert [one.json["code"] for one in (simple, status, got)] == [1000, 1000, 1000]
    assert got.json["data"][0]["code"] == 1000


async def test_half_an_emoji_becomes_one_sign(place: Town) -> None:
    uid = await place.follow()
    body = {"appToken": place.token, "content": "下班\ud83d", "uids": [uid]}

    posted = await place.caller.call("POST", SEND, data=json.dumps(body).encode(), key="")
    got = await ask(place, f"appToken={place.token}&uid={uid}&content=%ED%A0%BD".encode())

    assert (posted.json["code"], got["code"]) == (1000, 1000)
    await place.settle()
    texts = sorted(shown.text for shown in await place.arrived(uid))
    assert [text[:3] for text in texts] == ["下班\ufffd", "\ufffd\n\n"]


async def test_chinese_that_is_not_encoded_is_sent_as_it_stands(place: Town) -> None:
    uid = await place.follow()
    token = await place.directory.make_simple_token(place.app.id, uid)

    query = await ask(place, f"appToken={place.token}&uid={uid}&content=你好&summary=哈".encode())
    path = await ask(place, b"", path=f"{SEND}/{token}/再见".encode())
    unknown = await ask(place, "appToken=错&content=你好".encode())

    assert [one["code"] for one in (query, path, unknown)] == [1000, 1000, 1002]
    await place.settle()
    texts = "".join(shown.text for shown in await place.arrived(uid))
    assert ["你好" in texts, "再见" in texts] == [True, True]


async def test_another_encoding_is_refused_in_the_envelope(place: Town) -> None:
    name = await place.follow()
    spt = (await place.directory.make_simple_token(place.app.id, name)).encode()
    token, uid = place.token.encode(), name.encode()
    for content in (b"\xc4\xe3\xba\xc3", b"%C4%E3", b"\xff"):
        query = await ask(place, b"appToken=%b&uid=%b&content=%b" % (token, uid, content))
        path = await ask(place, b"", path=b"%b/%b/%b" % (SEND.encode(), spt, content))

        for answer in (query, path):
            assert (answer["code"], answer["success"]) == (1001, False), content
            assert "UTF-8" in answer["msg"], content
    assert not await place.deliveries(uid=name)


async def noted(place: Town, uid: str) -> tuple[str, ...]:
    (delivery,) = await place.deliveries(uid=uid)
    return delivery.notes


async def ask(place: Town, query: bytes, *, path: bytes = SEND.encode()) -> dict[str, Any]:
    """The JSON answer to a request whose line is sent as it stands."""
    where = urlsplit(place.caller.daemon.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    target = path + (b"?" + query if query else b"")
    request = b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    writer.write(request)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), answer
    found: dict[str, Any] = json.loads(body)
    return found


class Counted(list[str]):
    """Counts the items that are read."""

    read = 0

    def __iter__(self) -> Iterator[str]:
        for item in super().__iter__():
            self.read += 1
            yield item


def test_no_more_users_are_read_than_a_message_may_have() -> None:
    uids = Counted(["UID_x"] * 90_000)

    with pytest.raises(WxPusherError) as refused:
        draft_of(SendBody(content="x", uids=uids), "/")

    assert str(refused.value) == "uids 最多 2000 个"
    assert uids.read == 2001


async def test_a_whole_number_may_have_a_fraction_of_zero(place: Town) -> None:
    uid = await place.follow()

    taken = await send(place, uids=[uid], contentType=2.0, content="x")
    refused = await send(place, uids=[uid], contentType=1.5, content="x")

    assert (taken["code"], refused["code"]) == (1000, 1001)
