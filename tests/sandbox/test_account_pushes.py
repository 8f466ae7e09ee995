"""Pushes to accounts, decrypted by wechatpy, and their replies."""

import random
import warnings
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.clock import FakeClock
from tests.day_loop import played
from tests.house import served
from tests.sandbox.conftest import APPID, Start, WeChat
from tests.sandbox.receiver import Pushed, Receiver
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode, SandboxOptions
from wechat_scheduler.sandbox.pushes.accounts import UNAVAILABLE
from wechat_scheduler.sandbox.server import create_sandbox

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import parse_message
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.replies import TextReply
    from wechatpy.utils import check_signature

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:wechatpy")

READER = "o-reader"
TOKEN = "testtoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CRYPTO = WeChatCrypto(TOKEN, KEY, APPID)
SCENE = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "shop"}}}
TEMPLATE = {"touser": READER, "template_id": "order-shipped", "data": {"a": {"value": "b"}}}


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(aiohttp_server: Any, receiver: Receiver) -> str:
    server: TestServer = await aiohttp_server(receiver.app)
    return str(server.make_url("/events?tenant=7"))


@pytest.fixture
async def wechat(start: Start, url: str) -> WeChat:
    """A sandbox with a follower and a receiver in safe mode."""
    return await start(users=((APPID, READER),), account_receivers=(to(url, PushMode.SAFE),))


def to(url: str, mode: PushMode, token: str = TOKEN) -> AccountReceiver:
    return AccountReceiver(appid=APPID, url=url, token=token, encoding_aes_key=KEY, mode=mode)


def opened(pushed: Pushed) -> Any:
    query, text = pushed.query, pushed.body
    if "encrypt_type" in query:
        text = CRYPTO.decrypt_message(
            text, query["msg_signature"], query["timestamp"], query["nonce"]
        )
    return parse_message(text)


def shown(wechat: WeChat) -> list[str]:
    return [it.text for it in wechat.sandbox.people.arrived(APPID, READER)]


async def test_each_action_is_pushed_in_the_form_that_wechat_documents(
    wechat: WeChat, receiver: Receiver
) -> None:
    people = wechat.sandbox.people
    ticket = (await wechat.call("qrcode/create", SCENE))["ticket"]
    people.scan(APPID, READER, ticket=ticket)
    people.unfollow(APPID, READER)
    people.scan(APPID, READER, ticket=ticket)
    msgid = people.write(APPID, READER, "明天 <9:00> ]]> & 见")
    people.voice(APPID, READER, "提醒我")
    people.click(APPID, READER, "MENU")

    accepted = await wechat.sandbox.push_once()

    scan, gone, back, text, voice, click = [opened(it) for it in receiver.pushed]
    assert accepted == 6
    assert (scan.event, scan.scene_id, scan.ticket) == ("scan", "shop", ticket)
    assert (gone.event, gone.source, gone.target) == ("unsubscribe", READER, f"gh_{APPID}")
    assert (back.event, back.scene_id, back.ticket) == ("subscribe_scan", "shop", ticket)
    assert (text.id, text.content) == (msgid, "明天 <9:00> ]]> & 见")
    assert (voice.type, voice.recognition) == ("voice", "提醒我")
    assert (click.event, click.key) == ("click", "MENU")


@pytest.mark.parametrize("mode", PushMode)
async def test_each_mode_pushes_readable_or_encrypted_xml(
    start: Start, receiver: Receiver, url: str, mode: PushMode
) -> None:
    wechat = await start(users=((APPID, READER),), account_receivers=(to(url, mode),))
    wechat.sandbox.people.write(APPID, READER, "你好")

    await wechat.sandbox.push_once()

    [pushed] = receiver.pushed
    query = pushed.query
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    assert opened(pushed).content == "你好"
    assert ("你好" in pushed.body) is (mode is not PushMode.SAFE)
    assert ("<Encrypt>" in pushed.body) is (mode is not PushMode.PLAIN)
    assert (query["openid"], query["tenant"]) == (READER, "7")


@pytest.mark.parametrize("failure", [500, Receiver.CUT, Receiver.SILENT])
def test_a_push_that_is_not_accepted_is_sent_three_times_with_the_same_content(
    failure: int,
) -> None:
    receiver = Receiver()
    receiver.failures = [failure] * 2

    async def play() -> tuple[int, list[str]]:
        async with served(receiver.app) as url:
            options = SandboxOptions(
                users=((APPID, READER),), account_receivers=(to(f"{url}/events", PushMode.SAFE),)
            )
            made = create_sandbox(options, clock=FakeClock(), rng=random.Random(7))
            async with served(made):
                people = made[SANDBOX].people
                people.write(APPID, READER, "hello")
                accepted = await made[SANDBOX].push_once()
                return accepted, [it.text for it in people.arrived(APPID, READER)]

    found = played(play)

    messages = [opened(it) for it in receiver.pushed]
    assert found == (1, [])
    assert [(it.id, it.create_time) for it in messages] == [
        (messages[0].id, messages[0].create_time)
    ] * 3


async def test_after_three_tries_the_user_is_shown_an_error_and_the_push_is_dropped(
    wechat: WeChat, receiver: Receiver
) -> None:
    receiver.status = 500
    wechat.sandbox.people.write(APPID, READER, "hello")

    accepted = [await wechat.sandbox.push_once() for _ in range(2)]

    assert accepted == [0, 0]
    assert len(receiver.pushed) == 3
    assert shown(wechat) == [UNAVAILABLE]


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_reply_is_shown_on_the_phone(
    wechat: WeChat, receiver: Receiver, encrypted: bool
) -> None:
    reply = TextReply(content="好的 & <明天>", source=f"gh_{APPID}", target=READER).render()
    receiver.answer = CRYPTO.encrypt_message(reply, "nonce", "1413192760") if encrypted else reply
    wechat.sandbox.people.write(APPID, READER, "明天")

    await wechat.sandbox.push_once()

    assert shown(wechat) == ["好的 & <明天>"]


@pytest.mark.parametrize(
    "answer",
    [
        "SUCCESS",
        "<xml>",
        "<xml></xml>",
        "<xml><MsgType>text</MsgType></xml>",
        "<xml><Encrypt>!</Encrypt></xml>",
    ],
)
async def test_an_invalid_reply_shows_the_user_an_error(
    wechat: WeChat, receiver: Receiver, answer: str
) -> None:
    receiver.answer = answer
    wechat.sandbox.people.write(APPID, READER, "hello")

    accepted = await wechat.sandbox.push_once()

    assert (accepted, len(receiver.pushed), shown(wechat)) == (0, 1, [UNAVAILABLE])


async def test_a_template_message_is_followed_by_its_receipt(
    wechat: WeChat, receiver: Receiver
) -> None:
    wechat.sandbox.script_receipts(APPID, "failed:user block")

    sent = [await wechat.call("message/template/send", TEMPLATE) for _ in range(2)]
    await wechat.sandbox.push_once()

    receipts = [opened(it) for it in receiver.pushed]
    assert [it.id for it in receipts] == [it["msgid"] for it in sent]
    assert [it.status for it in receipts] == ["failed:user block", "success"]
    assert len(shown(wechat)) == 1


async def test_a_receiver_is_registered_after_it_returned_the_echostr(
    start: Start, receiver: Receiver, url: str
) -> None:
    wechat = await start(users=((APPID, READER),))
    body = {"appid": APPID, "url": url, "token": TOKEN}
    answer = await wechat.control("POST", "callbacks", body)
    wechat.sandbox.people.write(APPID, READER, "hello")
    accepted = await wechat.sandbox.push_once()
    receiver.echoes = False

    with pytest.raises(InvalidRequestError, match="echostr, and answered 'who are you'"):
        await wechat.sandbox.register_account(to(url, PushMode.SAFE))

    assert answer == (200, {"registered": APPID})
    assert accepted == 1


async def test_a_receiver_that_cannot_be_reached_is_not_registered(
    wechat: WeChat, unused_tcp_port: int
) -> None:
    nowhere = to(f"http://127.0.0.1:{unused_tcp_port}/", PushMode.PLAIN)

    with pytest.raises(InvalidRequestError, match="url: could not be reached"):
        await wechat.sandbox.register_account(nowhere)


async def test_the_loop_sends_pushes_until_it_is_stopped(
    wechat: WeChat, receiver: Receiver
) -> None:
    async with Supervisor() as supervisor:
        supervisor.essential("sandbox", wechat.sandbox.run())
        for count in (1, 2):
            wechat.sandbox.people.write(APPID, READER, "hello")
            while len(receiver.pushed) < count:
                await wechat.use("")
        wechat.sandbox.stop()

    assert len(receiver.pushed) == 2
