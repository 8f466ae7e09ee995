"""Scanning an app's consent code lets it remind, and the app hears whose openid that is."""

import pytest

from tests.audience.people import CALLBACK, Office, a_scene, an_app
from tests.clock import START
from wechat_scheduler.audience.consenting import Consenting
from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.audience.user_acts import UserActKind
from wechat_scheduler.errors import StorageError

GAME = an_app("farm", callback=CALLBACK)
SCENE = a_scene(GAME, purpose=Purpose.CONSENT, extra="player 7")


@pytest.fixture
async def office() -> Office:
    office = await Office().open(GAME)
    openids = Openids(office.aliases, clock=office.clock)
    office.reception = office.reception_with(
        Consenting(office.subscriptions, openids, directory=office.directory, post=office.lists)
    )
    await office.scenes.add(SCENE, once=None)
    return office


async def test_the_app_hears_of_it_once_however_often_wechat_repeats_it(office: Office) -> None:
    office.lists.cut_short = True
    with pytest.raises(StorageError):
        await office.receive(UserActKind.FOLLOW, scene=SCENE.id)

    for _ in range(2):
        await office.receive(UserActKind.FOLLOW, scene=SCENE.id)

    uid = await office.uid()
    (alias,) = await office.aliases.of_person(GAME.id, uid)
    told = {
        "appId": GAME.id,
        "appName": "farm",
        "uid": uid,
        "openid": alias.name,
        "time": int(START.timestamp() * 1000),
        "extra": "player 7",
    }
    assert alias.consented
    assert office.lists.callbacks == [{"action": "reminder_consent", "data": told}]
    assert office.lists.said == ["已允许「farm」提醒你，到时由微信通知。"]
    assert await office.takers(GAME) == [uid]


@pytest.mark.parametrize("choice", ["muted", "blocked"])
async def test_scanning_again_undoes_what_the_user_chose_and_not_what_the_app_did(
    office: Office, choice: str
) -> None:
    await office.receive(UserActKind.FOLLOW, "1", scene=SCENE.id)
    uid = await office.uid()
    (subscription,) = await office.subscriptions.of_person(uid)
    if choice == "muted":
        await office.subscriptions.set_muted(subscription.id, muted=True)
    else:
        await office.subscriptions.set_blocked(subscription.id, blocked=True)

    await office.receive(UserActKind.SCAN, "2", scene=SCENE.id)

    takes = [uid] if choice == "muted" else []
    assert await office.takers(GAME) == takes
    assert len(office.lists.callbacks) == 1 + len(takes)


async def test_what_is_no_consent_is_left_to_others(office: Office) -> None:
    await office.scenes.add(
        a_scene(GAME, id="other", purpose=Purpose.REMINDER, target="9"), once=None
    )

    await office.receive(UserActKind.SCAN, "1", scene="other")
    await office.receive(UserActKind.TEXT, "2", text="hello")

    assert await office.takers(GAME) == []
    assert office.lists.said == []
