"""Messages and their deliveries, as a business system sees them."""

from asyncio import TaskGroup
from datetime import timedelta

from tests.access.doors import make
from tests.clock import START, FakeClock
from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, deliveries, made_app, opened_shop, send
from wechat_scheduler.credentials.fault_sentences import UNREGISTERED

__all__ = ["clock", "keeper", "weixin"]


async def test_each_receiver_is_told_of_in_the_order_of_the_request(keeper: Caller) -> None:
    app = await made_app(keeper)
    uids = await bound(keeper, app, "alice", "bob")
    await keeper.call("PATCH", f"/v1/apps/{app['id']}/subscribers/bob", body={"blocked": True})

    sent = (await send(keeper, app, "stranger", "alice", "*", uids["alice"], 17, "bob")).result
    pending = await deliveries(keeper, f"?message={sent['id']}")

    assert [(one["to"], one["error"]) for one in sent["deliveries"]] == [
        ("stranger", "the app knows no user by this name"),
        ("alice", ""),
        ("*", ""),
        (uids["alice"], ""),
        (17, "the app has no such topic"),
        ("bob", "the app has blocked the user"),
    ]
    assert sent["deliveries"][1]["id"] == sent["deliveries"][3]["id"]
    assert {(one["channel"], one["to"]) for one in pending} == {
        ("person", uids["alice"]),
        ("topic", "0"),
    }


async def test_a_message_without_a_known_receiver_is_422_and_not_stored(keeper: Caller) -> None:
    app = await made_app(keeper)

    unknown = await send(keeper, app, "stranger")
    webhook = await send(keeper, app, channel="webhook")

    assert [unknown.status, webhook.status] == [422, 422]
    assert unknown.json["result"]["id"] is None
    assert "the app knows no user by this name" in unknown.json["message"]
    assert "the app has no callback" in webhook.json["message"]
    assert await deliveries(keeper) == []


async def test_a_message_that_is_sent_twice_with_one_key_is_one(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    body = {"app": app["id"], "to": ["alice"], "text": "hello"}
    once = {"Idempotency-Key": "order-17"}

    first, again = [
        await keeper.call("POST", "/v1/messages", body=body, headers=once) for _ in range(2)
    ]
    other = await keeper.call("POST", "/v1/messages", body=body | {"text": "x"}, headers=once)

    assert again.json == first.json
    assert other.status == 409
    assert len(await deliveries(keeper)) == 1


async def test_each_of_many_keys_on_one_connection_is_one_message(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    body = {"app": app["id"], "to": ["alice"], "text": "hello"}

    answers = [
        await keeper.call(
            "POST",
            "/v1/messages",
            body=body,
            headers={"Idempotency-Key": f"order-{number % 5}", "X-Request-Id": str(number)},
        )
        for number in range(10)
    ]

    ids = [answer.result["id"] for answer in answers]
    assert len(set(ids)) == len(await deliveries(keeper)) == 5
    assert ids[5:] == ids[:5]
    assert ["Idempotency-Replayed" in answer.headers for answer in answers] == [False] * 5 + [
        True
    ] * 5


async def test_a_message_that_is_sent_many_times_at_once_is_one(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    body = {"app": app["id"], "to": ["alice"], "text": "hello"}
    once = {"Idempotency-Key": "order-17"}

    async with TaskGroup() as group:
        asked = [
            group.create_task(keeper.call("POST", "/v1/messages", body=body, headers=once))
            for _ in range(8)
        ]

    answers = [task.result() for task in asked]
    assert len({answer.result["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert len(await deliveries(keeper)) == 1


async def test_a_message_is_shown_as_it_was_asked_for(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    wish = {
        "channel": "template",
        "template": "T1",
        "data": {"thing1": "a" * 21},
        "title": "hi",
        "text": "# hello",
        "format": "markdown",
        "url": "https://example.com/#/路",
        "not_before": "2026-11-18T12:00:00+08:00",
        "expires": "2026-11-19T12:00:00+08:00",
        "priority": "urgent",
    }

    sent = (await send(keeper, app, "alice", **wish)).result
    shown = (await keeper.call("GET", f"/v1/messages/{sent['id']}")).result

    instants = {"not_before": "2026-11-18T04:00:00Z", "expires": "2026-11-19T04:00:00Z"}
    assert {name: shown[name] for name in wish} == wish | instants
    assert shown["counts"] == {"pending": 1}
    assert shown["notes"] == ["WeChat shows only the beginning of thing1"]
    assert sent["notes"] == [*shown["notes"], UNREGISTERED.fill(appid=APPID)]


WRONG = [
    ({"text": ""}, "text: give a text, or a template and its data"),
    ({"text": " "}, "text: give a text, or a template and its data"),
    ({"text": "\u3000\n", "title": "a"}, "text: give a text, or a template and its data"),
    ({"text": "", "template": "T"}, "data: give the data for the template"),
    ({"text": "", "template": "T", "data": {"a": "b"}, "channel": "text"}, "channel: "),
    ({"text": "a" * 40_001}, "text: must not be longer than 40000 characters"),
    ({"text": "a\0"}, "text: must not have a NUL"),
    ({"data": {"a": 1}}, "data.a: expected a string, got a whole number"),
    ({"url": "example.com"}, "url: must begin with http"),
    ({"url": "https://" + "a" * 1000}, "url: must not be longer than 1000"),
    ({"to": []}, "to: name who is to get it"),
    ({"to": ["a"] * 2001}, "to: must not name more than 2000"),
    ({"to": ["a", ""]}, "to[1]: must be 1 to 128 printable characters"),
    ({"to": [0]}, "to[0]: "),
    ({"channel": "webhook"}, "to: a webhook goes to the app's callback"),
    ({"channel": "pigeon"}, "channel: "),
    ({"priority": 1}, "priority: "),
    ({"expires": "2026-11-18T02:30:00Z"}, "expires: must be later than now"),
    ({"expires": "2026-11-18T03:00:00"}, "expires: "),
    (
        {"not_before": "2026-11-20T00:00:00Z", "expires": "2026-11-19T00:00:00Z"},
        "expires: must be later than now, and than not_before",
    ),
    ({"not_before": "9999-12-31T23:59:59-12:00"}, "not_before: must be within 366 days"),
    ({"tiltle": "hi"}, "tiltle: is not known here; did you mean title?"),
]


async def test_what_is_wrong_with_a_message_is_said_of_its_field(keeper: Caller) -> None:
    for wish, message in WRONG:
        body = {"app": 1, "to": ["alice"], "text": "hello"} | wish

        answer = await keeper.call("POST", "/v1/messages", body=body)

        assert answer.status == 400, wish
        assert answer.json["message"].startswith(message), wish


async def test_deliveries_are_cancelled_and_tried_again(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice", "bob")
    (sent,) = (await send(keeper, app, "alice")).result["deliveries"]
    await send(keeper, app, "bob")
    path = f"/v1/deliveries/{sent['id']}"

    cancelled = (await keeper.call("POST", f"{path}/cancel")).result
    again = await keeper.call("POST", f"{path}/cancel")
    many = (await keeper.call("POST", "/v1/deliveries/cancel", body={"app": app["id"]})).result
    replayed = (await keeper.call("POST", f"{path}/replay")).result
    others = await keeper.call("POST", "/v1/deliveries/replay", body={"state": "cancelled"})
    all_of_it = await keeper.call("POST", "/v1/deliveries/replay", body={})

    assert (cancelled["state"], cancelled["reason"]) == ("cancelled", "cancelled by admin")
    assert again.status == 409
    assert (many["count"], many["more"]) == (1, False)
    assert (replayed["state"], replayed["history"]) == ("pending", [])
    assert (others.result["count"], others.result["more"]) == (1, False)
    assert all_of_it.status == 400
    assert {one["state"] for one in await deliveries(keeper)} == {"pending"}


async def test_a_replay_of_what_was_seen_leaves_what_was_sent_again_since(
    keeper: Caller, clock: FakeClock
) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    (sent,) = (await send(keeper, app, "alice")).result["deliveries"]
    path, all_of_them = f"/v1/deliveries/{sent['id']}", "/v1/deliveries/replay"
    seen = (await keeper.call("POST", f"{path}/cancel")).result["settled_at"]
    clock.advance(timedelta(seconds=1))

    first = await keeper.call("POST", f"{path}/replay", body={"settled_by": seen})
    second = await keeper.call("POST", f"{path}/replay", body={"settled_by": seen})
    await keeper.call("POST", f"{path}/cancel")
    third = await keeper.call("POST", f"{path}/replay", body={"settled_by": seen})
    many = {"ids": [sent["id"]], "settled_by": seen}
    none = await keeper.call("POST", all_of_them, body=many)
    wrong = await keeper.call("POST", f"{path}/replay", body={"settled_by": "yesterday"})
    (one,) = await deliveries(keeper)
    some = await keeper.call("POST", all_of_them, body=many | {"settled_by": one["settled_at"]})

    assert [each.status for each in (first, second, third, wrong)] == [200, 409, 409, 400]
    assert second.json["message"] == "it is pending: there is nothing to try again"
    assert third.json["message"] == (
        "it was sent again meanwhile, and is cancelled: read why before you send it once more"
    )
    assert (none.result["count"], one["state"], some.result["count"]) == (0, "cancelled", 1)


async def test_a_dry_run_names_what_would_be_changed_and_its_ids_change_no_more(
    keeper: Caller,
) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    for _ in range(2):
        await send(keeper, app, "alice")
    mine = {"app": app["id"]}

    told = await keeper.call("POST", "/v1/deliveries/cancel", body=mine | {"dry_run": True})
    states = {one["state"] for one in await deliveries(keeper)}
    await send(keeper, app, "alice")
    ids = {"ids": told.result["ids"]}
    done = await keeper.call("POST", "/v1/deliveries/cancel", body=ids)
    again = await keeper.call("POST", "/v1/deliveries/cancel", body=ids)
    replayable = await keeper.call("POST", "/v1/deliveries/replay", body=ids | {"dry_run": True})

    assert (told.result["count"], told.result["more"], states) == (2, False, {"pending"})
    assert sorted(done.result["ids"]) == sorted(told.result["ids"])
    assert again.result == {"count": 0, "more": False, "ids": [], "corrected": 0}
    assert sorted(replayable.result["ids"]) == sorted(told.result["ids"])
    assert sorted(one["state"] for one in await deliveries(keeper)) == [
        "cancelled", "cancelled", "pending",
    ]  # fmt: skip
    for body in ({"dry_run": True}, {"ids": []}, {"ids": [1] * 1001}):
        assert (await keeper.call("POST", "/v1/deliveries/cancel", body=body)).status == 400


async def test_deliveries_and_messages_are_listed_by_the_time_of_their_creation(
    keeper: Caller, clock: FakeClock
) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    first = (await send(keeper, app, "alice")).result
    clock.advance(timedelta(hours=1))
    noon = clock.now().isoformat().replace("+00:00", "Z")
    second = (await send(keeper, app, "alice")).result

    found = {
        query: [one["message"] for one in await deliveries(keeper, query)]
        for query in (f"?since={noon}", f"?until={noon}")
    }
    listed = (await keeper.call("GET", f"/v1/messages?since={noon}")).result
    wrong = await keeper.call("GET", "/v1/deliveries?since=yesterday")

    assert found == {f"?since={noon}": [second["id"]], f"?until={noon}": [first["id"]]}
    assert [one["id"] for one in listed] == [second["id"]]
    assert wrong.json["message"].startswith("since: must be a time with its offset")


async def test_a_dead_delivery_tells_why_and_arrives_when_it_is_tried_again(
    keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    weixin.sandbox.people.follow(APPID, "o_alice")
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=40037, times=None)
    notice = {"text": "", "template": "parcel-is-here", "data": {"thing1": "here"}}
    sent = (await send(keeper, app, "alice", **notice)).result
    await keeper.settle()

    (dead,) = await deliveries(keeper, "?state=dead&errcode=40037")
    page = (await keeper.call("GET", f"/v1/deliveries/{dead['id']}")).result
    assert (page["appid"], page["openid"], page["gives_up_at"]) == (APPID, "o_alice", None)
    others = await deliveries(keeper, "?errcode=43004")
    weixin.sandbox.clear_scripts()
    await keeper.call("POST", f"/v1/deliveries/{dead['id']}/replay")
    await keeper.settle()
    (arrived,) = await deliveries(keeper, f"?message={sent['id']}")

    assert "40037" in dead["reason"]
    assert [(one["way"], one["errcode"]) for one in page["history"]] == [("template", 40037)]
    assert others == []
    assert arrived["state"] in ("accepted", "delivered")
    assert len(weixin.sandbox.people.arrived(APPID, "o_alice")) == 1


async def test_a_limited_key_sees_and_changes_the_deliveries_of_its_own_apps(
    keeper: Caller,
) -> None:
    mine, other = await made_app(keeper), await made_app(keeper, appid="wx9999999999999999")
    second = await made_app(keeper, "second")
    for app in (mine, other, second):
        await bound(keeper, app, "alice")
        for _ in range(2):
            await send(keeper, app, "alice")
    key = (await make(keeper, "push", appids=[APPID])).text

    seen = await deliveries(keeper, key=key)
    page = await deliveries(keeper, "?limit=3", key=key)
    rest = await deliveries(keeper, f"?after={page[-1]['id']}", key=key)
    foreign = (await deliveries(keeper, f"?app={other['id']}"))[0]
    statuses = [
        (await keeper.call("GET", path, key=key)).status
        for path in (f"/v1/deliveries/{foreign['id']}", f"/v1/messages/{foreign['message']}")
    ]
    cancelled = await keeper.call(
        "POST", "/v1/deliveries/cancel", body={"state": "pending"}, key=key
    )

    assert {one["app"] for one in seen} == {mine["id"], second["id"]}
    assert [one["id"] for one in seen] == [one["id"] for one in page + rest]
    assert statuses == [404, 404]
    assert cancelled.result["count"] == 4
    assert len(await deliveries(keeper, "?state=pending")) == 2


async def test_messages_are_listed_newest_first_with_app_title_and_person(
    keeper: Caller, clock: FakeClock
) -> None:
    app = await made_app(keeper)
    uids = await bound(keeper, app, "alice", "bob")
    for title, to in (("First", ["alice"]), ("", ["alice", "bob"])):
        await send(keeper, app, *to, title=title)
        clock.advance(timedelta(seconds=1))

    listed = (await keeper.call("GET", "/v1/messages")).result
    page = await keeper.call("GET", "/v1/messages?limit=1")
    older = (await keeper.call("GET", f"/v1/messages?after={listed[0]['id']}")).result
    of_bob = (await keeper.call("GET", f"/v1/messages?uid={uids['bob']}")).result

    both, alone = listed
    assert (both["title"], both["person"], both["counts"]) == ("hello", "", {"pending": 2})
    assert (alone["title"], alone["person"], alone["app_name"]) == ("First", "alice", "shop")
    assert page.result == of_bob == [both]
    assert f"after={both['id']}" in page.headers["Link"]
    assert older == [alone]


async def test_a_person_is_listed_by_the_name_of_the_app_before_the_nickname_and_not_by_an_openid(
    keeper: Caller,
) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "zoe")
    people = f"/v1/apps/{app['id']}/subscribers"
    same = {"external_id": "o_zoe", "openid": "o_zoe"}
    assert (await keeper.call("POST", people, body=[same])).status == 200
    signed = (await keeper.call("POST", f"{people}/zoe/openid")).result["openid"]
    await keeper.call("PATCH", f"{people}/zoe", body={"nickname": "Zed"})
    await send(keeper, app, "zoe")

    (message,) = (await keeper.call("GET", "/v1/messages")).result
    (delivery,) = await deliveries(keeper)
    shown = (await keeper.call("GET", f"/v1/deliveries/{delivery['id']}")).result

    assert signed < "zoe"
    assert [message["person"], delivery["person"], shown["person"]] == ["zoe"] * 3


async def test_a_limited_key_sees_the_messages_of_its_own_apps(keeper: Caller) -> None:
    mine, other = await made_app(keeper), await made_app(keeper, appid="wx9999999999999999")
    for app in (mine, other):
        await bound(keeper, app, "alice")
        await send(keeper, app, "alice")
    key = (await make(keeper, "push", appids=[APPID])).text

    seen = (await keeper.call("GET", "/v1/messages", key=key)).result
    foreign = await keeper.call("GET", f"/v1/messages?app={other['id']}", key=key)

    assert [one["app"] for one in seen] == [mine["id"]]
    assert foreign.status == 404


async def test_html_without_a_title_gets_its_text_as_one(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    for text, title in (
        (f"<style>{'body {color: red} ' * 200}</style><p>到货了</p>", "到货了"),
        ('<img src="https://a.example/1.png">', "[图片]"),
    ):
        sent = (await send(keeper, app, "alice", text=text, format="html")).result

        message = (await keeper.call("GET", f"/v1/messages/{sent['id']}")).result
        assert (message["title"], message["text"]) == (title, text)


async def test_a_failed_delivery_that_was_corrected_is_settled_and_left_out_of_a_replay_of_all(
    keeper: Caller, weixin: WeChat
) -> None:
    shop = await opened_shop(keeper, weixin, "alice", "bob")
    weixin.sandbox.script("/cgi-bin/message/custom/send", errcode=47003, times=2)
    first = (await send(keeper, shop, "alice", "bob")).result["id"]
    await keeper.settle()
    (alice,) = [one for one in await deliveries(keeper) if one["person"] == "alice"]
    await send(keeper, shop, "alice", corrects=first)
    await keeper.settle()

    overview = (await keeper.call("GET", "/v1/overview")).result
    found = {one["id"]: one["corrected"] for one in await deliveries(keeper, "?state=dead")}
    wish = {"state": "dead", "dry_run": True}
    told = (await keeper.call("POST", "/v1/deliveries/replay", body=wish)).result
    facts = keeper.daemon.ground.stores.alert_facts
    (dead,) = await facts.dead_letters(since=START - timedelta(days=1), limit=9)
    changed = (await keeper.call("POST", "/v1/deliveries/replay", body={"state": "dead"})).result
    named = (await keeper.call("POST", "/v1/deliveries/replay", body={"ids": [alice["id"]]})).result
    later = f"{START + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    other = (await send(keeper, shop, "bob", corrects=first, not_before=later)).result["id"]
    (waits,) = await deliveries(keeper, f"?message={other}")
    await keeper.call("POST", f"/v1/deliveries/{waits['id']}/cancel")
    bob = [one["corrected"] for one in await deliveries(keeper) if one["message"] == first]

    assert overview["work"]["dead"]["number"] == dead.deliveries == 1
    assert [found[alice["id"]], len(found)] == [True, 2]
    assert (told["count"], told["corrected"]) == (1, 1)
    assert alice["id"] not in changed["ids"]
    assert named["ids"] == [alice["id"]]
    assert sorted(bob) == [False, True]


async def test_a_message_says_which_one_it_corrects_and_by_which_it_was_corrected(
    keeper: Caller, weixin: WeChat
) -> None:
    shop = await opened_shop(keeper, weixin, "alice")
    other = await made_app(keeper, "other")
    first = (await send(keeper, shop, "alice")).result["id"]

    second = (await send(keeper, shop, "alice", corrects=first)).result["id"]
    refused = [
        await send(keeper, shop, "alice", corrects=1),
        await send(keeper, other, "alice", corrects=first),
    ]

    old, new = [(await keeper.call("GET", f"/v1/messages/{one}")).result for one in (first, second)]
    assert (old["corrects"], old["corrected_by"]) == (None, [second])
    assert (new["corrects"], new["corrected_by"]) == (first, [])
    assert {one.status for one in refused} == {400}
    assert "the app has no message" in refused[0].json["message"]
