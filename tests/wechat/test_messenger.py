"""The calls that send messages with an account's token."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.wechat.conftest import JumpingClock
from tests.wechat.hostile import HostileServer, answer
from tests.wechat.sending import APPID, OPENID, Purse
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.errors import (
    NotFoundError,
    SchedulerError,
    SendError,
    StorageError,
    UnavailableError,
)
from wechat_scheduler.reasons import Reason, Verdict
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.messenger import WeChatMessenger
from wechat_scheduler.wechat.qrcodes import LONGEST, WeChatQrCodes, page_base

DEAD = answer({"errcode": 40001, "errmsg": "invalid credential rid: 1a2b-3c4d-5e6f"})
TAKEN = answer({"errcode": 0, "errmsg": "ok", "msgid": 200228332})
NO_TEMPLATE = answer({"errcode": 40037, "errmsg": "invalid template_id"})
SECOND = timedelta(seconds=1)
PAGE = MiniProgramPage(appid="wx9", path="pages/order?id=7")


@pytest.fixture
def purse() -> Purse:
    return Purse()


@pytest.fixture
def messenger(client: WeChatClient, purse: Purse, clock: JumpingClock) -> WeChatMessenger:
    return WeChatMessenger(client, purse, clock)


def tokens(server: HostileServer) -> list[str]:
    return [received.query["access_token"] for received in server.received]


async def send(
    messenger: WeChatMessenger, url: str = "", page: MiniProgramPage | None = None
) -> str:
    return await messenger.template(
        APPID,
        OPENID,
        template_id="TEMPLATE",
        data={"thing1": "还信用卡", "thing2": "招商银行"},
        colors={"thing2": "#173177"},
        url=url,
        page=page,
        client_msg_id="4503599627370495",
    )


@pytest.mark.parametrize("odd", ["x" * 65, "1\0", "", None, [1], 10**64], ids=repr)
async def test_a_msgid_that_cannot_be_one_is_left_out(
    messenger: WeChatMessenger, server: HostileServer, odd: object
) -> None:
    server.script(answer({"errcode": 0, "errmsg": "ok", "msgid": odd}))

    assert await send(messenger) == ""


async def test_an_answer_that_is_not_wechats_is_no_acceptance(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    for foreign in ({}, {"code": 500, "message": "gateway down"}, {"errcode": None}):
        server.script(answer(foreign), answer(foreign))

        with pytest.raises(SendError, match="errcode is not an integer") as template:
            await send(messenger)
        with pytest.raises(SendError, match="errcode is not an integer") as text:
            await messenger.text(APPID, OPENID, "hello")

        verdicts = (template.value.verdict, text.value.verdict)
        assert verdicts == (Verdict.AMBIGUOUS, Verdict.AMBIGUOUS), foreign


async def test_a_template_message_is_sent_as_documented(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(TAKEN)

    msgid = await send(messenger, "https://example.com/m/1")
    await send(messenger)

    with_url, without = server.received
    assert msgid == "200228332"
    assert with_url.path == "/cgi-bin/message/template/send"
    assert with_url.query == {"access_token": "FIRST"}
    assert with_url.body == {
        "touser": OPENID,
        "template_id": "TEMPLATE",
        "url": "https://example.com/m/1",
        "client_msg_id": "4503599627370495",
        "data": {
            "thing1": {"value": "还信用卡"},
            "thing2": {"value": "招商银行", "color": "#173177"},
        },
    }
    assert "url" not in without.body


async def test_a_text_is_sent_as_it_is_written(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(TAKEN)

    await messenger.text(APPID, OPENID, "你好 <a href='x'>")

    (received,) = server.received
    assert received.path == "/cgi-bin/message/custom/send"
    assert received.body["text"] == {"content": "你好 <a href='x'>"}
    assert "你好 <a href='x'>".encode() in received.raw


async def test_a_subscribe_notice_leads_to_a_page(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(TAKEN)

    msgid = await messenger.subscribe(
        APPID,
        OPENID,
        template_id="TEMPLATE",
        data={"thing1": "x"},
        url="https://example.com",
        page=None,
    )

    (received,) = server.received
    assert msgid == "200228332"
    assert received.path == "/cgi-bin/message/subscribe/bizsend"
    assert received.body == {
        "touser": OPENID,
        "template_id": "TEMPLATE",
        "page": "https://example.com",
        "data": {"thing1": {"value": "x"}},
    }


async def test_a_template_message_may_open_a_mini_program(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(TAKEN)

    await send(messenger, "https://example.com/m/1", PAGE)

    (received,) = server.received
    assert received.body["url"] == "https://example.com/m/1"
    assert received.body["miniprogram"] == {"appid": "wx9", "pagepath": "pages/order?id=7"}


async def test_a_subscribe_notice_may_open_a_mini_program(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(TAKEN)

    await messenger.subscribe(
        APPID, OPENID, template_id="TEMPLATE", data={"thing1": "x"}, url="", page=PAGE
    )

    (received,) = server.received
    assert received.body == {
        "touser": OPENID,
        "template_id": "TEMPLATE",
        "miniprogram": {"appid": "wx9", "pagepath": "pages/order?id=7"},
        "data": {"thing1": {"value": "x"}},
    }


@pytest.mark.parametrize(
    ("page", "given"),
    [
        (None, {}),
        (MiniProgramPage(path="pages/order?id=7"), {"page": "pages/order?id=7"}),
        (
            MiniProgramPage(path="index", state="trial", lang="en_US"),
            {"page": "index", "miniprogram_state": "trial", "lang": "en_US"},
        ),
    ],
)
async def test_a_mini_program_sends_notices_by_a_path_of_its_own(
    messenger: WeChatMessenger,
    server: HostileServer,
    page: MiniProgramPage | None,
    given: dict[str, str],
) -> None:
    server.script(TAKEN)

    msgid = await messenger.subscribe_in_mini_program(
        APPID, OPENID, template_id="TEMPLATE", data={"thing1": "x"}, page=page
    )

    (received,) = server.received
    assert msgid == "200228332"
    assert received.path == "/cgi-bin/message/subscribe/send"
    notice = {"touser": OPENID, "template_id": "TEMPLATE", "data": {"thing1": {"value": "x"}}}
    assert received.body == notice | given


async def test_a_dead_token_is_reported_and_its_successor_used(
    messenger: WeChatMessenger, server: HostileServer, purse: Purse
) -> None:
    server.script(DEAD, TAKEN)

    assert await send(messenger) == "200228332"
    assert (tokens(server), purse.reports) == (["FIRST", "SECOND"], ["FIRST"])


async def test_a_second_refusal_is_an_ordinary_failure(
    messenger: WeChatMessenger, server: HostileServer, purse: Purse
) -> None:
    server.script(DEAD)

    with pytest.raises(SendError) as caught:
        await send(messenger)

    assert (caught.value.verdict, caught.value.errcode) == (Verdict.RETRY, 40001)
    assert (tokens(server), purse.reports) == (["FIRST", "SECOND"], ["FIRST"])


@pytest.mark.parametrize(
    "then",
    [
        [],
        [
            UnavailableError(
                "it is still being fetched", reason=Reason.TASK_PENDING, retry_after=SECOND
            )
        ],
    ],
)
async def test_a_dead_token_without_a_successor_is_not_tried_again(
    client: WeChatClient, server: HostileServer, clock: JumpingClock, then: list[SchedulerError]
) -> None:
    server.script(DEAD)

    with pytest.raises(SendError) as caught:
        await send(WeChatMessenger(client, Purse(["FIRST", *then]), clock))

    assert (caught.value.verdict, caught.value.errcode) == (Verdict.CREDENTIAL, 40001)
    assert tokens(server) == ["FIRST"]


@pytest.mark.parametrize(
    ("error", "verdict", "words"),
    [
        (
            NotFoundError("no access_token is registered for wx1", reason=Reason.ACCOUNT_UNKNOWN),
            Verdict.OPERATOR,
            "registered",
        ),
        (
            UnavailableError("it expired", reason=Reason.TASK_EXPIRED, retry_after=SECOND),
            Verdict.CREDENTIAL,
            "expired",
        ),
        (StorageError("the store does not answer"), Verdict.RETRY, ""),
    ],
)
async def test_without_a_token_nothing_is_sent(
    client: WeChatClient,
    server: HostileServer,
    clock: JumpingClock,
    error: SchedulerError,
    verdict: Verdict,
    words: str,
) -> None:
    with pytest.raises(SendError) as caught:
        await send(WeChatMessenger(client, Purse([error]), clock))

    assert caught.value.verdict is verdict
    assert words in caught.value.advice
    assert server.received == []


async def test_a_template_that_is_said_not_to_exist_is_asked_for_twice(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(NO_TEMPLATE, TAKEN)
    assert await send(messenger) == "200228332"

    server.script(NO_TEMPLATE)
    with pytest.raises(SendError) as caught:
        await send(messenger)

    assert caught.value.verdict is Verdict.REJECTED
    assert len(server.received) == 4


async def test_what_was_said_shows_in_no_error(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(answer({"errcode": 47003, "errmsg": f"argument 还信用卡 of {OPENID} is FIRST"}))

    with pytest.raises(SendError, match=rf"argument \*\*\* of {OPENID} is \*\*\*$"):
        await send(messenger)


async def test_a_qr_code_carries_a_scene_for_a_month_at_most(
    client: WeChatClient, server: HostileServer, purse: Purse
) -> None:
    qrcodes = WeChatQrCodes(client, purse, f"{server.url}/")
    server.script(DEAD, answer({"ticket": "gQ/+=", "expire_seconds": 60, "url": "http://x"}))

    created = await qrcodes.create(APPID, "scene1", lifetime=LONGEST + 1)

    assert created == ("gQ/+=", "http://x", 60)
    assert tokens(server) == ["FIRST", "SECOND"]
    assert server.received[-1].body == {
        "expire_seconds": LONGEST,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "scene1"}},
    }
    assert qrcodes.image_url("gQ/+=") == (
        f"{server.url}/cgi-bin/showqrcode?ticket={quote('gQ/+=', safe='')}"
    )


@pytest.mark.parametrize(
    ("api", "pages"),
    [
        ("https://api.weixin.qq.com", "https://mp.weixin.qq.com"),
        ("https://sh.api.weixin.qq.com/", "https://mp.weixin.qq.com"),
        ("http://127.0.0.1:9002", "http://127.0.0.1:9002"),
        ("http://api.weixin.qq.com.example.com", "http://api.weixin.qq.com.example.com"),
    ],
)
def test_pictures_are_shown_by_the_wechat_that_made_them(api: str, pages: str) -> None:
    assert page_base(api) == pages
