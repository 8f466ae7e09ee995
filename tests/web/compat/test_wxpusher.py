"""WxPusher's API sends, queries and takes back as its documentation and its clients say."""

import json
from datetime import timedelta
from typing import Any

import aiohttp

from tests.sending.town import Town
from tests.web.compat.wxpushing import SEND, call, path_of, send, sent, status
from wechat_scheduler.delivery.model import DeliveryState

# The example of WxPusher's documentation without its comments, but for host, token, uid and topic.
EXAMPLE = """{
  "appToken":"%s",
  "content":"Wxpusher祝你中秋节快乐!",
  "contentType":1,
  "topicIds":[
      %d
  ],
  "uids":[
      "%s"
  ],
  "url":"http://wxpusher.zjiecode.com"
}"""


async def test_the_documented_post_reaches_user_and_topic(place: Town) -> None:
    uid, other = await place.follow(), await place.follow(subscribe=False)
    topic = await place.audience.topics.make(place.app, "淘宝")
    await place.subscribe(place.app, other, topic_id=topic.id)
    body = EXAMPLE % (place.token, topic.id, uid)

    answer = await place.caller.call("POST", SEND, data=body.encode(), key="")

    assert (answer.json["code"], answer.json["msg"]) == (1000, "处理成功")
    person, group = answer.json["data"]
    message = person["messageContentId"]
    assert person == {
        "uid": uid,
        "topicId": None,
        "messageId": person["sendRecordId"],
        "messageContentId": message,
        "sendRecordId": person["sendRecordId"],
        "code": 1000,
        "status": "创建发送任务成功",
    }
    assert (group["uid"], group["topicId"], group["messageContentId"]) == (None, topic.id, message)
    await place.settle()
    for reader in (uid, other):
        (shown,) = await place.arrived(reader)
        assert "Wxpusher祝你中秋节快乐!" in shown.text
        assert "/m/" in shown.text


async def test_the_documented_get_sends_a_text(place: Town) -> None:
    uid = await place.follow()
    url = "http%3a%2f%2fwxpusher.zjiecode.com"
    query = f"appToken={place.token}&content=123&uid={uid}&url={url}"

    for path in (f"{SEND}/", SEND):
        answer = await place.call("GET", f"{path}?{query}", key="")
        assert (answer.status, answer.json["data"][0]["code"]) == (200, 1000)

    await place.settle()
    assert len(await place.arrived(uid)) == 2


async def test_a_status_is_waiting_then_sent_and_forgotten_after_7_days(fresh: Town) -> None:
    uid = await fresh.follow()
    (target,) = await sent(fresh, uids=[uid])
    record = target["sendRecordId"]

    assert await status(fresh, record) == (1000, 1)
    await fresh.settle()
    assert await status(fresh, record) == (1000, 3)
    for path in (f"/api/send/query/{record}", f"/api/send/query/status/{record}/"):
        assert (await call(fresh, "GET", path)).json["data"] == 3
    fresh.clock.advance(timedelta(days=7))
    answer = (await call(fresh, "GET", f"/api/send/query/{record}")).json
    assert (answer["code"], answer["msg"], answer["data"]) == (1001, "消息不存在", None)


async def test_a_topic_waits_while_anybody_of_it_does(fresh: Town) -> None:
    uid = await fresh.follow()
    topic = await fresh.audience.topics.make(fresh.app, "news")
    await fresh.subscribe(fresh.app, uid, topic_id=topic.id)
    fresh.wechat.sandbox.script("/cgi-bin/message/custom/send", errcode=-1, times=None)
    (target,) = await sent(fresh, topicIds=[topic.id])
    await fresh.cores.delivery.clockwork.run_once()

    spread = await status(fresh, target["sendRecordId"])
    fresh.clock.advance(timedelta(hours=49))
    await fresh.settle()

    assert spread == (1000, 1)
    assert await status(fresh, target["sendRecordId"]) == (1000, 3)


async def test_what_fits_into_a_message_fits_into_an_address(place: Town) -> None:
    uid = await place.follow()
    query = f"appToken={place.token}&uid={uid}&content=" + "%E6%9C%88" * 40_000

    answer = await call(place, "GET", f"/api/send/message?{query}")

    assert answer.json["code"] == 1000


async def test_a_status_says_that_it_failed(place: Town) -> None:
    uid = await place.follow()
    (target,) = await sent(place, uids=[uid])

    place.people.unfollow(place.app.appid, await place.openid(uid))
    await place.tell()

    assert await status(place, target["sendRecordId"]) == (1000, 2)


async def test_each_target_is_told_in_the_order_of_the_request(place: Town) -> None:
    audience = place.audience
    good, stranger = await place.follow(), await place.follow(subscribe=False)
    blocked, muted, gone = [await place.follow() for _ in range(3)]
    for uid in (blocked, muted):
        ((taken, _),) = await audience.subscribers(place.app, uid=uid, limit=1)
        if uid == blocked:
            await audience.block(place.app, taken.id, blocked=True)
        else:
            await audience.mute(uid, taken.id, muted=True)
    place.people.unfollow(place.app.appid, await place.openid(gone))
    await place.tell()

    uids = ["UID_nobody", good, stranger, blocked, muted, gone, good, "UID_\0"]
    results = await sent(place, uids=uids, topicIds=["42"])

    assert [one["uid"] for one in results] == [*uids, None]
    assert [(one["code"], one["status"]) for one in results] == [
        (1001, "UID不合法"),
        (1000, "创建发送任务成功"),
        (1001, "用户没有订阅应用"),
        (1001, "用户已被应用拉黑"),
        (1001, "用户关闭了消息接收"),
        (1001, "用户已取消关注公众号"),
        (1000, "创建发送任务成功"),
        (1001, "UID不合法"),
        (1001, "主题不存在"),
    ]
    assert results[1]["sendRecordId"] == results[6]["sendRecordId"]
    await place.settle()
    assert len(await place.arrived(good)) == 1


async def test_a_user_named_and_in_topics_receives_once(place: Town) -> None:
    uid = await place.follow()
    audience = place.audience
    topics = [(await audience.topics.make(place.app, name)).id for name in ("a", "b")]
    for topic in topics:
        await place.subscribe(place.app, uid, topic_id=topic)

    results = await sent(place, uids=[uid], topicIds=[*topics, topics[0]])

    assert [one["topicId"] for one in results] == [None, *topics, topics[0]]
    await place.settle()
    assert len(await place.arrived(uid)) == 1


WRITTEN: list[dict[str, Any]] = [
    {"summary": None, "url": None, "verifyPay": None, "topicIds": None},
    {"summary": "", "url": "", "topicIds": [], "contentType": None},
    {"contentType": "1", "topicIds": "", "verifyPayType": "0"},
    {"content": 123, "verifyPay": True, "topicIds": [""], "surprise": {}},
]


async def test_what_real_clients_write_is_taken(place: Town) -> None:
    uid = await place.follow()
    for fields in WRITTEN:
        (target,) = await sent(place, uids=[uid], **fields)

        assert target["code"] == 1000, fields


WRONG = [
    ({"appToken": None}, 1002, "appToken"),
    ({"appToken": "AT_wrong"}, 1002, "appToken"),
    ({"content": " "}, 1001, "content"),
    ({"content": "长" * 40_001}, 1001, "content"),
    ({"contentType": 4}, 1001, "contentType"),
    ({"contentType": [1]}, 1005, "contentType"),
    ({"uids": ["UID_a"] * 2001}, 1001, "uids"),
    ({"uids": "UID_a"}, 1005, "uids"),
    ({"uids": None}, 1001, "uids"),
    ({"topicIds": [1, 2, 3, 4, 5, 6]}, 1001, "topicIds"),
    ({"topicIds": ["淘宝"]}, 1001, "topicIds"),
]


async def test_what_is_wrong_names_its_field_and_sends_nothing(apart: Town) -> None:
    for fields, code, field in WRONG:
        answer = await send(apart, **({"uids": ["UID_a"]} | fields))

        assert answer["code"] == code, fields
        assert field in answer["msg"], fields
        assert not await apart.deliveries(app_id=apart.app.id), fields


async def test_the_longest_content_to_the_most_users_is_taken(place: Town) -> None:
    uids = [f"UID_{number:028}" for number in range(2000)]

    results = await sent(place, content="长" * 40_000, uids=uids, url="http://" + "a" * 993)

    assert [one["status"] for one in results] == ["UID不合法"] * 2000


async def test_what_is_no_json_is_1005_and_what_is_nowhere_1004(place: Town) -> None:
    broken = await place.caller.call("POST", SEND, data=b'{"appToken": AT}', key="")
    null = await place.caller.call("POST", SEND, data=b"null", key="")
    number = await place.caller.call("POST", SEND, data=b'{"appToken": 1}', key="")
    nowhere = [
        await call(place, "GET", "/api/fun/create/qrcode"),
        await call(place, "POST", "/api/send/x"),
    ]

    assert (broken.status, broken.json["code"]) == (200, 1005)
    assert "接口 [/api/send/message] 出现异常" in broken.json["msg"]
    assert null.json["msg"].endswith("出现异常：请求体必须是 JSON 对象")
    assert number.json["msg"].endswith("出现异常：appToken 的类型不正确")
    assert [answer.json["msg"] for answer in nowhere] == [
        "接口[(GET)/api/fun/create/qrcode]不存在",
        "接口[(POST)/api/send/x]不存在",
    ]
    assert {answer.json["code"] for answer in nowhere} == {1004}


async def test_a_proxys_request_line_and_a_body_in_chunks_are_understood(place: Town) -> None:
    uid = await place.follow()
    body = json.dumps({"appToken": place.token, "content": "x", "uids": [uid]}).encode()

    async def chunks() -> Any:
        for start in range(0, len(body), 50):
            yield body[start : start + 50]

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{place.caller.daemon.url}{SEND}/?", data=chunks()) as chunked,
        session.get(
            f"http://wxpusher.zjiecode.com{SEND}?appToken={place.token}&content=1&uid={uid}",
            proxy=place.caller.daemon.url,
        ) as proxied,
    ):
        answers = [await chunked.json(), await proxied.json()]

    assert [answer["data"][0]["code"] for answer in answers] == [1000, 1000]


async def test_the_same_request_with_a_key_sends_once(place: Town) -> None:
    uid = await place.follow()
    body = {"appToken": place.token, "content": "x", "uids": [uid]}
    headers = {"Idempotency-Key": "order-1"}

    first, again = [
        (await place.call("POST", SEND, body, key="", headers=headers)).json for _ in range(2)
    ]
    other = (await place.call("POST", SEND, body | {"content": "y"}, key="", headers=headers)).json

    assert first == again
    assert (other["code"], other["success"]) == (1001, False)
    await place.settle()
    assert len(await place.arrived(uid)) == 1


async def test_what_was_taken_back_is_gone_from_its_page(place: Town) -> None:
    uid = await place.follow()
    (target,) = await sent(place, uids=[uid], content="秘密")
    ids = (target["messageContentId"], target["sendRecordId"])
    await place.settle()
    (shown,) = await place.arrived(uid)
    page = path_of(shown.text.partition('href="')[2].partition('"')[0])
    assert "秘密" in (await place.call("GET", page, key="")).json

    answers = [
        (await call(place, "DELETE", SEND, messageContentId=given, appToken=place.token)).json
        for given in (*ids, 42)
    ]
    alias = await call(place, "DELETE", f"{SEND}/{ids[0]}", appToken=place.token)

    assert [(one["code"], one["data"]) for one in answers] == [
        (1000, True),
        (1000, True),
        (1001, None),
    ]
    assert alias.json["data"] is True
    gone = await place.call("GET", page, key="")
    assert gone.status == 410
    assert "秘密" not in gone.json


async def test_nobody_takes_back_what_another_app_sent(place: Town, apart: Town) -> None:
    uid = await place.follow()
    (target,) = await sent(place, uids=[uid])

    answer = await call(
        place, "DELETE", SEND, messageContentId=target["messageContentId"], appToken=apart.token
    )

    assert (answer.json["code"], answer.json["msg"]) == (1001, "消息不存在")


async def test_statuses_may_not_be_guessed_without_end(fresh: Town) -> None:
    codes = [(await call(fresh, "GET", f"/api/send/query/{n}")).json["msg"] for n in range(1, 102)]

    assert set(codes[:100]) == {"消息不存在"}
    assert "过于频繁" in codes[100]


async def test_html_without_a_summary_gets_the_head_of_its_text(fresh: Town) -> None:
    uid = await fresh.follow()
    fresh.clock.advance(timedelta(hours=49))

    await sent(
        fresh, uids=[uid], contentType=2, content="<h1>价格 &amp; 库存</h1><script>x()</script>"
    )
    await fresh.settle()

    (shown,) = await fresh.arrived(uid)
    assert shown.fields["keyword1"] == "价格 & 库存"
    (delivery,) = await fresh.deliveries()
    assert delivery.state is DeliveryState.DELIVERED


async def test_nobodys_topic_does_not_reach_everybody(place: Town) -> None:
    uid = await place.follow()

    posted = await sent(place, uids=[uid], topicIds=[0, "0"])
    got = await call(place, "GET", SEND, appToken=place.token, content="x", topicId=0)

    assert [(one["topicId"], one["code"]) for one in posted[1:]] == [(0, 1001)] * 2
    assert got.json["data"][0]["status"] == "主题不存在"
    await place.settle()
    assert len(await place.arrived(uid)) == 1
