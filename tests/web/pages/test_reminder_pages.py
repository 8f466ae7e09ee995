"""The pages of a reminder: the public one, its owner's, and the one behind a poster's QR code."""

import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.sending.town import PUBLIC, Town
from tests.web.pages.reading import Reader
from tests.web.pages.visiting import Seen, a_reminder, owned, read, submit, visit
from wechat_scheduler.audience.model import Purpose, SubscriberChange
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.web.pages.paths import JOINERS

AGAIN = ("soon", "tomorrow")
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture(loop_scope="module")
async def uid(place: Town) -> str:
    return await place.follow()


async def see(place: Town, path: str) -> str:
    answer = await visit(place, "GET", path)
    assert answer.status == 200
    return answer.text


async def press(place: Town, page: Seen | str, path: str, label: str, **typed: str) -> Seen:
    """Submits the form of the button with that label, as a browser does, with what is `typed`."""
    text = page if isinstance(page, str) else page.text
    (form,) = [one for one in re.findall(r"<form.*?</form>", text, re.DOTALL) if label in one]
    read = Reader(form)
    (target,) = read.all("form")
    fields = {one["name"]: one.get("value", "") for one in read.all("input")}
    assert target["action"] == path
    return await visit(place, "POST", path, data=fields | typed)


async def joined(place: Town, reminder: Reminder) -> str:
    """Somebody scans the reminder's code; returns their uid."""
    code = await place.codes.lasting(place.app, Purpose.REMINDER, reminder.id)
    openid = f"o{reminder.id}"
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


async def test_a_reminder_that_is_over_shows_its_time_and_what_became_of_it(fresh: Town) -> None:
    uid = await fresh.follow()
    over = [
        (await a_reminder(fresh, uid, **fields), f'<span class="tag">{state}</span>')
        for fields, state in (
            ({}, "已提醒"),
            ({"late": "skip"}, "已错过"),
            ({"rule": "FREQ=DAILY;COUNT=1"}, "已提醒"),
        )
    ]
    await pass_time(fresh, timedelta(hours=9))

    for reminder, state in over:
        for path in (read(fresh, reminder), owned(fresh, reminder)):
            page = await see(fresh, path)
            assert "2026年11月18日 周三 下午2:30" in page
            assert state in page, reminder
            assert 'class="qr"' not in page
            assert "暂停" not in page

        answer = await submit(fresh, owned(fresh, reminder), do="pause")
        assert (answer.status, "这个提醒已经结束" in answer.text) == (409, True)
        assert (await fresh.desk.reminder(reminder.id)).state is not ReminderState.PAUSED


async def test_a_reminder_that_goes_on_shows_when_it_was_sent_last(fresh: Town) -> None:
    reminder = await a_reminder(fresh, await fresh.follow(), rule="FREQ=DAILY")
    await pass_time(fresh, timedelta(hours=4))

    page = await see(fresh, read(fresh, reminder))

    assert "上次提醒：2026年11月18日 周三 下午2:30" in page
    assert '<p class="big"><time>2026年11月19日 周四 下午2:30</time></p>' in page


async def test_the_owner_changes_it_with_words(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid, defer=-30 * MINUTE)
    path = owned(place, reminder)

    answer = await submit(place, path, do="edit", title="评审", time="每天下午3点")
    page = await see(place, answer.headers["Location"])

    assert (answer.status, answer.headers["Location"]) == (303, f"{path}?saved=yes")
    assert '<section role="status"><p class="text">已保存。</p></section>' in page
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


WRONG_TIMES = [
    ("随便什么时候", "例如“明天下午3点”。"),
    ("后天有货吗", "例如“明天下午3点”。"),
    ("取消后天的闹钟", "例如“明天下午3点”。"),
    ("2月30号", "2月30"),
    ("昨天下午3点", "已经过去了"),
    ("3点或4点", "一次只能选一个"),
    ("后天下五3点", "没有看懂“下五”，请换个说法，例如“明天下午3点”。"),
    ("推迟十分种", "例如“明天下午3点”。"),
    ("推迟两三天", "到底是多久"),
    ("推迟99999999小时", "太远了"),
    ("推迟9999999年", "太远了"),
    ("推迟9999个工作日", "太远了"),
    ("每10秒", "频繁"),
    ('"><b>', "没有看懂这个时间"),
]


async def test_a_wrong_time_keeps_what_was_typed(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    path = owned(place, reminder)
    shown = await see(place, path)
    for typed, words in WRONG_TIMES:
        answer = await press(place, shown, path, "保存", title="评审会", time=typed)

        assert answer.status == 422, typed
        inputs = {one["name"]: one.get("value") for one in Reader(answer.text).all("input")}
        assert (inputs["title"], inputs["time"]) == ("评审会", typed)
        (error,) = re.findall(r'<p class="error" role="alert">(.*?)</p>', answer.text)
        assert words in error, typed
        assert "提醒我" not in error, typed
        assert error.endswith(("。", "？")), typed
        assert await place.desk.reminder(reminder.id) == reminder


async def test_a_day_alone_keeps_the_hour_and_the_page_says_what_is_assumed(
    place: Town, uid: str
) -> None:
    cases = {
        "明天": ("19 14:30", "已保存。没有写几点，按下午2:30。"),
        "明天3点": ("19 15:00", "已保存。没有写上午还是下午，按下午3:00。"),
        "周五前": ("20 14:30", "已保存。没有写几点，按下午2:30。按2026年11月20日 周五 下午2:30，要提前请写更早的时间。"),
        "推迟半小时": ("18 15:00", "已保存。"),
        "推迟1天": ("19 14:30", "已保存。"),
        "推迟三个工作日": ("23 14:30", "已保存。"),
    }  # fmt: skip
    for typed, (at, words) in cases.items():
        reminder = await a_reminder(place, uid)
        path = owned(place, reminder)

        answer = await press(place, await see(place, path), path, "保存", time=typed)
        page = await see(place, answer.headers["Location"])

        moved = (await place.desk.reminder(reminder.id)).start + 8 * 60 * MINUTE
        assert (typed, f"{moved:%d %H:%M}") == (typed, at)
        assert f'<section role="status"><p class="text">{words}</p></section>' in page, typed


async def test_what_repeats_is_put_off_within_its_day_only(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid, rule="FREQ=DAILY")
    path = owned(place, reminder)

    later = await press(place, await see(place, path), path, "保存", time="推迟半小时")
    refused = await press(place, await see(place, path), path, "保存", time="推迟1天")

    stored = await place.desk.reminder(reminder.id)
    assert (later.status, stored.start - reminder.start, stored.rule) == (303, 30 * MINUTE, "FREQ=DAILY")  # fmt: skip
    assert "这个提醒是重复的，请写重复的新时间，例如“每天下午3点”。" in refused.text


async def test_a_form_that_is_sent_twice_puts_the_reminder_off_once(fresh: Town) -> None:
    uid = await fresh.follow()
    told = await a_reminder(fresh, uid)
    await pass_time(fresh, timedelta(hours=5))
    ahead = await a_reminder(fresh, uid, start=fresh.clock.now() + 60 * MINUTE)
    for reminder, since in ((told, fresh.clock.now()), (ahead, ahead.start)):
        path = owned(fresh, reminder)
        shown = await see(fresh, path)

        first, second = [
            await press(fresh, shown, path, "保存", time="推迟半小时") for _ in range(2)
        ]
        once = (await fresh.desk.reminder(reminder.id)).start
        third = await press(fresh, second, path, "保存")
        nameless = await submit(fresh, path, do="edit", title="开会", time="推迟半小时")

        assert (first.status, second.status, third.status) == (303, 409, 303)
        assert nameless.status == 409
        assert "提醒的时间改过了，现在的时间见上方。还要推迟的话，请再保存一次。" in second.text
        assert 'value="推迟半小时"' in second.text
        assert once == since + 30 * MINUTE
        assert (await fresh.desk.reminder(reminder.id)).start == since + 60 * MINUTE


async def test_an_address_that_others_wrote_says_nothing_of_theirs(place: Town, uid: str) -> None:
    path = owned(place, await a_reminder(place, uid))

    page = await see(place, f"{path}?saved=<b>你中奖了")

    assert "中奖" not in page


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


async def test_the_owner_is_reminded_again_in_ten_minutes(fresh: Town) -> None:
    uid = await fresh.follow()
    reminder = await a_reminder(fresh, uid)
    await pass_time(fresh, reminder.start - fresh.clock.now())
    link = (await fresh.arrived(uid))[-1].url.removeprefix(PUBLIC)

    answer = await press(fresh, await see(fresh, link), link, "10 分钟后再提醒")
    page = await see(fresh, answer.headers["Location"])
    await pass_time(fresh, 10 * MINUTE)

    assert answer.status == 303
    assert '<p class="big"><time>2026年11月18日 周三 下午2:40</time></p>' in page
    assert [one.kind for one in await fresh.arrived(uid)] == ["template", "template"]
    assert (await fresh.desk.reminder(reminder.id)).fired == 2


async def test_the_owner_is_reminded_again_at_this_time_tomorrow(fresh: Town) -> None:
    reminder = await a_reminder(fresh, await fresh.follow(), rule="FREQ=WEEKLY")
    path = owned(fresh, reminder)
    await pass_time(fresh, timedelta(hours=5))
    page = await see(fresh, path)
    assert "明天这时是 <time>2026年11月19日 周四 下午3:30</time>" in page

    answer = await press(fresh, page, path, "明天这时")

    again = await see(fresh, answer.headers["Location"])
    assert '<p class="big"><time>2026年11月19日 周四 下午3:30</time></p>' in again
    assert (await fresh.desk.reminder(reminder.id)).rule == "FREQ=WEEKLY;BYDAY=WE"


async def test_reminding_again_loses_no_reminder_and_tells_no_other_person(place: Town) -> None:
    for do, fields in itertools.product(AGAIN, ({}, {"rule": "FREQ=DAILY"})):
        uid = await place.follow()
        reminder = await a_reminder(place, uid, **fields)
        guest = await joined(place, reminder)

        for _ in range(2):
            answer = await submit(place, owned(place, reminder), do=do)
            assert answer.status == 303, (do, fields)

        own = await place.desk.of_person(uid, limit=9)
        assert len(own) == 2, (do, fields)
        assert await place.desk.reminder(reminder.id) == reminder, (do, fields)
        theirs = [one.id for one in await place.desk.of_person(guest, limit=9)]
        assert theirs == [reminder.id], (do, fields)


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


async def test_a_deletion_can_be_undone_for_a_minute(fresh: Town) -> None:
    reminder = await a_reminder(fresh, await fresh.follow(), rule="FREQ=DAILY")
    path = owned(fresh, reminder)
    guest = await joined(fresh, reminder)
    asked = await press(fresh, await see(fresh, path), path, "删除")

    done = await press(fresh, asked, path, "删除")
    gone = [(await visit(fresh, "GET", each)).status for each in (path, read(fresh, reminder))]
    fresh.clock.advance(MINUTE)
    answer = await press(fresh, done, path, "撤销")

    assert (done.status, "不再提醒“开会”" in done.text, gone) == (200, True, [404, 404])
    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert "2026年11月18日 周三 下午2:30" in await see(fresh, path)
    assert await fresh.desk.people(reminder.id) == ((guest,), 1)


async def test_a_deletion_is_final_after_a_minute(fresh: Town) -> None:
    reminder = await a_reminder(fresh, await fresh.follow())
    path = owned(fresh, reminder)
    done = await submit(fresh, path, do="delete", sure="yes")
    fresh.clock.advance(MINUTE + timedelta(seconds=1))

    answer = await press(fresh, done, path, "撤销")

    assert (answer.status, "来不及撤销了" in answer.text) == (409, True)
    assert (await visit(fresh, "GET", path)).status == 404


async def test_only_the_owners_page_takes_its_own_deletion_back(place: Town, uid: str) -> None:
    mine, other = await a_reminder(place, uid), await a_reminder(place, uid, title="其他")
    done = await submit(place, owned(place, other), do="delete", sure="yes")
    (undo,) = re.findall(r'name="undo" value="([^"]+)"', done.text)
    assert "其他" not in undo

    for path in (owned(place, mine), read(place, other), owned(place, other) + "x"):
        assert (await submit(place, path, do="undo", undo=undo)).status == 404
    assert (await submit(place, owned(place, other), do="undo", undo="x")).status == 404


async def test_a_form_that_the_page_does_not_have_does_nothing(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    forms = ({"do": "delete", "sure": "yes", "capability": "x"}, {"do": "explode"}, {})
    for form in forms:
        answer = await submit(place, owned(place, reminder), **form)

        assert (answer.status, "没有这个提醒" in answer.text) == (404, True), form
        assert await place.desk.reminder(reminder.id) == reminder


async def test_a_reader_changes_nothing(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    for do in ("edit", "pause", "delete", *AGAIN):
        answer = await submit(place, read(place, reminder), do=do, sure="yes", title="a")

        assert answer.status == 404, do
        assert await place.desk.of_person(uid, limit=9) == [reminder], do


async def test_the_link_of_the_owner_ends_with_the_reminder(place: Town, uid: str) -> None:
    reminder = await a_reminder(place, uid)
    cancelled = await place.desk.cancel(reminder.id)

    page = await see(place, owned(place, reminder))

    assert ("已取消" in page, "<form" in page) == (True, False)
    for do in ("edit", "pause", "resume", "delete", *AGAIN):
        answer = await submit(place, owned(place, reminder), do=do, title="a")

        assert (answer.status, "这个提醒已经结束" in answer.text) == (409, True), do
        assert await place.desk.reminder(reminder.id) == cancelled, do


async def test_a_poster_leads_to_the_code_of_the_day(fresh: Town) -> None:
    start = fresh.clock.now() + timedelta(days=90)
    reminder = await a_reminder(fresh, await fresh.follow(), start=start)
    path = f"/q/{fresh.links.capability(JOINERS, reminder.id)}"

    codes = []
    for _ in range(2):
        codes += re.findall(r'src="data:image/png;base64,([^"]+)"', await see(fresh, path))
        fresh.clock.advance(timedelta(days=40))
        await fresh.settle()

    assert len(set(codes)) == 2
