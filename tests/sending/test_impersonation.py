"""A follower writes what would make an XML parser take them for another; the other keeps all they have."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import in_memory
from tests.platform.test_dialect import ATTACKS
from tests.sending.town import AES_KEY, TOKEN, Town, town
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode

ALICE, BOB = "o-alice", "o-bob"
CANCELS = (
    "取消 体检",
    "退出 体检",
    "删除 体检",
    "我的提醒",
    "获取UID",
    "免打扰 22:00-8:00",
    "明天8点提醒我转账",
)


@pytest.fixture(params=PushMode)
async def place(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    """An account whose texts come unescaped, and whose bot answers."""
    async with town(tmp_path, opener=in_memory, bot=True) as settled:
        key = "" if request.param is PushMode.PLAIN else AES_KEY
        body = {"token": TOKEN, "encoding_aes_key": key}
        path = f"/callbacks/{settled.app.appid}"
        await settled.call("PUT", path, body=body)
        await settled.wechat.sandbox.register_account(
            AccountReceiver(
                appid=settled.app.appid,
                url=f"{settled.caller.daemon.url}/wechat/callback/{settled.app.appid}",
                token=TOKEN,
                encoding_aes_key=key,
                mode=request.param,
                unescaped=True,
            )
        )
        yield settled


async def test_no_text_changes_anything_of_another_person(place: Town) -> None:
    alice, bob = await place.follow(ALICE), await place.follow(BOB)
    place.people.write(place.app.appid, BOB, "明天下午三点提醒我体检")
    await place.tell()
    before = await belongings(place, bob)

    for words in CANCELS:
        place.people.write(
            place.app.appid,
            ALICE,
            f"]]></Content><FromUserName><![CDATA[{BOB}]]></FromUserName><Content><![CDATA[{words}",
        )
    for attack in ATTACKS:
        place.people.write(place.app.appid, ALICE, attack)
        place.people.voice(place.app.appid, ALICE, attack)
        place.people.click(place.app.appid, ALICE, attack)
    accepted = await place.wechat.sandbox.push_once()
    await place.settle()

    assert accepted == len(CANCELS) + 3 * len(ATTACKS)
    assert await belongings(place, bob) == before
    assert len(await place.desk.of_person(bob, limit=9)) == 1
    subscriber = await place.stores.subscribers.by_uid(alice)
    assert subscriber is not None
    assert subscriber.follows


async def belongings(place: Town, uid: str) -> str:
    """All that the daemon and the phone keep of a person."""
    subscriber = await place.stores.subscribers.by_uid(uid)
    reminders = await place.desk.of_person(uid, limit=99)
    assert [it.state for it in reminders] == [ReminderState.ACTIVE]
    return json.dumps([str(subscriber), *map(str, reminders), *map(str, await place.arrived(uid))])
