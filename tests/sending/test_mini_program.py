"""An app whose account is a mini-program, from a grant on the phone to the notice that it opens."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.house import APPID, in_memory
from tests.sending.town import AES_KEY, TEMPLATE, TOKEN, Town, town
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.delivery.model import Content, DeliveryState, Way
from wechat_scheduler.delivery.views import DeliveryView
from wechat_scheduler.sandbox.options import AccountReceiver, PushFormat, PushMode
from wechat_scheduler.sandbox.templates import SandboxTemplate

OPENID = "o-alice"
OWN = "/cgi-bin/message/subscribe/send"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    """A mini-program whose messages come as JSON, and a user whom the business bound."""
    async with town(tmp_path, opener=in_memory, options={"mini_programs": (APPID,)}) as place:
        await become_mini_program(place)
        await place.wechat.sandbox.register_account(
            AccountReceiver(
                appid=APPID,
                url=f"{place.caller.daemon.url}/wechat/callback/{APPID}",
                token=TOKEN,
                encoding_aes_key=AES_KEY,
                mode=PushMode.SAFE,
                format=PushFormat.JSON,
            )
        )
        await place.audience.bind(place.app, {"alice": OPENID})
        yield place


async def become_mini_program(place: Town) -> None:
    place.app = await place.directory.change_app(
        place.app.id, lambda app: replace(app, mini_program=True)
    )


async def sent(place: Town, content: Content) -> DeliveryView:
    order = await place.sending.prepare(place.app, content, names=["alice"])
    await place.sending.put(order)
    await place.settle()
    (delivery,) = await place.deliveries(message_id=order.message.id)
    return delivery


@pytest.mark.parametrize("way", [Way.AUTO, Way.TEMPLATE, Way.SUBSCRIBE])
async def test_its_template_is_sent_as_a_notice_that_opens_its_page(place: Town, way: Way) -> None:
    place.people.accept(APPID, OPENID, TEMPLATE, 2)
    await place.tell()
    page = MiniProgramPage(path="pages/order?id=7", state="trial", lang="en_US")

    delivery = await sent(place, Content(way=way, title="到货", text="咖啡豆", page=page))

    (shown,) = place.people.arrived(APPID, OPENID)
    (count,) = await place.stores.uses.of_person(APPID, OPENID)
    assert (delivery.state, delivery.way) == (DeliveryState.DELIVERED, "subscribe")
    assert (shown.kind, shown.miniprogram) == ("notice", f"{APPID}/pages/order?id=7")
    assert count.remaining == 1
    assert place.wechat.sandbox.calls(OWN, APPID) == 1


async def test_without_a_use_left_it_says_so(place: Town) -> None:
    place.people.decline(APPID, OPENID, TEMPLATE)
    await place.tell()

    delivery = await sent(place, Content(way=Way.SUBSCRIBE, title="到货", text="咖啡豆"))

    assert (delivery.state, delivery.errcode) == (DeliveryState.DEAD, 43101)
    assert "ask them again" in delivery.reason


async def test_a_user_who_wrote_is_answered_by_a_text_that_opens_its_page(place: Town) -> None:
    place.people.write(APPID, OPENID, "你好")
    await place.tell()

    delivery = await sent(place, Content(text="咖啡豆", page=MiniProgramPage(path="pages/beans")))

    (shown,) = place.people.arrived(APPID, OPENID)
    assert (delivery.state, delivery.way) == (DeliveryState.ACCEPTED, "text")
    assert f'data-miniprogram-appid="{APPID}"' in shown.text
    assert 'data-miniprogram-path="pages/beans"' in shown.text


async def test_an_account_that_is_taken_for_a_mini_program_is_told_what_wechat_says(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, opener=in_memory) as place:
        await become_mini_program(place)
        uid = await place.follow(OPENID)
        order = await place.sending.prepare(
            place.app, Content(way=Way.SUBSCRIBE, title="到货"), names=[uid]
        )
        await place.sending.put(order)
        await place.settle()

        (delivery,) = await place.deliveries(message_id=order.message.id)

    assert (delivery.state, delivery.errcode) == (DeliveryState.PENDING, 48001)


async def test_its_notices_are_imported_although_it_has_no_template_messages(place: Town) -> None:
    place.wechat.sandbox.put_template(SandboxTemplate(template_id=TEMPLATE, is_notice=True))

    imported = await place.call("POST", f"/v1/apps/{place.app.id}/templates")

    assert [one["template_id"] for one in imported.result["templates"]] == [TEMPLATE]
