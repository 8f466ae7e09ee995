"""`/docs`: the reference, and requests that are tried from it."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.console.visitor import MARKUP, Browser
from tests.house import APPID, Caller
from tests.web.tenants import made_app
from wechat_scheduler.web.console.docs import rooms
from wechat_scheduler.web.console.docs.beginnings import BODIES
from wechat_scheduler.web.console.docs.operations import ApiReference
from wechat_scheduler.web.console.docs.schema_fields import divided
from wechat_scheduler.web.console.words import Language
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.chinese.table import TABLES
from wechat_scheduler.web.native.openapi import operation_id, rendered
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


async def test_a_message_is_tried_with_an_app_and_a_user_that_there_are(
    admin: Browser, keeper: Caller
) -> None:
    made = await made_app(keeper)

    page = await admin.open("/docs/post_v1_messages")

    body = json.loads(page.root.one("textarea").text)
    fields = {row["Field"]: row["Meaning"] for row in page.table("Body of the request")}
    assert body["app"] == made["id"]
    assert body["title"]
    assert fields["to"].startswith("to holds uids")
    assert fields["not_before"]
    assert "`" not in page.text


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


def test_every_text_of_the_document_has_chinese_in_one_place() -> None:
    english = [text for one in TABLES for text in one]
    document = rendered(NATIVE, KindTable(()))

    shown = set(_shown(ApiReference(document, Language.EN)))

    assert len(english) == len(set(english))
    assert shown - set(english) == set()
    assert set(english) - shown - set(_about(json.loads(document)["components"])) == set()
    assert set(rooms.ROOMS) == {route.handler.__module__.rpartition(".")[2] for route in NATIVE}


def _shown(reference: ApiReference) -> Iterator[str]:
    """What the pages of the reference say of routes, parameters, responses and fields."""
    yield reference.about
    for one in reference.operations.values():
        yield one.summary
        yield from (each.description for each in one.parameters)
        yield from (each.description for each in one.responses)
        for body in (one.body, *(each.body for each in one.responses)):
            if body:
                yield from body.note
                yield from (text for field in body.fields for text in field.said)


def _about(components: dict[str, Any]) -> Iterator[str]:
    for one in components["schemas"].values():
        yield from divided(one.get("description", ""))
    yield from (one["description"] for one in components["responses"].values())


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
