"""Apps with their topics, codes and subscribers, as a business system sees them."""

from typing import Any

from tests.access.doors import make
from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app, subscribed

__all__ = ["clock", "keeper", "weixin"]

ONCE = {"Idempotency-Key": "first"}
SECRETS = ("token", "app_key", "signing_secret")


async def test_an_app_is_shown_its_secrets_once(keeper: Caller) -> None:
    made = await keeper.call("POST", "/v1/apps", body={"name": "shop", "appid": APPID})
    shown = await keeper.call("GET", f"/v1/apps/{made.result['id']}")

    assert made.headers["Cache-Control"] == "no-store"
    assert made.result["token"].startswith("AT_")
    assert made.result["signing_secret"].startswith("whsec_")
    assert shown.result == {name: made.result[name] for name in made.result if name not in SECRETS}
    assert (await keeper.call("GET", "/v1/apps")).result == [shown.result]


async def test_an_app_of_a_known_name_or_of_no_registered_account_is_made_with_a_note(
    keeper: Caller,
) -> None:
    body = {"name": "shop", "appid": APPID}

    first = await keeper.call("POST", "/v1/apps", body=body)
    await keeper.register({"type": 0})
    second = await keeper.call("POST", "/v1/apps", body=body)
    third = await keeper.call("POST", "/v1/apps", body=body | {"name": "game"}, headers=ONCE)

    assert first.json["message"] == (
        f"the account {APPID} has no credential here: nothing can be sent until it is registered"
    )
    assert second.json["message"] == (
        f"another app has the name shop already (ids: {first.result['id']})"
    )
    assert third.json["message"] == ""


async def test_what_is_asked_for_twice_with_one_key_is_made_once(keeper: Caller) -> None:
    body = {"name": "shop", "appid": APPID}
    other = await make(keeper, "admin")

    first, again = [
        await keeper.call("POST", "/v1/apps", body=body, headers=ONCE) for _ in range(2)
    ]
    changed = await keeper.call("POST", "/v1/apps", body=body | {"name": "x"}, headers=ONCE)
    others = await keeper.call("POST", "/v1/apps", body=body, headers=ONCE, key=other.text)
    absurd = await keeper.call(
        "POST", "/v1/apps", body=body, headers={"Idempotency-Key": "a" * 256}
    )

    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Cache-Control"] == "no-store"
    assert (changed.status, absurd.status) == (409, 400)
    assert changed.json["message"].startswith("Idempotency-Key: ")
    assert others.result["id"] != first.result["id"]
    assert len((await keeper.call("GET", "/v1/apps")).result) == 2


async def test_an_app_is_changed_where_it_is_said_and_nowhere_else(keeper: Caller) -> None:
    app = await made_app(keeper, callback="https://shop.example.com/hook?secret=1", welcome="hi")
    templates = {"message": {"template_id": "T1", "fields": {"thing1": "{title}"}}}
    path = f"/v1/apps/{app['id']}"

    change = {"zone": "Europe/Berlin", "templates": templates, "networks": ["10.0.0.0/8"]}
    changed = (await keeper.call("PATCH", path, body=change)).result

    assert changed["callback"] == "https://shop.example.com/hook"
    assert changed["welcome"] == "hi"
    assert {name: changed[name] for name in change} == change
    assert (await keeper.call("GET", path)).result == changed


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"appid": "wx 1"}, "appid: must be letters"),
    ({"name": " "}, "name: must be 1 to 64 printable characters"),
    ({"zone": "Asia"}, "zone: is not a time zone such as Asia/Shanghai"),
    ({"zone": "../etc"}, "zone: is not a time zone"),
    ({"zone": "right/UTC"}, "zone: is not a time zone"),
    ({"zone": "posix/UTC"}, "zone: is not a time zone"),
    ({"zone": "posixrules"}, "zone: is not a time zone"),
    ({"zone": "localtime"}, "zone: is not a time zone"),
    ({"callback": "ftp://x"}, "callback: must begin with http"),
    ({"networks": ["10.0.0.1/8"]}, "networks[0]: is not a network"),
    ({"per_minute": -1}, "per_minute: "),
    ({"welcome": "a\0b"}, "welcome: must not have a NUL in it"),
    ({"home": "javascript:alert(1)"}, "home: must begin with http"),
    ({"templates": {"m": {"template_id": " "}}}, "templates.m.template_id: must be 1"),
    ({"limit": 1}, "limit: is not known here"),
]


async def test_what_is_wrong_with_an_app_is_said_of_its_field(keeper: Caller) -> None:
    for wish, message in WRONG:
        body = {"name": "shop", "appid": APPID} | wish

        answer = await keeper.call("POST", "/v1/apps", body=body)

        assert answer.status == 400, wish
        assert answer.json["message"].startswith(message), wish


async def test_a_new_token_takes_the_place_of_the_former(keeper: Caller) -> None:
    app = await made_app(keeper)
    directory = keeper.daemon.cores.audience.directory

    token = (await keeper.call("POST", f"/v1/apps/{app['id']}/token")).result["token"]

    assert await directory.find_holder(app["token"]) is None
    holder = await directory.find_holder(token)
    assert holder is not None
    assert holder.app_id == app["id"]


async def test_apps_of_accounts_beyond_a_key_are_not_there_for_it(keeper: Caller) -> None:
    mine, other = await made_app(keeper), await made_app(keeper, appid="wx9999999999999999")
    key = (await make(keeper, "push", appids=[APPID])).text
    await bound(keeper, other, "alice")

    listed = (await keeper.call("GET", "/v1/apps", key=key)).result
    body = {"app": other["id"], "to": ["alice"], "text": "hello"}
    statuses = [
        (await keeper.call(method, path, body=body, key=key)).status
        for method, path, body in (
            ("GET", f"/v1/apps/{other['id']}", None),
            ("POST", f"/v1/apps/{other['id']}/topics", {"name": "news"}),
            ("GET", f"/v1/apps/{other['id']}/subscribers", None),
            ("POST", "/v1/messages", body),
            ("GET", f"/v1/deliveries?app={other['id']}", None),
            ("POST", "/v1/deliveries/cancel", {"app": other["id"]}),
            ("GET", "/v1/apps/12345678901234567", None),
            ("GET", "/v1/apps/shop", None),
        )
    ]

    assert [app["id"] for app in listed] == [mine["id"]]
    assert statuses == [404] * 8


async def test_users_that_a_business_knows_are_bound_all_or_none(keeper: Caller) -> None:
    app = await made_app(keeper)
    path = f"/v1/apps/{app['id']}/subscribers"
    good = {"external_id": "alice", "openid": "o_alice"}

    refused = [
        await keeper.call("POST", path, body=[good, wrong])
        for wrong in (
            {"external_id": "bob", "openid": ""},
            {"external_id": "UID_bob", "openid": "o_bob"},
            {"external_id": "*", "openid": "o_bob"},
            {"external_id": "bob"},
            good,
        )
    ]
    none = (await keeper.call("GET", path)).result
    bob = (await keeper.call("PUT", f"{path}/bob", body={"openid": "o_bob"})).result
    again = await bound(keeper, app, "bob")

    assert [answer.json["message"] for answer in refused] == [
        "[1].openid: must not be empty",
        "[1].external_id: must not look like a uid of ours",
        "[1].external_id: must not look like *, which stands for all subscribers",
        "[1].openid: is required",
        "[1].external_id: occurs twice",
    ]
    assert none == []
    assert again == {"bob": bob["uid"]}


async def test_a_name_moves_to_another_user_unless_the_caller_refuses_that(keeper: Caller) -> None:
    app = await made_app(keeper)
    first = await bound(keeper, app, "alice")
    path = f"/v1/apps/{app['id']}/subscribers"
    entries = [
        {"external_id": "bob", "openid": "o_bob"},
        {"external_id": "alice", "openid": "o_amy"},
    ]

    refused = await keeper.call("POST", f"{path}?move=false", body=entries)
    one = await keeper.call("PUT", f"{path}/alice?move=false", body={"openid": "o_amy"})
    odd = await keeper.call("PUT", f"{path}/alice?move=no", body={"openid": "o_amy"})
    kept = (await keeper.call("GET", path)).result
    moved = (await keeper.call("POST", path, body=entries)).result

    assert (refused.status, one.status, odd.status) == (409, 409, 400)
    assert refused.json["reason"] == "subscriber.name_taken"
    assert [user["uid"] for user in kept] == [first["alice"]]
    assert moved[1]["uid"] != first["alice"]


async def test_a_subscriber_is_blocked_changed_and_removed(keeper: Caller) -> None:
    app = await made_app(keeper)
    uids = await bound(keeper, app, "alice", "bob")
    path = f"/v1/apps/{app['id']}/subscribers"

    change = {"blocked": True, "zone": "Asia/Tokyo", "quiet": "22:00-07:30", "nickname": "Al"}
    changed = (await keeper.call("PATCH", f"{path}/alice", body=change)).result
    loud = (await keeper.call("PATCH", f"{path}/{uids['alice']}", body={"quiet": None})).result
    blocked = (await keeper.call("GET", f"{path}?blocked=true")).result
    page = await keeper.call("GET", f"{path}?limit=1")
    rest = (await keeper.call("GET", page.headers["Link"].split(">")[0].removeprefix("<"))).result
    wrong = await keeper.call("PATCH", f"{path}/bob", body={"quiet": "22:00-24:00"})
    await keeper.call("DELETE", f"{path}/alice")

    assert {name: changed[name] for name in change} == change
    assert (loud["quiet"], loud["blocked"]) == (None, True)
    assert [one["uid"] for one in blocked] == [uids["alice"]]
    assert {one["uid"] for one in page.result + rest} == set(uids.values())
    assert wrong.json["message"].startswith("quiet: must be two times")
    assert [one["uid"] for one in (await keeper.call("GET", path)).result] == [uids["bob"]]
    assert (await keeper.call("PATCH", f"{path}/alice", body={})).status == 404


async def test_topics_and_codes_are_made_and_removed(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper)
    path = f"/v1/apps/{app['id']}"

    topic = (await keeper.call("POST", f"{path}/topics", body={"name": "news"})).result
    codes = [
        await keeper.call("POST", f"{path}/qrcodes", body=body)
        for body in (
            {"topic": topic["id"], "expires_in": 60},
            {"topic": topic["id"]},
            {"topic": topic["id"]},
            {"topic": 1},
            {"expires_in": 2592001},
        )
    ]
    extra = await keeper.call("POST", f"{path}/qrcodes", body={"extra": "till 7"})
    first = await keeper.call("GET", f"{path}/qrcodes?limit=2")
    after = first.headers["Link"].partition("after=")[2].partition(">")[0].partition("&")[0]
    rest = await keeper.call("GET", f"{path}/qrcodes?limit=2&after={after}")
    wrong = await keeper.call("GET", f"{path}/qrcodes?after=x")
    removed = await keeper.call("DELETE", f"{path}/topics/{topic['id']}")

    listed = {one["scene"]: one for one in (*first.result, *rest.result)}
    made = {code.result["scene"]: code.result for code in (*codes[:2], extra)}
    assert listed.keys() == made.keys()
    for scene, one in listed.items():
        assert {name: one[name] for name in made[scene]} == made[scene]
    assert {(one["purpose"], one["target"], one["extra"]) for one in listed.values()} == {
        ("topic", str(topic["id"]), ""),
        ("app", "", "till 7"),
    }
    assert (wrong.status, len(rest.result)) == (400, 1)
    assert [code.status for code in codes] == [200, 200, 200, 404, 400]
    assert codes[0].result["expires_at"] == "2026-11-18T02:31:00Z"
    assert codes[0].result["image_url"].startswith("http")
    assert codes[0].result["url"].startswith("http")
    assert codes[1].result["expires_at"] is None
    assert codes[2].result["scene"] == codes[1].result["scene"]
    assert removed.status == 200
    assert (await keeper.call("GET", f"{path}/topics")).result == []


async def test_a_code_that_wechat_does_not_draw_is_503_with_its_reason(
    keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper)
    weixin.sandbox.script("/cgi-bin/qrcode/create", errcode=45009, times=None)

    answer = await keeper.call("POST", f"/v1/apps/{app['id']}/qrcodes", body={"extra": "17"})

    assert answer.status == 503
    assert answer.json["message"].startswith("WeChat did not create a code: ")
    assert "45009" in answer.json["message"]
    assert int(answer.headers["Retry-After"]) > 0


async def test_what_becomes_of_apps_is_in_the_audit(keeper: Caller) -> None:
    app = await made_app(keeper)
    path = f"/v1/apps/{app['id']}"
    await bound(keeper, app, "alice")

    await keeper.call("PATCH", path, body={"zone": "Asia/Tokyo"})
    await keeper.call("PATCH", path, body={"zone": "Asia/Tokyo"})
    token = (await keeper.call("POST", f"{path}/subscribers/alice/token")).result
    await keeper.call("POST", f"{path}/links")
    await keeper.call("DELETE", path)
    found = (await keeper.call("GET", "/v1/audit")).result

    assert token["token"].startswith("wct_")
    assert [(entry["action"], entry["object"]) for entry in found] == [
        ("app.removed", str(app["id"])),
        ("links.renewed", str(app["id"])),
        ("token.reset", token["uid"]),
        ("app.changed", str(app["id"])),
        ("app.created", str(app["id"])),
    ]


async def test_a_topic_of_a_known_name_is_made_with_a_note_and_its_receivers_are_counted(
    keeper: Caller,
) -> None:
    app = await made_app(keeper)
    path = f"/v1/apps/{app['id']}"
    await bound(keeper, app, "alice")
    first = await keeper.call("POST", f"{path}/topics", body={"name": "news"})
    await subscribed(keeper, app, first.result["id"], "alice")

    second = await keeper.call("POST", f"{path}/topics", body={"name": "news"})
    counts = [
        await keeper.call("GET", f"{path}/receivers{query}")
        for query in ("", f"?topic={first.result['id']}", f"?topic={second.result['id']}")
    ]
    unknown = await keeper.call("GET", f"{path}/receivers?topic=7")

    assert first.json["message"] == ""
    assert second.json["message"] == (
        f"another topic has the name news already (ids: {first.result['id']})"
    )
    assert [one.result["people"] for one in counts] == [1, 1, 0]
    assert all(one.result["heard"] == 0 for one in counts)
    assert (unknown.status, unknown.json["reason"]) == (404, "topic.unknown")
