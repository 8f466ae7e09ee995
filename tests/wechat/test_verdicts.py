"""Every error code that a send may meet, by each way, and what becomes of the message."""

from datetime import timedelta
from itertools import product

import pytest

from tests.clock import START
from tests.wechat.conftest import JumpingClock
from tests.wechat.hostile import AMBIGUOUS, BUSY, HostileServer, answer, raw
from tests.wechat.sending import APPID, OPENID, Purse
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.messenger import WeChatMessenger

EVERY = (Way.TEMPLATE, Way.TEXT, Way.SUBSCRIBE)
TEMPLATES = (Way.TEMPLATE, Way.SUBSCRIBE)
MINUTE = timedelta(minutes=1)
# START is 10:30 in Shanghai.
MIDNIGHT = timedelta(hours=13, minutes=30)

VERDICTS: dict[Verdict, dict[tuple[Way, ...], tuple[int, ...]]] = {
    Verdict.RETRY: {EVERY: (-1, 99999), TEMPLATES: (45015, 45047)},
    Verdict.UNREACHABLE: {
        EVERY: (40003, 43004, 43019, 48002),
        (Way.TEMPLATE, Way.TEXT): (43101,),
    },
    Verdict.REJECTED: {
        EVERY: (40008, 40036, 40037, 40039, 40066, 40249, 41030, 44004, 45168, 47001, 47003),
        (Way.TEXT,): (45002,),
    },
    Verdict.USED_UP: {(Way.SUBSCRIBE,): (43101,)},
    Verdict.TEXTS_ENDED: {(Way.TEXT,): (45015, 45047)},
    Verdict.OPERATOR: {
        EVERY: (40013, 40164, 43107, 43116, 61003, 61004),
        TEMPLATES: (48001, 48004, 50001, 50002, 50007, 61007),
    },
    Verdict.NO_TEXTS: {(Way.TEXT,): (48001, 48004, 50001, 50002, 50007, 61007)},
}
WAITS = {
    45009: (Verdict.PAUSE, MIDNIGHT),
    45011: (Verdict.PAUSE, MINUTE),
    89507: (Verdict.PAUSE, timedelta(hours=1)),
    43117: (Verdict.SLOWER, 10 * MINUTE),
    45109: (Verdict.SLOWER, 10 * MINUTE),
    43108: (Verdict.SLOWER, timedelta(seconds=10)),
}
CASES = [
    (verdict, way, errcode)
    for verdict, by_way in VERDICTS.items()
    for ways, errcodes in by_way.items()
    for way in ways
    for errcode in errcodes
]


@pytest.fixture
def messenger(client: WeChatClient, clock: JumpingClock) -> WeChatMessenger:
    return WeChatMessenger(client, Purse(), clock)


async def send(messenger: WeChatMessenger, way: Way) -> None:
    match way:
        case Way.TEXT:
            await messenger.text(APPID, OPENID, "hello")
        case Way.SUBSCRIBE:
            await messenger.subscribe(APPID, OPENID, template_id="T", data={}, url="", page=None)
        case _:
            await messenger.template(
                APPID,
                OPENID,
                template_id="T",
                data={},
                colors={},
                url="",
                page=None,
                client_msg_id="7",
            )


async def refused(messenger: WeChatMessenger, way: Way) -> SendError:
    with pytest.raises(SendError) as caught:
        await send(messenger, way)
    return caught.value


async def test_each_code_has_its_verdict(messenger: WeChatMessenger, server: HostileServer) -> None:
    for verdict, way, errcode in CASES:
        server.script(answer({"errcode": errcode, "errmsg": "no rid: 1a2b-3c4d-5e6f"}))

        error = await refused(messenger, way)

        assert (error.verdict, error.way, error.errcode) == (verdict, way, errcode)
        assert (error.rid, error.retry_after) == ("1a2b-3c4d-5e6f", None)
        assert error.advice, errcode
        assert not error.advice.endswith("."), errcode
        assert f"{errcode} no" in str(error)


async def test_what_passes_says_when(messenger: WeChatMessenger, server: HostileServer) -> None:
    for way, errcode in product(EVERY, WAITS):
        server.script(answer({"errcode": errcode}))

        error = await refused(messenger, way)

        assert (errcode, error.verdict, error.retry_after) == (errcode, *WAITS[errcode])


async def test_the_day_ends_at_midnight_in_shanghai(
    messenger: WeChatMessenger, server: HostileServer, clock: JumpingClock
) -> None:
    server.script(answer({"errcode": 45009}))
    clock.advance_to(START + MIDNIGHT - MINUTE)

    assert (await refused(messenger, Way.TEXT)).retry_after == MINUTE


async def test_the_address_to_whitelist_is_named(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(answer({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4, not in whitelist"}))

    assert "add the IP 1.2.3.4" in (await refused(messenger, Way.TEXT)).advice


LOST = {name: reply for name, reply in AMBIGUOUS.items() if not name.startswith("HTTP status")}
TURNED_AWAY = {name: reply for name, reply in AMBIGUOUS.items() if name not in LOST}


async def test_of_a_lost_answer_nobody_knows(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    for name, reply in LOST.items():
        server.script(reply)
        server.received.clear()

        error = await refused(messenger, Way.TEXT)

        assert (name, error.verdict) == (name, Verdict.AMBIGUOUS)
        assert len(server.received) == 1, name


async def test_a_gateway_that_gave_up_waiting_leaves_a_doubt(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    server.script(raw(b"HTTP/1.1 504 X\r\nContent-Length: 0\r\n\r\n"))

    assert (await refused(messenger, Way.TEXT)).verdict is Verdict.AMBIGUOUS


async def test_what_was_turned_away_is_tried_again(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    for name, reply in (TURNED_AWAY | {"busy": BUSY}).items():
        server.script(reply)

        error = await refused(messenger, Way.TEXT)

        assert (name, error.verdict) == (name, Verdict.RETRY)


async def test_a_wechat_that_cannot_be_reached_saw_nothing(
    messenger: WeChatMessenger, server: HostileServer
) -> None:
    await server.__aexit__(None, None, None)

    assert (await refused(messenger, Way.TEXT)).verdict is Verdict.RETRY
