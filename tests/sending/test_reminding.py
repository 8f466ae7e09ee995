"""A reminder falls due, and is on the phone."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.reminders.remembering import draft
from tests.sending.town import Town
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reminders.model import Late

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_daily_reminder_comes_once_a_day(place: Town) -> None:
    uid = await place.follow()
    tomorrow = place.clock.now().astimezone(SHANGHAI) + timedelta(days=1)
    eight = tomorrow.replace(hour=8, minute=0, second=0, microsecond=0)
    daily = draft(eight, app_id=place.app.id, rule="FREQ=DAILY", owner=uid)
    await place.desk.create(daily)

    for days in range(3):
        place.clock.advance_to(eight + timedelta(days=days))
        await place.settle()
        await place.settle()

    shown = await place.arrived(uid)
    assert len(shown) == 3
    assert {one.kind for one in shown} == {"template"}


async def test_what_fell_due_while_nobody_was_up_is_late_on_the_phone(place: Town) -> None:
    uid, desk = await place.follow(), place.desk
    noon = place.clock.now().astimezone(SHANGHAI).replace(hour=12, minute=0)
    detail = "阳台上的每一盆都要浇到，多肉除外"
    for late in Late:
        hourly = draft(noon, title=late, detail=detail, rule="FREQ=HOURLY", late=late, owner=uid)
        await desk.create(replace(hourly, app_id=place.app.id))

    place.clock.advance_to(noon + timedelta(hours=2, minutes=30))
    await place.settle()

    shown = sorted(tuple(one.fields.values()) for one in await place.arrived(uid))
    assert shown == [
        (late, "（迟到）阳台上的每一盆都要浇到，多肉除…") for late in ["all"] * 3 + ["once"]
    ]
    assert len(await place.deliveries(state=DeliveryState.MISSED)) == 3


async def test_an_app_that_is_removed_takes_its_reminders_along(place: Town) -> None:
    uid = await place.follow()
    desk = place.desk
    tomorrow = place.clock.now() + timedelta(days=1)
    reminder = await desk.create(draft(tomorrow, app_id=place.app.id, owner=uid))

    await place.directory.remove_app(place.app.id)

    assert not await desk.of_person(uid, limit=10)
    with pytest.raises(NotFoundError):
        await desk.reminder(reminder.id)
