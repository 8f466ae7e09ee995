"""A form that is refused shows what is wrong with each of its fields at once, beside the field."""

import pytest

from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller
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
