"""Links that leaked are ended, and those of users end by themselves."""

from datetime import timedelta

import pytest

from tests.sending.town import PUBLIC, Town
from tests.web.compat.wxpushing import SEND
from tests.web.pages.visiting import a_reminder, read, visit
from wechat_scheduler.audience.model import App
from wechat_scheduler.web.pages.message import message_path
from wechat_scheduler.web.pages.reminder_links import JOINERS, owner_path, page_path
from wechat_scheduler.web.pages.subscribing import LIFE, home_path, subscribe_path, switches_path

DAY = timedelta(days=1)


def sender(place: Town) -> App:
    found = place.directory.app(place.app.id)
    assert found is not None
    return found


async def leaking(place: Town) -> dict[str, str]:
    """An address of each kind that shows something of a user's or of the app's, as it is made now."""
    app, uid = sender(place), await place.follow()
    reminder = await a_reminder(place, uid)
    body = {"appToken": place.token, "content": "x", "contentType": 1, "uids": [uid]}
    sent = (await place.call("POST", SEND, body, key="")).json["data"][0]
    consent = await place.call("POST", f"/v1/apps/{app.id}/subscribers/{uid}/openid")
    generation = app.link_generation
    return {
        "message": message_path(place.links, sent["messageContentId"], generation),
        "reminder": page_path(place.links, reminder.id, generation),
        "owner": owner_path(place.links, reminder.id, generation),
        "home": home_path(place.links, app, uid),
        "consent": consent.result["consent_url"].removeprefix(PUBLIC),
    }


async def opened(place: Town, paths: dict[str, str]) -> dict[str, int]:
    return {name: (await visit(place, "GET", path)).status for name, path in paths.items()}


async def test_the_links_of_an_app_end_when_they_are_renewed(place: Town) -> None:
    other = await place.another("wx2222222222222222")
    paths, theirs = await leaking(place), await leaking(other)
    renewed = []
    for _ in range(2):
        answer = await place.call("POST", f"/v1/apps/{place.app.id}/links")
        assert (answer.status, answer.result) == (200, "success")
        renewed.append(await leaking(place))

    dead, older, newer = [await opened(place, each) for each in (paths, *renewed)]

    assert set(dead.values()) == set(older.values()) == {404}
    assert set(newer.values()) == set((await opened(place, theirs)).values()) == {200}


async def test_renewed_links_change_nothing(place: Town) -> None:
    reminder = await a_reminder(place, await place.follow())
    path = owner_path(place.links, reminder.id)
    await place.directory.renew_links(place.app.id)
    capability = path.rpartition("/")[2]

    answer = await visit(
        place, "POST", path, data={"capability": capability, "do": "delete", "sure": "yes"}
    )

    assert answer.status == 404
    assert await place.desk.reminder(reminder.id) == reminder


async def test_codes_by_which_users_subscribe_are_not_renewed(place: Town) -> None:
    reminder = await a_reminder(place, await place.follow())
    paths = {
        "follow": subscribe_path(place.links, place.app.id),
        "join": f"/q/{place.links.capability(JOINERS, reminder.id)}",
        "landing": f"/reminds/{reminder.id}",
    }

    await place.directory.renew_links(place.app.id)

    assert await opened(place, paths) == {"follow": 200, "join": 200, "landing": 302}
    landing = await visit(place, "GET", paths["landing"])
    path = landing.headers["Location"].removeprefix(PUBLIC)
    assert (await visit(place, "GET", path)).status == 200


async def test_messages_that_are_sent_later_have_new_links(place: Town) -> None:
    uid = await place.follow()
    reminder = await a_reminder(place, uid)
    await place.directory.renew_links(place.app.id)
    place.clock.advance_to(reminder.start)
    await place.settle()

    path = (await place.arrived(uid))[-1].url.removeprefix(PUBLIC)

    assert path == owner_path(place.links, reminder.id, 1)
    page = await visit(place, "GET", path)
    assert (page.status, "10 分钟后再提醒" in page.text) == (200, True)
    assert (await visit(place, "GET", read(place, reminder))).status == 404


@pytest.mark.parametrize(("after", "status"), [(timedelta(0), 200), (LIFE, 200), (LIFE + DAY, 404)])
async def test_the_link_to_a_users_switches_ends(
    place: Town, after: timedelta, status: int
) -> None:
    uid = await place.follow()
    path = switches_path(place.links, uid, place.clock.now())

    place.clock.advance(after)

    assert (await visit(place, "GET", path)).status == status
    assert (await visit(place, "POST", path, data={"do": "mute", "id": "0"})).status == 404


@pytest.mark.parametrize("changed", ["-1", "-20776", "-0", "-01", "-"])
async def test_a_generation_is_proven_as_the_name_is(place: Town, changed: str) -> None:
    reminder = await a_reminder(place, await place.follow())
    path = owner_path(place.links, reminder.id)
    name, _, proof = path.partition(".")

    await place.directory.renew_links(place.app.id)

    assert (await visit(place, "GET", f"{name}{changed}.{proof}")).status == 404
