"""WeChat's other paths that take a secret: a consumer's goes in, the registered one goes on."""

import asyncio
import codecs
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from yarl import URL

from tests.access.doors import make
from tests.clock import FakeClock
from tests.gateway.samples import made_consumer
from tests.house import APPID, COMPONENT, SECRET, Caller, WeChat, daemon, in_memory

CODE, CLEAR = "/sns/oauth2/access_token", "/cgi-bin/clear_quota/v2"
RECORD = "/cgi-bin/openapi/rid/get"
START_PUSH = "/cgi-bin/component/api_start_push_ticket"
CLEAR_PLATFORM = "/cgi-bin/component/clear_quota/v2"


@pytest.fixture
async def gate(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with daemon(
        tmp_path / "state", weixin.url, clock=clock, opener=in_memory, gateway__enabled=True
    ) as running:
        await running.register({"type": 0})
        await running.register({"type": 3, "params": "http://127.0.0.1:9/p"}, appid=COMPONENT)
        await running.settle()
        yield running


async def secret_of(gate: Caller, *appids: str) -> str:
    made = await made_consumer(gate, appids=list(appids or (APPID, COMPONENT)), stand_in=True)
    return str(made["secret"])


async def sent(gate: Caller, path: str, fields: dict[str, Any]) -> Any:
    answer = await gate.call("POST", path, body=fields, key="")
    assert answer.status == 200
    return answer.json if isinstance(answer.json, dict) else msgspec.json.decode(answer.json)


async def test_a_code_becomes_the_users_token(gate: Caller, weixin: WeChat) -> None:
    code = weixin.sandbox.grant_user(APPID, openid="o_alice").code
    fields = {
        "appid": APPID,
        "secret": await secret_of(gate),
        "code": code,
        "grant_type": "authorization_code",
    }

    answer = await gate.call("GET", f"{CODE}?{urlencode(fields)}", key="")

    found = msgspec.json.decode(answer.json)
    assert (answer.status, found["openid"]) == (200, "o_alice")
    assert answer.headers["Content-Type"].startswith("text/plain")


async def test_a_mini_programs_user_logs_in(gate: Caller, weixin: WeChat) -> None:
    fields = {
        "appid": APPID,
        "secret": await secret_of(gate),
        "js_code": weixin.sandbox.grant_user(APPID, openid="o_alice").code,
        "grant_type": "authorization_code",
    }

    answer = await gate.call("GET", f"/sns/jscode2session?{urlencode(fields)}", key="")

    found = msgspec.json.decode(answer.json)
    assert (answer.status, found["openid"]) == (200, "o_alice")


async def test_secrets_in_bodies_are_replaced(gate: Caller) -> None:
    secret = await secret_of(gate)
    bodies = {
        START_PUSH: {"component_appid": COMPONENT, "component_secret": secret},
        CLEAR_PLATFORM: {"component_appid": COMPONENT, "appid": COMPONENT, "appsecret": secret},
        CLEAR: {"appid": APPID, "appsecret": secret},
    }

    answers = {path: (await sent(gate, path, body))["errcode"] for path, body in bodies.items()}

    assert answers == dict.fromkeys(bodies, 0)


async def test_json_with_a_byte_order_mark_is_read(gate: Caller) -> None:
    fields = {"component_appid": COMPONENT, "component_secret": await secret_of(gate)}
    body = codecs.BOM_UTF8 + msgspec.json.encode(fields)

    answer = await gate.call("POST", START_PUSH, data=body, key="")

    assert answer.json["errcode"] == 0


async def test_an_api_key_needs_no_secret(gate: Caller, weixin: WeChat) -> None:
    key = await make(gate, "read")
    code = weixin.sandbox.grant_user(APPID, openid="o_alice").code
    query = urlencode({"appid": APPID, "code": code, "grant_type": "authorization_code"})

    answer = await gate.call("GET", f"{CODE}?{query}", key=key.text)

    assert msgspec.json.decode(answer.json)["openid"] == "o_alice"


async def test_nothing_reaches_wechat_without_a_proof(gate: Caller, weixin: WeChat) -> None:
    right = {"component_appid": COMPONENT, "component_secret": SECRET}
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"component_secret": "wrong"}, 40125),
        ({"component_secret": None}, 41004),
        ({"component_appid": None}, 41002),
        ({"component_appid": "wx9999999999999999"}, 40013),
    ]
    for wish, errcode in wrong:
        fields = {name: value for name, value in (right | wish).items() if value is not None}

        answer = await sent(gate, START_PUSH, fields)

        assert answer["errcode"] == errcode, wish
    assert weixin.sandbox.calls(START_PUSH) == 0


async def test_the_calls_count_for_the_consumer(gate: Caller) -> None:
    fields = {"component_appid": COMPONENT, "component_secret": await secret_of(gate)}
    await sent(gate, START_PUSH, fields)

    (use,) = (await gate.call("GET", "/v1/usage")).result

    assert (use["caller"], use["appid"], use["path"]) == ("consumer/shop", COMPONENT, START_PUSH)


async def test_what_is_denied_does_not_pass(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    settings: dict[str, Any] = {"gateway__enabled": True, "gateway__deny": CLEAR}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as gate:
        await gate.register({"type": 0})
        answer = await sent(gate, CLEAR, {"appid": APPID, "appsecret": SECRET})

    assert answer["errcode"] == 48001


async def test_what_is_denied_to_a_consumer_does_not_pass(gate: Caller, weixin: WeChat) -> None:
    made = await made_consumer(gate, deny_paths=[CLEAR], stand_in=True)

    answer = await sent(gate, CLEAR, {"appid": APPID, "appsecret": made["secret"]})

    assert answer["errcode"] == 48001
    assert weixin.sandbox.calls(CLEAR) == 0


async def test_wechat_that_does_not_answer_is_minus_one(gate: Caller, weixin: WeChat) -> None:
    weixin.sandbox.script(START_PUSH, drop=True, times=None)

    answer = await sent(
        gate, START_PUSH, {"component_appid": COMPONENT, "component_secret": SECRET}
    )

    assert answer["errcode"] == -1
    assert SECRET not in str(answer)


async def test_no_caller_reads_the_secret_in_wechats_record_of_its_call(
    gate: Caller, weixin: WeChat
) -> None:
    made = await made_consumer(gate)
    shown = {"appid": APPID, "secret": made["secret"]}
    wrong = {**shown, "js_code": "wrong", "grant_type": "authorization_code"}
    refused = await gate.call("GET", f"/sns/jscode2session?{urlencode(wrong)}", key="")
    rid = msgspec.json.decode(refused.json)["errmsg"].rpartition("rid: ")[2]
    token = await gate.value(f"{APPID}/0")

    for path in (RECORD, RECORD.replace("rid", "Rid")):
        answer = await sent(gate, f"{path}?access_token={token}", {"rid": rid})

        assert answer["errcode"] == 48001, path
        assert "/v1/rids" in answer["errmsg"]
    recorded = await gate.call("GET", f"/v1/rids/{APPID}?rid={rid}")
    assert "js_code=wrong" in recorded.result["url"]
    assert SECRET not in str(recorded.json)


async def test_a_header_that_is_no_text_is_refused(gate: Caller) -> None:
    fields = {"appid": APPID, "secret": SECRET, "js_code": "1", "grant_type": "authorization_code"}
    url = URL(gate.daemon.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        f"GET /sns/jscode2session?{urlencode(fields)} HTTP/1.1\r\nHost: gateway\r\n".encode()
    )
    writer.write(b"User-Agent: \xff\r\nConnection: close\r\n\r\n")

    answer = await reader.read()

    writer.close()
    assert b'"errcode":47001' in answer
    assert b"UTF-8" in answer
