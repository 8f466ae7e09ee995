"""Pages of mini-programs in the messages and templates that a business system sends."""

from typing import Any

from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app, send
from wechat_scheduler.sandbox.phones import PhoneMessage

__all__ = ["clock", "keeper", "weixin"]

PAGE = {"appid": "wx9", "pagepath": "pages/order?id=7"}
SHOWN = PAGE | {"miniprogram_state": "", "lang": ""}
TEMPLATE = {"template_id": "AT0001-parcels", "fields": {"thing1": "{title}"}}


async def arrived(keeper: Caller, weixin: WeChat) -> PhoneMessage:
    """The message that came to alice, once the daemon has nothing more to do."""
    await keeper.settle()
    (shown,) = weixin.sandbox.people.arrived(APPID, "o_alice")
    return shown


async def test_a_message_opens_a_page_of_a_mini_program(keeper: Caller, weixin: WeChat) -> None:
    await keeper.register({"type": 0})
    weixin.sandbox.people.follow(APPID, "o_alice")
    app = await made_app(keeper, templates={"message": TEMPLATE})
    await bound(keeper, app, "alice")

    sent = await send(keeper, app, "alice", miniprogram=PAGE | {"pagepath": "/pages/order?id=7"})

    found = (await keeper.call("GET", f"/v1/messages/{sent.result['id']}")).result
    assert found["miniprogram"] == SHOWN
    assert (await arrived(keeper, weixin)).miniprogram == "wx9/pages/order?id=7"


async def test_a_template_opens_its_page_where_the_message_names_none(
    keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    weixin.sandbox.people.follow(APPID, "o_alice")
    app = await made_app(keeper, templates={"message": TEMPLATE | {"miniprogram": PAGE}})
    await bound(keeper, app, "alice")

    await send(keeper, app, "alice", channel="template")

    assert app["templates"]["message"]["miniprogram"] == SHOWN
    assert (await arrived(keeper, weixin)).miniprogram == "wx9/pages/order?id=7"


NO_PAGES: list[tuple[Any, str]] = [
    ({"appid": "wx9", "path": "a"}, "miniprogram"),
    ({"appid": "../wx9"}, "miniprogram.appid: must be letters"),
    ({"pagepath": "pages/order"}, "miniprogram.appid: name the mini-program"),
    (
        {"appid": "wx9", "pagepath": "https://example.com"},
        "miniprogram.pagepath: must be a page",
    ),
    ({"appid": "wx9", "pagepath": "javascript:1"}, "miniprogram.pagepath: must be a page"),
    ({"appid": "wx9", "pagepath": 'a">'}, "miniprogram.pagepath: must be a page"),
    ({"appid": "wx9", "pagepath": "x" * 1025}, "miniprogram.pagepath: must be a page"),
    ({"appid": "wx9", "miniprogram_state": "beta"}, "miniprogram.miniprogram_state"),
    ("wx9", "miniprogram"),
]


async def test_what_is_no_page_of_a_mini_program_is_refused_by_its_field(keeper: Caller) -> None:
    app = await made_app(keeper)
    for page, message in NO_PAGES:
        answer = await send(keeper, app, "alice", miniprogram=page)
        mapped = await keeper.call(
            "PATCH",
            f"/v1/apps/{app['id']}",
            body={"templates": {"message": TEMPLATE | {"miniprogram": page}}},
        )

        assert (answer.status, mapped.status) == (400, 400), page
        assert answer.json["message"].startswith(message), page


async def test_a_mini_program_opens_its_own_pages_only(keeper: Caller) -> None:
    app = await made_app(keeper, mini_program=True)

    foreign = await send(keeper, app, "alice", miniprogram=PAGE)
    mapped = await keeper.call(
        "PATCH",
        f"/v1/apps/{app['id']}",
        body={"templates": {"message": TEMPLATE | {"miniprogram": PAGE}}},
    )

    assert foreign.json["message"].startswith("miniprogram.appid: a mini-program's own notices")
    assert mapped.json["message"].startswith("templates.message.miniprogram.appid: ")


NOTED: list[tuple[dict[str, Any], bool]] = [
    ({"url": "https://example.com"}, True),
    ({"url": "https://example.com", "channel": "subscribe"}, True),
    ({"url": "https://example.com", "channel": "text"}, False),
    ({"url": "https://example.com", "miniprogram": {"pagepath": "a"}}, False),
    ({}, False),
]


async def test_a_url_that_a_mini_programs_notice_cannot_open_is_noted(keeper: Caller) -> None:
    app = await made_app(keeper, mini_program=True, templates={"message": TEMPLATE})
    await bound(keeper, app, "alice")
    for wish, noted in NOTED:
        answer = await send(keeper, app, "alice", **wish)

        assert answer.status == 200, answer.json
        assert any("cannot open a url" in note for note in answer.result["notes"]) is noted, wish


async def test_an_app_of_a_mini_program_with_pages_of_others_stays_one(keeper: Caller) -> None:
    app = await made_app(keeper, templates={"message": TEMPLATE | {"miniprogram": PAGE}})

    changed = await keeper.call("PATCH", f"/v1/apps/{app['id']}", body={"mini_program": True})

    assert (changed.status, app["mini_program"]) == (400, False)


async def test_a_notice_opens_a_page_of_a_mini_program(keeper: Caller, weixin: WeChat) -> None:
    await keeper.register({"type": 0})
    weixin.sandbox.people.follow(APPID, "o_alice")
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    body = {"to": "alice", "template": "AT0001-parcels", "data": {"thing1": {"value": "x"}}}

    async def notify(page: Any) -> Any:
        return await keeper.call(
            "POST",
            "/message/v2/notices",
            body=body | {"miniprogram": page},
            key="",
            headers={"Authorization": f"Bearer {app['token']}"},
        )

    sent = await notify(PAGE | {"more": 1})
    wrong = await notify({"appid": "wx9", "pagepath": "http://example.com"})

    assert sent.json == {"code": 200}
    assert (await arrived(keeper, weixin)).miniprogram == "wx9/pages/order?id=7"
    assert (wrong.status, wrong.json["code"]) == (400, 400)
    assert wrong.json["message"].startswith("miniprogram.pagepath: ")


async def test_a_notice_with_an_empty_page_opens_none(keeper: Caller, weixin: WeChat) -> None:
    await keeper.register({"type": 0})
    weixin.sandbox.people.follow(APPID, "o_alice")
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    body = {"to": "alice", "template": "AT0001-parcels", "data": {"thing1": {"value": "x"}}}

    empty: list[Any] = [None, {}, {"appid": "", "pagepath": ""}, {"appid": None}]
    for page in empty:
        await keeper.call(
            "POST",
            "/message/v2/notices",
            body=body | {"miniprogram": page},
            key="",
            headers={"Authorization": f"Bearer {app['token']}"},
        )
    await keeper.settle()

    arrived = weixin.sandbox.people.arrived(APPID, "o_alice")
    assert [shown.miniprogram for shown in arrived] == [""] * len(empty)
