"""The pages of a reminder: the public one, its owner's, and the one behind a poster's QR code."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.sending.town import PUBLIC, Town
from tests.web.pages.reading import Reader
from tests.web.pages.visiting import Seen, a_reminder, owned, read, submit, visit
from wechat_scheduler.audience.model import Purpose, SubscriberChange
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.web.pages.reminder_links import JOINERS

AGAIN = ("soon", "tomorrow")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def uid(place: Town) -> str:
    return await place.follow()


async def see(place: Town, path: str) -> str:
    answer = await visit(place, "GET", path)
    assert answer.status == 200
    return answer.text


async def press(place: Town, page: Seen | str, path: str, label: str) -> Seen:
    """Submits the form of the button with that label, as a browser does."""
    text = page if isinstance(page, str) else page.text
    (form,) = [one for one in re.findall(r"<form.*?</form>", text, re.DOTALL) if label in one]
    read = Reader(form)
    (target,) = read.all("form")
    fields = {one["name"]: one.get("value", "") for one in read.all("input")}
    assert target["action"] == path
    return await visit(place, "POST", path, data=fields)


async def joined(place: Town, reminder: Reminder, openid: str = "oguest") -> str:
    """Somebody scans the reminder's code; returns their uid."""
    code = await place.codes.lasting(place.app, Purpose.REMINDER, reminder.id)
    place.people.scan(place.app.appid, openid, ticket=code.scene.ticket)
    await place.tell()
    return await place.uid(openid)


async def pass_time(place: Town, span: timedelta) -> None:
    place.clock.advance(span)
    await place.settle()


async def test_the_page_shows_what_is_to_come(place: Town, uid: str) -> None:
    await place.audience.change(uid, SubscriberChange(nickname="阿文"))
    reminder = await a_reminder(place, uid, title="<周报>", detail="发给老板", rule="FREQ=WEEKLY")

    page = await see(place, read(place, reminder))

    for words in (
        "&lt;周报&gt;",
        "发给老板",
        "阿文分享的提醒",
        "每周",
        '<p class="big"><time>2026年11月18日 周三 下午2:30</time></p>',
        "2026年11月25日 周三 下午2:30",
        'class="qr"',
    ):
        assert words in page
    assert "<form" not in page


@pytest.mark.parametrize(
    ("fields", "state"),
    [({}, "已提醒"), ({"late": "skip"}, "已错过"), ({"rule": "FREQ=DAILY;COUNT=1"}, "已提醒")],
)
async def test_a_reminder_that_is_over_shows_its_time_and_what_became_of_it(
    place: Town, uid: str, fields: dict[str, Any], state: str
) -> None:
    reminder = await a_reminder(place, uid, **fields)
    await pass_time(place, timedelta(hours=9))

    for path in (read(place, reminder), owned(place, reminder)):
        page = await see(place, path)
        assert "2026年11月18日 周三 下午2:30" in page
        assert f'<span class="tag">{state}</span>' in page
        assert 'class="qr"' not in page
        assert "暂停" not in page


async def test_a_reminder_that_goes_on_shows_when_it_was_sent_last(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid, rule="FREQ=DAILY")
    await pass_time(place, timedelta(hours=4))

    page = await see(place, read(place, reminder))

    assert "上次提醒：2026年11月18日 周三 下午2:30" in page
    assert '<p class="big"><time>2026年11月19日 周四 下午2:30</time></p>' in page


async def test_the_owner_changes_it_with_words(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid, defer=-30 * MINUTE)
    path = owned(place, reminder)

    answer = await submit(place, path, do="edit", title="评审", time="每天下午3点")
    page = await see(place, answer.headers["Location"])

    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert 'value="评审"' in page
    assert "每天 下午3:00" in page
    assert "2026年11月18日 周三 下午3:00" in page


async def test_the_owner_pauses_and_resumes(place: Town, uid: str) -> None:
    path = owned(place, await a_reminder(place, uid, rule="FREQ=DAILY"))
    seen = []
    for label in ("暂停", "恢复"):
        answer = await press(place, await see(place, path), path, label)
        seen.append("已暂停" in await see(place, answer.headers["Location"]))

    assert seen == [True, False]


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("随便什么时候", 422, "例如“明天下午3点”。"),
        ("后天有货吗", 422, "例如“明天下午3点”。"),
        ("取消后天的闹钟", 422, "例如“明天下午3点”。"),
        ("2月30号", 422, "2月30"),
        ("昨天下午3点", 422, "已经过去了"),
        ("3点或4点", 422, "一次只能选一个"),
        ("每10秒", 422, "频繁"),
        ('"><b>', 422, "没有看懂这个时间"),
        ("明天", 303, ""),
    ],
)
async def test_a_wrong_time_keeps_what_was_typed(
    place: Town, uid: str, typed: str, status: int, words: str
) -> None:
    reminder = await a_reminder(place, uid)

    answer = await submit(place, owned(place, reminder), do="edit", title="评审会", time=typed)

    assert answer.status == status
    if status == 303:
        return
    inputs = {one["name"]: one.get("value") for one in Reader(answer.text).all("input")}
    assert (inputs["title"], inputs["time"]) == ("评审会", typed)
    (error,) = re.findall(r'<p class="error" role="alert">(.*?)</p>', answer.text)
    assert words in error
    assert "提醒我" not in error
    assert error.endswith(("。", "？"))
    assert await place.desk.reminder(reminder.id) == reminder


async def test_the_example_for_a_wrong_time_recurs_as_the_reminder_does(
    place: Town, uid: str
) -> None:
    path = owned(place, await a_reminder(place, uid, rule="FREQ=DAILY"))

    answer = await submit(place, path, do="edit", title="喝水", time="看心情")

    assert "例如“每天下午3点”。" in answer.text


async def test_a_title_that_is_too_long_is_kept_as_typed(place: Town, uid: str) -> None:
    path = owned(place, await a_reminder(place, uid))

    answer = await submit(place, path, do="edit", title="长" * 501, time="明天下午3点")

    assert (answer.status, "标题要有 1 到 500 个字。" in answer.text) == (400, True)
    assert f'value="{"长" * 501}"' in answer.text
    assert 'value="明天下午3点"' in answer.text


@pytest.mark.parametrize(
    ("fields", "example"), [({}, "明天下午3点"), ({"rule": "FREQ=DAILY"}, "每天下午3点")]
)
async def test_the_example_fits_the_reminder(
    place: Town, uid: str, fields: dict[str, Any], example: str
) -> None:
    path = owned(place, await a_reminder(place, uid, **fields))
    (field,) = [one for one in Reader(await see(place, path)).all("input") if one["name"] == "time"]

    answer = await submit(place, path, do="edit", title="a", time=field["placeholder"])

    assert (field["placeholder"], answer.status) == (example, 303)


async def test_the_owner_is_reminded_again_in_ten_minutes(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    await pass_time(place, reminder.start - place.clock.now())
    link = (await place.arrived(uid))[-1].url.removeprefix(PUBLIC)

    answer = await press(place, await see(place, link), link, "10 分钟后再提醒")
    page = await see(place, answer.headers["Location"])
    await pass_time(place, 10 * MINUTE)

    assert answer.status == 303
    assert '<p class="big"><time>2026年11月18日 周三 下午2:40</time></p>' in page
    assert [one.kind for one in await place.arrived(uid)] == ["template", "template"]
    assert (await place.desk.reminder(reminder.id)).fired == 2


async def test_the_owner_is_reminded_again_at_this_time_tomorrow(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid, rule="FREQ=WEEKLY")
    path = owned(place, reminder)
    await pass_time(place, timedelta(hours=5))
    page = await see(place, path)
    assert "明天这时是 <time>2026年11月19日 周四 下午3:30</time>" in page

    answer = await press(place, page, path, "明天这时")

    again = await see(place, answer.headers["Location"])
    assert '<p class="big"><time>2026年11月19日 周四 下午3:30</time></p>' in again
    assert (await place.desk.reminder(reminder.id)).rule == "FREQ=WEEKLY;BYDAY=WE"


@pytest.mark.parametrize("fields", [{}, {"rule": "FREQ=DAILY"}])
@pytest.mark.parametrize("do", AGAIN)
async def test_reminding_again_loses_no_reminder_and_tells_no_other_person(
    place: Town, uid: str, do: str, fields: dict[str, Any]
) -> None:
    reminder = await a_reminder(place, uid, **fields)
    guest = await joined(place, reminder)

    for _ in range(2):
        answer = await submit(place, owned(place, reminder), do=do)
        assert answer.status == 303

    own = await place.desk.of_person(uid, limit=9)
    assert len(own) == 2
    assert await place.desk.reminder(reminder.id) == reminder
    assert [one.id for one in await place.desk.of_person(guest, limit=9)] == [reminder.id]


async def test_deleting_asks_first(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    path = owned(place, reminder)
    await joined(place, reminder)

    asked = await press(place, await see(place, path), path, "删除")

    assert asked.status == 200
    assert "删除这个提醒吗？" in asked.text
    assert "另外 1 位订阅者也将不再收到" in asked.text
    assert f'href="{path}">不删除</a>' in asked.text
    assert await place.desk.reminder(reminder.id) == reminder


async def test_a_deletion_can_be_undone_for_a_minute(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid, rule="FREQ=DAILY")
    path = owned(place, reminder)
    guest = await joined(place, reminder)
    asked = await press(place, await see(place, path), path, "删除")

    done = await press(place, asked, path, "删除")
    gone = [(await visit(place, "GET", each)).status for each in (path, read(place, reminder))]
    place.clock.advance(MINUTE)
    answer = await press(place, done, path, "撤销")

    assert (done.status, "不再提醒“开会”" in done.text, gone) == (200, True, [404, 404])
    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert "2026年11月18日 周三 下午2:30" in await see(place, path)
    assert await place.desk.people(reminder.id) == ((guest,), 1)


async def test_a_deletion_is_final_after_a_minute(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    path = owned(place, reminder)
    done = await submit(place, path, do="delete", sure="yes")
    place.clock.advance(MINUTE + timedelta(seconds=1))

    answer = await press(place, done, path, "撤销")

    assert (answer.status, "来不及撤销了" in answer.text) == (409, True)
    assert (await visit(place, "GET", path)).status == 404


async def test_only_the_owners_page_takes_its_own_deletion_back(place: Town, uid: str) -> None:
    mine, other = await a_reminder(place, uid), await a_reminder(place, uid, title="其他")
    done = await submit(place, owned(place, other), do="delete", sure="yes")
    (undo,) = re.findall(r'name="undo" value="([^"]+)"', done.text)
    assert "其他" not in undo

    for path in (owned(place, mine), read(place, other), owned(place, other) + "x"):
        assert (await submit(place, path, do="undo", undo=undo)).status == 404
    assert (await submit(place, owned(place, other), do="undo", undo="x")).status == 404


@pytest.mark.parametrize(
    "form",
    [{"do": "delete", "sure": "yes", "capability": "x"}, {"do": "explode"}, {}],
)
async def test_a_form_that_the_page_does_not_have_does_nothing(
    place: Town, uid: str, form: dict[str, str]
) -> None:
    reminder = await a_reminder(place, uid)

    answer = await submit(place, owned(place, reminder), **form)

    assert (answer.status, "没有这个提醒" in answer.text) == (404, True)
    assert await place.desk.reminder(reminder.id) == reminder


@pytest.mark.parametrize("do", ["edit", "pause", "delete", *AGAIN])
async def test_a_reader_changes_nothing(place: Town, uid: str, do: str) -> None:
    reminder = await a_reminder(place, uid)

    answer = await submit(place, read(place, reminder), do=do, sure="yes", title="a")

    assert answer.status == 404
    assert await place.desk.of_person(uid, limit=9) == [reminder]


@pytest.mark.parametrize("do", ["edit", "pause", "resume", "delete", *AGAIN])
async def test_the_link_of_the_owner_ends_with_the_reminder(place: Town, uid: str, do: str) -> None:
    reminder = await a_reminder(place, uid)
    cancelled = await place.desk.cancel(reminder.id)

    page = await see(place, owned(place, reminder))
    answer = await submit(place, owned(place, reminder), do=do, title="a")

    assert ("已取消" in page, "<form" in page) == (True, False)
    assert (answer.status, "这个提醒已经结束" in answer.text) == (409, True)
    assert await place.desk.reminder(reminder.id) == cancelled


async def test_what_is_over_is_not_paused(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    await pass_time(place, timedelta(hours=9))

    answer = await submit(place, owned(place, reminder), do="pause")

    assert (answer.status, "这个提醒已经结束" in answer.text) == (409, True)
    assert (await place.desk.reminder(reminder.id)).state is ReminderState.DONE


async def test_a_poster_leads_to_the_code_of_the_day(place: Town, uid: str) -> None:
    start = place.clock.now() + timedelta(days=90)
    reminder = await a_reminder(place, uid, start=start)
    path = f"/q/{place.links.capability(JOINERS, reminder.id)}"

    codes = []
    for _ in range(2):
        codes += re.findall(r'src="data:image/png;base64,([^"]+)"', await see(place, path))
        place.clock.advance(timedelta(days=40))
        await place.settle()

    assert len(set(codes)) == 2
