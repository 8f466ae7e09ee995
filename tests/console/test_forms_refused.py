"""A form that is refused shows what is wrong with each of its fields at once, beside the field."""

import re

import pytest

from tests.console.test_people import PARCEL
from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller, WeChat
from tests.web.tenants import bound, made_app


def faults(page: Page) -> dict[str, str]:
    """What is wrong, by field, and above the form by an empty name."""
    found = page.root.one("main").find("p", class_="error")
    return {one["id"].removeprefix("error-"): one.text for one in found}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Is not an AppID", "Must not be empty.", "Must begin with http://", "Correct the fields that are marked."]),
        ("zh-CN", ["不是 AppID", "不能为空。", "必须以 http:// 或 https:// 开头", "请更正标出的字段。"]),
    ],
)  # fmt: skip
async def test_a_registration_tells_of_each_field(
    admin: Browser, language: str, said: list[str]
) -> None:
    place = "/console/credentials/register"
    form, spoken = await admin.open(place), {"Accept-Language": language}

    page = await admin.submit(
        form, place, headers=spoken, appid="gh_1", appsecret="", notify="tasks", types=["access_token"]
    )  # fmt: skip

    found = faults(page)
    assert page.status == 400
    assert [*found] == ["", "appid", "appsecret", "notify"]
    for part, field in zip(said, ("appid", "appsecret", "notify", ""), strict=True):
        assert part in found[field]
    assert "tasks[0]" not in page.text


async def test_a_message_tells_of_each_field(admin: Browser, keeper: Caller) -> None:
    app = await made_app(keeper)
    place = "/console/messages/write"
    form = await admin.open(place)
    written = {"app": str(app["id"]), "to": "", "title": "x" * 101, "url": "x"}

    typed = await admin.submit(form, place, **written, data="no colon", not_before="yesterday")
    read = await admin.submit(form, place, **written)

    assert [*faults(typed)] == ["to", "title", "data", "url", "not_before"]
    assert [*faults(read)] == ["to", "title", "url"]


async def test_a_reminder_tells_of_each_field(admin: Browser, keeper: Caller) -> None:
    app = await made_app(keeper, appid=APPID)
    await bound(keeper, app, "alice")
    place = "/console/reminders/write"
    form = await admin.open(place)

    page = await admin.submit(
        form, place, when="浇花", people="stranger\nbob", title="x" * 501, url="x"
    )

    found = faults(page)
    assert [*found] == ["when", "people", "title", "url"]
    assert "“没有找到时间" in found["when"] or "names no time" in found["when"]
    assert "stranger" in found["people"]
    assert "bob" in found["people"]


async def test_the_mapping_of_a_template_tells_of_each_field(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    weixin.sandbox.put_template(PARCEL)
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper, templates={"notice": {"template_id": "T9", "fields": {}}})
    await keeper.call("POST", f"/v1/apps/{app['id']}/templates")
    place = f"/console/apps/{app['id']}/templates/map"
    form = await admin.open(f"{place}?template_id={PARCEL.template_id}", Accept_Language="zh-CN")
    typed = {"keyword-thing1": "{title", "keyword-thing2": "", "more": "thing9：x"}

    pages = [
        await admin.submit(
            form, place, headers={"Accept-Language": "zh-CN"}, purpose=purpose, **typed, **button
        )
        for purpose, button in (("message", {}), ("p" * 65, {}), ("message", {"preview": "on"}))
    ]

    saved, named, shown = map(faults, pages)
    assert [*saved] == ["", "keyword-thing1", "keyword-thing2", "more"]
    assert saved[""].startswith("“notice”的模板：不在账号的模板里")
    assert saved["keyword-thing1"].startswith("名字写在一对花括号里")
    assert saved["keyword-thing2"].startswith("也需要：")
    assert saved["more"].startswith("thing9 不是这个模板的关键词")
    assert [*named] == ["", "purpose", "keyword-thing1", "more"]
    assert [*shown] == ["keyword-thing1", "keyword-thing2", "more"]
    assert [page.status for page in pages] == [400, 400, 200]
    said = " ".join(text for found in (saved, named, shown) for text in found.values())
    assert not re.search("[a-z] [a-z]|templates", said), said


async def test_a_number_has_its_range_in_the_units_of_the_person(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    settings, consumer = f"/console/apps/{app['id']}/settings", "/console/access/consumers/new"
    form, new = await admin.open(settings), await admin.open(consumer)

    many = await admin.submit(form, settings, per_minute="1000001", recipient_per_minute="-1")
    calls = await admin.submit(new, consumer, name="erp", appids=APPID, per_day="1e9")

    field = form.root.one(id="field-per_minute")
    assert (field["type"], field["min"], field["max"]) == ("number", "0", "1000000")
    said = "Must be 1 to 1,000,000 messages, or 0 for no limit."
    assert faults(many) == {"per_minute": said, "recipient_per_minute": said}
    assert faults(calls) == {"per_day": "Must be 1 to 100,000,000 calls, or 0 for no limit."}


async def test_a_text_of_another_form_is_refused_in_words(keeper: Caller) -> None:
    body = {"path": "no path"}

    refused = await keeper.call("POST", f"/v1/quotas/{APPID}/clear", body=body)

    assert refused.json["message"] == "path: must be a path such as /cgi-bin/menu/get"
