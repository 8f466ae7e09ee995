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
