"""What business systems call beside tokens and messages."""

from io import BytesIO
from typing import Any

import aiohttp
import pytest

from tests.sandbox.conftest import APPID, WeChat

PICTURE = bytes(range(256)) * 40 + b"\r\n--not-the-boundary\r\n"
MENU = {"button": [{"type": "click", "name": "今日", "key": "today"}]}


def form(data: bytes, name: str = "media") -> aiohttp.FormData:
    body = aiohttp.FormData()
    body.add_field("other", "x")
    body.add_field(name, BytesIO(data), filename="图.png", content_type="image/png")
    return body


async def upload(wechat: WeChat, path: str, body: aiohttp.FormData, **query: str) -> Any:
    wechat.bearer = wechat.bearer or (await wechat.stable())["access_token"]
    query |= {"access_token": wechat.bearer}
    async with wechat.http.post(f"/cgi-bin/{path}", params=query, data=body) as response:
        return await response.json(content_type=None)


async def test_a_menu_is_created_read_and_deleted(wechat: WeChat) -> None:
    created = await wechat.call("menu/create", MENU)
    menu, current = (
        await wechat.ask("/cgi-bin/menu/get"),
        await wechat.ask("/cgi-bin/get_current_selfmenu_info"),
    )
    deleted = await wechat.ask("/cgi-bin/menu/delete")

    gone, closed = (
        await wechat.ask("/cgi-bin/menu/get"),
        await wechat.ask("/cgi-bin/get_current_selfmenu_info"),
    )

    assert created["errcode"] == deleted["errcode"] == 0
    assert menu["menu"]["button"][0]["name"] == "今日"
    assert (current["is_menu_open"], closed["is_menu_open"]) == (1, 0)
    assert gone["errcode"] == 46003


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        (None, 40016),
        ([], 40016),
        ([{"name": "a", "type": "click"}] * 4, 40016),
        ([{"name": "a" * 17, "type": "click"}], 40018),
        (["a"], 40018),
        ([{"name": "a"}], 40017),
        ([{"name": "a", "sub_button": [{"name": "b"}]}], 40017),
        ([{"name": "a", "sub_button": [{"name": "b", "type": "view"}] * 6}], 40016),
    ],
)
async def test_a_wrong_menu_is_refused(wechat: WeChat, buttons: Any, errcode: int) -> None:
    answer = await wechat.call("menu/create", {"button": buttons, "matchrule": {}})

    assert answer["errcode"] == errcode


async def test_a_file_comes_back_as_it_was_uploaded(wechat: WeChat) -> None:
    media_id = (await upload(wechat, "media/upload", form(PICTURE), type="image"))["media_id"]

    path = f"/cgi-bin/media/get?access_token={wechat.bearer}&media_id={media_id}"
    async with wechat.http.get(path) as response:
        got = await response.read()

    assert got == PICTURE
    assert response.content_type == "image/png"
    assert "filename=" in response.headers["Content-disposition"]


async def test_a_file_is_for_its_own_account_and_three_days(wechat: WeChat) -> None:
    media_id = (await upload(wechat, "media/upload", form(b"x"), type="thumb"))["thumb_media_id"]
    other = (await wechat.stable(appid="wx-other"))["access_token"]

    foreign = await wechat.get("/cgi-bin/media/get", access_token=other, media_id=media_id)
    wechat.advance(days=3)
    own = (await wechat.stable())["access_token"]
    late = await wechat.get("/cgi-bin/media/get", access_token=own, media_id=media_id)

    assert foreign["errcode"] == late["errcode"] == 40007


async def test_wrong_uploads_are_refused(wechat: WeChat) -> None:
    path = "media/upload"

    answers = [
        await upload(wechat, path, form(b"x"), type="film"),
        await upload(wechat, path, form(b""), type="image"),
        await upload(wechat, path, form(b"x", name="file"), type="image"),
        await upload(wechat, path, form(b"x" * (64 * 1024 + 1)), type="thumb"),
        await wechat.call("media/upload?type=image", {"media": "x"}),
        await upload(wechat, "media/uploadimg", form(b"x" * (1024 * 1024 + 1))),
    ]

    assert [it["errcode"] for it in answers] == [40004, 41005, 41005, 45001, 41005, 45001]


async def test_a_picture_for_an_article_gets_an_address(wechat: WeChat) -> None:
    answer = await upload(wechat, "media/uploadimg", form(PICTURE))

    assert answer["url"].startswith("http://mmbiz.qpic.cn/")


async def test_followers_are_tagged_and_remarked(wechat: WeChat) -> None:
    openid = wechat.sandbox.people.follow(APPID)
    tag = (await wechat.call("tags/create", {"tag": {"name": "常客"}}))["tag"]
    await wechat.call("tags/members/batchtagging", {"tagid": tag["id"], "openid_list": [openid]})
    await wechat.call("user/info/updateremark", {"openid": openid, "remark": "老王"})

    async with wechat.http.get(
        "/cgi-bin/user/info", params={"access_token": wechat.bearer, "openid": openid}
    ) as response:
        person = await response.json()
    tags = (await wechat.ask("/cgi-bin/tags/get"))["tags"]
    members = await wechat.call("user/tag/get", {"tagid": tag["id"]})
    await wechat.call("tags/delete", {"tag": {"id": tag["id"]}})
    after = await wechat.call("tags/getidlist", {"openid": openid})

    assert tags == [{"id": 100, "name": "常客", "count": 1}]
    assert (person["tagid_list"], person["remark"]) == ([100], "老王")
    assert members["data"]["openid"] == [openid]
    assert after["tagid_list"] == []


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("tags/create", {"tag": {"name": ""}}, 45158),
        ("tags/create", {"tag": "x"}, 47001),
        ("tags/update", {"tag": {"id": 2, "name": "a"}}, 45058),
        ("tags/delete", {"tag": {"id": 999}}, 45159),
        ("tags/members/batchtagging", {"tagid": 100, "openid_list": []}, 40032),
        ("tags/members/batchtagging", {"tagid": 100, "openid_list": ["o1"]}, 49003),
        ("user/info/updateremark", {"openid": "o1", "remark": "a" * 31}, 47003),
    ],
)
async def test_wrong_tags_are_refused(
    wechat: WeChat, path: str, body: dict[str, Any], errcode: int
) -> None:
    await wechat.call("tags/create", {"tag": {"name": "a"}})

    assert (await wechat.call(path, body))["errcode"] == errcode


async def test_staff_is_added_renamed_listed_and_removed(wechat: WeChat) -> None:
    account, path = "li@shop", "/customservice/kfaccount"
    wechat.bearer = (await wechat.stable())["access_token"]
    token = {"access_token": wechat.bearer}
    await wechat.post(f"{path}/add", {"kf_account": account, "nickname": "李"}, **token)

    again = await wechat.post(f"{path}/add", {"kf_account": account, "nickname": "李"}, **token)
    await wechat.post(f"{path}/update", {"kf_account": account, "nickname": "小李"}, **token)
    listed = await wechat.ask("/cgi-bin/customservice/getkflist")
    removed = await wechat.get(f"{path}/del", kf_account=account, **token)
    missing = await wechat.get(f"{path}/del", kf_account=account, **token)

    assert again["errcode"] == 65406
    assert [it["kf_nick"] for it in listed["kf_list"]] == ["小李"]
    assert (removed["errcode"], missing["errcode"]) == (0, 65401)


async def test_a_user_is_shown_that_the_account_is_typing(wechat: WeChat) -> None:
    openid = wechat.sandbox.people.follow(APPID)

    shown = await wechat.call("message/custom/typing", {"touser": openid, "command": "Typing"})

    assert shown["errcode"] == 0


async def test_a_template_is_added_listed_and_deleted(wechat: WeChat) -> None:
    added = await wechat.call("template/api_add_template", {"template_id_short": "TM00015"})
    listed = await wechat.ask("/cgi-bin/template/get_all_private_template")
    body = {"template_id": added["template_id"]}

    answers = [await wechat.call("template/del_private_template", body) for _ in range(2)]

    assert [it["title"] for it in listed["template_list"]] == ["TM00015"]
    assert [it["errcode"] for it in answers] == [0, 40037]


async def test_an_account_with_a_whitelist_takes_calls_from_its_addresses_only(
    wechat: WeChat,
) -> None:
    token = (await wechat.stable())["access_token"]
    listed = {"appid": APPID, "addresses": ["10.0.0.1"]}
    await wechat.control("POST", "whitelist", listed)

    refused, used = await wechat.stable(), await wechat.use(token)
    spared = await wechat.stable(appid="wx-other")
    await wechat.control("POST", "whitelist", {"appid": APPID, "addresses": None})

    assert (refused["errcode"], used) == (40164, 40164)
    assert refused["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in")
    assert "access_token" in spared
    assert "access_token" in await wechat.stable()


async def test_tokens_end_at_random_but_none_that_is_young(wechat: WeChat) -> None:
    await wechat.control("POST", "kill", {"share": 1})
    token = (await wechat.stable())["access_token"]

    young = await wechat.use(token)
    wechat.advance(seconds=30)
    old = [await wechat.use(token) for _ in range(2)]
    status, ended = await wechat.control("POST", "kill", {"share": 0})
    spared = await wechat.use((await wechat.stable())["access_token"])

    assert (young, old) == (0, [40001, 40001])
    assert (status, ended) == (200, {"killed": 1})
    assert spared == 0


@pytest.mark.parametrize("body", [{}, {"share": 2}, {"share": "x"}])
async def test_a_wrong_kill_is_refused(wechat: WeChat, body: Any) -> None:
    status, error = await wechat.control("POST", "kill", body)

    assert status == 400
    assert "error" in error
