"""Consumers: made, shown, rotated and revoked, over HTTP and by commands."""

import asyncio
import json
from pathlib import Path
from typing import Any

import structlog

from tests.cli.commands import Ended, invoke
from tests.clock import START, FakeClock
from tests.gateway.samples import made_consumer
from tests.house import APPID, Caller, WeChat, daemon, in_memory
from wechat_scheduler.access.model import digest
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.web.native.consumers import (
    NOT_FORWARDED,
    OF_NETWORKS,
    OFF,
    REAL_TOKENS,
    STILL_VALID,
)


async def command(keeper: Caller, *words: str) -> Ended:
    state = keeper.daemon.ground.config.state.dir
    with structlog.testing.capture_logs():
        return await asyncio.to_thread(invoke, *words, "--state", str(state))


def desk(keeper: Caller) -> ConsumerDesk:
    return keeper.daemon.cores.consumers


async def test_a_consumer_is_shown_as_it_was_made_and_its_secret_once(keeper: Caller) -> None:
    wish = {
        "networks": ["10.0.0.0/8"],
        "per_minute": 600,
        "per_day": 5000,
        "allow_paths": ["/cgi-bin/*", "GET /wxa/getwxacode"],
        "deny_paths": ["POST /cgi-bin/menu/*"],
        "stand_in": True,
    }

    made = await made_consumer(keeper, **wish)
    shown = (await keeper.call("GET", "/v1/consumers/shop")).result
    (listed,) = (await keeper.call("GET", "/v1/consumers")).result

    assert made.pop("secret").startswith("wcs_")
    assert made == shown == listed
    assert shown == wish | {
        "name": "shop",
        "appids": [APPID],
        "state": "active",
        "created_at": START.isoformat().replace("+00:00", "Z"),
        "revoked_at": None,
        "last_used_at": None,
    }


async def test_a_consumer_whose_response_was_lost_is_asked_for_again_and_is_the_same(
    keeper: Caller,
) -> None:
    async def ask(key: str, **wish: Any) -> Any:
        body = {"name": "shop", "appids": [APPID]} | wish
        return await keeper.call(
            "POST", "/v1/consumers", body=body, headers={"Idempotency-Key": key}
        )

    first, again = await ask("shop-1"), await ask("shop-1")
    other, namesake = await ask("shop-1", per_minute=5, stand_in=True), await ask("shop-2")

    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert [one.status for one in (first, again, other, namesake)] == [200, 200, 409, 409]
    assert (other.json["reason"], namesake.json["reason"]) == (
        "idempotency.conflict",
        "consumer.exists",
    )
    noted = (await keeper.call("GET", "/v1/audit?action=consumer.created")).result
    assert [one["object"] for one in noted] == ["consumer/shop"]
    stored = await keeper.daemon.ground.database.read("SELECT answer FROM answers")
    assert len(stored) == 1
    assert first.result["secret"] not in str(stored)
    assert desk(keeper).with_secret(first.result["secret"]) is not None


async def test_the_maker_learns_that_the_gateway_is_off(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory) as closed:
        body = {"name": "shop", "appids": [APPID]}
        answer = await closed.call("POST", "/v1/consumers", body=body)

    assert answer.result["secret"]
    assert answer.json["message"].startswith(OFF)


async def test_the_maker_learns_which_accounts_are_not_registered(gate: Caller) -> None:
    body = {"name": "shop", "appids": [APPID, "wx8888888888888888", "foo"], "stand_in": True}

    answer = await gate.call("POST", "/v1/consumers", body=body)

    assert answer.json["message"] == (
        "not registered here yet, and so refused with 40013: foo, wx8888888888888888"
    )


async def test_what_real_tokens_mean_is_said_when_they_are_given_and_when_they_outlast_their_secret(
    gate: Caller,
) -> None:
    body = {"name": "shop", "appids": [APPID]}

    answers = [
        await gate.call("POST", "/v1/consumers", body=body),
        await gate.call("POST", "/v1/consumers/shop/secret"),
        await gate.call("DELETE", "/v1/consumers/shop"),
        await gate.call("POST", "/v1/consumers", body=body | {"stand_in": True}),
        await gate.call("DELETE", "/v1/consumers/shop"),
    ]

    said = [answer.json["message"] for answer in answers]
    assert said == [REAL_TOKENS, STILL_VALID, STILL_VALID, "", ""]


async def test_networks_of_real_tokens_and_paths_that_never_pass_are_told(gate: Caller) -> None:
    foreign = {"stand_in": True, "allow_paths": ["/pay/*", "/cgi-bin/menu/*", "POST /cgi-bin/a"]}
    limited = {"name": "shop", "appids": [APPID], "networks": ["10.0.0.0/8"]}

    said = [
        (await gate.call("POST", "/v1/consumers", body=body)).json["message"]
        for body in (limited, {"name": "crm", "appids": [APPID]} | foreign)
    ]

    assert said == [f"{REAL_TOKENS}; {OF_NETWORKS}", NOT_FORWARDED.format(paths="/pay/*")]


async def test_a_secret_is_stored_as_a_hash(keeper: Caller) -> None:
    made = await made_consumer(keeper)

    rows = await keeper.daemon.ground.database.read("SELECT * FROM consumers")
    stored = [value for row in rows for value in row]
    assert made["secret"] not in stored
    assert digest(made["secret"]) in stored


async def test_a_consumer_is_found_by_its_secret_until_it_is_rotated_or_revoked(
    keeper: Caller,
) -> None:
    first = (await made_consumer(keeper))["secret"]
    found = [desk(keeper).with_secret(first)]
    second = (await keeper.call("POST", "/v1/consumers/shop/secret")).result["secret"]
    found += map(desk(keeper).with_secret, (first, second))
    await keeper.call("DELETE", "/v1/consumers/shop")
    found.append(desk(keeper).with_secret(second))

    assert [one.generation if one else None for one in found] == [1, None, 2, None]


async def test_a_consumer_of_a_revoked_name_goes_on_with_its_generation(keeper: Caller) -> None:
    await made_consumer(keeper)
    await keeper.call("DELETE", "/v1/consumers/shop")

    await made_consumer(keeper)

    consumer = desk(keeper).named("shop")
    assert consumer is not None
    assert consumer.generation == 3


async def test_revoking_twice_is_noted_and_changes_nothing(
    keeper: Caller, clock: FakeClock
) -> None:
    await made_consumer(keeper)
    await keeper.call("DELETE", "/v1/consumers/shop")
    before = (await keeper.call("GET", "/v1/consumers/shop")).result

    again = await keeper.call("DELETE", "/v1/consumers/shop")

    assert again.json["message"] == "the consumer shop was revoked before: nothing has changed"
    assert (await keeper.call("GET", "/v1/consumers/shop")).result == before
    assert before["state"] == "revoked"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "Shop"}, "name: must be 1 to 32 lower-case letters"),
    ({"name": "a/b"}, "name: must be 1 to 32 lower-case letters"),
    ({"name": ""}, "name: must be 1 to 32 lower-case letters"),
    ({"appids": []}, "appids: name the accounts that it may use"),
    ({"appids": [APPID, "a b"]}, "appids[1]: must be letters, digits"),
    ({"networks": ["10.0.0.1/8"]}, "networks[0]: is not a network"),
    ({"allow_paths": ["cgi-bin"]}, "allow_paths[0]: must be a path such as"),
    ({"deny_paths": ["/a", "PUT /b"]}, "deny_paths[1]: must be a path such as"),
    ({"deny_paths": ["/a"] * 101}, "deny_paths: takes at most 100 rules"),
    ({"deny_paths": ["/a"]}, "stand_in: is needed for a limit to paths"),
    ({"allow_paths": ["GET /cgi-bin/Token"], "stand_in": True}, "allow_paths[0]: names a path"),
    ({"per_minute": 2}, "stand_in: is needed for a limit to paths or to a number of calls"),
    ({"per_day": 2}, "stand_in: is needed for a limit to paths or to a number of calls"),
    ({"per_minute": -1}, "per_minute: "),
    ({"per_day": "many"}, "per_day: expected a whole number"),
    ({"standin": True}, "standin: is not known here; did you mean stand_in?"),
]
WRONG_CHANGES: list[tuple[dict[str, Any], str]] = [
    *((wish, sentence) for wish, sentence in WRONG if "name" not in wish),
    ({"name": "crm"}, "name: is not known here"),
    ({"secret": "x"}, "secret: is not known here"),
    ({"appids": None}, "appids: expected a list"),
    ({"per_day": None}, "per_day: expected a whole number"),
]


async def test_what_is_wrong_with_a_consumer_is_named(keeper: Caller) -> None:
    unnamed = []
    for wish, sentence in WRONG:
        body = {"name": "shop", "appids": [APPID]} | wish
        answer = await keeper.call("POST", "/v1/consumers", body=body)
        if answer.status != 400 or not answer.json["message"].startswith(sentence):
            unnamed.append((wish, answer.json["message"]))

    assert unnamed == []


async def test_what_is_wrong_with_a_change_is_named_and_nothing_changes(keeper: Caller) -> None:
    made = await made_consumer(keeper)
    unnamed = []
    for wish, sentence in WRONG_CHANGES:
        answer = await keeper.call("PATCH", "/v1/consumers/shop", body=wish)
        if answer.status != 400 or not answer.json["message"].startswith(sentence):
            unnamed.append((wish, answer.json["message"]))

    assert unnamed == []
    assert (await keeper.call("GET", "/v1/consumers/shop")).result | {"secret": ""} == made | {
        "secret": ""
    }


async def test_a_change_sets_what_is_given_and_keeps_the_rest_with_the_secret(
    keeper: Caller,
) -> None:
    made = await made_consumer(keeper, stand_in=True, per_day=9, deny_paths=["/cgi-bin/a"])
    secret = made.pop("secret")
    changes: list[dict[str, Any]] = [
        {},
        {"per_minute": 5, "networks": ["10.0.0.0/8"]},
        {"appids": ["wx2", APPID], "networks": []},
        {"stand_in": False, "per_day": 0, "per_minute": 0, "deny_paths": []},
        {"deny_paths": ["/cgi-bin/b"], "stand_in": True},
    ]

    for change in changes:
        changed = await keeper.call("PATCH", "/v1/consumers/shop", body=change)
        made |= change | ({"appids": sorted(change["appids"])} if "appids" in change else {})
        consumer = desk(keeper).with_secret(secret)

        assert changed.result == made
        assert (await keeper.call("GET", "/v1/consumers/shop")).result == made
        assert consumer is not None
        assert consumer.generation == 1
        assert list(consumer.deny_paths) == made["deny_paths"]


async def test_a_limit_needs_stand_ins_also_if_one_of_them_was_there_before(keeper: Caller) -> None:
    await made_consumer(keeper, stand_in=True, per_day=9)

    answer = await keeper.call("PATCH", "/v1/consumers/shop", body={"stand_in": False})

    assert answer.status == 400
    assert answer.json["message"].startswith("stand_in: is needed for a limit")


async def test_only_an_active_consumer_is_changed(keeper: Caller) -> None:
    await made_consumer(keeper)
    await keeper.call("DELETE", "/v1/consumers/shop")

    answers = [
        await keeper.call("PATCH", f"/v1/consumers/{name}", body=body)
        for name in ("shop", "nobody")
        for body in ({"networks": ["10.0.0.0/8"]}, {})
    ]

    said = [(answer.status, answer.json["reason"]) for answer in answers]
    assert said == [(404, "consumer.unknown")] * 4


async def test_the_changer_learns_what_is_new(gate: Caller) -> None:
    await made_consumer(gate)
    changes: list[dict[str, Any]] = [
        {"networks": ["10.0.0.0/8"]},
        {"appids": ["wx8888888888888888"]},
        {"stand_in": True},
        {"appids": [APPID]},
        {"stand_in": False},
    ]

    answers = [await gate.call("PATCH", "/v1/consumers/shop", body=body) for body in changes]

    missing = "not registered here yet, and so refused with 40013: wx8888888888888888"
    said = [answer.json["message"] for answer in answers]
    assert said == [
        "",
        f"{missing}; {STILL_VALID}",
        STILL_VALID,
        "",
        f"{REAL_TOKENS}; {OF_NETWORKS}",
    ]


async def test_changes_of_consumers_are_in_the_audit(keeper: Caller) -> None:
    await made_consumer(keeper)
    await keeper.call("POST", "/v1/consumers", body={"name": "shop", "appids": [APPID]})
    for _ in range(2):  # the second changes nothing
        await keeper.call("PATCH", "/v1/consumers/shop", body={"networks": ["10.0.0.0/8"]})
    await keeper.call("POST", "/v1/consumers/shop/secret")
    await keeper.call("DELETE", "/v1/consumers/shop")

    entries = (await keeper.call("GET", "/v1/audit?object=consumer")).result

    assert [(entry["action"], entry["object"]) for entry in entries] == [
        ("consumer.revoked", "consumer/shop"),
        ("consumer.rotated", "consumer/shop"),
        ("consumer.changed", "consumer/shop"),
        ("consumer.created", "consumer/shop"),
    ]


async def test_what_a_revoked_consumer_refuses_is_in_no_audit_and_says_what_to_do(
    keeper: Caller,
) -> None:
    await made_consumer(keeper)
    await keeper.call("DELETE", "/v1/consumers/shop")
    before = (await keeper.call("GET", "/v1/audit")).result

    refused = [
        await keeper.call("PATCH", "/v1/consumers/shop", body={"networks": ["10.0.0.0/8"]}),
        await keeper.call("POST", "/v1/consumers/shop/secret"),
    ]
    await keeper.call("DELETE", "/v1/consumers/shop")

    sentence = "shop was revoked: make a new one with this name"
    assert [(one.status, one.json["message"]) for one in refused] == [(404, sentence)] * 2
    assert (await keeper.call("GET", "/v1/audit")).result == before


async def test_the_last_use_of_a_consumer_is_stored(keeper: Caller) -> None:
    await made_consumer(keeper)
    consumer = desk(keeper).named("shop")
    assert consumer is not None

    keeper.daemon.cores.auditor.seen(consumer.label)
    await keeper.daemon.cores.auditor.flush()

    shown = (await keeper.call("GET", "/v1/consumers/shop")).result
    assert shown["last_used_at"] == START.isoformat().replace("+00:00", "Z")


async def test_the_commands_make_show_rotate_and_revoke(keeper: Caller) -> None:
    created = await command(
        keeper, "consumers", "create", "shop", "--appid", APPID, "--appid", "wx2", "--stand-in",
        "--allow", "127.0.0.0/8", "--per-minute", "600", "--json",
    )  # fmt: skip
    listed = await command(keeper, "consumers", "list")
    shown = await command(keeper, "consumers", "show", "shop")
    rotated = await command(keeper, "consumers", "rotate", "shop")
    revoked = await command(keeper, "consumers", "revoke", "shop")

    made = json.loads(created.out)
    assert (made["appids"], made["networks"]) == ([APPID, "wx2"], ["127.0.0.0/8"])
    assert (made["stand_in"], made["per_minute"], made["per_day"]) == (True, 600, 0)
    assert listed.out.splitlines()[0].split() == [
        "NAME",
        "STATE",
        "STAND-IN",
        "LAST-USED",
        "APPIDS",
    ]
    assert listed.out.splitlines()[1].split()[:2] == ["shop", "active"]
    assert "no limit" in shown.out
    assert made["secret"] not in shown.out + listed.out
    assert rotated.out.splitlines()[1].split()[1].startswith("wcs_")
    assert (
        rotated.err
        == "Use it in place of the AppSecret, and store it now: it is not shown again.\n"
    )
    assert revoked.out == "revoked\n"
    assert desk(keeper).named("shop") is None


WORDS = (
    "name a setting to change",
    "--stand-in and --real-tokens exclude each other",
    "1 to 100000000, 0 for no limit",
    "write 10.0.0.0/8, or 10.0.0.5 alone",
    "give each by itself",
    "--appid: name the accounts",
)


async def test_the_command_changes_what_its_options_say(keeper: Caller) -> None:
    change = ("consumers", "change", "shop")
    await made_consumer(keeper, stand_in=True, networks=["10.0.0.0/8"], deny_paths=["/a"])

    said = [
        await command(keeper, *change, *options)
        for options in (
            ("--per-minute", "7", "--appid", "wx2"),
            ("--allow", "none", "--deny-path", "none", "--per-minute", "0", "--real-tokens"),
            (),
            ("--stand-in", "--real-tokens"),
            ("--per-minute", "abc"),
            ("--allow", "10.0.0.5/8"),
            ("--allow", "10.0.0.0/8,10.1.0.0/16"),
            ("--appid", "none"),
        )
    ]

    consumer = desk(keeper).named("shop")
    assert consumer is not None
    assert (consumer.appids, consumer.networks, consumer.deny_paths) == (frozenset(["wx2"]), (), ())
    assert (consumer.per_minute, consumer.stand_in) == (0, False)
    assert [one.code for one in said] == [0, 0, 2, 2, 2, 1, 1, 1]
    assert "per minute  7" in said[0].out
    assert "per minute  no limit" in said[1].out
    for one, words in zip(said[2:], WORDS, strict=True):
        assert words in one.err


async def test_usage_takes_a_caller_as_its_table_prints_it(keeper: Caller) -> None:
    await made_consumer(keeper)

    said = [
        await command(keeper, "consumers", "usage", name)
        for name in ("shop", "consumer/shop", f"token/{APPID}", "consumer/none")
    ]

    assert [one.code for one in said] == [0, 0, 0, 1]
    assert "there is no consumer none" in said[3].err


async def test_the_command_says_what_real_tokens_mean_and_what_limits_need(gate: Caller) -> None:
    words = ("consumers", "create", "shop", "--appid", APPID)

    limited = await command(gate, *words, "--per-minute", "2")
    made = await command(gate, *words)
    revoked = await command(gate, "consumers", "revoke", "shop")

    assert limited.code == 1
    assert "--stand-in: is needed for a limit" in limited.err
    assert "per_minute (0 ends a number" in limited.err
    assert REAL_TOKENS in made.err
    assert STILL_VALID in revoked.err
