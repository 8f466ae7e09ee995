"""What is handed to the daemon reaches a phone."""

from datetime import timedelta

import pytest

from tests.sending.town import TEMPLATE, Town
from wechat_scheduler.delivery.model import Content, State, Way


async def test_within_48_hours_a_message_comes_as_a_text(place: Town) -> None:
    uid = await place.follow()
    sending = place.outgoing.sending

    order = await sending.prepare(place.app, Content(title="价格", text="降到 99 元"), names=[uid])
    await sending.put(order)
    await place.settle()

    (shown,) = await place.arrived(uid)
    assert (shown.kind, shown.text) == ("text", "价格\n\n降到 99 元")
    (delivery,) = await place.deliveries(message_id=order.message.id)
    assert (delivery.state, delivery.way) == (State.ACCEPTED, "text")


async def test_later_it_comes_as_a_template_and_its_receipt_makes_it_delivered(
    place: Town,
) -> None:
    uid = await place.follow()
    place.clock.advance(timedelta(hours=49))
    sending = place.outgoing.sending

    order = await sending.prepare(place.app, Content(title="价格", text="降到 99 元"), names=[uid])
    await sending.put(order)
    await place.settle()

    (shown,) = await place.arrived(uid)
    assert (shown.kind, shown.template_id) == ("template", TEMPLATE)
    (delivery,) = await place.deliveries(message_id=order.message.id)
    assert (delivery.state, delivery.way) == (State.DELIVERED, "template")


async def test_whoever_is_named_twice_gets_it_once(place: Town) -> None:
    uid = await place.follow()
    topic = await place.outgoing.audience.make_topic(place.app, "offers")
    await place.outgoing.audience.subscribe(place.app, uid, topic_id=topic.id)
    sending = place.outgoing.sending

    order = await sending.prepare(
        place.app, Content(text="hello"), names=[uid, uid], topics=[topic.id, 0]
    )
    await sending.put(order)
    await place.settle()

    assert len(await place.arrived(uid)) == 1


@pytest.mark.parametrize("way", [Way.AUTO, Way.TEMPLATE, Way.TEXT])
async def test_whoever_unfollows_is_unreachable_at_once(place: Town, way: Way) -> None:
    uid = await place.follow()
    sending = place.outgoing.sending
    later = place.clock.now() + timedelta(hours=1)
    order = await sending.prepare(
        place.app, Content(text="hello", way=way), names=[uid], not_before=later
    )
    await sending.put(order)

    place.people.unfollow(place.app.appid, await place.openid(uid))
    await place.tell()

    (delivery,) = await place.deliveries(message_id=order.message.id)
    assert delivery.state is State.CANCELLED
    assert "follow" in delivery.reason
    again = await sending.prepare(place.app, Content(text="hello"), names=[uid])
    assert "does not follow" in again.placed[0].refusal
