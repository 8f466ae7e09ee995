"""Keys over HTTP: made, listed, ended, and what becomes of what was registered with them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.access.doors import end, make
from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, SECRET, Caller, WeChat, daemon
from wechat_scheduler.access.model import new_key
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.log.redaction import redact
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.keys import read_key_draft
from wechat_scheduler.webhooks.signing import webhook_headers
from wechat_scheduler.wechat.tokens import TYPES

TASKS = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}


async def test_a_key_is_shown_once_and_listed_without_its_text(keeper: Caller) -> None:
    wish = {
        "name": "shop",
        "scopes": ["register", "read"],
        "appids": [APPID],
        "types": ["jsapi_ticket", 0],
        "networks": ["127.0.0.0/8", "2001:db8::/32"],
        "expires_in": 90 * 86_400,
    }

    answer = await keeper.call("POST", "/v1/keys", body=wish)
    listed = await keeper.call("GET", "/v1/keys")

    made = answer.result
    assert made["key"].startswith("wsk_")
    assert made["signing_secret"].startswith("whsec_")
    assert answer.headers["Cache-Control"] == "no-store"
    assert listed.result[1] == {
        "id": made["id"],
        "name": "shop",
        "scopes": ["read", "register"],
        "appids": [APPID],
        "types": ["access_token", "jsapi_ticket"],
        "networks": ["127.0.0.0/8", "2001:db8::/32"],
        "state": "active",
        "created_at": "2026-11-18T02:30:00Z",
        "expires_at": "2027-02-16T02:30:00Z",
        "revoked_at": None,
        "last_used_at": None,
    }
    assert made["key"] not in str(listed.json)


async def test_a_key_whose_response_was_lost_is_asked_for_again_and_is_the_same(
    keeper: Caller,
) -> None:
    wish = {"name": "shop", "scopes": ["read"]}

    async def ask(**body: Any) -> Any:
        return await keeper.call(
            "POST", "/v1/keys", body=wish | body, headers={"Idempotency-Key": "shop-1"}
        )

    first, again, other = await ask(), await ask(), await ask(name="till")

    made = first.result
    assert (again.result, again.headers["Idempotency-Replayed"]) == (made, "true")
    assert (other.status, other.json["reason"]) == (409, "idempotency.conflict")
    listed = (await keeper.call("GET", "/v1/keys")).result
    assert [one["name"] for one in listed if one["id"] != "admin"] == ["shop"]
    noted = (await keeper.call("GET", "/v1/audit?action=key.created")).result
    assert [one["object"] for one in noted] == [made["id"]]
    stored = await keeper.daemon.ground.database.read("SELECT answer FROM answers")
    assert made["key"] not in str(stored)
    assert (await keeper.call("GET", "/tasks", key=made["key"])).status == 200


async def test_a_key_is_known_again_after_a_restart(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock) as first:
        key, ended = await make(first, "read", appids=[APPID]), await make(first, "read")
        await end(first, ended)

    async with daemon(tmp_path, weixin.url, clock=clock) as second:
        statuses = [
            (await second.call("GET", f"/tasks{query}", key=text)).status
            for text, query in ((key.text, ""), (key.text, "?appid=wx0"), (ended.text, ""))
        ]

    assert statuses == [200, 403, 401]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name: must be 1 to 64 printable characters"),
    ({"name": " \t "}, "name: must be 1 to 64 printable characters"),
    ({"name": "x" * 65}, "name: must be 1 to 64 printable characters"),
    ({"scopes": []}, "scopes: name what the key is for"),
    ({"scopes": ["root"]}, "scopes[0]: must be one of "),
    (
        {"scopes": ["view", "read"]},
        "scopes: read fetches values of credentials, and view is for a key that only looks",
    ),
    (
        {"scopes": ["view", "push", "admin"]},
        "scopes: admin fetches values of credentials, and view is",
    ),
    ({"appids": ["wx 1"]}, "appids[0]: must be letters"),
    ({"appid": "wx1"}, "appid: is not known here; did you mean appids?"),
    ({"types": [0, 99]}, "types[1]: unknown task type 99; use one of 0 access_token, "),
    ({"types": ["token"]}, "types[0]: unknown task type token; "),
    ({"networks": ["10.0.0.1/8"]}, "networks[0]: is not a network such as 10.0.0.0/8"),
    ({"expires_in": 0}, "expires_in: expected a whole number >= 1"),
    ({"expires_in": 10**12}, "expires_in: expected a whole number <= "),
    ({"expires_in": "90d"}, "expires_in: expected a whole number or null, got a string"),
]


def test_a_wish_that_is_wrong_is_refused_with_its_place() -> None:
    for wish, sentence in WRONG:
        body = {"name": "shop", "scopes": ["read"]} | wish

        with pytest.raises(InvalidRequestError) as refused:
            read_key_draft(json.dumps(body).encode(), KindTable(TYPES))

        assert str(refused.value).startswith(sentence), (wish, sentence)


async def test_an_admin_key_cannot_be_limited(keeper: Caller) -> None:
    limits: list[dict[str, Any]] = [{"appids": ["wx1"]}, {"types": [0]}]
    for limit in limits:
        body = {"name": "shop", "scopes": ["read", "admin"]} | limit

        answer = await keeper.call("POST", "/v1/keys", body=body)

        assert answer.status == 400, limit
        assert answer.json["message"] == "an admin key cannot be limited to appids or types"
        assert len((await keeper.call("GET", "/v1/keys")).result) == 1, limit


async def test_every_type_there_is_can_be_a_limit(keeper: Caller) -> None:
    kinds = sorted(one.kind for one in TYPES)
    await make(keeper, "read", types=kinds)

    answer = await keeper.call("POST", "/register", body=TASKS | {"tasks": [{"type": "none"}]})

    assert all(kind in answer.json["message"] for kind in kinds)


async def test_why_a_key_is_refused_stands_in_the_log_alone(
    keeper: Caller, clock: FakeClock
) -> None:
    revoked = await make(keeper, "read")
    await end(keeper, revoked)
    expired = await make(keeper, "read", expires_in=1)
    foreign = await make(keeper, "read", networks=["203.0.113.0/24"])
    clock.advance(timedelta(seconds=1))

    with capture_logs() as logs:
        answers = [
            await keeper.call("GET", "/tasks", key=key)
            for key in ("wsk_unknown", revoked.text, expired.text, foreign.text)
        ]

    (message,) = {answer.json["message"] for answer in answers}
    assert (
        message
        == "this API key is unknown, revoked or expired, or may not be used from this address"
    )
    assert [(log["event"], log["key_id"], log["reason"]) for log in logs] == [
        ("key.refused", "", "unknown"),
        ("key.refused", revoked.id, "revoked"),
        ("key.refused", expired.id, "expired"),
        ("key.refused", foreign.id, "foreign"),
    ]
    assert "wsk_" not in str(logs)


def test_a_key_that_got_into_a_sentence_is_masked() -> None:
    assert redact(f"opened with {new_key()}, it says") == "opened with [redacted], it says"


async def test_a_key_of_any_bytes_is_refused_like_another(keeper: Caller) -> None:
    answer = await keeper.call("GET", "/tasks", key="", headers={"X-API-Key": "wsk_\udcff\udc00é"})

    assert answer.status == 401


async def test_when_a_key_was_used_last_is_told_within_a_minute(
    keeper: Caller, clock: FakeClock
) -> None:
    key = await make(keeper, "read")
    clock.advance(timedelta(hours=1))
    await keeper.call("GET", "/tasks", key=key.text)
    clock.advance(timedelta(seconds=40))

    await keeper.daemon.cores.rounds.run_once()

    listed = {one["id"]: one for one in (await keeper.call("GET", "/v1/keys")).result}
    assert listed[key.id]["last_used_at"] == "2026-11-18T03:30:00Z"


async def test_what_one_key_withdraws_another_still_has(keeper: Caller) -> None:
    shop, game = await make(keeper, "register"), await make(keeper, "register", "read")
    for key in (shop, game):
        await keeper.call("POST", "/register", body=TASKS, key=key.text)

    withdrawn = await keeper.call("DELETE", f"/task/{APPID}/0", key=shop.text)
    again = await keeper.call("DELETE", f"/task/{APPID}/0", key=shop.text)
    left = (await keeper.job())["receivers"]
    last = await keeper.call("DELETE", f"/task/{APPID}/0", key=game.text)

    assert (withdrawn.status, again.status, last.status) == (200, 404, 200)
    assert again.json["message"] == f"this API key has not registered {APPID}/access_token"
    assert [receiver["key"] for receiver in left] == [game.id]
    assert await keeper.jobs() == []


async def test_an_admin_withdraws_for_everybody(keeper: Caller) -> None:
    shop = await make(keeper, "register")
    admin = await make(keeper, "admin")
    await keeper.call("POST", "/register", body=TASKS, key=shop.text)

    await keeper.call("DELETE", f"/task/{APPID}/0", key=admin.text)

    assert await keeper.jobs() == []


@pytest.mark.parametrize("ending", ["revoked", "expired"])
async def test_nobody_is_told_or_asked_anything_on_behalf_of_a_key_that_ended(
    keeper: Caller, business: Business, clock: FakeClock, ending: str
) -> None:
    key = await make(keeper, "register", expires_in=3600)
    task = {"type": 0, "notify": business.url("/n"), "params": business.url("/p")}
    await keeper.call("POST", "/register", body=TASKS | {"tasks": [task]}, key=key.text)
    await keeper.settle()
    told = len(business.calls)

    if ending == "revoked":
        await end(keeper, key)
    else:
        clock.advance(timedelta(hours=1))
        await keeper.daemon.cores.rounds.run_once()
    clock.advance(timedelta(hours=2))
    await keeper.settle()

    assert told == 1
    assert len(business.calls) == told
    assert (await keeper.fetch(f"{APPID}/0")).headers["ETag"] == '"2"'
    (receiver,) = (await keeper.job())["receivers"]
    assert (receiver["key"], receiver["notify"], receiver["params"]) == (key.id, "", "")


async def test_what_others_registered_goes_on_when_a_key_ends(
    keeper: Caller, business: Business, clock: FakeClock
) -> None:
    shop, game = await make(keeper, "register"), await make(keeper, "register")
    for name, key in (("shop", shop), ("game", game)):
        task = {"type": 0, "notify": business.url(f"/{name}")}
        await keeper.call("POST", "/register", body=TASKS | {"tasks": [task]}, key=key.text)

    await end(keeper, shop)
    await keeper.settle()

    assert [call.path for call in business.calls] == ["/game"]


async def test_notifications_are_signed_with_the_secret_of_the_key(
    keeper: Caller, business: Business, clock: FakeClock
) -> None:
    key = await make(keeper, "register")
    task = {"type": 0, "notify": business.url("/n")}
    await keeper.call("POST", "/register", body=TASKS | {"tasks": [task]}, key=key.text)
    await keeper.settle()

    (call,) = business.calls
    signed = webhook_headers(
        message=call.headers["webhook-id"],
        at=clock.now(),
        body=call.body,
        secret=key.signing_secret,
    )
    assert call.headers["webhook-signature"] == signed["webhook-signature"]


async def test_a_former_admin_key_is_ended_by_the_one_that_replaced_it(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock) as first:
        former = first.daemon.admin_key
    clock.advance(timedelta(seconds=1))
    (tmp_path / "admin.key").unlink()

    async with daemon(tmp_path, weixin.url, clock=clock) as second:
        other = await make(second, "admin")
        before = (await second.call("GET", "/tasks", key=former)).status
        refused = await second.call("DELETE", "/v1/keys/admin", key=other.text)
        opened = (await second.call("GET", "/v1/keys")).result
        done = await second.call("DELETE", "/v1/keys/admin")
        again = await second.call("DELETE", "/v1/keys/admin")
        after = (await second.call("GET", "/tasks", key=former)).status
        listed = (await second.call("GET", "/v1/keys")).result

    assert (before, refused.status, done.status, after) == (200, 403, 200, 401)
    assert (done.json["message"], again.status) == ("", 200)
    assert again.json["message"] == "no other key admin was active: nothing has changed"
    assert [(one["id"], one["state"]) for one in opened] == [
        ("admin", "active"), ("admin", "active"), (other.id, "active"),
    ]  # fmt: skip
    assert [(one["name"], one["state"]) for one in listed] == [
        ("of a former or another state folder", "revoked"),
        ("made at the first start", "active"),
        (listed[-1]["name"], "active"),
    ]


async def test_an_admin_key_that_was_revoked_opens_nothing_after_a_restart_either(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock) as first:
        former = first.daemon.admin_key
    (tmp_path / "admin.key").unlink()
    async with daemon(tmp_path, weixin.url, clock=clock) as second:
        await second.call("DELETE", "/v1/keys/admin")

    (tmp_path / "admin.key").write_text(former)
    with capture_logs() as logs:
        async with daemon(tmp_path, weixin.url, clock=clock) as third:
            answer = await third.call("GET", "/tasks")

    assert answer.status == 401
    assert "admin_key.revoked" in [log["event"] for log in logs]


async def test_keys_are_listed_by_state_and_in_pages(keeper: Caller) -> None:
    made = [await make(keeper, "read") for _ in range(3)]
    await end(keeper, made[0])

    states = [
        {key["id"] for key in (await keeper.call("GET", f"/v1/keys?state={state}")).result}
        for state in ("active", "revoked", "expired")
    ]
    first = await keeper.call("GET", "/v1/keys?limit=2")
    place = first.headers["Link"].partition("<")[2].partition(">")[0]
    second = await keeper.call("GET", place)
    every = await keeper.call("GET", "/v1/keys")

    assert states == [{"admin", made[1].id, made[2].id}, {made[0].id}, set()]
    assert first.result + second.result == every.result
    assert "Link" not in every.headers
    assert (await keeper.call("GET", "/v1/keys?after=x")).status == 400
