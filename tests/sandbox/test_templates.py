"""Templates that the sandbox knows: listed, and kept to."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import APPID, Start, WeChat
from wechat_scheduler.sandbox.keyword_rules import is_refused

READER = "o-reader"
GIVEN = {
    "parcel": "快递到达|单号:{{character_string1.DATA}}|thing2",
    "older": "订单|first|keyword1",
}
NOTICE = {
    "template_id": "booking",
    "title": "预约",
    "content": "状态:{{phrase1.DATA}}\n时间:{{time2.DATA}}",
    "values": {"phrase1": ["已预约", "已取消"]},
    "notice": True,
}
SEND, BIZSEND = "message/template/send", "message/subscribe/bizsend"
GOOD = {
    "parcel": {"character_string1": "SF17", "thing2": "耳机"},
    "older": {"keyword1": "长" * 30},
    "booking": {"phrase1": "已预约", "time2": "2026-11-29 15:01"},
}


@pytest.fixture
async def wechat(start: Start) -> WeChat:
    """A sandbox with a follower who accepts notices."""
    wechat = await start(users=((APPID, READER),), templates=GIVEN, accept_all=True)
    await wechat.control("POST", "templates", NOTICE)
    return wechat


async def send(wechat: WeChat, path: str, template: str, **data: str) -> dict[str, Any]:
    filled = {name: {"value": text} for name, text in (GOOD[template] | data).items()}
    body = {"touser": READER, "template_id": template, "data": filled}
    answer: dict[str, Any] = await wechat.call(path, body)
    return answer


@pytest.mark.parametrize(
    ("path", "template", "data", "errmsg"),
    [
        (SEND, "parcel", {"character_string1": ""}, "data.character_string1.value is empty"),
        (SEND, "parcel", {"character_string1": "单号"}, "data.character_string1.value invalid"),
        (SEND, "parcel", {"thing2": "长" * 21}, "data.thing2.value invalid"),
        (BIZSEND, "booking", {"time2": ""}, "data.time2.value is empty"),
        (BIZSEND, "booking", {"phrase1": "已完成"}, "data.phrase1.value invalid"),
    ],
)
async def test_what_does_not_fit_a_template_is_refused_in_wechats_words(
    wechat: WeChat, path: str, template: str, data: dict[str, str], errmsg: str
) -> None:
    answer = await send(wechat, path, template, **data)

    assert answer["errcode"] == 47003
    assert answer["errmsg"].startswith(f"argument invalid! {errmsg} rid: ")


async def test_the_keywords_of_a_template_are_shown_and_no_others(wechat: WeChat) -> None:
    answers = [
        await send(wechat, SEND, "parcel", keyword9="x"),
        await send(wechat, SEND, "older"),
        await send(wechat, BIZSEND, "booking"),
    ]

    shown = [it.fields for it in wechat.sandbox.people.arrived(APPID, READER)]
    assert [it["errcode"] for it in answers] == [0, 0, 0]
    assert shown == [GOOD["parcel"], {"keyword1": "长" * 20}, GOOD["booking"]]


async def test_a_notice_is_no_template_message(wechat: WeChat) -> None:
    await wechat.control("POST", "templates", NOTICE | {"notice": False})
    as_notice = await send(wechat, BIZSEND, "booking")
    await wechat.control("POST", "templates", NOTICE)

    as_template = await send(wechat, SEND, "booking")

    assert (as_notice["errcode"], as_template["errcode"]) == (40037, 40037)


async def test_templates_and_notices_are_listed_apart(wechat: WeChat) -> None:
    templates = await wechat.ask("/cgi-bin/template/get_all_private_template")
    notices = await wechat.ask("/wxaapi/newtmpl/gettemplate")

    listed = [(it["template_id"], it["title"], it["content"]) for it in templates["template_list"]]
    assert listed == [
        ("parcel", "快递到达", "单号:{{character_string1.DATA}}\nthing2:{{thing2.DATA}}"),
        ("older", "订单", "first:{{first.DATA}}\nkeyword1:{{keyword1.DATA}}"),
    ]
    (notice,) = notices["data"]
    assert (notice["priTmplId"], notice["content"]) == ("booking", NOTICE["content"])
    assert notice["keywordEnumValueList"] == [
        {"keywordCode": "phrase1.DATA", "enumValueList": ["已预约", "已取消"]}
    ]


async def test_values_of_a_keyword_that_the_content_lacks_are_a_mistake(wechat: WeChat) -> None:
    status, answer = await wechat.control("POST", "templates", NOTICE | {"values": {"thing9": []}})

    assert (status, answer["error"]) == (400, "values: the content has no thing9")


@pytest.mark.parametrize(
    ("keyword", "value", "refused"),
    [
        ("time1", "15:01", False),
        ("time1", "15:01:30", False),
        ("date1", "2019年10月1日 15:01", False),
        ("date1", "2018.01.01", False),
        ("time1", "2019年10月1日 15:01~2019年10月2日 16:00", False),
        ("time1", "2019年10月1日～2019年10月2日", True),
        ("time1", "2019-13-01", True),
        ("amount1", "￥100.50元", False),
        ("amount1", "1,000", True),
        ("phone_number1", "+86-0766-66888866", False),
        ("phone_number1", "8" * 18, True),
        ("car_number1", "粤A8Z888挂", False),
        ("name1", "张三", False),
        ("name1", "张" * 11, True),
        ("name1", "a" * 20, False),
        ("phrase1", "配送中", False),
        ("phrase1", "配送中!", True),
        ("character_string1", "SF-17 #3", False),
        ("keyword1", "anything\n", False),
    ],
)
def test_each_type_takes_its_own_values(keyword: str, value: str, refused: bool) -> None:
    assert is_refused(keyword, value) is refused


async def test_messages_of_an_intercepted_template_are_listed_and_not_shown(
    wechat: WeChat,
) -> None:
    advert = {"template_id": "advert", "title": "Sale", "intercepted": True}
    await wechat.control("POST", "templates", advert)
    GOOD["advert"] = {"thing1": "50 % off"}
    token = (await wechat.token())["access_token"]

    async def listed(**query: Any) -> Any:
        body = {"tmpl_msg_id": "advert", "largest_id": 0, "limit": 100} | query
        return await wechat.post("/wxa/sec/queryblocktmplmsg", body, access_token=token)

    sent = [(await send(wechat, SEND, "advert"))["errcode"] for _ in range(2)]
    first, second = (await listed())["msginfo"]
    rest = (await listed(largest_id=first["id"]))["msginfo"]
    others = (await listed(tmpl_msg_id="parcel"))["msginfo"]
    wechat.clock.advance(timedelta(days=1))
    token = (await wechat.token())["access_token"]

    assert sent == [0, 0]
    assert wechat.sandbox.people.arrived(APPID, READER) == []
    assert (first["title"], first["content"], first["openid"]) == ("Sale", "50 % off", READER)
    assert rest == [second]
    assert others == []
    assert (await listed())["msginfo"] == []
