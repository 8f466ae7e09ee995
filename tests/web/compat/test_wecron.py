"""WeCron's API answers as its page and its code say."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest_asyncio

from tests.house import APPID, in_memory
from tests.sending.town import PUBLIC, Town, town
from tests.web.compat.remembering import API, Client, ahead, client

KEYS = [
    "title", "time", "owner", "id", "defer", "desc", "repeat", "participants",
    "participate_qrcode", "media_id", "post_url", "external_url",
]  # fmt: skip
# The example of WeCron's documentation, but for the time.
EXAMPLE = {
    "time": 1514297534431,
    "desc": "我是测试提醒",
    "title": "测试一下",
    "defer": -60,
    "external_url": "https://www.baidu.com/s?wd=wecron",
}


@pytest_asyncio.fixture(loop_scope="module")
async def user(place: Town) -> Client:
    return await client(place)


async def test_the_documented_example_works(fresh: Town) -> None:
    user = await client(fresh)
    time = ahead(fresh)

    answer = await user("POST", body=EXAMPLE | {"time": time})

    found = answer.json
    assert (answer.status, list(found)) == (200, KEYS)
    assert found | EXAMPLE | {"time": time} == found
    assert found["owner"] == {"nickname": "微信用户", "headimgurl": "", "id": user.uid}
    assert "/cgi-bin/showqrcode?ticket=" in found["participate_qrcode"]
    assert found["post_url"] == f"{PUBLIC}/reminds/api/{found['id']}/share_post/"
    assert (len(found["id"]), found["repeat"], found["participants"]) == (32, {}, [])
    fresh.clock.advance(timedelta(hours=1, seconds=1))
    await fresh.settle()
    (shown,) = await fresh.arrived(user.uid)
    assert shown.url == EXAMPLE["external_url"]


async def test_the_example_as_it_stands_is_past(user: Client) -> None:
    answer = await user("POST", body=EXAMPLE)

    assert (answer.status, answer.json) == (400, ["不能设一个过去的提醒: 2017-12-26 14:12"])
    assert (await user("GET", "/reminds/api")).json["results"] == []


WRONG = [
    ({"title": None}, {"title": ["该字段是必填项。"]}),
    ({"title": " "}, {"title": ["该字段不能为空。"]}),
    ({"title": [1]}, {"title": ["不是有效的字符串。"]}),
    ({"time": None}, {"time": ["该字段是必填项。"]}),
    ({"time": " "}, {"time": ["该字段是必填项。"]}),
    ({"time": "soon"}, {"time": ["Invalid format"]}),
    ({"time": {}}, {"time": ["Invalid format"]}),
    ({"time": 10**30}, {"time": ["Invalid format"]}),
    ({"time": 9 * 10**12}, {"time": ["时间太远了。"]}),
    ({"defer": "an hour"}, {"defer": ["请填写合法的整数值。"]}),
    ({"defer": 2**31}, {"defer": ["请确保该值小于或者等于 2147483647。"]}),
    ({"external_url": "baidu"}, {"external_url": ["请输入合法的URL。"]}),
    (
        {"external_url": "http://a.example/" + "a" * 120},
        {"external_url": ["请确保这个字段不能超过 120 个字符。"]},
    ),
    ({"repeat": {"fortnight": 1}}, {"repeat": ["不支持这样的重复周期。"]}),
    ({"repeat": {"minute": 1}}, {"repeat": ["不支持这样的重复周期。"]}),
    ({"repeat": {"minute": 0, "second": 5}}, {"repeat": ["不支持这样的重复周期。"]}),
    ({"repeat": {"day": 1, "minute": 30}}, {"repeat": ["不支持这样的重复周期。"]}),
    ({"participants": [{"uid": "UID_a"}]}, {"participants": ["每个参与者需要文本 id。"]}),
    ({"participants": ["UID_a"]}, {"participants": ["每个参与者需要文本 id。"]}),
    ({"participants": [{"id": 7}]}, {"participants": ["每个参与者需要文本 id。"]}),
    ({"repeat": {"month": "0" * 5000}}, {"repeat": ["不支持这样的重复周期。"]}),
    (
        {"time": "x", "defer": "x"},
        {"time": ["Invalid format"], "defer": ["请填写合法的整数值。"]},
    ),
]


async def test_what_is_wrong_is_said_by_field(user: Client) -> None:
    for fields, wrong in WRONG:
        body = {"title": "开会", "time": ahead(user.place)} | fields

        answer = await user("POST", body=body)

        assert (answer.status, answer.json) == (400, wrong), fields
    assert (await user("GET")).json["results"] == []


async def test_a_change_is_refused_too_and_the_recurrence_stays(user: Client) -> None:
    made = await user.make(repeat={"day": 2})
    path = f"{API}{made['id']}/"

    for fields, wrong in WRONG:
        if fields.keys() & {"repeat", "participants"}:
            answer = await user("PATCH", path, fields)

            assert (answer.status, answer.json) == (400, wrong), fields
    assert (await user("GET", path)).json["repeat"] == {"day": 2}


async def test_a_body_that_is_none_is_said_to_be_none(place: Town, user: Client) -> None:
    listed = await user("POST", body=[1])
    empty = await user("POST", body={})
    token = {"Authorization": f"Token {user.token}", "Content-Type": "application/json"}
    broken = await place.caller.call("POST", API, data=b"{", key="", headers=token)
    plain = await place.caller.call(
        "POST", API, data=b"{}", key="", headers=token | {"Content-Type": "text/plain"}
    )

    words = "无效数据。期待为字典类型，得到的是 list 。"
    assert listed.json == {"non_field_errors": [words]}
    assert empty.json == {"title": ["该字段是必填项。"], "time": ["该字段是必填项。"]}
    assert broken.json["detail"].startswith("JSON parse error - ")
    assert (plain.status, plain.json["detail"]) == (
        415, "不支持请求中的媒体类型 “text/plain”。",
    )  # fmt: skip


async def test_a_media_type_that_is_no_text_is_refused_too(place: Town, user: Client) -> None:
    url = urlsplit(place.caller.daemon.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)

    writer.write(
        f"POST {API} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 2\r\n"
        f"Authorization: Token {user.token}\r\nContent-Type: ".encode()
        + b"\xff\xfe\r\n\r\n{}"
    )
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 415 ")
    assert "不支持请求中的媒体类型 “\ufffd\ufffd”。".encode() in answer


async def test_a_time_that_deferring_makes_past_is_refused(user: Client) -> None:
    answer = await user("POST", body={"title": "a", "time": ahead(user.place), "defer": -121})

    assert (answer.status, answer.json) == (400, ["不能设一个过去的提醒: 2026-11-18 02:29"])


async def test_the_time_may_be_in_the_sentence(user: Client) -> None:
    body = {"desc": "每月25号提醒我还信用卡"}

    described = (await user("POST", body=body)).json
    titled = (await user("POST", body={"title": "明天下午3点开会", "desc": "带上合同"})).json
    silent = await user("POST", body={"desc": "带上合同"})
    odd = await user("POST", body={"desc": "2月30号开会"})

    assert (described["title"], described["repeat"]) == ("还信用卡", {"month": 1})
    assert at(described["time"]) == "2026-11-25T00:00:00+00:00"
    assert (titled["title"], at(titled["time"])) == ("明天下午3点开会", "2026-11-19T07:00:00+00:00")
    assert (silent.status, silent.json) == (400, {"time": ["该字段是必填项。"]})
    assert (odd.status, list(odd.json)) == (400, ["time"])


async def test_lax_values_are_read_as_they_were(user: Client) -> None:
    body = {"desc": "喝水", "title": "", "time": str(ahead(user.place)), "defer": "1.0"}
    extra = {"repeat": {"day": "1", "minute": "0"}, "external_url": None, "id": "mine", "x": 1}

    found = (await user("POST", body=body | extra)).json

    assert (found["title"], found["defer"], found["repeat"]) == ("闹钟", 1, {"day": 1})
    assert (found["time"], found["external_url"]) == (ahead(user.place), None)
    assert found["id"] != "mine"


async def test_who_takes_part_is_reminded_too(fresh: Town) -> None:
    user = await client(fresh)
    friend, gone = await fresh.follow(), await fresh.follow()
    fresh.people.unfollow(APPID, await fresh.openid(gone))
    await fresh.tell()
    ids = [friend, "nobody", gone, friend, user.uid]

    made = await user.make(participants=[{"id": one} for one in ids])

    assert [one["id"] for one in made["participants"]] == [friend]
    fresh.clock.advance(timedelta(hours=2, seconds=1))
    await fresh.settle()
    assert [len(await fresh.arrived(uid)) for uid in (user.uid, friend, gone)] == [1, 1, 0]


async def test_patching_changes_what_is_given(user: Client) -> None:
    made = await user.make(desc="带上合同", repeat={"week": 1})
    later = ahead(user.place, days=3)

    answer = await user("PATCH", f"{API}{made['id']}/", {"time": later, "title": "例会"})
    same = await user("PATCH", f"{API}{made['id']}", answer.json)
    past = await user("PATCH", f"{API}{made['id']}", {"time": 1, "repeat": {}})
    blank = await user("PATCH", f"{API}{made['id']}", {"title": "", "desc": ""})

    changed = {"title": "例会", "time": later, "participate_qrcode": None}
    assert answer.json == made | changed
    assert same.json == answer.json
    assert past.json == ["不能设一个过去的提醒: 1970-01-01 00:00"]
    assert blank.json == {"title": ["该字段不能为空。"]}


async def test_another_time_keeps_the_end_that_a_sentence_set(place: Town, user: Client) -> None:
    made = (await user("POST", body={"desc": "每天早上8点吃药到11月21号"})).json
    later = made["time"] + 2 * 3_600_000

    patched = await user("PATCH", f"{API}{made['id']}/", body=made | {"time": later})

    desk = place.desk
    times = desk.preview(await desk.reminder(made["id"]), 9)
    assert (patched.json["time"], patched.json["repeat"]) == (later, {"day": 1})
    assert [f"{time:%d %H:%M}" for time in times] == ["19 02:00", "20 02:00", "21 02:00"]


async def test_others_see_join_and_leave(place: Town, user: Client) -> None:
    made, friend = await user.make(), await client(place)
    path = f"{API}{made['id']}/"

    assert (await friend("GET", path)).json["id"] == made["id"]
    stranger = await friend("PATCH", path, {"title": "x", "participants": []})
    joined = await friend("PATCH", path, {"participants": [{"id": friend.uid}]})
    mine = await friend("GET")
    left = await friend("DELETE", path)
    again = await friend("DELETE", path)
    deleted = await user("DELETE", path)
    gone = await user("GET", path)

    assert (stranger.status, stranger.json) == (403, {"detail": "Unauthorized!"})
    assert [one["id"] for one in joined.json["participants"]] == [friend.uid]
    assert [one["id"] for one in mine.json["results"]] == [made["id"]]
    assert (left.status, left.json, again.status) == (204, "", 403)
    assert (deleted.status, gone.status, gone.json) == (204, 404, {"detail": "未找到。"})


async def test_pages_of_as_many_as_are_made_begin_today_and_lead_both_ways(fresh: Town) -> None:
    user = await client(fresh)
    times = [ahead(fresh, hours=1 + number // 3) for number in range(25)]
    made = []
    for time in times:
        fresh.clock.advance(timedelta(seconds=1))
        made.append((await user.make(time=time + 10_000_000))["id"])
    fresh.clock.advance(timedelta(days=1))

    first = (await user("GET")).json
    back = await walk(user, first, "previous")
    forth = await walk(user, back[-1], "next")
    bad = await user("GET", f"{API}?cursor=bm9uZQ==")

    assert (first["results"], first["next"]) == ([], None)
    ids = [one["id"] for page in reversed(back) for one in page["results"]]
    assert ids == made == [one["id"] for page in forth for one in page["results"]]
    assert [len(page["results"]) for page in back] == [10, 10, 5]
    assert back[-1]["previous"] is None
    assert first["previous"].startswith(f"{PUBLIC}{API}?cursor=")
    assert (bad.status, bad.json) == (404, {"detail": "无效游标"})


NO_TOKENS = [
    ("", "身份认证信息未提供。"),
    ("Bearer x", "身份认证信息未提供。"),
    ("Token", "没有提供认证信息（认证令牌HTTP头无效）。"),
    ("Token a b", "认证令牌字符串不应该包含空格（无效的认证令牌HTTP头）。"),
    ("token wct_wrong", "认证令牌无效。"),
]


async def test_without_a_token_the_way_in_is_shown(place: Town) -> None:
    for header, detail in NO_TOKENS:
        token = {"Authorization": header} if header else {}
        headers = {"Referer": "http://a.example/?b"} | token

        answer = await place.call("GET", API, key="", headers=headers)

        assert (answer.status, answer.json) == (401, {"detail": detail})
        way_in = answer.headers["WWW-Authenticate"]
        assert "/connect/oauth2/authorize?appid=&" in way_in, header
        assert "state=http%3A%2F%2Fa.example%2F%3Fb#" in way_in, header


async def test_only_the_holder_of_a_token_is_told_the_account(apart: Town) -> None:
    token = await apart.directory.make_user_token(apart.app.id, f"UID_{'x' * 28}")

    answer = await apart.call("GET", API, key="", headers={"Authorization": f"Token {token}"})

    assert (answer.status, answer.json) == (401, {"detail": "用户未激活或者已删除。"})
    assert f"?appid={apart.app.appid}&" in answer.headers["WWW-Authenticate"]


ABSENT = [
    ("PUT", API, 405, "方法 “PUT” 不被允许。"),
    ("OPTIONS", f"{API}{'0' * 32}/", 405, "方法 “OPTIONS” 不被允许。"),
    ("POST", "/profile/api/", 405, "方法 “POST” 不被允许。"),
    ("GET", f"{API}none/", 404, "未找到。"),
    ("GET", f"{API}{'0' * 32}/qrcode/", 404, "未找到。"),
    ("GET", f"{API}{'0' * 32}/share_post/", 404, "未找到。"),
    ("GET", "/reminds/media/abc", 404, "未找到。"),
    ("GET", f"/reminds/{'0' * 32}", 404, "未找到。"),
]


async def test_what_is_not_there_is_said_in_chinese(user: Client) -> None:
    for method, path, status, detail in ABSENT:
        answer = await user(method, path)

        assert (answer.status, answer.json) == (status, {"detail": detail}), (method, path)


async def test_too_many_are_told_when_to_come_back(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, compat__wecron_creates=2) as place:
        user = await client(place)
        for _ in range(2):
            await user.make()
        place.clock.advance(timedelta(minutes=10))

        answer = await user("POST", body=EXAMPLE)

    words = "请求超过了限速。 Expected available in 3000.0 seconds."
    assert (answer.status, answer.json) == (429, {"detail": words})
    assert answer.headers["Retry-After"] == "3000"


async def test_a_day_has_so_many_calls(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, compat__wecron_calls=2) as place:
        user = await client(place)

        answers = [await user("GET") for _ in range(3)]

        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[2].headers["Retry-After"] == "86400"


async def test_who_unfollowed_is_shown_how_to_come_back(place: Town, user: Client) -> None:
    made = await user.make()
    friend = await client(place)
    place.people.unfollow(APPID, await place.openid(friend.uid))
    await place.tell()

    answer = await friend("GET", f"{API}{made['id']}/")

    assert answer.json == made


async def test_the_same_request_again_makes_nothing_again(user: Client) -> None:
    body = {"title": "开会", "time": ahead(user.place)}

    made = [await user("POST", body=body, **{"Idempotency-Key": "a"}) for _ in range(2)]
    other = await user("POST", body=body | {"title": "b"}, **{"Idempotency-Key": "a"})

    assert made[0].json == made[1].json
    assert other.status == 409
    assert len((await user("GET")).json["results"]) == 1


async def test_the_profile_is_the_users_own(user: Client) -> None:
    before = (await user("GET", "/profile/api/")).json
    changes = {
        "nickname": "阿文", "headimgurl": "http://a.example/a.jpg", "morning_greeting": "08:30",
        "notify_subscription": False, "timezone": "Asia/Urumqi",
    }  # fmt: skip

    changed = await user("PATCH", "/profile/api", changes | {"id": "x"})
    wrong = await user("PATCH", "/profile/api/", {"timezone": "Mars", "morning_greeting": "8"})

    assert before == {
        "nickname": "微信用户", "headimgurl": "", "id": user.uid, "morning_greeting": None,
        "notify_subscription": True, "timezone": "Asia/Shanghai",
    }  # fmt: skip
    assert changed.json == changes | {"id": user.uid, "morning_greeting": "08:30:00"}
    assert list(wrong.json) == ["morning_greeting", "timezone"]
    assert (await user("GET", "/profile/api")).json == changed.json
    assert (await user.make())["owner"]["nickname"] == "阿文"


async def test_a_new_reminder_may_be_answered_as_the_original_did(tmp_path: Path) -> None:
    async with town(
        tmp_path, opener=in_memory, compat__wecron_created=201, server__public_url=""
    ) as place:
        user = await client(place)

        answer = await user("POST", body={"title": "开会", "time": ahead(place, days=31)})
        poster = await user("GET", f"{API}{answer.json['id']}/share_post/")

    assert (answer.status, answer.json["post_url"]) == (201, None)
    assert poster.status == 503
    assert "server.public_url" in poster.json["detail"]


async def walk(user: Client, page: dict[str, Any], way: str) -> list[dict[str, Any]]:
    """A page's neighbours as far as they go; `next` begins with the page itself."""
    pages = [page] if way == "next" else []
    while page[way]:
        page = (await user("GET", page[way].removeprefix(PUBLIC))).json
        pages.append(page)
    return pages[:-1] if way == "next" and not pages[-1]["results"] else pages


def at(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
