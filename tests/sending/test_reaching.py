"""What is handed to the daemon reaches a phone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.house import APPID, in_memory
from tests.sending.town import TEMPLATE, Town, town
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.delivery.model import Content, DeliveryState, Way
from wechat_scheduler.delivery.views import DeliveryFilter


async def test_within_48_hours_a_message_comes_as_a_text(place: Town) -> None:
    uid = await place.follow()
    sending = place.sending

    order = await sending.prepare(place.app, Content(title="价格", text="降到 99 元"), names=[uid])
    await sending.put(order)
    await place.settle()

    (shown,) = await place.arrived(uid)
    assert (shown.kind, shown.text) == ("text", "价格\n\n降到 99 元")
    (delivery,) = await place.deliveries(message_id=order.message.id)
    assert (delivery.state, delivery.way) == (DeliveryState.ACCEPTED, "text")


async def test_a_message_that_waits_long_for_a_token_is_sent_once_and_never_in_doubt(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, opener=in_memory, server__fetch_deadline="10m") as place:
        uid = await place.follow()
        cautious = await place.directory.change_app(
            place.app.id, lambda app: replace(app, at_most_once=True)
        )
        place.wechat.sandbox.script("/cgi-bin/stable_token", times=None, errcode=40125)
        place.clock.advance(timedelta(hours=3))
        order = await place.sending.prepare(cautious, Content(text="hello"), names=[uid])
        await place.sending.put(order)

        for _ in range(10):
            await place.settle()
            place.clock.advance(timedelta(minutes=1))
        waiting = [one.state for one in await place.deliveries(message_id=order.message.id)]
        place.wechat.sandbox.clear_scripts()
        await place.caller.call("POST", f"/task/{APPID}/0/refresh")
        for _ in range(3):
            place.clock.advance(timedelta(minutes=2))
            await place.settle()

        assert waiting == [DeliveryState.PENDING]
        assert len(await place.arrived(uid)) == 1


async def test_later_it_comes_as_a_template_and_its_receipt_makes_it_delivered(
    place: Town,
) -> None:
    uid = await place.follow()
    place.clock.advance(timedelta(hours=49))
    sending = place.sending

    order = await sending.prepare(place.app, Content(title="价格", text="降到 99 元"), names=[uid])
    await sending.put(order)
    await place.settle()

    (shown,) = await place.arrived(uid)
    assert (shown.kind, shown.template_id) == ("template", TEMPLATE)
    (delivery,) = await place.deliveries(message_id=order.message.id)
    assert (delivery.state, delivery.way) == (DeliveryState.DELIVERED, "template")


async def test_a_scan_of_the_code_of_an_app_or_a_topic_is_answered_by_what_they_follow(
    place: Town,
) -> None:
    topic = await place.audience.topics.make(place.app, "特价")
    codes = [
        await place.codes.lasting(place.app, Purpose.APP),
        await place.codes.lasting(place.app, Purpose.TOPIC, str(topic.id)),
    ]

    openids = [place.people.scan(place.app.appid, ticket=code.scene.ticket) for code in codes]
    await place.tell()

    said = [
        [one.text for one in await place.arrived(await place.uid(openid))] for openid in openids
    ]
    assert said == [["你已订阅“shop”"], ["你已订阅“shop”的主题“特价”"]]


async def test_what_came_too_late_is_said_all_the_same_when_it_is_replayed(place: Town) -> None:
    uid = await place.follow()
    sending = place.sending
    soon = place.clock.now() + timedelta(minutes=1)
    order = await sending.prepare(place.app, Content(text="hello"), names=[uid], expires_at=soon)
    await sending.put(order)
    place.clock.advance(timedelta(minutes=2))
    await place.settle()
    (late,) = await place.deliveries(message_id=order.message.id)

    await place.cores.delivery.desk.replay(DeliveryFilter(ids=(late.id,)), limit=1)
    await place.settle()

    (said,) = await place.deliveries(message_id=order.message.id)
    assert (late.state, said.state) == (DeliveryState.EXPIRED, DeliveryState.DELIVERED)
    assert len(await place.arrived(uid)) == 1


async def test_an_app_that_another_process_made_just_now_is_no_stranger(place: Town) -> None:
    uid = await place.follow()
    app = draft_app("new", place.app.appid, now=place.clock.now())
    await place.stores.apps.add_app(app, [], once=None)
    await place.subscribe(app, uid)
    sending = place.sending

    order = await sending.prepare(app, Content(text="hello", way=Way.TEXT), names=[uid])
    await sending.put(order)
    await place.settle()

    (delivery,) = await place.deliveries(message_id=order.message.id)
    assert (delivery.state, delivery.reason) == (DeliveryState.ACCEPTED, "")


async def test_whoever_is_named_twice_gets_it_once(place: Town) -> None:
    uid = await place.follow()
    topic = await place.audience.topics.make(place.app, "offers")
    await place.subscribe(place.app, uid, topic_id=topic.id)
    sending = place.sending

    order = await sending.prepare(
        place.app, Content(text="hello"), names=[uid, uid], topics=[topic.id, 0]
    )
    await sending.put(order)
    await place.settle()

    assert len(await place.arrived(uid)) == 1


async def test_whoever_unfollows_is_unreachable_at_once(place: Town) -> None:
    sending = place.sending
    later = place.clock.now() + timedelta(hours=1)
    for way in (Way.AUTO, Way.TEMPLATE, Way.TEXT):
        uid = await place.follow()
        order = await sending.prepare(
            place.app, Content(text="hello", way=way), names=[uid], not_before=later
        )
        await sending.put(order)

        place.people.unfollow(place.app.appid, await place.openid(uid))
        await place.tell()

        (delivery,) = await place.deliveries(message_id=order.message.id)
        assert delivery.state is DeliveryState.CANCELLED
        assert "follow" in delivery.reason
        again = await sending.prepare(place.app, Content(text="hello"), names=[uid])
        assert "does not follow" in again.placed[0].error
