"""WeChat's own endpoints for tokens and tickets, as an SDK calls them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from structlog.testing import capture_logs

from tests.access.doors import make
from tests.clock import FakeClock
from tests.gateway.samples import made_consumer
from tests.house import (
    APPID,
    AUTHORIZER,
    SECRET,
    Answer,
    Caller,
    WeChat,
    daemon,
    in_memory,
)

TOKEN, STABLE = "/cgi-bin/token", "/cgi-bin/stable_token"
TICKET = "/cgi-bin/ticket/getticket"
COMPONENT_PATH = "/cgi-bin/component/api_component_token"
AUTHORIZER_PATH = "/cgi-bin/component/api_authorizer_token"
GRANT = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
OTHER = "wx9999999999999999"


async def asked(gate: Caller, method: str, path: str, fields: dict[str, Any]) -> Answer:
    """As an SDK asks: a GET with a query, or a POST of JSON."""
    if method == "GET":
        return await gate.call("GET", f"{path}?{urlencode(fields)}", key="")
    return await gate.call("POST", path, body=fields, key="")


async def errcode(gate: Caller, method: str, path: str, fields: dict[str, Any]) -> int:
    answer = await asked(gate, method, path, fields)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert isinstance(answer.json["errmsg"], str)
    return int(answer.json["errcode"])


async def kept(gate: Caller, kind: str = "0") -> str:
    return await gate.value(f"{APPID}/{kind}")


async def test_the_registered_secret_gets_the_kept_token_with_its_remaining_lifetime(
    gate: Caller, clock: FakeClock
) -> None:
    clock.advance(timedelta(seconds=90.5))

    calls = (("GET", TOKEN), ("POST", TOKEN), ("POST", STABLE))
    answers = [await asked(gate, method, path, GRANT) for method, path in calls]

    given = {"access_token": await kept(gate), "expires_in": 7109}
    assert [answer.json for answer in answers] == [given] * 3


async def test_slashes_of_a_joined_address_do_not_matter(standing: Caller) -> None:
    paths = (f"{TOKEN}/", f"/{TOKEN}", "/cgi-bin//token")

    answers = [await asked(standing, "GET", path, GRANT) for path in paths]

    assert {answer.json["access_token"] for answer in answers} == {await kept(standing)}


async def test_another_method_is_named(standing: Caller) -> None:
    calls = (("PUT", TOKEN), ("DELETE", TICKET), ("PUT", STABLE))

    answers = [await standing.call(method, path, key="") for method, path in calls]

    assert [answer.json["errcode"] for answer in answers] == [43001, 43001, 43002]


async def test_a_form_is_read_as_json_is(standing: Caller) -> None:
    answer = await standing.call("POST", TOKEN, data=urlencode(GRANT).encode(), key="")

    assert answer.json["access_token"] == await kept(standing)


async def test_a_consumers_secret_stands_in_for_the_appsecret(standing: Caller) -> None:
    made = await made_consumer(standing, "real")

    answer = await asked(standing, "GET", TOKEN, GRANT | {"secret": made["secret"]})

    assert answer.json == {"access_token": await kept(standing), "expires_in": 7200}


async def test_an_api_key_in_a_header_proves_a_caller_too(standing: Caller) -> None:
    path = f"{TOKEN}?{urlencode(GRANT | {'secret': 'none'})}"
    good, other = await make(standing, "read"), await make(standing, "read", appids=[OTHER])
    unread = await make(standing, "push")

    answers = [
        (await standing.call("GET", path, key=key)).json
        for key in (good.text, "wsk_wrong", other.text, unread.text)
    ]

    assert answers[0]["access_token"] == await kept(standing)
    assert [answer.get("errcode") for answer in answers[1:]] == [40125, 48001, 48001]


async def test_a_consumer_gets_a_stand_in_that_ends_with_it(gate: Caller, clock: FakeClock) -> None:
    made = await made_consumer(gate, stand_in=True)
    fields = GRANT | {"secret": made["secret"]}
    issued = (await asked(gate, "POST", STABLE, fields)).json
    shown = {"access_token": issued["access_token"], "type": "jsapi"}

    ticket = await asked(gate, "GET", TICKET, shown)
    clock.advance(timedelta(seconds=7200))
    too_old = (await asked(gate, "GET", TICKET, shown)).json
    anew = (await asked(gate, "POST", STABLE, fields)).json
    await gate.call("DELETE", "/v1/consumers/shop")
    ended = (await asked(gate, "GET", TICKET, anew | {"type": "jsapi"})).json
    refused = await errcode(gate, "POST", STABLE, fields)

    assert issued["access_token"].startswith("ws1_")
    assert issued["expires_in"] == 7200
    assert ticket.json["ticket"]
    assert (too_old["errcode"], "access_token expired" in too_old["errmsg"]) == (42001, True)
    assert (ended["errcode"], "revoked" in ended["errmsg"]) == (40001, True)
    assert refused == 40125


async def test_a_stand_in_is_issued_while_there_is_no_value(gate: Caller, clock: FakeClock) -> None:
    made = await made_consumer(gate, stand_in=True)
    clock.advance(timedelta(hours=3))

    answer = await asked(gate, "GET", TOKEN, GRANT | {"secret": made["secret"]})

    assert answer.json["expires_in"] == 7200


BAD = [
    ("GET", TOKEN, {"grant_type": "authorization_code"}, 40002),
    ("GET", TOKEN, {"grant_type": None}, 40002),
    ("GET", TOKEN, {"appid": None}, 41002),
    ("GET", TOKEN, {"appid": ""}, 41002),
    ("GET", TOKEN, {"appid": OTHER}, 40013),
    ("GET", TOKEN, {"appid": "no appid"}, 40013),
    ("GET", TOKEN, {"appid": OTHER, "secret": None}, 40013),
    ("GET", TOKEN, {"secret": None}, 41004),
    ("GET", TOKEN, {"secret": "wrong"}, 40125),
    ("GET", STABLE, {}, 43002),
    ("POST", STABLE, {"grant_type": "x"}, 40002),
    ("POST", STABLE, {"secret": "wrong"}, 40125),
    ("POST", STABLE, {"appid": {"a": 1}}, 47001),
    ("POST", TICKET, {}, 43001),
    ("GET", TICKET, {"type": "jsapi"}, 41001),
    ("GET", TICKET, {"type": "jsapi", "access_token": "92_unknown"}, 40001),
    ("GET", TICKET, {"type": "jsapi", "access_token": "ws1_" + "A" * 100}, 40001),
    ("GET", COMPONENT_PATH, {}, 43002),
    ("POST", COMPONENT_PATH, {}, 41002),
    ("POST", COMPONENT_PATH, {"component_appid": OTHER, "component_appsecret": "x"}, 40013),
    ("POST", COMPONENT_PATH, {"component_appid": APPID}, 41004),
    ("POST", COMPONENT_PATH, {"component_appid": APPID, "component_appsecret": "x"}, 40125),
    ("POST", AUTHORIZER_PATH, {}, 41001),
]


async def test_bad_input_is_answered_as_wechat_would(gate: Caller, clock: FakeClock) -> None:
    wrong = {}
    for method, path, wish, code in BAD:
        clock.advance(timedelta(seconds=10))  # so that the caller is not throttled
        given = GRANT | wish if path in (TOKEN, STABLE) else wish
        fields = {name: value for name, value in given.items() if value is not None}
        if (found := await errcode(gate, method, path, fields)) != code:
            wrong[method, path, str(wish)] = found

    assert wrong == {}


async def test_a_body_that_is_no_object_is_named(standing: Caller) -> None:
    bodies = (b"[]", b'{"a":', b"\xff\xfe", b"", b"{}")

    answers = [await standing.call("POST", STABLE, data=body, key="") for body in bodies]

    assert [answer.status for answer in answers] == [200] * 5
    assert [answer.json["errcode"] for answer in answers] == [47001, 47001, 47001, 40002, 40002]


async def test_a_consumer_is_held_to_its_accounts_networks_and_calls(
    gate: Caller, clock: FakeClock
) -> None:
    await gate.register({"type": 0}, appid=OTHER)
    await gate.settle()
    wishes: dict[str, dict[str, Any]] = {
        "other": {"appids": [OTHER]},
        "foreign": {"networks": ["203.0.113.0/24"]},
        "quick": {"per_minute": 1, "stand_in": True},
    }

    found = {}
    for name, wish in wishes.items():
        made = await made_consumer(gate, name, **wish)
        fields = GRANT | {"secret": made["secret"]}
        found[name] = [(await asked(gate, "GET", TOKEN, fields)).json for _ in range(2)][1]

    assert {name: answer["errcode"] for name, answer in found.items()} == {
        "other": 40125,
        "foreign": 40164,
        "quick": 45011,
    }
    assert found["foreign"]["errmsg"].startswith(
        "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist"
    )


async def test_without_real_secrets_only_consumers_prove_themselves(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    settings = {"gateway__enabled": True, "gateway__real_secrets": False}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as gate:
        await gate.register({"type": 0})
        await gate.settle()
        made = await made_consumer(gate)

        real = await errcode(gate, "GET", TOKEN, GRANT)
        own = (await asked(gate, "GET", TOKEN, GRANT | {"secret": made["secret"]})).json

    assert real == 40125
    assert own["access_token"]


async def test_wrong_secrets_are_throttled_as_keys_are(gate: Caller, clock: FakeClock) -> None:
    found = [await errcode(gate, "GET", TOKEN, GRANT | {"secret": "no"}) for _ in range(21)]
    right = await asked(gate, "GET", TOKEN, GRANT)
    clock.advance(timedelta(minutes=1))

    assert found == [*[40125] * 20, 45011]
    assert right.json["access_token"]
    assert await errcode(gate, "GET", TOKEN, GRANT | {"secret": "no"}) == 40125


async def test_an_old_token_is_named_however_often_it_comes(standing: Caller) -> None:
    shown = {"access_token": "92_old", "type": "jsapi"}

    found = [await errcode(standing, "GET", TICKET, shown) for _ in range(25)]

    assert found == [40001] * 25


async def test_forcing_a_refresh_is_one_report_however_many_force_it(
    gate: Caller, clock: FakeClock
) -> None:
    before = await kept(gate)
    clock.advance(timedelta(minutes=2))
    asking = asyncio.gather(  # noqa: TID251 - as that many programs
        *(asked(gate, "POST", STABLE, GRANT | {"force_refresh": True}) for _ in range(20))
    )
    while not asking.done():
        await gate.settle()
        await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop

    values = {answer.json["access_token"] for answer in asking.result()}
    at_once = (await asked(gate, "POST", STABLE, GRANT | {"force_refresh": True})).json
    assert len(values) == 1
    assert values != {before}
    assert {at_once["access_token"]} == values
    assert (await gate.job(f"appid={APPID}&type=0"))["version"] == 2


async def test_a_value_that_was_reported_is_not_given_again(gate: Caller, clock: FakeClock) -> None:
    before = await kept(gate)
    clock.advance(timedelta(minutes=2))
    await gate.call("POST", f"/task/{APPID}/0/invalid", body={"value": before})

    asking = asyncio.ensure_future(asked(gate, "POST", STABLE, GRANT))  # noqa: TID251 - a program
    while not asking.done():
        await gate.settle()
        await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop

    assert asking.result().json["access_token"] not in ("", before)


async def test_a_ticket_is_that_of_the_account_whose_token_is_shown(standing: Caller) -> None:
    token = await kept(standing)

    answer = await asked(standing, "GET", TICKET, {"access_token": token, "type": "jsapi"})
    unkept = await asked(standing, "GET", TICKET, {"access_token": token, "type": "wx_card"})
    wrong = await errcode(standing, "GET", TICKET, {"access_token": token, "type": "card"})

    assert answer.json == {
        "errcode": 0,
        "errmsg": "ok",
        "ticket": await kept(standing, "1"),
        "expires_in": 7200,
    }
    assert unkept.json["errcode"] == 48001
    assert "wx_card_ticket" in unkept.json["errmsg"]
    assert wrong == 40097


async def test_tickets_that_are_denied_to_all_are_not_given(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    settings: dict[str, Any] = {"gateway__enabled": True, "gateway__deny": TICKET}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as gate:
        await gate.register({"type": 0}, {"type": 1})
        await gate.settle()
        shown = {"access_token": await kept(gate), "type": "jsapi"}

        assert await errcode(gate, "GET", TICKET, shown) == 48001


async def test_wechats_own_refusal_is_passed_on(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(
        tmp_path, weixin.url, clock=clock, opener=in_memory, gateway__enabled=True
    ) as gate:
        await gate.register({"type": 0}, appsecret="of-another-account")
        await gate.settle()

        answer = await asked(gate, "GET", TOKEN, GRANT | {"secret": "of-another-account"})

    assert answer.json["errcode"] == 40125
    assert "register the account again" in answer.json["errmsg"]


async def test_reads_are_counted_for_each_caller(gate: Caller) -> None:
    made = await made_consumer(gate)
    for secret in (SECRET, made["secret"], made["secret"]):
        await asked(gate, "GET", TOKEN, GRANT | {"secret": secret})
    await gate.daemon.cores.auditor.flush()

    entries = (await gate.call("GET", f"/v1/audit?object={APPID}/access_token")).result
    shown = (await gate.call("GET", "/v1/consumers/shop")).result

    reads = {one["key"]: one["count"] for one in entries if one["action"] == "credential.read"}
    assert reads == {f"appsecret/{APPID}": 1, "consumer/shop": 2}
    assert shown["last_used_at"] is not None


UNREADABLE = [
    (b"<xml><a b='c'>d</a></xml>", 47001, "JSON or a form"),
    (b'--b\r\nContent-Disposition: form-data; name="grant_type"\r\n', 47001, "JSON or a form"),
    (b"grant_type=\xff", 47001, "in UTF-8"),
    (b"hello", 47001, "JSON or a form"),
    (b'{"grant_type": ["client_credential"]}', 47001, "grant_type must be a string"),
    (b'{"grant_type": "client_credential", "appid": true}', 47001, "appid must be a string"),
    (b"grant_type=client_credential&appid=%s" % APPID.encode(), 41004, "secret is required"),
]


async def test_a_body_that_says_nothing_is_told_what_is_wrong(standing: Caller) -> None:
    for body, errcode, words in UNREADABLE:
        for path in (TOKEN, STABLE):
            answer = await standing.call("POST", path, data=body, key="")

            assert answer.json["errcode"] == errcode, body
            assert words in answer.json["errmsg"]


async def test_a_wrong_key_beside_a_right_secret_is_told_that_the_key_counts(
    standing: Caller,
) -> None:
    made = await made_consumer(standing, "beside")
    query = urlencode(GRANT | {"secret": made["secret"]})

    answer = await standing.call("GET", f"{TOKEN}?{query}", key="wsk_wrong")

    assert answer.json["errcode"] == 40125
    assert answer.json["errmsg"].endswith("leave that key out, and secret is what counts")


async def test_a_method_is_refused_with_those_that_are_taken(standing: Caller) -> None:
    answer = await standing.call("PUT", TOKEN, data=b"", key="")

    assert answer.json["errcode"] == 43001
    assert "GET and POST" in answer.json["errmsg"]


async def test_an_accounts_appid_in_the_place_of_a_platforms_is_told_the_path(
    standing: Caller,
) -> None:
    fields = {"component_appid": APPID, "component_appsecret": SECRET}
    answer = await asked(standing, "POST", COMPONENT_PATH, fields)

    assert answer.json["errcode"] == 40013
    assert "/cgi-bin/token" in answer.json["errmsg"]


async def test_the_log_says_whose_secret_is_refused(standing: Caller) -> None:
    made = await made_consumer(standing, "astray", appids=[AUTHORIZER])
    with capture_logs() as logs:
        for secret in ("wrong-secret", made["secret"]):
            await asked(standing, "GET", TOKEN, GRANT | {"secret": secret})

    told = [entry for entry in logs if entry["event"] == "token.refused"]
    assert [(one["reason"], one["appid"], one["path"], one["consumer"]) for one in told] == [
        ("secret", APPID, TOKEN, ""),
        ("reach", APPID, TOKEN, "astray"),
    ]


async def test_no_secret_and_no_token_is_in_the_log(standing: Caller) -> None:
    with capture_logs() as logs:
        made = await made_consumer(standing, "unlogged", stand_in=True)
        fields = GRANT | {"secret": made["secret"]}
        issued = (await asked(standing, "GET", TOKEN, fields)).json["access_token"]
        await asked(standing, "GET", TICKET, {"access_token": f"{issued}x", "type": "jsapi"})
        await asked(standing, "GET", TOKEN, GRANT | {"secret": "wrong-secret"})

    said = str(logs)
    assert "token.refused" in said
    assert not any(word in said for word in (made["secret"], issued, SECRET, "wrong-secret"))


async def test_a_gateway_that_is_off_names_its_setting(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory) as closed:
        answer = await asked(closed, "GET", TOKEN, GRANT)

    assert (answer.status, answer.json["errcode"]) == (200, 48001)
    assert "gateway.enabled" in answer.json["errmsg"]
