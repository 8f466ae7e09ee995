"""Followers, and the QR codes that they scan."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import APPID, Start, WeChat
from wechat_scheduler.errors import InvalidRequestError


def scene(name: str, **scene: Any) -> dict[str, Any]:
    return {"action_name": name, "action_info": {"scene": scene}}


async def ask(wechat: WeChat, path: str, **query: str) -> dict[str, Any]:
    token = (await wechat.stable())["access_token"]
    return await wechat.get(f"/cgi-bin/user/{path}", access_token=token, **query)


async def test_a_follower_is_described_with_the_scene_of_the_scan(wechat: WeChat) -> None:
    qrcode = await wechat.call("qrcode/create", scene("QR_STR_SCENE", scene_str="shop-42"))
    openid = wechat.sandbox.people.scan(APPID, ticket=qrcode["ticket"])

    user = await ask(wechat, "info", openid=openid)

    assert len(openid) == 28
    assert (user["subscribe"], user["qr_scene_str"]) == (1, "shop-42")
    assert user["subscribe_scene"] == "ADD_SCENE_QR_CODE"


async def test_a_user_who_does_not_follow_is_described_by_the_openid_alone(wechat: WeChat) -> None:
    openid = wechat.sandbox.people.follow(APPID)
    wechat.sandbox.people.unfollow(APPID, openid)

    asked = {"user_list": [{"openid": openid}, {"openid": "o-stranger", "lang": "en"}]}
    answer = await wechat.call("user/info/batchget", asked)

    assert answer["user_info_list"] == [
        {"subscribe": 0, "openid": openid},
        {"subscribe": 0, "openid": "o-stranger"},
    ]


@pytest.mark.parametrize(
    ("asked", "errcode"),
    [({"user_list": "o"}, 47001), ({"user_list": []}, 40032), ({"user_list": [{}]}, 40003)],
)
async def test_a_wrong_list_of_users_is_refused(
    wechat: WeChat, asked: dict[str, Any], errcode: int
) -> None:
    assert (await wechat.call("user/info/batchget", asked))["errcode"] == errcode


async def test_followers_are_listed_in_the_order_in_which_they_followed(start: Start) -> None:
    wechat = await start(users=((APPID, "o-first"), (APPID, "o-second")))
    wechat.sandbox.people.follow(APPID, "o-third")
    wechat.sandbox.people.unfollow(APPID, "o-first")
    wechat.sandbox.people.follow(APPID, "o-first")

    everybody = await ask(wechat, "get")
    rest = await ask(wechat, "get", next_openid="o-third")
    nobody = await ask(wechat, "get", next_openid="o-first")

    assert everybody["data"]["openid"] == ["o-second", "o-third", "o-first"]
    assert everybody["next_openid"] == "o-first"
    assert (rest["total"], rest["data"]["openid"]) == (3, ["o-first"])
    assert nobody == {"total": 3, "count": 0, "next_openid": ""}


@pytest.mark.parametrize(
    "body",
    [
        {"action_name": "QR_SCENE"},
        {"action_name": "QR_WRONG", "action_info": {"scene": {"scene_id": 1}}},
        scene("QR_SCENE", scene_id=0),
        scene("QR_SCENE", scene_id=2**32),
        scene("QR_SCENE", scene_str="text"),
        scene("QR_LIMIT_SCENE", scene_id=100_001),
        scene("QR_STR_SCENE", scene_str=""),
        scene("QR_LIMIT_STR_SCENE", scene_str="x" * 65),
        scene("QR_SCENE", scene_id=1) | {"expire_seconds": 2_592_001},
        scene("QR_SCENE", scene_id=1) | {"expire_seconds": "60"},
    ],
)
async def test_a_wrong_scene_gets_no_code(wechat: WeChat, body: dict[str, Any]) -> None:
    assert (await wechat.call("qrcode/create", body))["errcode"] == 40053


async def test_a_code_is_a_picture_until_it_expires(start: Start) -> None:
    wechat = await start(token_lifetime=timedelta(hours=1))
    body = scene("QR_SCENE", scene_id=7) | {"expire_seconds": 600}
    qrcode = await wechat.call("qrcode/create", body)
    url = f"/cgi-bin/showqrcode?ticket={qrcode['ticket']}"

    picture = await wechat.http.get(url)
    wechat.advance(minutes=5)
    late = await wechat.http.get(url)

    assert qrcode["expire_seconds"] == 300
    assert picture.content_type == "image/png"
    assert (await picture.read()).startswith(b"\x89PNG")
    assert late.status == 404


@pytest.mark.parametrize("action", ["QR_STR_SCENE", "QR_LIMIT_STR_SCENE"])
async def test_a_code_is_also_scanned_by_the_url_that_its_picture_shows(
    wechat: WeChat, action: str
) -> None:
    qrcode = await wechat.call("qrcode/create", scene(action, scene_str="shop-42"))

    openid = wechat.sandbox.people.scan(APPID, ticket=qrcode["url"])

    assert (await ask(wechat, "info", openid=openid))["qr_scene_str"] == "shop-42"
    with pytest.raises(InvalidRequestError, match="unknown or has expired"):
        wechat.sandbox.people.scan(APPID, ticket="http://weixin.qq.com/q/nothing")


async def test_a_permanent_scene_has_one_code_for_ever(wechat: WeChat) -> None:
    body = scene("QR_LIMIT_STR_SCENE", scene_str="shop")
    first = await wechat.call("qrcode/create", body)
    wechat.advance(days=365)
    wechat.bearer = ""

    assert await wechat.call("qrcode/create", body) == first
    assert wechat.sandbox.qrcode(first["ticket"]) is not None
