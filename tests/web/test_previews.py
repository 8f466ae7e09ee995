"""A message as WeChat would show it, before it is sent."""

from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Answer, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, deliveries, made_app, opened_shop, send, subscribed
from wechat_scheduler.credentials.fault_sentences import UNREGISTERED
from wechat_scheduler.delivery.notes import CUT_TEXT, LONG_AGO, NOT_IMPORTED, UNSEEN_KEYWORDS
from wechat_scheduler.delivery.refused_messages import (
    NOBODY_RECEIVES,
    NOBODY_SUBSCRIBED,
    TEXTS_USED_UP,
)

__all__ = ["clock", "keeper", "weixin"]

PARCEL = {"template_id": "parcel_0001", "fields": {"thing1": "{title}", "time2": "{when}"}}


@pytest.fixture
async def shop(keeper: Caller) -> dict[str, Any]:
    """An app with a template of its own, and a subscriber who never wrote."""
    await keeper.register({"type": 0})
    app = await made_app(keeper, templates={"parcel": PARCEL})
    await bound(keeper, app, "alice")
    return app


async def preview(keeper: Caller, app: dict[str, Any], to: Any = "alice", **wish: Any) -> Answer:
    body = {"app": app["id"], "to": [to], "text": "hello"} | wish
    return await keeper.call("POST", "/v1/messages/preview", body=body)


async def test_the_preview_of_a_topic_tells_of_those_whom_the_message_then_reaches(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper)
    path = f"/v1/apps/{app['id']}/topics"
    topic, empty = [
        (await keeper.call("POST", path, body={"name": name})).result["id"]
        for name in ("news", "empty")
    ]
    weixin.sandbox.people.follow(APPID, "o_dave")
    await bound(keeper, app, "dave")
    await keeper.call("DELETE", f"/v1/apps/{app['id']}/subscribers/dave")
    await subscribed(keeper, app, topic, "o_dave")

    alone = (await preview(keeper, app, "o_dave")).result
    shown = (await preview(keeper, app, topic)).result
    nobody = (await preview(keeper, app, empty)).result
    everyone = (await preview(keeper, app, "*")).result
    unknown = await preview(keeper, app, 7)
    await send(keeper, app, topic)
    await keeper.settle()
    await keeper.daemon.ground.stores.subscribers.unfollow(APPID, "o_dave", now=clock.now())
    left = (await preview(keeper, app, topic)).result

    assert alone["error"] == "the user has not subscribed to the app"
    assert (shown["error"], shown["openid"]) == ("", "o_dave")
    assert nobody["error"] == everyone["error"] == NOBODY_SUBSCRIBED.en
    assert left["error"] == NOBODY_RECEIVES.en
    assert unknown.status == 404
    assert len(weixin.sandbox.people.arrived(APPID, "o_dave")) == 1


async def hindrance(keeper: Caller, app: dict[str, Any], **wish: Any) -> str:
    """What the preview of a reminder says against sending it."""
    wanted = {
        "app": app["id"],
        "title": "tea",
        "time": "2026-11-20T10:00:00+08:00",
        "to": ["alice"],
    }
    answer = await keeper.call("POST", "/v1/reminders/preview", body=wanted | wish)
    return str(answer.result["error"])


async def test_a_template_is_shown_keyword_by_keyword(keeper: Caller, shop: dict[str, Any]) -> None:
    data = {"when": "2026-11-18T10:30:00+08:00", "phrase3": "on its way", "first": "hi"}

    shown = (
        await preview(keeper, shop, template="parcel", title="a" * 30, data=data, text="")
    ).result

    (way,) = shown["ways"]
    keywords = {one["name"]: one for one in way["keywords"]}
    assert (way["way"], way["template_id"]) == ("template", "parcel_0001")
    assert (keywords["thing1"]["shown"], keywords["thing1"]["cut"]) == ("a" * 19 + "…", True)
    assert keywords["thing1"]["takes"] == "a text of at most 20 characters"
    assert (keywords["time2"]["shown"], keywords["time2"]["type"]) == (
        "2026年11月18日 10:30",
        "time",
    )
    assert keywords["phrase3"]["fault"].startswith("takes at most 5 Chinese characters")
    assert keywords["first"]["hidden"]
    unknown, cut, unseen = shown["warnings"]
    (refused,) = way["faults"]
    assert refused == {
        "keyword": "phrase3",
        "sentence": f"phrase3 {keywords['phrase3']['fault']}",
    }
    assert cut == "WeChat shows only the beginning of thing1"
    assert unseen == UNSEEN_KEYWORDS.en
    assert unknown == NOT_IMPORTED.fill(template_id="parcel_0001")
    assert shown["error"] == ""
    assert await deliveries(keeper) == []


async def test_a_text_tells_what_wechat_will_not_take(
    keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    late = (await preview(keeper, shop, url="https://shop.example.com/")).result
    long = (await preview(keeper, shop, text="长" * 3000)).result
    markdown = (await preview(keeper, shop, title="Sale", text="# 50 %", format="markdown")).result

    (way,) = late["ways"]
    assert (way["way"], way["text"], way["url"]) == ("text", "hello", "https://shop.example.com/")
    assert late["warnings"] == [LONG_AGO.en]
    assert long["warnings"] == [LONG_AGO.en, CUT_TEXT.en]
    assert len(long["ways"][0]["text"]) < 700
    assert markdown["ways"][0]["text"] == "Sale"


async def test_the_receiver_is_found_by_each_of_their_names_and_told_of(
    keeper: Caller, clock: FakeClock, shop: dict[str, Any]
) -> None:
    quiet = {"quiet": "00:00-23:59", "nickname": "Alice"}
    path = f"/v1/apps/{shop['id']}/subscribers/alice"
    await keeper.call("PATCH", path, body=quiet)
    found = (await preview(keeper, shop)).result
    names = [found["uid"], found["openid"]]

    others = [(await preview(keeper, shop, name)).result for name in names]
    urgent = (await preview(keeper, shop, priority="urgent")).result
    stranger = (await preview(keeper, shop, "nobody")).result
    await keeper.call("PATCH", path, body={"blocked": True})
    blocked = (await preview(keeper, shop)).result

    assert (found["openid"], found["person"]) == ("o_alice", "alice")
    assert others == [found, found]
    assert found["waits_until"] > clock.now().isoformat()
    assert urgent["waits_until"] is None
    assert (stranger["error"], stranger["ways"]) == ("the app knows no user by this name", [])
    assert blocked["error"] == "the app has blocked the user"
    assert [way["way"] for way in blocked["ways"]] == ["text"]


async def test_a_message_for_which_there_is_no_way_says_what_to_do(
    keeper: Caller, weixin: WeChat, clock: FakeClock, shop: dict[str, Any]
) -> None:
    clock.advance(timedelta(days=3))

    missing = (await preview(keeper, shop, channel="template")).result
    wrong = [
        await preview(keeper, shop, channel="webhook", to=[]),
        await preview(keeper, shop, 17),
        await preview(keeper, shop, to=["alice", "*"]),
        await preview(keeper, shop, text=""),
        await preview(keeper, shop | {"id": 7}),
    ]

    assert missing["error"].startswith("the app shop has no template for the purpose message; map")
    assert [answer.status for answer in wrong] == [400, 404, 400, 400, 404]
    assert shop["appid"] == APPID


async def test_nothing_would_be_sent_without_a_credential_of_the_account(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")

    before = (await preview(keeper, app)).result
    topic = (await preview(keeper, app, "*")).result
    reminder = await hindrance(keeper, app)
    await keeper.register({"type": 0})
    after = (await preview(keeper, app)).result
    reminder_after = await hindrance(keeper, app)

    assert before["error"] == topic["error"] == reminder == UNREGISTERED.fill(appid=APPID)
    assert [way["text"] for way in before["ways"]] == ["hello"]
    assert after["error"] == reminder_after == ""


async def test_no_text_is_promised_after_wechat_refused_one_too_many_until_the_user_acts(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    app = await opened_shop(keeper, weixin, "alice")
    subscribers = keeper.daemon.ground.stores.subscribers
    await subscribers.follow(APPID, "o_alice", uid="UID_new", now=clock.now())
    before = (await preview(keeper, app)).result["error"]
    for _ in range(10):
        await send(keeper, app, "alice", channel="text")
    await keeper.settle()

    refused = (await preview(keeper, app, channel="text")).result
    reminder = await hindrance(keeper, app)
    clock.advance(timedelta(minutes=1))
    await subscribers.follow(APPID, "o_alice", uid="UID_new", now=clock.now())
    heard = (await preview(keeper, app, channel="text")).result
    reminder_heard = await hindrance(keeper, app)

    assert before == heard["error"] == ""
    assert refused["error"] == reminder == TEXTS_USED_UP.en
    assert reminder_heard == ""
