"""The templates of an account are imported, and what an app makes of them is checked."""

from typing import Any

import pytest

from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app, send
from wechat_scheduler.sandbox.templates import SandboxTemplate

__all__ = ["clock", "keeper", "weixin"]

PARCEL = SandboxTemplate(
    template_id="parcel-0001",
    title="快递到达",
    content="单号:{{character_string1.DATA}}\n物品:{{thing2.DATA}}",
    is_notice=False,
)
BOOKING = SandboxTemplate(
    template_id="booking-0001",
    title="预约",
    content="状态:{{phrase1.DATA}}",
    values={"phrase1": ["已预约", "已取消"]},
    is_notice=True,
)
LISTED = [
    {
        "template_id": "parcel-0001",
        "title": "快递到达",
        "notice": False,
        "lasting": False,
        "keywords": {"character_string1": [], "thing2": []},
        "labels": {"character_string1": "单号", "thing2": "物品"},
    },
    {
        "template_id": "booking-0001",
        "title": "预约",
        "notice": True,
        "lasting": False,
        "keywords": {"phrase1": ["已预约", "已取消"]},
        "labels": {"phrase1": "状态"},
    },
]
WRONG = {"parcel": {"template_id": "parcel-0001", "fields": {"thing1": "{title}"}}}
RIGHT = {
    "parcel": {
        "template_id": "parcel-0001",
        "fields": {"character_string1": "{number}", "thing2": "{title}"},
    }
}
HAS = "parcel-0001 has character_string1, thing2"


@pytest.fixture
async def app(keeper: Caller, weixin: WeChat) -> dict[str, Any]:
    """An app whose account has two templates, none of them imported."""
    for template in (PARCEL, BOOKING):
        weixin.sandbox.put_template(template)
    await keeper.register({"type": 0})
    await keeper.settle()
    return await made_app(keeper, templates=WRONG)


async def test_the_accounts_templates_are_imported_for_all_its_apps(
    keeper: Caller, app: dict[str, Any]
) -> None:
    other = await made_app(keeper, "other")
    before = (await keeper.call("GET", f"/v1/apps/{app['id']}/templates")).result

    imported = (await keeper.call("POST", f"/v1/apps/{app['id']}/templates")).result
    shown = [
        (await keeper.call("GET", f"/v1/apps/{one['id']}/templates")).result for one in (app, other)
    ]
    (entry, *_) = (await keeper.call("GET", "/v1/audit?action=templates.imported")).result

    assert before == {"templates": [], "faults": []}
    assert imported == {
        "templates": LISTED,
        "faults": [f"templates.parcel.fields.thing1: is not a keyword of the template: {HAS}"],
    }
    assert shown == [imported, {"templates": LISTED, "faults": []}]
    assert (entry["action"], entry["object"]) == ("templates.imported", APPID)


async def test_a_mapping_is_checked_against_imported_templates_when_it_is_written(
    keeper: Caller, app: dict[str, Any]
) -> None:
    path = f"/v1/apps/{app['id']}"
    await keeper.call("POST", f"{path}/templates")

    answers = [
        await keeper.call("PATCH", path, body={"templates": templates})
        for templates in (WRONG, {"parcel": {"template_id": "parcel-0009"}}, RIGHT)
    ]
    body = {"name": "second", "appid": APPID, "templates": WRONG}
    made = await keeper.call("POST", "/v1/apps", body=body)
    zone = await keeper.call("PATCH", path, body={"zone": "Asia/Tokyo"})

    assert [answer.status for answer in answers] == [400, 400, 200]
    assert answers[0].json["message"] == (
        f"templates.parcel.fields.thing1: is not a keyword of the template: {HAS}"
    )
    assert (
        answers[1]
        .json["message"]
        .startswith("templates.parcel.template_id: is not among the account's templates")
    )
    assert answers[2].result["templates"] == RIGHT
    assert made.json["message"] == answers[0].json["message"]
    assert zone.result["templates"] == RIGHT


async def test_a_message_needs_every_keyword_of_an_imported_template(
    keeper: Caller, app: dict[str, Any]
) -> None:
    await bound(keeper, app, "alice")
    await keeper.call("POST", f"/v1/apps/{app['id']}/templates")
    wish = {"text": "", "template": "parcel-0001"}

    lacking = await send(keeper, app, "alice", data={"thing2": "耳机", "number": "1"}, **wish)
    status = await send(
        keeper, app, "alice", text="", channel="subscribe", template="booking-0001",
        data={"phrase1": "已完成"},
    )  # fmt: skip
    whole = await send(
        keeper, app, "alice", data={"thing2": "耳机", "character_string1": "SF17"}, **wish
    )

    assert lacking.json["reason"] == status.json["reason"] == "template.unfilled"
    assert lacking.json["message"].endswith(
        "it also has the keywords character_string1, and has no number"
    )
    assert status.json["message"].endswith("phrase1 is one of 已预约, 已取消")
    assert whole.status == 200


async def test_what_wechat_does_not_list_is_503_and_changes_nothing(
    keeper: Caller, weixin: WeChat, app: dict[str, Any]
) -> None:
    path = f"/v1/apps/{app['id']}/templates"
    await keeper.call("POST", path)
    weixin.sandbox.script("/wxaapi/newtmpl/gettemplate", errcode=45009, times=None)

    answer = await keeper.call("POST", path)

    assert (answer.status, answer.json["reason"]) == (503, "wechat.unavailable")
    assert answer.json["message"].startswith("WeChat did not return the templates: ")
    assert (await keeper.call("GET", path)).result["templates"] == LISTED
