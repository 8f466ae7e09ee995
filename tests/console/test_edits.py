"""Two people change the same thing at once: neither loses what the other saved, unless they were asked."""

from typing import Any, cast

import pytest
from aiohttp import web

from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller
from tests.web.tenants import bound, made_app
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.web.console.edits import shown_fields
from wechat_scheduler.web.console.people.templates import twice
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit.tags import PreconditionError

OTHER = "wx2222222222222222"
MEANWHILE = "Another person changed this meanwhile, to: {}. Save again to overwrite it."


def errors(page: Page) -> dict[str, str]:
    found = page.root.one("main").find("p", class_="error")
    return {one["id"].removeprefix("error-"): one.text for one in found}


def test_a_form_carries_what_it_showed() -> None:
    assert shown_fields({"name": "shop", "zone": ""}) == {"shown_name": "shop", "shown_zone": ""}


async def test_two_people_change_the_settings_of_an_app(admin: Browser, keeper: Caller) -> None:
    app = await made_app(keeper, callback="https://shop.example.com/hook?key=1")
    path, stored = f"/console/apps/{app['id']}/settings", f"/v1/apps/{app['id']}"
    first, second = await admin.open(path), await admin.open(path)

    await admin.submit(
        first, path, name="Store", networks="10.0.0.0/8\r\n::1/128", at_most_once=["on"]
    )
    await admin.submit(second, path, per_minute="60", welcome="欢迎")
    both = (await keeper.call("GET", stored)).result
    asked = await admin.submit(
        second, path, name="Kiosk", contact="42", networks="10.1.0.0/16", per_minute=" 60 "
    )
    kept = (await keeper.call("GET", stored)).result
    await admin.submit(asked, path)
    last = (await keeper.call("GET", stored)).result

    assert (both["name"], both["networks"]) == ("Store", ["10.0.0.0/8", "::1/128"])
    assert (both["at_most_once"], both["per_minute"], both["welcome"]) == (True, 60, "欢迎")
    assert asked.status == 409
    assert errors(asked) == {
        "name": MEANWHILE.format("Store"),
        "networks": MEANWHILE.format("10.0.0.0/8 ::1/128"),
    }
    typed = [asked.root.one(id=f"field-{name}") for name in ("name", "contact", "welcome")]
    assert [one["value"] or one.text for one in typed] == ["Kiosk", "42", "欢迎"]
    assert asked.root.one("input", name="at_most_once").attributes.get("checked") is not None
    assert kept == both
    assert (last["name"], last["networks"]) == ("Kiosk", ["10.1.0.0/16"])
    assert (last["contact"], last["at_most_once"], last["welcome"]) == ("42", True, "欢迎")


async def test_two_people_replace_a_callback_whose_query_no_page_shows(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper, callback="https://shop.example.com/hook?key=1")
    path, stored = f"/console/apps/{app['id']}/settings", f"/v1/apps/{app['id']}"
    page = await admin.open(path)
    await keeper.call("PATCH", stored, body={"callback": "https://shop.example.com/theirs?key=2"})

    asked = await admin.submit(page, path, callback="https://shop.example.com/mine")
    kept = (await keeper.call("GET", stored)).result["callback"]
    await admin.submit(asked, path)
    last = (await keeper.call("GET", stored)).result["callback"]

    assert errors(asked) == {"callback": MEANWHILE.format("https://shop.example.com/theirs")}
    assert "key=" not in asked.html
    assert asked.root.one(id="field-callback")["value"] == "https://shop.example.com/mine"
    assert (kept, last) == ("https://shop.example.com/theirs", "https://shop.example.com/mine")


async def test_what_nobody_changed_is_not_noted(admin: Browser, keeper: Caller) -> None:
    app = await made_app(keeper)
    path = f"/console/apps/{app['id']}/settings"

    saved = await admin.submit(await admin.open(path), path)
    noted = (await keeper.call("GET", "/v1/audit?action=app.changed")).result

    assert "The settings are saved." in saved.text
    assert noted == []


async def test_two_people_change_a_consumer(admin: Browser, keeper: Caller) -> None:
    body = {"name": "erp", "appids": [APPID], "stand_in": True}
    await keeper.call("POST", "/v1/consumers", body=body)
    path = "/console/access/consumers/of/erp/edit"
    first, second = await admin.open(path), await admin.open(path)

    await admin.submit(first, path, appids=f"{APPID}\n{OTHER}", per_day="100")
    await admin.submit(second, path, deny_paths="/cgi-bin/menu/*")
    both = (await keeper.call("GET", "/v1/consumers/erp")).result
    asked = await admin.submit(second, path, appids=OTHER, per_minute="7")
    kept = (await keeper.call("GET", "/v1/consumers/erp")).result
    await admin.submit(asked, path)
    last = (await keeper.call("GET", "/v1/consumers/erp")).result

    assert (both["appids"], both["per_day"]) == ([APPID, OTHER], 100)
    assert (both["deny_paths"], both["stand_in"]) == (["/cgi-bin/menu/*"], True)
    assert asked.status == 409
    assert errors(asked) == {"appids": MEANWHILE.format(f"{APPID} {OTHER}")}
    assert kept == both
    assert (last["appids"], last["per_minute"], last["per_day"]) == ([OTHER], 7, 100)


@pytest.mark.parametrize(
    ("made", "one", "other"),
    [
        ("topics", {"name": "parcels"}, {"description": "what comes"}),
        ("subscribers", {"nickname": "Amy"}, {"quiet": "22:00-07:30"}),
    ],
)
async def test_two_people_change_a_topic_and_a_user(
    admin: Browser, keeper: Caller, made: str, one: dict[str, str], other: dict[str, str]
) -> None:
    place, path = await _made(keeper, made)
    first, second = await admin.open(path), await admin.open(path)
    ((name, mine),) = one.items()

    await admin.submit(first, button="Save", **one)
    await admin.submit(second, button="Save", **other)
    both = (await keeper.call("GET", place)).result
    asked = await admin.submit(second, button="Save", **{name: "another"})
    kept = (await keeper.call("GET", place)).result
    await admin.submit(asked, button="Save")
    last = (await keeper.call("GET", place)).result

    assert {field: both[field] for field in {**one, **other}} == {**one, **other}
    assert (asked.status, errors(asked)) == (409, {name: MEANWHILE.format(mine)})
    assert kept == both
    assert (last[name], {field: last[field] for field in other}) == ("another", other)


async def _made(keeper: Caller, kind: str) -> tuple[str, str]:
    """The route and the page of a new topic or user."""
    app = await made_app(keeper)
    base = f"/v1/apps/{app['id']}/{kind}"
    if kind == "topics":
        one = (await keeper.call("POST", base, body={"name": "news"})).result["id"]
    else:
        one = (await bound(keeper, app, "amy"))["amy"]
    return f"{base}/{one}", f"/console/apps/{app['id']}/{kind}/{one}"


async def test_a_field_that_another_emptied_is_asked_about(admin: Browser, keeper: Caller) -> None:
    place, path = await _made(keeper, "topics")
    await keeper.call("PATCH", place, body={"description": "old"})
    page = await admin.open(path)
    await keeper.call("PATCH", place, body={"description": ""})

    asked = await admin.submit(page, button="Save", description="new")
    chinese = await admin.submit(
        page, button="Save", description="new", headers={"Accept-Language": "zh-CN"}
    )

    assert errors(asked) == {
        "description": "Another person emptied this meanwhile. Save again to overwrite that."
    }
    assert errors(chinese) == {"description": "这一项刚被别处清空。要覆盖，请再保存一次。"}


async def test_two_people_change_the_mapping_of_a_template(admin: Browser, keeper: Caller) -> None:
    app = await _mapped(keeper, keyword1="{title}", keyword2="{content}")
    path = f"/console/apps/{app['id']}/templates/map"
    address, stored = f"{path}?purpose=message", f"/v1/apps/{app['id']}"
    first, second = await admin.open(address), await admin.open(address)

    await admin.submit(first, path, **{"keyword-keyword1": "Hello", "more": "keyword3: {time}"})
    await admin.submit(second, path, **{"keyword-keyword2": "World"})
    both = (await keeper.call("GET", stored)).result["templates"]["message"]["fields"]
    asked = await admin.submit(second, path, **{"keyword-keyword1": "Good day"})
    await admin.submit(asked, path)
    last = (await keeper.call("GET", stored)).result["templates"]["message"]["fields"]

    assert both == {"keyword1": "Hello", "keyword2": "World", "keyword3": "{time}"}
    assert (asked.status, errors(asked)) == (409, {"keyword-keyword1": MEANWHILE.format("Hello")})
    assert last == {"keyword1": "Good day", "keyword2": "World", "keyword3": "{time}"}


async def test_a_change_of_templates_reads_the_app_once_more_if_another_changed_it_meanwhile() -> (
    None
):
    outcomes = [PreconditionError("it was changed since"), web.Response(text="stored")]
    visit, seen = cast("Visit", object()), list[Visit]()

    async def change(given: Visit) -> web.Response:
        seen.append(given)
        outcome = outcomes.pop(0)
        if isinstance(outcome, PreconditionError):
            raise outcome
        return outcome

    done = await twice(visit, change)

    assert done.text == "stored"
    assert seen == [visit, visit]


async def test_two_templates_of_an_app_are_saved_and_removed_at_once(
    admin: Browser, keeper: Caller
) -> None:
    app = await _mapped(keeper, keyword1="{title}")
    base, stored = f"/console/apps/{app['id']}/templates", f"/v1/apps/{app['id']}"
    forms = [await admin.open(f"{base}/map?purpose={name}&template_id=T1") for name in ("a", "b")]

    saved = await together(
        [admin.submit(one, f"{base}/map", more="keyword1: {title}") for one in forms]
    )
    both = (await keeper.call("GET", stored)).result["templates"]
    proof = saved[0].root.find("input", name="csrf")[0]["value"]
    removed = await together(
        [admin.post(f"{base}/remove", {"csrf": proof, "purpose": one}) for one in ("a", "b")]
    )
    left = (await keeper.call("GET", stored)).result["templates"]

    assert [page.status for page in (*saved, *removed)] == [200] * 4
    assert sorted(both) == ["a", "b", "message"]
    assert [*left] == ["message"]


async def test_a_template_that_was_removed_meanwhile_is_saved_only_after_a_question(
    admin: Browser, keeper: Caller
) -> None:
    app = await _mapped(keeper, keyword1="{title}")
    path, stored = f"/console/apps/{app['id']}/templates/map", f"/v1/apps/{app['id']}"
    page = await admin.open(f"{path}?purpose=message")
    await keeper.call("PATCH", stored, body={"templates": {}})

    asked = await admin.submit(page, path, **{"keyword-keyword1": "Hello"})
    between = (await keeper.call("GET", stored)).result["templates"]
    await admin.submit(asked, path)
    after = (await keeper.call("GET", stored)).result["templates"]

    assert "“message” was removed meanwhile." in asked.text
    assert between == {}
    assert after["message"]["fields"] == {"keyword1": "Hello"}


async def _mapped(keeper: Caller, **fields: str) -> dict[str, Any]:
    return await made_app(keeper, templates={"message": {"template_id": "T1", "fields": fields}})
