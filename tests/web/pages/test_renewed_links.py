"""Links that leaked are ended, and those of users end by themselves."""

from datetime import timedelta

from tests.sending.town import PUBLIC, Town
from tests.web.compat.wxpushing import SEND
from tests.web.pages.visiting import a_reminder, read, visit
from wechat_scheduler.audience.model import App
from wechat_scheduler.web.pages.paths import (
    JOINERS,
    LIFE,
    home_path,
    message_path,
    owner_path,
    page_path,
    subscribe_path,
    switches_path,
)

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


async def test_the_links_of_an_app_end_when_they_are_renewed(place: Town, apart: Town) -> None:
    paths, theirs = await leaking(apart), await leaking(place)
    renewed = []
    for _ in range(2):
        answer = await apart.call("POST", f"/v1/apps/{apart.app.id}/links")
        assert (answer.status, answer.result) == (200, "success")
        renewed.append(await leaking(apart))

    dead, older, newer = [await opened(apart, each) for each in (paths, *renewed)]

    assert set(dead.values()) == set(older.values()) == {404}
    assert set(newer.values()) == set((await opened(apart, theirs)).values()) == {200}


async def test_renewed_links_change_nothing(apart: Town) -> None:
    reminder = await a_reminder(apart, await apart.follow())
    path = owner_path(apart.links, reminder.id)
    await apart.directory.renew_links(apart.app.id)
    capability = path.rpartition("/")[2]

    answer = await visit(
        apart, "POST", path, data={"capability": capability, "do": "delete", "sure": "yes"}
    )

    assert answer.status == 404
    assert await apart.desk.reminder(reminder.id) == reminder


async def test_codes_by_which_users_subscribe_are_not_renewed(apart: Town) -> None:
    reminder = await a_reminder(apart, await apart.follow())
    paths = {
        "follow": subscribe_path(apart.links, apart.app.id),
        "join": f"/q/{apart.links.capability(JOINERS, reminder.id)}",
        "landing": f"/reminds/{reminder.id}",
    }

    await apart.directory.renew_links(apart.app.id)

    assert await opened(apart, paths) == {"follow": 200, "join": 200, "landing": 302}
    landing = await visit(apart, "GET", paths["landing"])
    path = landing.headers["Location"].removeprefix(PUBLIC)
    assert (await visit(apart, "GET", path)).status == 200


async def test_messages_that_are_sent_later_have_new_links(fresh: Town) -> None:
    uid = await fresh.follow()
    reminder = await a_reminder(fresh, uid)
    await fresh.directory.renew_links(fresh.app.id)
    fresh.clock.advance_to(reminder.start)
    await fresh.settle()

    path = (await fresh.arrived(uid))[-1].url.removeprefix(PUBLIC)

    assert path == owner_path(fresh.links, reminder.id, 1)
    page = await visit(fresh, "GET", path)
    assert (page.status, "10 分钟后再提醒" in page.text) == (200, True)
    assert (await visit(fresh, "GET", read(fresh, reminder))).status == 404


async def test_the_link_to_a_users_switches_ends(fresh: Town) -> None:
    path = switches_path(fresh.links, await fresh.follow(), fresh.clock.now())
    seen = []
    for passed in (timedelta(0), LIFE, DAY):
        fresh.clock.advance(passed)
        seen.append((await visit(fresh, "GET", path)).status)
        pressed = await visit(fresh, "POST", path, data={"do": "mute", "id": "0"})
        assert pressed.status == 404

    assert seen == [200, 200, 404]


async def test_a_generation_is_proven_as_the_name_is(apart: Town) -> None:
    reminder = await a_reminder(apart, await apart.follow())
    path = owner_path(apart.links, reminder.id)
    name, _, proof = path.partition(".")

    await apart.directory.renew_links(apart.app.id)

    for changed in ("-1", "-20776", "-0", "-01", "-"):
        assert (await visit(apart, "GET", f"{name}{changed}.{proof}")).status == 404, changed
