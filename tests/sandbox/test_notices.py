"""Subscribe notices: what users accept, what they get, and what the account hears of it."""

import json
from typing import Any

import pytest
import xmltodict
from aiohttp.test_utils import TestServer

from tests.sandbox.conftest import APPID, Start, WeChat
from tests.sandbox.receiver import Receiver
from wechat_scheduler.sandbox.options import AccountReceiver, PushFormat

READER = "o-reader"
TEMPLATE = "order-shipped"
SEND = "message/subscribe/bizsend"
OWN = "message/subscribe/send"
NOTICE = {"touser": READER, "template_id": TEMPLATE, "data": {"thing1": {"value": "coffee"}}}


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(aiohttp_server: Any, receiver: Receiver) -> str:
    server: TestServer = await aiohttp_server(receiver.app)
    return str(server.make_url("/events"))


async def started(start: Start, url: str, **options: Any) -> WeChat:
    """A sandbox with a follower, and a receiver that reads what is pushed."""
    callback = AccountReceiver(appid=APPID, url=url, token="t", **options)
    return await start(users=((APPID, READER),), account_receivers=(callback,))


async def heard(wechat: WeChat, receiver: Receiver) -> list[tuple[str, dict[str, str]]]:
    """The events that came, each with the one entry of its list."""
    await wechat.sandbox.push_once()
    found = []
    for pushed in receiver.pushed:
        message = _read(pushed.body)
        holder = [value for value in message.values() if isinstance(value, dict)]
        (entry,) = message["List"] if "List" in message else [holder[0]["List"]]
        found.append((message["Event"], {name: str(text) for name, text in entry.items()}))
    return found


def _read(body: str) -> dict[str, Any]:
    message = json.loads(body) if body.startswith("{") else xmltodict.parse(body)["xml"]
    return dict(message)


@pytest.mark.parametrize("written", PushFormat)
async def test_the_account_hears_what_its_users_accept_decline_refuse_and_get(
    start: Start, receiver: Receiver, url: str, written: PushFormat
) -> None:
    wechat = await started(start, url, format=written)
    people = wechat.sandbox.people

    people.accept(APPID, READER, TEMPLATE)
    people.decline(APPID, READER, TEMPLATE)
    answer = await wechat.call(SEND, NOTICE)
    people.refuse(APPID, READER, TEMPLATE)

    popup = {"TemplateId": TEMPLATE, "PopupScene": "0"}
    outcome = {"MsgID": str(answer["msgid"]), "ErrorCode": "0", "ErrorStatus": "success"}
    assert await heard(wechat, receiver) == [
        ("subscribe_msg_popup_event", popup | {"SubscribeStatusString": "accept"}),
        ("subscribe_msg_popup_event", popup | {"SubscribeStatusString": "reject"}),
        ("subscribe_msg_sent_event", {"TemplateId": TEMPLATE} | outcome),
        (
            "subscribe_msg_change_event",
            {"TemplateId": TEMPLATE, "SubscribeStatusString": "reject"},
        ),
    ]


async def test_each_popup_has_a_second_of_its_own(
    start: Start, receiver: Receiver, url: str
) -> None:
    wechat = await started(start, url)
    people = wechat.sandbox.people

    people.accept(APPID, READER, TEMPLATE, 2)
    people.accept(APPID, READER, TEMPLATE, None)
    await wechat.sandbox.push_once()

    first, *later = [int(_read(pushed.body)["CreateTime"]) for pushed in receiver.pushed]
    assert later == [first + 1, first + 2]


async def test_a_popup_that_is_declined_takes_nothing_back_and_a_refusal_everything(
    start: Start,
) -> None:
    wechat = await start(users=((APPID, READER),))
    people = wechat.sandbox.people
    people.accept(APPID, READER, TEMPLATE, 3)

    people.decline(APPID, READER, TEMPLATE)
    declined = (await wechat.call(SEND, NOTICE))["errcode"]
    left = people.phone(APPID, READER).uses
    people.refuse(APPID, READER, TEMPLATE)

    assert (declined, left) == (0, {TEMPLATE: 2})
    assert (await wechat.call(SEND, NOTICE))["errcode"] == 43101
    assert people.phone(APPID, READER).uses == {TEMPLATE: 0}


async def test_a_notice_that_does_not_arrive_says_so_and_costs_no_use(
    start: Start, receiver: Receiver, url: str
) -> None:
    wechat = await started(start, url)
    people = wechat.sandbox.people
    people.accept(APPID, READER, TEMPLATE)
    wechat.sandbox.script_receipts(APPID, "failed:user block")

    await wechat.call(SEND, NOTICE)

    _, (_, entry) = await heard(wechat, receiver)
    assert (entry["ErrorCode"], entry["ErrorStatus"]) == ("1", "failed:user block")
    assert people.arrived(APPID, READER) == []
    assert people.phone(APPID, READER).uses == {TEMPLATE: 1}


@pytest.fixture
async def program(start: Start) -> WeChat:
    """A mini-program with a user who accepted five notices."""
    wechat = await start(mini_programs=(APPID,))
    wechat.sandbox.people.accept(APPID, READER, TEMPLATE, 5)
    return wechat


async def test_a_mini_program_sends_notices_that_open_a_page_of_its_own(program: WeChat) -> None:
    opens = {"page": "pages/order?id=7", "miniprogram_state": "trial", "lang": "en_US"}

    answers = [(await program.call(OWN, NOTICE | more))["errcode"] for more in ({}, opens)]

    shown = program.sandbox.people.arrived(APPID, READER)
    assert answers == [0, 0]
    assert [one.miniprogram for one in shown] == ["", f"{APPID}/pages/order?id=7"]
    assert program.sandbox.people.phone(APPID, READER).uses == {TEMPLATE: 3}


@pytest.mark.parametrize(
    ("path", "changes", "errcode"),
    [
        (OWN, {"touser": "o-stranger"}, 40003),
        (OWN, {"template_id": "unknown-template"}, 40037),
        (OWN, {"template_id": "never-accepted"}, 43101),
        (OWN, {"page": "https://example.com"}, 41030),
        (OWN, {"page": "/pages/order"}, 41030),
        (OWN, {"page": ["pages"]}, 41030),
        (OWN, {"miniprogram_state": "beta"}, 47003),
        (OWN, {"lang": "de_DE"}, 47003),
        (OWN, {"data": {"thing1": {"value": "x" * 21}}}, 47003),
        (SEND, {}, 48001),
        ("message/template/send", {}, 48001),
        ("qrcode/create", {}, 48001),
    ],
)
async def test_what_a_mini_program_may_not_send_is_refused(
    program: WeChat, path: str, changes: dict[str, Any], errcode: int
) -> None:
    assert (await program.call(path, NOTICE | changes))["errcode"] == errcode
    assert program.sandbox.people.arrived(APPID, READER) == []


async def test_only_a_mini_program_sends_by_the_path_of_mini_programs(start: Start) -> None:
    wechat = await start(users=((APPID, READER),), accept_all=True)

    assert (await wechat.call(OWN, NOTICE))["errcode"] == 48001


async def test_a_user_who_wrote_to_a_mini_program_may_be_answered(program: WeChat) -> None:
    program.sandbox.people.write(APPID, READER, "你好")
    text = {"touser": READER, "msgtype": "text", "text": {"content": "你好"}}

    assert (await program.call("message/custom/send", text))["errcode"] == 0


@pytest.mark.parametrize("path", [SEND, "message/template/send"])
@pytest.mark.parametrize(
    ("target", "errcode"),
    [
        ({"appid": "wx9", "pagepath": "pages/order?id=7"}, 0),
        ({"appid": "wx9"}, 0),
        ({"appid": ""}, 40013),
        ({"appid": "gh_1"}, 40013),
        ({"appid": "wx9", "pagepath": "https://example.com"}, 40165),
        ({"pagepath": "pages/order"}, 47003),
    ],
)
async def test_a_message_may_open_a_mini_program(
    start: Start, path: str, target: dict[str, str], errcode: int
) -> None:
    wechat = await start(users=((APPID, READER),), accept_all=True)

    answer = await wechat.call(path, NOTICE | {"miniprogram": target})

    assert answer["errcode"] == errcode
