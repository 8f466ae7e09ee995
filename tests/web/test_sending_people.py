"""Users of accounts and of apps as a console lists them, and apps by pages."""

from typing import Any
from urllib.parse import quote

from tests.access.doors import make
from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app

__all__ = ["clock", "keeper", "weixin"]

OTHER = "wx5555555555555555"


async def pages(keeper: Caller, path: str) -> list[list[Any]]:
    """The results of all pages from that path on."""
    found = []
    while path:
        answer = await keeper.call("GET", path)
        found.append(answer.result)
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    return found


async def test_apps_are_paged_and_searched_and_all_listed_without_a_limit(keeper: Caller) -> None:
    made = [(await made_app(keeper, name))["id"] for name in ("Shop", "game", "workshop")]

    ids = [[app["id"] for app in page] for page in await pages(keeper, "/v1/apps?limit=2")]
    found = [
        [app["name"] for app in (await keeper.call("GET", f"/v1/apps?{query}")).result]
        for query in ("search=shop", f"search={made[1]}", f"search={OTHER}", f"appid={OTHER}")
    ]
    of_account = (await keeper.call("GET", f"/v1/apps?appid={APPID}")).result

    assert [one for page in ids for one in page] == sorted(made)
    assert len(ids[0]) == 2
    assert found == [
        [app["name"] for app in of_account if app["name"] != "game"],
        ["game"],
        [],
        [],
    ]


async def test_a_subscriber_is_found_by_uid_openid_or_the_apps_own_name(keeper: Caller) -> None:
    app = await made_app(keeper)
    uids = await bound(keeper, app, "amy", "bob")
    path = f"/v1/apps/{app['id']}/subscribers"

    found = [
        [one["uid"] for one in (await keeper.call("GET", f"{path}?name={name}")).result]
        for name in ("amy", "o_amy", uids["amy"], "nobody", f"amy&uid={uids['bob']}")
    ]

    assert found == [[uids["amy"]]] * 3 + [[], []]


async def test_a_user_is_shown_as_the_app_knows_them(keeper: Caller) -> None:
    app = await made_app(keeper)
    uids = await bound(keeper, app, "amy")
    path = f"/v1/apps/{app['id']}/subscribers"
    await keeper.call("PUT", f"{path}/customer-17", body={"openid": "o_amy"})
    await keeper.call("POST", f"{path}/amy/openid")

    shown = (await keeper.call("GET", f"{path}/amy")).result
    await keeper.call("DELETE", f"{path}/{uids['amy']}")
    gone = (await keeper.call("GET", f"{path}/amy")).result
    unknown = await keeper.call("GET", f"{path}/nobody")

    assert (shown["uid"], shown["openid"]) == (uids["amy"], "o_amy")
    assert shown["names"] == ["amy", "customer-17"]
    assert [one["topic"] for one in shown["subscriptions"]] == [None]
    assert gone["subscriptions"] == []
    assert (unknown.status, unknown.json["reason"]) == (404, "subscriber.unknown")


async def test_users_of_all_accounts_are_paged_with_their_apps(keeper: Caller) -> None:
    shop, game = await made_app(keeper), await made_app(keeper, "game", appid=OTHER)
    await bound(keeper, shop, "amy", "bob")
    await bound(keeper, game, "amy")

    found = [one for page in await pages(keeper, "/v1/subscribers?limit=1") for one in page]
    named = (await keeper.call("GET", "/v1/subscribers?openid=o_amy")).result
    of_account = (await keeper.call("GET", f"/v1/subscribers?appid={OTHER}")).result
    limited = await make(keeper, "push", appids=[APPID])
    theirs = await keeper.call("GET", "/v1/subscribers", key=limited.text)
    beyond = await keeper.call("GET", f"/v1/subscribers?appid={OTHER}", key=limited.text)

    assert [(one["appid"], one["openid"], one["apps"]) for one in found] == [
        (APPID, "o_amy", [shop["id"]]),
        (APPID, "o_bob", [shop["id"]]),
        (OTHER, "o_amy", [game["id"]]),
    ]
    assert [one["appid"] for one in named] == [APPID, OTHER]
    assert [one["openid"] for one in of_account] == ["o_amy"]
    assert [one["openid"] for one in theirs.result] == ["o_amy", "o_bob"]
    assert beyond.status == 403


async def test_users_are_found_by_what_they_are_called(keeper: Caller) -> None:
    shop, game = await made_app(keeper), await made_app(keeper, "game", appid=OTHER)
    await bound(keeper, shop, "amy", "bob")
    await bound(keeper, game, "amy")
    path = f"/v1/apps/{shop['id']}/subscribers"
    await keeper.call("PATCH", f"{path}/bob", body={"nickname": "小红🌸"})
    limited = await make(keeper, "push", appids=[APPID])

    async def found(path: str, called: str, **call: Any) -> list[str]:
        answer = await keeper.call("GET", f"{path}?called={quote(called)}", **call)
        return [one["openid"] for one in answer.result]

    (bob,) = (await keeper.call("GET", f"/v1/subscribers?called={quote('小红')}")).result
    assert (bob["nickname"], bob["names"]) == ("小红🌸", ["bob"])
    assert await found(path, "小红") == ["o_bob"]
    assert await found(path, "my") == ["o_amy"]
    assert await found("/v1/subscribers", "amy") == ["o_amy", "o_amy"]
    assert await found("/v1/subscribers", "amy", key=limited.text) == ["o_amy"]


async def test_a_place_among_users_that_no_link_named_is_refused(keeper: Caller) -> None:
    answer = await keeper.call("GET", "/v1/subscribers?after=x")

    assert (answer.status, answer.json["reason"]) == (400, "page.unknown")


async def test_a_code_of_a_reminder_is_scanned_by_who_joins(keeper: Caller, weixin: WeChat) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app, other = await made_app(keeper), await made_app(keeper, "other")
    amy = (await bound(keeper, app, "amy"))["amy"]
    body = {"app": app["id"], "to": ["amy"], "title": "x", "time": "2026-11-19T08:00:00+08:00"}
    reminder = (await keeper.call("POST", "/v1/reminders", body=body)).result["id"]
    topic = (await keeper.call("POST", f"/v1/apps/{app['id']}/topics", body={"name": "t"})).result[
        "id"
    ]

    first, again = [
        await keeper.call("POST", f"/v1/apps/{app['id']}/qrcodes", body={"reminder": reminder})
        for _ in range(2)
    ]
    refused = [
        await keeper.call("POST", f"/v1/apps/{one['id']}/qrcodes", body=wish)
        for one, wish in (
            (other, {"reminder": reminder}),
            (app, {"reminder": reminder, "topic": topic}),
            (app, {"reminder": reminder, "consent": True}),
            (app, {"reminder": "no"}),
        )
    ]

    (unscanned,) = (await keeper.call("GET", f"/v1/apps/{app['id']}/qrcodes")).result
    await keeper.daemon.ground.stores.scenes.scanned(first.result["scene"], amy)
    (scanned,) = (await keeper.call("GET", f"/v1/apps/{app['id']}/qrcodes")).result

    assert first.result["url"] == again.result["url"]
    assert (unscanned["last_uid"], unscanned["person"]) == ("", "")
    assert (scanned["last_uid"], scanned["person"]) == (amy, "amy")
    assert [answer.status for answer in refused] == [404, 400, 400, 400]


PREVIEWED: list[tuple[dict[str, str], dict[str, str] | None, int]] = [
    ({"thing1": "{title}", "thing2": "Fixed"}, {"thing1": "Parcel", "thing2": "Fixed"}, 0),
    ({"thing1": "{title"}, None, 1),
    ({"phrase1": "{title}"}, None, 1),
]


async def test_a_template_is_previewed_without_storing_it(keeper: Caller) -> None:
    app = await made_app(keeper)
    for fields, data, faults in PREVIEWED:
        template = {"template_id": "T1", "fields": fields}
        body = {
            "purpose": " message ",
            "template": template,
            "title": "Parcel",
            "text": "It is here.",
        }

        answer = await keeper.call("POST", f"/v1/apps/{app['id']}/templates/preview", body=body)

        assert len(answer.result["faults"]) == faults, fields
        assert data is None or answer.result["data"] == data, fields
    assert (await keeper.call("GET", f"/v1/apps/{app['id']}")).result["templates"] == {}
