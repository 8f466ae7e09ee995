"""Subscribe notices, from what a user allows on the phone to what the delivery says."""

from datetime import timedelta

import pytest

from tests.house import APPID
from tests.sending.town import TEMPLATE, Town
from wechat_scheduler.audience.use_counts import BELIEVED
from wechat_scheduler.delivery.model import Content, DeliveryState, Way
from wechat_scheduler.delivery.subscribe_notices import PATIENCE
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.sandbox.templates import SandboxTemplate

PATH = "/cgi-bin/message/subscribe/bizsend"
NOTICE = Content(way=Way.SUBSCRIBE, template=TEMPLATE, data={"thing1": "咖啡"})


async def notify(place: Town, uid: str) -> DeliveryView:
    order = await place.sending.prepare(place.app, NOTICE, names=[uid])
    await place.sending.put(order)
    await place.settle()
    (delivery,) = await place.deliveries(message_id=order.message.id)
    return delivery


async def ended(place: Town, delivery: DeliveryView) -> DeliveryView:
    place.clock.advance(PATIENCE)
    await place.settle()
    (found,) = await place.deliveries(ids=(delivery.id,))
    return found


async def replayed(place: Town, delivery: DeliveryView) -> DeliveryView:
    await place.cores.delivery.desk.replay(DeliveryFilter(ids=(delivery.id,)), limit=1)
    await place.settle()
    (found,) = await place.deliveries(ids=(delivery.id,))
    return found


async def accept(place: Town, uid: str, times: int | None = 1) -> None:
    place.people.accept(APPID, await place.openid(uid), TEMPLATE, times)
    await place.tell()


def asked(place: Town) -> int:
    return place.wechat.sandbox.calls(PATH, APPID)


async def test_a_notice_is_delivered_and_costs_a_use(place: Town) -> None:
    uid = await place.follow()
    await accept(place, uid, 2)

    delivery = await notify(place, uid)

    (count,) = await place.stores.uses.of_person(APPID, await place.openid(uid))
    assert (delivery.state, delivery.way) == (DeliveryState.DELIVERED, "subscribe")
    assert (count.template_id, count.remaining) == (TEMPLATE, 1)


async def test_once_wechat_said_that_none_is_left_it_is_not_asked_in_vain(place: Town) -> None:
    uid = await place.follow()
    refused = await notify(place, uid)
    calls = asked(place)

    waits = await notify(place, uid)
    spared = await ended(place, waits)
    spared_calls = asked(place)
    await accept(place, uid)
    later = await notify(place, uid)
    none_left = await ended(place, await notify(place, uid))

    assert (refused.state, refused.errcode) == (DeliveryState.DEAD, 43101)
    assert (waits.state, "allows no more" in waits.reason) == (DeliveryState.PENDING, True)
    assert (spared.state, spared.errcode) == (DeliveryState.DEAD, None)
    assert "allows no more notices" in spared.reason
    assert "ask the user to allow one more" in spared.reason
    assert later.state is DeliveryState.DELIVERED
    assert none_left.state is DeliveryState.DEAD
    assert (spared_calls, asked(place)) == (calls, calls + 1)


async def test_a_template_that_was_switched_off_is_asked_for_only_if_a_person_insists(
    place: Town,
) -> None:
    uid = await place.follow()
    await accept(place, uid, None)
    place.people.refuse(APPID, await place.openid(uid), TEMPLATE)
    await place.tell()

    dead = await ended(place, await notify(place, uid))
    calls = asked(place)
    again = await replayed(place, dead)

    assert (dead.state, calls) == (DeliveryState.DEAD, 0)
    assert "switched off" in dead.reason
    assert (again.errcode, asked(place)) == (43101, 1)


@pytest.mark.parametrize("refused_before", [False, True])
async def test_a_lasting_template_is_never_refused(place: Town, refused_before: bool) -> None:
    uid = await place.follow()
    if refused_before:
        place.people.refuse(APPID, await place.openid(uid), TEMPLATE)
    await accept(place, uid, None)

    ends = [(await notify(place, uid)).state for _ in range(4)]

    assert ends == [DeliveryState.DELIVERED] * 4


async def test_an_imported_lasting_template_is_sent_again_once_the_user_allows_it(
    place: Town,
) -> None:
    place.wechat.sandbox.put_template(
        SandboxTemplate(template_id=TEMPLATE, is_notice=True, lasting=True)
    )
    await place.call("POST", f"/v1/apps/{place.app.id}/templates")
    uid = await place.follow()
    refused = await notify(place, uid)

    await accept(place, uid)
    ends = [(await notify(place, uid)).state for _ in range(3)]

    assert refused.errcode == 43101
    assert ends == [DeliveryState.DELIVERED] * 3


async def test_an_event_that_was_lost_is_made_up_for_after_an_hour(place: Town) -> None:
    uid = await place.follow()
    await notify(place, uid)
    openid = await place.openid(uid)
    (phone,) = [person for person in place.people.all() if person.openid == openid]
    phone.uses[TEMPLATE] = None

    place.clock.advance(BELIEVED + timedelta(seconds=1))

    assert (await notify(place, uid)).state is DeliveryState.DELIVERED


async def test_a_notice_that_does_not_arrive_is_dead_and_says_why(place: Town) -> None:
    uid = await place.follow()
    await accept(place, uid)
    place.wechat.sandbox.script_receipts(APPID, "failed:user block")

    delivery = await notify(place, uid)

    assert (delivery.state, delivery.reason) == (DeliveryState.DEAD, "1 failed:user block")
