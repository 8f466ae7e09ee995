"""Pushes to platforms, decrypted by wechatpy, which is not our code."""

import warnings
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from tests.sandbox.conftest import AUTHORIZER, COMPONENT, Start, WeChat
from tests.sandbox.receiver import Pushed, Receiver
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.sandbox.options import PlatformReceiver

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import xmltodict
    from wechatpy.crypto import WeChatCrypto

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CRYPTO = WeChatCrypto("testtoken", KEY, COMPONENT)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(aiohttp_server: Any, receiver: Receiver) -> str:
    server: TestServer = await aiohttp_server(receiver.app)
    return str(server.make_url("/events?tenant=7"))


def push_to(url: str) -> PlatformReceiver:
    return PlatformReceiver(
        component_appid=COMPONENT, url=url, token="testtoken", encoding_aes_key=KEY
    )


def opened(pushed: Pushed) -> dict[str, str]:
    query = pushed.query
    text = CRYPTO.decrypt_message(
        pushed.body, query["msg_signature"], query["timestamp"], query["nonce"]
    )
    return dict(xmltodict.parse(text)["xml"])


async def test_a_ticket_is_pushed_at_once_and_then_every_ten_minutes(
    start: Start, receiver: Receiver, url: str
) -> None:
    wechat = await start(platform_receivers=(push_to(url),))

    accepted = [await wechat.sandbox.push_once() for _ in range(2)]
    wechat.advance(minutes=10)
    accepted.append(await wechat.sandbox.push_once())

    events = [opened(it) for it in receiver.pushed]
    assert accepted == [1, 0, 1]
    assert [it["InfoType"] for it in events] == ["component_verify_ticket"] * 2
    assert events[0]["AppId"] == COMPONENT
    assert events[0]["ComponentVerifyTicket"] != events[1]["ComponentVerifyTicket"]
    assert wechat.sandbox.ticket(COMPONENT).value == events[1]["ComponentVerifyTicket"]


async def test_the_query_of_a_push_is_wechats_and_keeps_the_receivers_own(
    wechat: WeChat, receiver: Receiver, url: str
) -> None:
    wechat.sandbox.register_platform(push_to(url))
    await wechat.sandbox.push_once()

    [pushed] = receiver.pushed

    names = {"signature", "timestamp", "nonce", "encrypt_type", "msg_signature", "tenant"}
    assert pushed.query.keys() == names
    assert pushed.query["encrypt_type"] == "aes"
    assert pushed.body.startswith(f"<xml><AppId><![CDATA[{COMPONENT}]]></AppId><Encrypt>")


async def test_the_old_and_the_new_ticket_both_get_a_token(
    wechat: WeChat, receiver: Receiver, url: str
) -> None:
    wechat.sandbox.register_platform(push_to(url))
    await wechat.sandbox.push_once()
    wechat.advance(minutes=10)
    await wechat.sandbox.push_once()

    tickets = [opened(it)["ComponentVerifyTicket"] for it in receiver.pushed]

    assert all(["component_access_token" in await wechat.component_token(it) for it in tickets])


@pytest.mark.parametrize(("fault", "value"), [("answer", "SUCCESS"), ("status", 500)])
async def test_a_push_that_is_not_accepted_is_sent_again_after_a_minute(
    wechat: WeChat, receiver: Receiver, url: str, fault: str, value: object
) -> None:
    wechat.sandbox.register_platform(push_to(url))
    setattr(receiver, fault, value)
    first = await wechat.sandbox.push_once()
    wechat.advance(seconds=59)
    too_early = await wechat.sandbox.push_once()
    receiver.answer, receiver.status = "success", 200
    wechat.advance(seconds=1)
    again = await wechat.sandbox.push_once()

    events = [opened(it) for it in receiver.pushed]
    assert [first, too_early, again] == [0, 0, 1]
    assert events[0] == events[1]


async def test_a_push_that_cannot_be_delivered_is_logged_without_its_query(
    wechat: WeChat, unused_tcp_port: int
) -> None:
    wechat.sandbox.register_platform(push_to(f"http://127.0.0.1:{unused_tcp_port}/events"))

    with capture_logs() as logs:
        accepted = await wechat.sandbox.push_once()

    assert accepted == 0
    assert logs[0]["event"] == "sandbox.push_failed"
    assert logs[0]["url"].endswith("/events")


async def test_consent_and_its_withdrawal_are_pushed_at_once(
    wechat: WeChat, receiver: Receiver, url: str
) -> None:
    wechat.sandbox.register_platform(push_to(url))
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    wechat.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)

    accepted = await wechat.sandbox.push_once()

    events = [opened(it) for it in receiver.pushed]
    assert accepted == 4
    assert [it["InfoType"] for it in events] == [
        "authorized",
        "updateauthorized",
        "unauthorized",
        "component_verify_ticket",
    ]
    assert events[0]["AuthorizationCode"] == grant.authorization_code
    assert events[2]["AuthorizerAppid"] == AUTHORIZER


async def test_registering_over_http_pushes_at_once(
    wechat: WeChat, receiver: Receiver, url: str
) -> None:
    body = {
        "component_appid": COMPONENT,
        "url": url,
        "token": "testtoken",
        "encoding_aes_key": KEY,
    }

    answer = await wechat.control("POST", "pushes", body)

    assert answer == (200, {"accepted": 1})
    assert opened(receiver.pushed[0])["InfoType"] == "component_verify_ticket"


async def test_a_platform_can_ask_whether_its_pushes_are_in_order_and_restart_them(
    wechat: WeChat, receiver: Receiver, url: str
) -> None:
    async def restart() -> str:
        body = {"component_appid": COMPONENT, "component_secret": "sandbox-secret"}
        path = "/cgi-bin/component/api_start_push_ticket"
        return str((await wechat.post(path, body))["errmsg"])

    wechat.sandbox.register_platform(push_to(url))
    receiver.answer = "no"
    await wechat.sandbox.push_once()
    restarted = await restart()
    receiver.answer = "success"
    accepted = await wechat.sandbox.push_once()

    assert [restarted, accepted, await restart()] == ["ok", 1, "in a normal state"]


async def test_the_loop_sends_due_pushes_until_it_is_stopped(
    wechat: WeChat, receiver: Receiver, url: str
) -> None:
    async with Supervisor() as supervisor:
        supervisor.essential("sandbox pushes", wechat.sandbox.run())
        wechat.sandbox.register_platform(push_to(url))
        await _until_pushed(wechat, receiver, 1)
        wechat.advance(minutes=10)
        await _until_pushed(wechat, receiver, 2)
        wechat.sandbox.stop()

    assert len(receiver.pushed) == 2


async def _until_pushed(wechat: WeChat, receiver: Receiver, count: int) -> None:
    while len(receiver.pushed) < count:
        await wechat.use("")
