"""`/docs`: the reference, and requests that are tried from it."""

import json

import msgspec
import pytest

from tests.console.visitor import MARKUP, Browser
from tests.house import APPID, Caller
from tests.web.tenants import made_app
from wechat_scheduler.web.console.docs import rooms
from wechat_scheduler.web.console.docs.beginnings import BODIES
from wechat_scheduler.web.native.openapi import operation_id
from wechat_scheduler.web.native.routes import NATIVE

REFRESH = "/docs/post_task_appid_type_refresh"


async def test_the_reference_has_a_page_for_each_route(someone: Browser) -> None:
    index = await someone.open("/docs")

    links = [link["href"] for link in index.root.find("a") if link["href"].startswith("/docs/")]
    pages = {link: await someone.open(link) for link in links}

    assert len(links) == len(set(links)) == len(NATIVE)
    assert {page.status for page in pages.values()} == {200}
    register = pages["/docs/post_register"]
    assert register.table("Body of the request")[0] == {
        "Field": "appid", "Type": "string", "Meaning": "required, matches ^[A-Za-z0-9_-]{1,128}$",
    }  # fmt: skip


async def test_a_message_is_tried_with_an_app_that_there_is(admin: Browser, keeper: Caller) -> None:
    made = await made_app(keeper)

    page = await admin.open("/docs/post_v1_messages")

    body = json.loads(page.root.one("textarea").text)
    fields = {row["Field"]: row["Meaning"] for row in page.table("Body of the request")}
    assert body["app"] == made["id"]
    assert body["title"]
    assert fields["to"].startswith("to holds uids")
    assert fields["not_before"]
    assert "`" not in page.text


@pytest.mark.parametrize("operation", ["post_v1_messages", "post_v1_reminders"])
async def test_what_sends_names_no_receiver_and_is_refused_without_one(
    admin: Browser, keeper: Caller, operation: str
) -> None:
    made = await made_app(keeper)
    await keeper.call(
        "PUT",
        f"/v1/apps/{made['id']}/subscribers/alice",
        body={"openid": "oABCD-1234567890abcdefghijkl"},
    )

    page = await admin.open(f"/docs/{operation}")
    sent = await admin.submit(page, button="Send")

    body = json.loads(page.root.one("textarea").text)
    assert (body["app"], body["to"]) == (made["id"], [""])
    assert (
        "Everyone named in “to” gets it"
        in page.root.one("section", id="try").one("form")["data-confirm"]
    )
    assert sent.root.one("section", id="response").one("strong").text == "400 Bad Request"
    assert "to[0]" in sent.root.one("section", id="response").text


async def test_a_form_begins_with_what_there_is_and_names_nothing_to_remove(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0})
    made = await made_app(keeper)

    token = await admin.open("/docs/get_task_appid_type")
    app = await admin.open("/docs/get_v1_apps_app")
    removed = await admin.open("/docs/delete_v1_apps_app")
    key = await admin.open("/docs/post_v1_keys")
    consumer = await admin.open("/docs/post_v1_consumers")

    assert token.root.one("input", name="path_appid")["value"] == APPID
    assert token.root.one("input", name="path_type")["value"] == "access_token"
    assert app.root.one("input", name="path_app")["value"] == str(made["id"])
    assert removed.root.one("input", name="path_app")["value"] == ""
    assert json.loads(key.root.one("textarea").text) == {"name": "shop", "scopes": ["read"]}
    assert json.loads(consumer.root.one("textarea").text)["appids"] == [APPID]


async def test_the_reference_speaks_chinese(admin: Browser) -> None:
    index = await admin.open("/docs?q=提醒 创建", Accept_Language="zh")
    page = await admin.open("/docs/post_v1_messages", Accept_Language="zh")

    assert [row["用途"] for row in index.table("提醒")] == [
        "创建提醒，一次或重复",
        "查看请求体会创建的提醒及其时间；不保存",
    ]
    assert json.loads(page.root.one("textarea").text)["title"] == "快递到了"
    fields = {row["字段"]: (row["类型"], row["说明"]) for row in page.table("请求体")}
    kind, meaning = fields["to"]
    assert kind == "integer 或 string 的列表"
    assert meaning.startswith(
        "to 写 uid、应用自己的用户名、openid、主题 id（数字），或 * 表示所有订阅者。渠道 webhook 发送到"
    )
    assert fields["text"] == ("string", '用户读到的内容；默认 ""')


def test_every_room_of_routes_has_a_chinese_name() -> None:
    assert set(rooms.ROOMS) == {route.handler.__module__.rpartition(".")[2] for route in NATIVE}


@pytest.mark.parametrize("operation", BODIES)
def test_a_body_to_begin_with_fits_its_route(operation: str) -> None:
    (route,) = [one for one in NATIVE if operation_id(one) == operation]

    msgspec.convert(BODIES[operation], route.body)


async def test_a_field_that_may_be_null_says_so(someone: Browser) -> None:
    page = await someone.open("/docs/get_v1_reminders_agenda")

    rows = {row["Field"]: row for row in page.table("Result")}
    assert rows["rings[].rule"]["Type"] == "string or null"
    assert rows["rings[].rule"]["Meaning"].startswith("rule is null for a reminder")


async def test_a_search_of_the_reference_finds_words_of_paths_and_summaries(
    someone: Browser,
) -> None:
    index = await someone.open("/docs")

    found = await someone.submit(index, "/docs", q="delete /v1/KEYS")
    nothing = await someone.submit(index, "/docs", q=MARKUP)

    assert [link.text for link in found.root.find("a") if "/docs/" in link["href"]] == [
        "/v1/keys/{id}"
    ]
    assert "No route matches" in nothing.text
    assert nothing.root.one("input", name="q")["value"] == MARKUP


async def test_a_request_is_tried_with_the_key_of_the_session(
    admin: Browser, keeper: Caller
) -> None:
    page = await admin.open("/docs/post_v1_apps")

    made = await admin.submit(
        page, button="Send", body=f'{{"name": "{MARKUP[:8]}", "appid": "{APPID}"}}'
    )

    assert made.root.one("section", id="response").one("strong").text == "200 OK"
    assert (await keeper.call("GET", "/v1/apps")).result[0]["name"] == MARKUP[:8]


async def test_a_request_that_is_refused_shows_the_response_as_any_other(someone: Browser) -> None:
    page = await someone.open(REFRESH)

    unknown = await someone.submit(page, button="Send", path_appid="wxunknown", path_type="0")
    empty = await someone.submit(page, button="Send")
    unnamed = await someone.open("/docs/nothing")

    assert '"reason": "task.unknown"' in unknown.root.one("section", id="response").text
    assert "404 Not Found" in unknown.text
    assert unknown.root.one("input", name="path_appid")["value"] == "wxunknown"
    assert "fill this in: the path needs it" in empty.text
    assert unnamed.status == 404


async def test_a_stream_and_a_push_are_shown_but_not_tried(someone: Browser) -> None:
    stream = await someone.open("/docs/get_v1_events")
    posted = await someone.post("/docs/get_v1_events", {})

    assert not stream.root.find("section", id="try")
    assert posted.status == 403
