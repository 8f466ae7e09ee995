"""What becomes of messages and reminders, and what users do, is told to those who follow it."""

from datetime import timedelta
from typing import Any

from tests.access.doors import make
from tests.keeper.streams import Stream, following, number_waiting
from tests.reminders.remembering import draft
from tests.sending.town import Town
from wechat_scheduler.feed.model import WANTED
from wechat_scheduler.feed.reader import LOOK_EVERY

SECOND = timedelta(seconds=1)
OFTEN = "?kinds=delivery.ended,reminder.fired,user.acted"


async def send(place: Town, uid: str, text: str = "hello") -> Any:
    body = {"app": place.app.id, "to": [uid], "text": text}
    answer = await place.call("POST", "/v1/messages", body)
    await place.settle()
    return answer.result


async def entries(place: Town) -> int:
    """Of what happens often."""
    database = place.caller.daemon.ground.database
    return len(await database.read("SELECT id FROM feed WHERE what NOT LIKE 'credential%'"))


async def test_a_message_a_reminder_and_an_act_are_told_by_their_ids(place: Town) -> None:
    async with following(place.caller, OFTEN) as stream:
        await stream.next()
        uid = await place.follow()
        acted = await stream.next()
        message = await send(place, uid)
        sent = await stream.next()
        due = place.clock.now() + timedelta(minutes=1)
        reminder = await place.desk.create(draft(due, app_id=place.app.id, owner=uid))
        place.clock.advance(timedelta(minutes=1))
        await place.settle()
        fired = await stream.next()
        ended = await told_until(stream, "delivered")

    account, app = place.app.appid, place.app.id
    openid = await place.openid(uid)
    (delivery, reminded) = [one.id for one in reversed(await place.deliveries())]
    assert (acted.what, acted.data) == (
        "user.acted",
        {"appid": account, "openid": openid, "act": "follow"},
    )
    assert (sent.what, sent.data["message"], sent.data["id"]) == (
        "delivery.ended",
        message["id"],
        delivery,
    )
    assert sent.data.keys() == {"appid", "id", "message", "app", "state", "errcode"}
    assert (sent.data["state"], sent.data["app"], sent.data["errcode"]) == ("accepted", app, None)
    assert fired.what == "reminder.fired"
    assert fired.data == {
        "appid": account,
        "id": reminder.id,
        "app": app,
        "message": fired.data["message"],
        "missed": False,
    }
    assert [one["state"] for one in ended] == ["accepted", "delivered"]
    assert {one["id"] for one in ended} == {reminded}


async def told_until(stream: Stream, state: str) -> list[dict[str, Any]]:
    """The data of events, up to the one of that state."""
    found = [(await stream.next()).data]
    while found[-1]["state"] != state:
        found.append((await stream.next()).data)
    return found


async def test_what_happens_often_is_kept_while_it_is_followed_and_for_an_hour(
    place: Town,
) -> None:
    uid = await place.follow()
    await send(place, uid)
    async with following(place.caller, "?kinds=credential.rotated") as credentials:
        first = await credentials.next()
    await send(place, uid)
    before = await entries(place)

    async with following(place.caller, OFTEN) as stream:
        hello = await stream.next()
    await send(place, uid)
    async with following(place.caller, OFTEN, after=hello.id) as stream:
        missed = await stream.next()
    await number_waiting(place.caller, 0)
    place.clock.advance(WANTED + SECOND)
    kept = await entries(place)
    await send(place, uid)
    async with following(place.caller, OFTEN, after=missed.id) as stream:
        later = await stream.next()

    assert first.what == "hello"
    assert before == 0
    assert missed.what == "delivery.ended"
    assert await entries(place) == kept == 1
    assert later.what == "resync"


async def test_a_stream_misses_nothing_unknowingly_while_the_clock_is_set(place: Town) -> None:
    uid = await place.follow()
    async with following(place.caller, OFTEN) as stream:
        await stream.next()
        place.clock.jump(2 * WANTED)  # what the store was told to keep until then is over
        await send(place, uid)
        place.clock.advance(LOOK_EVERY)
        await stream.lost()
    async with following(place.caller, OFTEN, after=stream.last) as stream:
        first = await stream.next()
        place.clock.jump(-2 * WANTED)
        await send(place, uid)
        then = await stream.next()

    assert (first.what, then.what) == ("resync", "delivery.ended")


async def test_a_key_is_told_of_its_own_accounts_only(place: Town) -> None:
    other = await place.another("wxother")
    key = await make(place.caller, "push", appids=["wxother"])

    async with (
        following(place.caller, OFTEN, key=key.text) as limited,
        following(place.caller, f"{OFTEN}&appid={place.app.appid}") as wanted,
    ):
        await limited.next()
        await wanted.next()
        await other.follow("o_other")
        await place.follow("o_here")
        theirs, ours = await limited.next(), await wanted.next()
        await other.follow("o_third")
        last = await limited.next()

    openids = [event.data["openid"] for event in (theirs, ours, last)]
    assert openids == ["o_other", "o_here", "o_third"]
