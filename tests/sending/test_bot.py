"""What people write, say and scan becomes reminders on their phones."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.house import opener_for
from tests.sending.town import PUBLIC, Town, town
from wechat_scheduler.audience.model import Purpose, SubscriberChange
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.web.pages.paths import owner_path, page_path, switches_path

HOUR = timedelta(hours=1)
GUEST = "oguest"


async def write(place: Town, uid: str, text: str) -> str:
    """What the account answers."""
    place.people.write(place.app.appid, await place.openid(uid), text)
    await place.tell()
    return (await place.arrived(uid))[-1].text


async def kept(place: Town, uid: str) -> list[str]:
    """The ids of what is to come."""
    found = await place.desk.of_person(uid, limit=9)
    return [each.id for each in found if each.state is ReminderState.ACTIVE]


async def scan(place: Town, reminder_id: str, openid: str) -> str:
    """Scan a reminder's code; what the account answers."""
    place.clock.advance(timedelta(seconds=1))  # WeChat's name for an event has no more than that
    code = await place.codes.lasting(place.app, Purpose.REMINDER, reminder_id)
    place.people.scan(place.app.appid, openid, ticket=code.scene.ticket)
    await place.tell()
    return (await place.arrived(await place.uid(openid)))[-1].text


async def pass_time(place: Town, span: timedelta) -> None:
    place.clock.advance(span)
    await place.settle()


@pytest.fixture
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose account answers what people write. Its store is in memory, unless the test is marked
    `on_disk`."""
    async with town(tmp_path, opener=opener_for(request), bot=True) as settled:
        yield settled


async def test_what_is_written_is_said_when_it_is_time(place: Town) -> None:
    uid = await place.follow()

    answer = await write(place, uid, "半小时后提醒我收衣服")
    await pass_time(place, HOUR / 2)

    assert answer.startswith("/:ok将在30分钟后提醒你收衣服\n\n时间：2026年11月18日 周三 上午11:00")
    assert f'<a href="{PUBLIC}/r/' in answer
    assert (await place.arrived(uid))[-1].text.startswith("收衣服")


async def test_what_is_said_aloud_counts_as_well(place: Town) -> None:
    uid = await place.follow()

    place.people.voice(place.app.appid, await place.openid(uid), "每天早上八点提醒我吃药。")
    await place.tell()
    await pass_time(place, 22 * HOUR)

    answer, reminded = await place.arrived(uid)
    assert "重复：每天 早上8:00" in answer.text
    assert reminded.text.startswith("吃药")
    assert len(await kept(place, uid)) == 1


async def test_a_follower_who_says_nothing_clear_gets_an_example(place: Town) -> None:
    uid = await place.follow()

    assert "明天下午3点提醒我开会" in await write(place, uid, "你好")


async def test_what_is_no_request_is_for_the_app_that_listens(place: Town) -> None:
    uid = await place.follow()
    listens = replace(place.app, callback="http://127.0.0.1:9/callback")
    await place.directory.change_app(listens.id, lambda _: listens)

    place.people.write(place.app.appid, await place.openid(uid), "你好")
    await place.wechat.sandbox.push_once()
    await write(place, uid, "明天8点提醒我开会")

    (reminder_id,) = await kept(place, uid)
    assert (await place.desk.reminder(reminder_id)).title == "开会"
    assert len(await place.arrived(uid)) == 1
    deliveries = await place.deliveries(app_id=place.app.id)
    assert sorted(each.channel for each in deliveries) == ["person", "webhook", "webhook"]


async def test_who_scans_is_reminded_too_and_the_owner_hears_of_it(place: Town) -> None:
    owner = await place.follow()
    await write(place, owner, "两小时后去跑步")
    (reminder_id,) = await kept(place, owner)

    answers = [await scan(place, reminder_id, GUEST) for _ in range(2)]
    guest = await place.uid(GUEST)
    await pass_time(place, 2 * HOUR)

    assert answers[0].startswith("/:ok将在2小时后提醒你去跑步")
    assert answers[1].startswith("你已经订阅过这个提醒了")
    told = [shown.text for shown in await place.arrived(owner)]
    assert [text[:12] for text in told if "🎉" in text] == ["🎉 微信用户订阅了你的提"]
    assert (await place.arrived(owner))[-1].text.startswith("去跑步")
    # Whoever only scanned may be answered, and not written to.
    assert (await place.arrived(guest))[-1].fields["keyword1"] == "去跑步"


async def test_who_leaves_is_not_reminded_and_the_owner_hears_of_it(place: Town) -> None:
    owner = await place.follow()
    await write(place, owner, "两小时后去跑步")
    (reminder_id,) = await kept(place, owner)
    await scan(place, reminder_id, GUEST)
    guest = await place.uid(GUEST)

    answer = await write(place, guest, f"退出 {reminder_id[:6]}")
    told = (await place.arrived(owner))[-1].text
    await pass_time(place, 2 * HOUR)

    assert answer == "💔 已退出提醒：去跑步\n回复“撤销”可以反悔"
    assert told.startswith("💔 微信用户退出了你的提醒")
    assert (await place.arrived(guest))[-1].text == answer


async def test_who_leaves_takes_that_back_and_is_reminded(place: Town) -> None:
    owner = await place.follow()
    await write(place, owner, "两小时后去跑步")
    (reminder_id,) = await kept(place, owner)
    await scan(place, reminder_id, GUEST)
    guest = await place.uid(GUEST)
    await write(place, guest, "退出 去跑步")

    answer = await write(place, guest, "撤销")
    told = (await place.arrived(owner))[-1].text
    again = await write(place, guest, "撤销")
    await pass_time(place, 2 * HOUR)

    assert answer == "已撤销：“去跑步”到时还会提醒你"
    assert told.startswith("🎉 微信用户订阅了你的提醒")
    assert "已撤销" not in again
    assert (await place.arrived(guest))[-1].text.startswith("去跑步")


async def test_who_scans_takes_that_back_and_is_not_reminded(place: Town) -> None:
    owner = await place.follow()
    await write(place, owner, "两小时后去跑步")
    (reminder_id,) = await kept(place, owner)
    await scan(place, reminder_id, GUEST)
    guest = await place.uid(GUEST)

    answer = await write(place, guest, "撤销")
    await pass_time(place, 2 * HOUR)

    assert answer == "已撤销：“去跑步”不再提醒你"
    assert (await place.arrived(guest))[-1].text == answer


@pytest.mark.parametrize("ended", ["late", "cancelled"])
async def test_leaving_is_not_taken_back_after_ten_minutes_or_the_end(
    place: Town, ended: str
) -> None:
    owner = await place.follow()
    await write(place, owner, "两小时后去跑步")
    (reminder_id,) = await kept(place, owner)
    await scan(place, reminder_id, GUEST)
    guest = await place.uid(GUEST)
    await write(place, guest, "退出 去跑步")
    if ended == "late":
        place.clock.advance(timedelta(minutes=11))
    else:
        await place.desk.cancel(reminder_id)

    answer = await write(place, guest, "撤销")

    wanted = "没有可以撤销的" if ended == "late" else "/:no这个提醒已经结束了"
    assert answer.startswith(wanted)


async def test_an_owner_who_was_silent_for_two_days_is_not_told(place: Town) -> None:
    owner = await place.follow()
    await write(place, owner, "五天后去跑步")
    (reminder_id,) = await kept(place, owner)

    await pass_time(place, 49 * HOUR)
    await scan(place, reminder_id, GUEST)

    assert len(await place.arrived(owner)) == 1


async def test_an_owner_who_does_not_want_to_hear_of_it_is_not_told(place: Town) -> None:
    owner = await place.follow()
    await write(place, owner, "五天后去跑步")
    (reminder_id,) = await kept(place, owner)
    await place.stores.subscribers.change(owner, SubscriberChange(hears_joins=False))

    await scan(place, reminder_id, GUEST)

    assert len(await place.arrived(owner)) == 1


async def test_of_two_that_are_called_alike_the_number_is_asked_for(place: Town) -> None:
    uid = await place.follow()
    await write(place, uid, "明天下午3点提醒我开会")
    await write(place, uid, "后天下午3点提醒我开会")
    ids = await kept(place, uid)

    question = await write(place, uid, "取消 开会")
    answer = await write(place, uid, "1")

    assert question.startswith("有2个提醒，要取消哪一个？\n1. 2026年11月19日 周四 下午3:00 <a")
    assert answer.startswith("已取消提醒：开会")
    assert await kept(place, uid) == ids[1:]


async def test_scanning_what_is_ones_own_or_over_or_gone_says_so(place: Town) -> None:
    openid = place.people.follow(place.app.appid)
    await place.tell()
    owner = await place.uid(openid)
    await write(place, owner, "明天去跑步")
    (reminder_id,) = await kept(place, owner)

    own = await scan(place, reminder_id, openid)
    await place.desk.cancel(reminder_id)
    over = await scan(place, reminder_id, openid)
    await place.desk.remove(reminder_id)
    gone = await scan(place, reminder_id, openid)

    assert own.startswith("这是你自己的提醒")
    assert ("已经结束" in over, "不存在" in gone) == (True, True)


async def test_whoever_unfollows_is_reminded_of_nothing_any_more(place: Town) -> None:
    owner, guest = await place.follow(), await place.follow()
    await write(place, owner, "一小时后去跑步")
    (reminder_id,) = await kept(place, owner)
    await write(place, guest, "每天十二点吃饭")
    await scan(place, reminder_id, await place.openid(guest))

    place.people.unfollow(place.app.appid, await place.openid(guest))
    await place.tell()
    shown = len(await place.arrived(guest))
    await pass_time(place, 25 * HOUR)

    assert await kept(place, guest) == []
    assert len(await place.arrived(guest)) == shown
    assert await place.desk.people(reminder_id) == ((), 0)
    assert (await place.arrived(owner))[-1].text.startswith("去跑步")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.on_disk
async def test_links_that_are_secrets_are_stored_nowhere(place: Town, tmp_path: Path) -> None:
    uid = await place.follow()
    told = await write(place, uid, "半小时后提醒我收衣服")
    (reminder,) = await kept(place, uid)
    listed = [await write(place, uid, words) for words in ("我的提醒", "今天", "我的订阅")]
    await scan(place, reminder, GUEST)
    await pass_time(place, HOUR / 2)

    owner = owner_path(place.links, reminder)
    switches = switches_path(place.links, uid, place.clock.now())
    said = (await place.arrived(uid))[-1].text
    assert all(owner in text for text in (told, *listed[:2], said))
    assert switches in listed[2]
    stored = everything(tmp_path)
    assert said.partition("\n")[0].encode() in stored
    for path in (owner, switches):
        assert path.rpartition(".")[2].encode() not in stored


async def test_the_message_of_a_reminder_opens_the_page_that_its_reader_may_see(
    place: Town,
) -> None:
    uid = await place.follow()
    await write(place, uid, "半小时后提醒我收衣服")
    (reminder,) = await kept(place, uid)
    await scan(place, reminder, GUEST)

    await pass_time(place, HOUR / 2)

    own, guests = [(await place.arrived(one))[-1] for one in (uid, await place.uid(GUEST))]
    assert f'"{PUBLIC}{owner_path(place.links, reminder)}"' in own.text
    assert guests.url == f"{PUBLIC}{page_path(place.links, reminder)}"
