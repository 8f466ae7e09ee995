"""Each error code that WeChat documents for a send, by each way, and what becomes of the message.

Sources of the codes: 发送模板消息, 客服接口-发消息, 发送订阅通知.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import pytest
from structlog.testing import capture_logs

from tests.house import APPID
from tests.sending.town import TEMPLATE, Town
from wechat_scheduler.delivery.model import Content, DeliveryState, Way
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView

SECOND = timedelta(seconds=1)
Fates: TypeAlias = Mapping[str, tuple[int, ...]]

ENDPOINTS = {
    Way.TEMPLATE: "/cgi-bin/message/template/send",
    Way.TEXT: "/cgi-bin/message/custom/send",
    Way.SUBSCRIBE: "/cgi-bin/message/subscribe/bizsend",
}
ANYWHERE: Fates = {
    "waits": (-1, 43117),
    "token": (40001, 40014, 42001),
    "pauses": (45009, 45011),
    "unreachable": (40003, 43004, 43019),
}
DOCUMENTED: dict[Way, Fates] = {
    Way.TEMPLATE: {
        "waits": (40013, 43116, 45109),
        "dead": (40008, 40036, 40037, 40039, 40249, 47001, 47003),
        "unreachable": (43101,),
    },
    Way.TEXT: {"dead": (45015, 45047), "unreachable": (43101, 48002)},
    Way.SUBSCRIBE: {
        "waits": (43107, 43108),
        "dead": (40037, 41030, 43101, 45168, 47003),
    },
}
CASES = [
    (way, fate, errcode)
    for way, fates in DOCUMENTED.items()
    for table in (ANYWHERE, fates)
    for fate, errcodes in table.items()
    for errcode in errcodes
]
STATES = {
    "waits": DeliveryState.PENDING,
    "pauses": DeliveryState.PENDING,
    "token": DeliveryState.PENDING,
    "dead": DeliveryState.DEAD,
    "unreachable": DeliveryState.DEAD,
}


class Sent(NamedTuple):
    """A message to somebody new, who lets everything through."""

    uid: str
    message_id: int


async def send(place: Town, way: Way) -> Sent:
    openid = place.people.follow(place.app.appid)
    place.people.accept(place.app.appid, openid, TEMPLATE, None)
    place.people.write(place.app.appid, openid, "hello")
    await place.tell()
    uid = await place.uid(openid)
    await place.subscribe(place.app, uid)
    notice: dict[str, Any] = {"template": TEMPLATE} if way is Way.SUBSCRIBE else {}
    content = Content(way=way, title="hello", data={"thing1": "coffee"}, **notice)
    sending = place.sending
    order = await sending.prepare(place.app, content, names=[uid])
    await sending.put(order)
    return Sent(uid, order.message.id)


async def outcome(place: Town, sent: Sent) -> DeliveryView:
    (found,) = await place.deliveries(message_id=sent.message_id)
    return found


async def flowing(place: Town, work: Awaitable[None]) -> None:
    """While time goes by for whoever sleeps between two tries of one call."""
    flow = asyncio.create_task(place.clock.flow(SECOND))  # noqa: TID251 - beside the test
    try:
        await work
    finally:
        flow.cancel()


@pytest.mark.parametrize("way", ENDPOINTS)
async def test_every_documented_code_ends_as_the_table_says(place: Town, way: Way) -> None:
    sandbox, ends = place.wechat.sandbox, {}
    for fate, errcode in [(fate, code) for each, fate, code in CASES if each is way]:
        times = 1 if fate == "token" else None
        sent = await send(place, way)
        sandbox.script(ENDPOINTS[way], errcode=errcode, times=times)
        await flowing(place, place.settle())
        first = await outcome(place, sent)
        sandbox.clear_scripts()

        if first.due_at is not None:
            place.clock.advance_to(first.due_at + timedelta(minutes=1))
        await place.cores.delivery.desk.replay(DeliveryFilter(message_id=sent.message_id), limit=1)
        await flowing(place, place.settle())

        last = await outcome(place, sent)
        ends[fate, errcode] = (_fate(first), last.state, len(await place.arrived(sent.uid)))

    assert ends == {key: (STATES[key[0]], _arrived(way), 1) for key in ends}


@pytest.mark.parametrize("way", ENDPOINTS)
async def test_whoever_is_unreachable_is_spared_until_somebody_insists(
    place: Town, way: Way
) -> None:
    ends = {}
    for errcode in (40003, 43004, 43019):
        sent = await send(place, way)
        place.wechat.sandbox.script(ENDPOINTS[way], errcode=errcode)
        await place.settle()

        order = await place.sending.prepare(place.app, Content(text="more"), names=[sent.uid])
        is_named = str(errcode) in order.placed[0].error
        await place.cores.delivery.desk.replay(DeliveryFilter(uid=sent.uid), limit=1)
        await place.settle()

        ends[errcode] = (is_named, (await outcome(place, sent)).state)

    assert ends == dict.fromkeys(ends, (True, _arrived(way)))


async def test_a_token_that_died_costs_no_attempt(place: Town) -> None:
    sent = await send(place, Way.TEMPLATE)
    place.wechat.sandbox.script(ENDPOINTS[Way.TEMPLATE], errcode=40001)
    with capture_logs() as events:
        await place.settle()
        place.clock.advance(timedelta(minutes=1))
        await place.settle()

    (waited,) = [event for event in events if event["event"] == "delivery.deferred"]
    refreshed = [event for event in events if event["event"] == "credential.refreshed"]
    assert (waited["attempts"], len(refreshed)) == (0, 1)
    assert (await outcome(place, sent)).state is DeliveryState.DELIVERED


async def test_a_refusal_that_a_person_must_mend_is_an_error_once_and_then_when_it_is_given_up(
    place: Town,
) -> None:
    await send(place, Way.TEMPLATE)
    place.wechat.sandbox.script(ENDPOINTS[Way.TEMPLATE], errcode=48001, times=None)

    with capture_logs() as events:
        for pause in (timedelta(0), timedelta(hours=1), timedelta(hours=25)):
            place.clock.advance(pause)
            await place.settle()

    assert [
        (event["event"], event["log_level"])
        for event in events
        if event["event"].startswith("delivery.")
    ] == [
        ("delivery.deferred", "error"),
        ("delivery.deferred", "warning"),
        ("delivery.dead", "error"),
    ]


async def test_a_user_who_gets_too_much_for_a_day_is_given_up(place: Town) -> None:
    sent = await send(place, Way.TEMPLATE)
    place.wechat.sandbox.script(ENDPOINTS[Way.TEMPLATE], errcode=43117, times=None)

    await place.settle()
    place.clock.advance(timedelta(hours=25))
    await place.settle()

    delivery = await outcome(place, sent)
    assert (delivery.state, delivery.tries) == (DeliveryState.DEAD, 2)
    assert "given up" in delivery.reason


async def test_a_text_out_of_time_goes_as_a_template(place: Town) -> None:
    for errcode in (45015, 45047):
        sent = await send(place, Way.AUTO)
        place.wechat.sandbox.script(ENDPOINTS[Way.TEXT], errcode=errcode)

        await place.settle()

        delivery = await outcome(place, sent)
        assert (delivery.state, delivery.way) == (DeliveryState.DELIVERED, "template")
        seen = await place.stores.deliveries.delivery(delivery.id)
        assert seen is not None
        tried = [(attempt.way, attempt.errcode) for attempt in seen.attempts]
        assert tried == [("text", errcode), ("template", None)]


async def test_a_used_up_quota_stops_its_account_until_midnight_in_shanghai(place: Town) -> None:
    other = await place.another("wx4444444444444444")
    place.wechat.sandbox.script(ENDPOINTS[Way.TEMPLATE], errcode=45009, times=None, appid=APPID)
    mine = [await send(place, Way.TEMPLATE) for _ in range(3)]
    theirs = await send(other, Way.TEMPLATE)
    await place.settle()
    stopped = [await outcome(place, sent) for sent in mine]
    calls = place.wechat.sandbox.calls(ENDPOINTS[Way.TEMPLATE], APPID)
    mine.append(await send(place, Way.TEXT))
    await place.settle()

    place.wechat.sandbox.clear_scripts()
    place.clock.advance_to(MIDNIGHT + timedelta(minutes=1))
    await place.settle()

    assert (await outcome(other, theirs)).state is DeliveryState.DELIVERED
    assert {view.state for view in stopped} == {DeliveryState.PENDING}
    assert min(view.due_at for view in stopped if view.due_at) == MIDNIGHT
    assert place.wechat.sandbox.calls(ENDPOINTS[Way.TEMPLATE], APPID) == calls + 3
    assert [len(await place.arrived(sent.uid)) for sent in mine] == [1] * 4


MIDNIGHT = datetime(2026, 11, 18, 16, tzinfo=UTC)


def _fate(view: DeliveryView) -> DeliveryState:
    return DeliveryState.ACCEPTED if view.state is DeliveryState.DELIVERED else view.state


def _arrived(way: Way) -> DeliveryState:
    """Texts have no receipts."""
    return DeliveryState.ACCEPTED if way is Way.TEXT else DeliveryState.DELIVERED
