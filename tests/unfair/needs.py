"""What healthy neighbours need, each of it in a moment."""

from datetime import datetime, timedelta
from typing import Any

from tests.keeper.streams import ROTATED, following
from tests.unfair.day import IN_TIME, Day
from wechat_scheduler.audience.app_events import Wrote
from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.delivery.model import DeliveryState

ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
MOMENT = timedelta(milliseconds=50)


async def credentials(day: Day) -> None:
    jobs = {(job["appid"], job["type"]): job for job in await day.jobs()}
    for appid, number in day.healthy:
        job = jobs[appid, number]
        assert job["state"] == "fresh" or _is_being_renewed(day, job), job
    for appid, number in day.healthy[:5]:
        assert await day.street.town.caller.value(f"{appid}/{number}")


def _is_being_renewed(day: Day, job: dict[str, Any]) -> bool:
    """WeChat gives the same ticket again until it expires. Another value may wait for its place for a moment."""
    due = datetime.fromisoformat(job["next_attempt_at"])
    return job["state"] == "stale" and (job["type"] == 1 or due > day.clock.now() - IN_TIME)


async def a_new_credential_and_its_notification(day: Day) -> None:
    path = f"/notify/{day.street.names}"
    appid = await day.street.account(notify=day.street.healthy.url(path))
    assert await day.street.town.caller.value(f"{appid}/0")
    day.keep(f"{appid}/0")
    while not any(call.path == path for call in day.street.healthy.calls):
        await day.clock.sleep(MOMENT)


async def a_credential_with_params(day: Day) -> None:
    path = await day.user(day.street.healthy)
    assert await day.street.town.caller.value(path)


async def a_callback(day: Day) -> None:
    before, town = len(day.street.healthy.calls), day.street.town
    event = Wrote(uid="UID_amy", content="hello", at=day.clock.now())
    await town.sending.tell(town.app, event, event_id=str(day.clock.elapsed))
    while not any(call.path == "/callback" for call in day.street.healthy.calls[before:]):
        await day.clock.sleep(MOMENT)


async def a_message(day: Day) -> None:
    town = day.street.town
    town.people.write(town.app.appid, await town.openid(day.street.people[0]), "hello")
    await day.sandbox.push_once()  # what is written opens the time in which a text may be sent
    message = await day.street.send(day.street.people[0], day.way)
    while await day.street.state(message) not in ARRIVED:
        await day.clock.sleep(MOMENT)


async def a_qr_code(day: Day) -> None:
    app = day.street.town.app
    assert await day.street.town.codes.make(app, Purpose.APP, lifetime=day.turn_takes)


async def a_call_through_the_gateway(day: Day) -> None:
    assert "total" in await day.street.passed("/cgi-bin/user/get")


async def an_event_of_a_rotation(day: Day) -> None:
    async with following(day.street.town.caller, ROTATED) as stream:
        await stream.next()
        appid = await day.street.account()
        while (await stream.next()).data["appid"] != appid:
            pass
    day.keep(f"{appid}/0")


async def a_tunnel(day: Day) -> None:
    assert await day.street.tunnel("api", day.tunneller) == b"200"


NEEDS = (
    credentials,
    a_new_credential_and_its_notification,
    a_credential_with_params,
    a_callback,
    a_message,
    a_qr_code,
    a_call_through_the_gateway,
    a_tunnel,
    an_event_of_a_rotation,
)
