"""The account's templates, as WeChat lists them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.wechat.hostile import HostileServer, answer
from tests.wechat.sending import APPID, Purse
from wechat_scheduler.audience.model import AccountTemplate
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.templates import NOTICES, TEMPLATES, WeChatTemplates

# The examples of WeChat's documentation, with its blanks between braces.
LISTED = {
    "template_list": [
        {
            "template_id": "iPk5sOIt5X_flOVKn5GrTFpncEYTojx6ddbt8WYoV5s",
            "title": "领取奖金提醒",
            "primary_industry": "IT科技",
            "deputy_industry": "互联网|电子商务",
            "content": "{ {result.DATA} }\n\n领奖金额:{ {withdrawMoney.DATA} } 到账时间：{ {time1.DATA}}",
            "example": "您已提交领奖申请\n\n领奖金额：xxxx元",
        }
    ]
}
NOTICED: dict[str, Any] = {
    "errcode": 0,
    "errmsg": "ok",
    "data": [
        {
            "priTmplId": "9Aw5ZV1j9xdWTFEkqCpZ7mIBbSC34khK55OtzUPl0rU",
            "title": "报名结果通知",
            "content": "会议时间:{{date2.DATA}}\n结果:{{phrase1.DATA}}\n",
            "example": "会议时间:2016年8月8日\n结果:通过\n",
            "type": 2,
            "keywordEnumValueList": [
                {"enumValueList": ["通过", "未通过"], "keywordCode": "phrase1.DATA"}
            ],
        }
    ],
}
TEMPLATE = AccountTemplate(
    template_id="iPk5sOIt5X_flOVKn5GrTFpncEYTojx6ddbt8WYoV5s",
    title="领取奖金提醒",
    keywords={"result": (), "withdrawMoney": (), "time1": ()},
    labels={"withdrawMoney": "领奖金额", "time1": "到账时间"},
)
NOTICE = AccountTemplate(
    template_id="9Aw5ZV1j9xdWTFEkqCpZ7mIBbSC34khK55OtzUPl0rU",
    title="报名结果通知",
    keywords={"date2": (), "phrase1": ("通过", "未通过")},
    labels={"date2": "会议时间", "phrase1": "结果"},
    is_notice=True,
)
FORBIDDEN = {"errcode": 48001, "errmsg": "api unauthorized"}
WRONG_KIND = {"errcode": 200100, "errmsg": "账号类型不合法"}


def of_type(number: int | str) -> dict[str, Any]:
    """The notice, as one of another type."""
    (notice,) = NOTICED["data"]
    return NOTICED | {"data": [notice | {"type": number}]}


@pytest.mark.parametrize(
    ("answers", "listed"),
    [
        ([LISTED, NOTICED], [TEMPLATE, NOTICE]),
        ([FORBIDDEN, NOTICED], [NOTICE]),
        ([FORBIDDEN, of_type(3)], [replace(NOTICE, is_lasting=True)]),
        ([FORBIDDEN, of_type("3")], [replace(NOTICE, is_lasting=True)]),
        ([LISTED, WRONG_KIND], [TEMPLATE]),
        ([{"template_list": []}, {"errcode": 0, "data": []}], []),
        ([{"template_list": [{"title": "x"}]}, {"data": [{"priTmplId": ""}]}], []),
    ],
)
async def test_templates_and_notices_are_listed_as_far_as_the_account_may_have_them(
    client: WeChatClient, server: HostileServer, answers: list[Any], listed: list[AccountTemplate]
) -> None:
    server.script(*map(answer, answers))

    found = await WeChatTemplates(client, Purse()).listed(APPID)

    assert list(found) == listed
    assert [(one.method, one.path) for one in server.received] == [
        ("GET", TEMPLATES),
        ("GET", NOTICES),
    ]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([FORBIDDEN, WRONG_KIND], "48001"),
        ([{"errcode": 45009, "errmsg": "reach max api daily quota limit"}], "45009"),
        ([LISTED, {"errcode": 50002, "errmsg": "user limited"}], "50002"),
        ([{"template_list": "none"}], "no list as template_list"),
        ([LISTED, {"data": [1]}], "no list as data"),
        ([LISTED, {"errcode": 0}], "no list as data"),
    ],
)
async def test_another_answer_is_an_error(
    client: WeChatClient, server: HostileServer, answers: list[Any], message: str
) -> None:
    server.script(*map(answer, answers))

    with pytest.raises(WeChatError, match=message):
        await WeChatTemplates(client, Purse()).listed(APPID)
