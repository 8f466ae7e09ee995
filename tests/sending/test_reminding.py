"""A reminder falls due, and is on the phone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.sending.town import Town
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reminders.planning import Draft

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_daily_reminder_comes_once_a_day(place: Town) -> None:
    uid = await place.follow()
    tomorrow = place.clock.now().astimezone(SHANGHAI) + timedelta(days=1)
    eight = tomorrow.replace(hour=8, minute=0, second=0, microsecond=0)
    draft = Draft(title="吃药", start=eight, rule="FREQ=DAILY", owner=uid)
    await place.outgoing.reminding.desk.create(draft, app_id=place.app.id)

    for days in range(3):
        place.clock.advance_to(eight + timedelta(days=days))
        await place.settle()
        await place.settle()

    shown = await place.arrived(uid)
    assert len(shown) == 3
    assert {one.kind for one in shown} == {"template"}


async def test_an_app_that_is_removed_takes_its_reminders_along(place: Town) -> None:
    uid = await place.follow()
    desk = place.outgoing.reminding.desk
    tomorrow = place.clock.now() + timedelta(days=1)
    draft = Draft(title="吃药", start=tomorrow, owner=uid)
    reminder = await desk.create(draft, app_id=place.app.id)

    await place.outgoing.directory.remove_app(place.app.id)

    assert not await desk.of_person(uid, limit=10)
    with pytest.raises(NotFoundError):
        await desk.reminder(reminder.id)
