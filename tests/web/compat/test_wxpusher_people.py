"""Users subscribe by QR codes; apps list, block and remove them."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from tests.business import Business
from tests.sending.town import PUBLIC, Town
from tests.web.compat.wxpushing import call, path_of, says, sent
from wechat_scheduler.web.pages.paths import home_path, subscribe_path, switches_path

FUN = "/api/fun"
CREATE = f"{FUN}/create/qrcode"


async def data(place: Town, method: str, path: str, body: Any = None, **query: Any) -> Any:
    answer = (await call(place, method, path, body, **query)).json
    assert answer["code"] == 1000, answer
    return answer["data"]


async def v2(place: Town, **query: Any) -> Any:
    return await data(place, "GET", f"{FUN}/wxuser/v2", appToken=place.token, **query)


async def test_whoever_scans_a_code_is_known_by_its_extra(place: Town) -> None:
    body = {"appToken": place.token, "extra": "forum-42", "validTime": "60"}
    made = await data(place, "POST", CREATE, body)
    waiting = (await call(place, "GET", f"{FUN}/scan-qrcode-uid", code=made["code"])).json

    openid = place.people.scan(place.app.appid, scene=made["code"])
    await place.tell()

    assert made.keys() == {"expires", "code", "shortUrl", "url", "extra"}
    assert made["extra"] == "forum-42"
    assert made["expires"] == round((place.clock.now().timestamp() + 60) * 1000)
    assert waiting["code"] == 1001
    uid = await data(place, "GET", f"{FUN}/scan-qrcode-uid", code=made["code"])
    assert uid == await place.uid(openid)
    assert (await sent(place, uids=[uid]))[0]["code"] == 1000


async def test_the_picture_of_a_code_is_ours_until_it_ends(fresh: Town) -> None:
    made = await data(fresh, "POST", CREATE, {"appToken": fresh.token, "extra": "x"})
    url = f"{fresh.caller.daemon.url}{path_of(made['url'])}"

    async with fresh.caller._session.get(url) as response:
        with Image.open(BytesIO(await response.read())) as image:
            assert (response.content_type, image.format) == ("image/jpeg", "JPEG")
    fresh.clock.advance(timedelta(seconds=1800))
    async with fresh.caller._session.get(url) as response:
        assert response.status == 404
    assert made["url"].startswith(f"{PUBLIC}/qr/")
    assert made["url"].endswith(".jpg")
    assert made["shortUrl"].startswith("http://weixin.qq.com/q/")


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"extra": ""}, 1001, "extra"),
    ({"extra": "x" * 65}, 1001, "extra"),
    ({"validTime": 0}, 1001, "validTime"),
    ({"validTime": 2_592_001}, 1001, "validTime"),
    ({"appToken": "AT_no"}, 1002, "appToken"),
]


async def test_a_code_that_is_asked_for_wrongly_is_not_drawn(place: Town) -> None:
    for fields, code, field in WRONG:
        body = {"appToken": place.token, "extra": "x"} | fields

        answer = (await call(place, "POST", CREATE, body)).json

        assert answer["code"] == code, fields
        assert field in answer["msg"], fields


async def test_the_old_list_has_the_users_of_the_app(apart: Town) -> None:
    uids = [await apart.follow() for _ in range(3)]
    query = {"appToken": apart.token, "page": 1, "pageSize": 2}

    first = await data(apart, "GET", f"{FUN}/wxuser", **query)
    bare = (await call(apart, "GET", f"{FUN}/wxuser", **query)).json
    second = await data(apart, "GET", f"{FUN}/wxuser", **query | {"page": 2})
    one = await data(apart, "GET", f"{FUN}/wxuser", **query, uid=f" {uids[1]} ")

    assert (first["page"], first["pageSize"], first["total"]) == (1, 2, 3)
    assert {name: bare[name] for name in first} == first
    found = [record["uid"] for page in (first, second) for record in page["records"]]
    assert sorted(found) == sorted(uids)
    assert first["records"][0].keys() == {"createTime", "enable", "headImg", "nickName", "uid"}
    assert [record["uid"] for record in one["records"]] == [uids[1]]


async def test_the_new_list_has_each_subscription_and_no_uid_of_a_topics(apart: Town) -> None:
    audience = apart.audience
    known, stranger = await apart.follow(), await apart.follow(subscribe=False)
    topic = await audience.topics.make(apart.app, "淘宝")
    for uid in (known, stranger):
        await apart.subscribe(apart.app, uid, topic_id=topic.id)

    page = await v2(apart, page=1, pageSize=100, uid="", isBlock="", type="")
    rest = await v2(apart, page=2, pageSize=2)
    topics = await v2(apart, type=1)

    rows = [(record["type"], record["target"], record["uid"]) for record in page["records"]]
    assert rows[0] == (0, "shop", known)
    assert sorted(rows[1:]) == sorted([(1, "淘宝", known), (1, "淘宝", "")])
    assert page["records"][0].keys() == {
        *("uid", "appOrTopicId", "headImg", "createTime", "nickName"),
        *("reject", "id", "type", "target", "payEndTime"),
    }
    assert (rest["total"], rest["records"]) == (3, page["records"][2:])
    assert (topics["total"], topics["records"]) == (2, page["records"][1:])


async def test_whom_an_app_blocks_gets_nothing_and_cannot_come_back(apart: Town) -> None:
    uid = await apart.follow()
    ((record,),) = [(await v2(apart))["records"]]
    query = {"appToken": apart.token, "id": record["id"]}

    done = await data(apart, "PUT", f"{FUN}/reject", **query, reject="true")
    made = await data(apart, "POST", CREATE, {"appToken": apart.token, "extra": "again"})
    apart.people.scan(apart.app.appid, openid=await apart.openid(uid), scene=made["code"])
    await apart.tell()

    assert done == "删除成功"
    assert [one["id"] for one in (await v2(apart, isBlock="true"))["records"]] == [record["id"]]
    assert (await sent(apart, uids=[uid]))[0]["code"] == 1001
    await data(apart, "PUT", f"{FUN}/reject", **query, reject="false")
    assert (await sent(apart, uids=[uid]))[0]["code"] == 1000


async def test_who_is_removed_is_unknown_to_the_app(apart: Town) -> None:
    uid = await apart.follow()
    ((record,),) = [(await v2(apart))["records"]]
    query = {"appToken": apart.token, "id": record["id"]}

    done = await data(apart, "DELETE", f"{FUN}/remove", **query)
    again = (await call(apart, "DELETE", f"{FUN}/remove", **query)).json

    assert done == "删除成功"
    assert (again["code"], again["data"]) == (1001, None)
    assert (await sent(apart, uids=[uid]))[0]["status"] == "用户没有订阅应用"
    assert await data(apart, "GET", "/api/product/query-pay-end-time", uid=uid, prodId=1) == []


async def test_a_user_turns_their_own_switches(place: Town) -> None:
    uid = await place.follow()
    page = path_of(re.findall(r"http\S+", await says(place, uid, "我的订阅"))[0])
    seen = []
    for wish in ("mute", "unmute", "unsubscribe", "mute"):
        shown = (await place.call("GET", page, key="")).json
        identity = (re.findall(r'name="id" value="(\d+)"', shown) or ["0"])[0]
        done = await post(place, page, {"id": identity, "do": wish})
        seen.append((done, (await sent(place, uids=[uid]))[0]["code"]))

    assert page == switches_path(place.links, uid, place.clock.now())
    assert seen == [(303, 1001), (303, 1000), (303, 1001), (404, 1001)]


async def test_nobody_turns_the_switches_of_others_or_gets_round_a_block(place: Town) -> None:
    uid, other = await place.follow(), await place.follow()
    audience, links, now = place.audience, place.links, place.clock.now()
    ((taken, _),) = await audience.subscribers(place.app, uid=uid, limit=1)
    wish = {"id": str(taken.id), "do": "unsubscribe"}

    assert await post(place, switches_path(links, other, now), wish) == 404
    assert await post(place, f"/u/{uid[4:]}.{'x' * 22}", wish) == 404
    await audience.block(place.app, taken.id, blocked=True)
    assert await post(place, switches_path(links, uid, now), wish) == 404


async def test_an_app_and_a_topic_are_subscribed_to_by_a_page(place: Town) -> None:
    topic = await place.audience.topics.make(place.app, "淘宝", "每日优惠")

    for path, name in (
        (subscribe_path(place.links, place.app.id), "订阅shop"),
        (subscribe_path(place.links, place.app.id, str(topic.id)), "每日优惠"),
    ):
        answer = await place.call("GET", path, key="")
        assert answer.status == 200
        assert name in answer.json
        assert "data:image/png" in answer.json
    assert (await place.call("GET", "/f/1.x", key="")).status == 404


async def test_an_apps_home_is_opened_with_the_uid(apart: Town) -> None:
    uid = await apart.follow()
    path = home_path(apart.links, apart.app, uid)
    own = (await apart.call("GET", path, key="")).json
    await apart.call("PATCH", f"/v1/apps/{apart.app.id}", {"home": "https://shop.example/a?b=1"})

    url = f"{apart.caller.daemon.url}{path}"
    async with apart.caller._session.get(url, allow_redirects=False) as response:
        led = response.headers["Location"]

    assert uid in own
    assert led == f"https://shop.example/a?b=1&uid={uid}"


async def test_callbacks_are_those_of_the_documentation(apart: Town) -> None:
    async with Business() as business:
        callback = business.url("/callback")
        await apart.call("PATCH", f"/v1/apps/{apart.app.id}", {"callback": callback})
        made = await data(apart, "POST", CREATE, {"appToken": apart.token, "extra": "forum-42"})

        openid = apart.people.scan(apart.app.appid, scene=made["code"])
        await apart.tell()
        uid = await apart.uid(openid)
        apart.people.write(apart.app.appid, openid, f"#{apart.app.id} 你好")
        await apart.tell()

    subscribed, said = [call.json for call in business.calls]
    assert (subscribed["action"], said["action"]) == ("app_subscribe", "send_up_cmd")
    assert subscribed["data"].keys() >= {"appId", "appName", "source", "time", "uid", "extra"}
    assert subscribed["data"]["extra"] == "forum-42"
    assert (said["data"]["uid"], said["data"]["content"]) == (uid, "你好")


async def post(place: Town, path: str, form: dict[str, str]) -> int:
    url = f"{place.caller.daemon.url}{path}"
    async with place.caller._session.post(url, data=form, allow_redirects=False) as response:
        return response.status
