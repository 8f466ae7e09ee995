"""Users and their phones over HTTP."""

from typing import Any

import msgspec
import pytest

from tests.sandbox.conftest import APPID, Start, WeChat

READER = "o-reader"


@pytest.fixture
async def wechat(start: Start) -> WeChat:
    """A sandbox with a follower."""
    return await start(users=((APPID, READER),))


async def act(wechat: WeChat, deed: str, openid: str = READER, **body: Any) -> tuple[int, Any]:
    return await wechat.control("POST", f"users/{APPID}/{openid}/{deed}", body)


async def test_users_act_over_http_and_their_phones_show_it(wechat: WeChat) -> None:
    _, stranger = await act(wechat, "scan", "new", scene="shop")
    deeds = [
        await act(wechat, "write", text="hello"),
        await act(wechat, "voice", recognition="hello"),
        await act(wechat, "click", key="MENU"),
        await act(wechat, "accept", template_id="order-shipped", times=None),
        await act(wechat, "decline", template_id="order-shipped"),
        await act(wechat, "refuse", template_id="order-shipped"),
        await act(wechat, "block"),
        await act(wechat, "unblock"),
        await act(wechat, "unfollow"),
        await act(wechat, "follow"),
        await act(wechat, "block"),
    ]

    _, everybody = await wechat.control("GET", "phones")
    _, phone = await wechat.control("GET", f"phones/{APPID}/{READER}")

    assert [status for status, _ in deeds] == [200] * len(deeds)
    reader = {"openid": READER, "subscribed": True, "blocked": True, "count": 0}
    assert everybody["phones"][APPID][-1] == reader
    assert len(stranger["openid"]) == 28
    assert phone["uses"] == {}
    assert [it["text"] for it in phone["messages"] if it["by"] == "user"] == [
        "hello",
        "hello",
        "chose MENU",
        "accepts order-shipped: always",
        "declines order-shipped",
        "accepts order-shipped: never",
        "blocked",
        "unblocked",
        "unfollowed",
        "followed",
        "blocked",
    ]


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        (f"users/{APPID}/{READER}/dance", {}, "action: must be one of follow, scan"),
        (f"users/{APPID}/x/follow", {}, "openid: must be o and"),
        (f"users/gh/{READER}/follow", {}, "appid: is not an account"),
        (f"users/{APPID}/o-nobody/write", {"text": "x"}, "openid: never followed"),
        (f"users/{APPID}/{READER}/write", {"text": ""}, "text: must not be empty"),
        (f"users/{APPID}/{READER}/write", {}, "text: is required"),
        (f"users/{APPID}/{READER}/scan", {}, "ticket: give either"),
        (f"users/{APPID}/{READER}/scan", {"ticket": "gQ"}, "ticket: is unknown or has expired"),
        (f"users/{APPID}/{READER}/scan", {"scene": ""}, "scene: "),
        (
            f"users/{APPID}/{READER}/accept",
            {"template_id": "t", "times": -1},
            "times: must be 0 to 100",
        ),
        ("receipts", {"appid": APPID, "status": "lost"}, "status: must be one of success"),
        ("receipts", {"appid": APPID, "status": "success", "times": 10**30}, "times: must be 1 to"),
        ("receipts", {"appid": APPID, "status": "success", "times": 0}, "times: must be 1 to"),
        ("callbacks", {"appid": APPID, "url": "x", "token": "t"}, "url: must be http"),
        (
            "callbacks",
            {"appid": APPID, "url": "http://h", "token": "t", "mode": "safe"},
            "encoding_aes_key: must be 43",
        ),
    ],
)
async def test_the_error_of_an_impossible_action_names_the_field(
    wechat: WeChat, path: str, body: dict[str, Any], error: str
) -> None:
    status, answer = await wechat.control("POST", path, body)

    assert status == 400
    assert answer["error"].startswith(error)


async def test_receipts_are_scripted_over_http(wechat: WeChat) -> None:
    body = {"appid": APPID, "status": "failed: system failed"}

    assert await wechat.control("POST", "receipts", body) == (200, {"scripted": 1})


async def test_the_page_needs_nothing_from_elsewhere(wechat: WeChat) -> None:
    response = await wechat.http.get("/_sandbox/phone")

    page = await response.text()
    assert response.content_type == "text/html"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "src=" not in page
    assert "innerHTML" not in page


async def test_the_stream_sends_each_phone_and_each_change_and_ends_with_the_sandbox(
    wechat: WeChat,
) -> None:
    async with wechat.http.get("/_sandbox/phone/events") as stream:
        before = msgspec.json.decode((await stream.content.readuntil(b"\n\n"))[len("data: ") :])
        wechat.sandbox.people.write(APPID, READER, "你好")
        after = msgspec.json.decode((await stream.content.readuntil(b"\n\n"))[len("data: ") :])
        wechat.sandbox.stop()
        rest = await stream.content.read()

    assert stream.content_type == "text/event-stream"
    assert (before["openid"], before["messages"]) == (READER, [])
    assert [it["text"] for it in after["messages"]] == ["你好"]
    assert rest == b""
