"""Reminders in the console: written as sentences, listed, seen in an agenda, and changed."""

from datetime import datetime, timedelta

import pytest

from tests.access.doors import make
from tests.clock import FakeClock
from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller
from tests.web.tenants import bound
from tests.web.test_reminders import OTHER, Office
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.storage.database import Statement, rows_of

# The clock stands at 10:30 in Shanghai on Wednesday, 18 November 2026.
LIST, AGENDA = "/console/reminders", "/console/reminders/agenda"
WRITE, BOT = "/console/reminders/write", "/console/reminders/bot"


@pytest.fixture
async def office(keeper: Caller) -> Office:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    return office


async def chinese(browser: Browser) -> None:
    await browser.open("/console/look?language=zh-CN&next=/console/sign-in")


def rings(page: Page) -> list[str]:
    return [one.text for one in page.root.find("ol", class_="rings") for one in one.find("li")]


def errors(page: Page) -> list[str]:
    return [one.text for one in page.root.one("main").find("p", class_="error")]


async def test_a_user_is_reminded_by_nickname_and_of_several_one_is_chosen(
    admin: Browser, keeper: Caller, office: Office
) -> None:
    uids = await bound(keeper, {"id": office.app}, "bob")
    for name, nickname in (("alice", "小红"), ("bob", "小红"), ("bob", "小明")):
        path = f"/v1/apps/{office.app}/subscribers/{name}"
        await keeper.call("PATCH", path, body={"nickname": nickname})
        typed = {"when": "明天8点半提醒我开会", "people": nickname}
        if nickname == "小红" and name == "bob":
            several = await admin.submit(await admin.open(WRITE), WRITE, **typed)
    only = await admin.submit(await admin.open(WRITE), WRITE, **typed)
    choice = several.root.find("button", name="meant")
    form = several.root.one("form", id="written")
    chosen = await admin.submit_form(form, meant=choice[0]["value"])
    saved = await admin.submit(only, f"{WRITE}/save")

    assert several.root.find("section", id="understood") == []
    assert [row["openid"] for row in several.table()] == ["o_alice", "o_bob"]
    assert chosen.root.one("textarea", id="field-people").text == office.uid
    assert "小明 is the user with the openid o_bob." in only.text
    assert only.root.one("textarea", id="field-people").text == uids["bob"]
    (made,) = (await keeper.call("GET", "/v1/reminders")).result
    assert (saved.status, made["to"]) == (200, [uids["bob"]])
    for page in (f"{LIST}?", f"{AGENDA}?span=week&"):
        found = await admin.open(f"{page}uid=小明")
        other = await admin.open(f"{page}uid=alice")
        unknown = await admin.open(f"{page}uid=eve")
        assert ("开会" in found.text, "开会" in other.text) == (True, False)
        assert "no user is known by this name" in unknown.text.lower()


async def test_a_sentence_is_understood_before_it_is_saved(admin: Browser, office: Office) -> None:
    page = await admin.open(WRITE)
    read = await admin.submit(page, WRITE, when="每周五下午3点提醒我开周会", people="alice")
    before = await office.titles()

    saved = await admin.submit(read, f"{WRITE}/save")

    assert (read.facts()["Title"], read.facts()["When"]) == (
        "开周会",
        "every week on Friday at 15:00",
    )
    assert [one.text for one in read.root.one("ol").find("li")] == [
        "Fri 20 Nov 15:00", "Fri 27 Nov 15:00", "Fri 4 Dec 15:00", "Fri 11 Dec 15:00",
        "Fri 18 Dec 15:00",
    ]  # fmt: skip
    assert (before, await office.titles()) == ([], ["开周会"])
    assert (saved.title, saved.facts()["To"]) == ("开周会", "alice")
    assert "The reminder is saved." in saved.text


async def test_what_is_saved_is_what_was_shown_and_is_saved_once(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    page = await admin.open(f"{WRITE}?app={office.app}")
    read = await admin.submit(
        page,
        WRITE,
        when="半小时后提前5分钟提醒我喝水",
        topics=[str(office.topic), "*"],
        text="温水\r\n一杯",
    )
    clock.advance(timedelta(minutes=3))

    await admin.submit(read, f"{WRITE}/save")
    await admin.submit(read, f"{WRITE}/save")

    (made,) = (await office.call("GET", "/v1/reminders")).result
    assert (made["time"], made["defer"]) == ("2026-11-18T11:00:00+08:00", -5)
    assert (made["to"], made["text"]) == ([office.topic, "*"], "温水\n一杯")
    assert read.facts()["To"] == "all subscribers, topic news"


async def test_a_date_may_stand_for_the_time_of_the_sentence(
    admin: Browser, office: Office
) -> None:
    page = await admin.open(WRITE)
    read = await admin.submit(page, WRITE, when="开会", at="2026-11-20T09:00", people="alice")

    await admin.submit(read, f"{WRITE}/save")

    (made,) = (await office.call("GET", "/v1/reminders")).result
    assert (made["title"], made["time"]) == ("开会", "2026-11-20T09:00:00+08:00")


REFUSALS = [
    ({"when": "提醒我喝水"}, "It names no time.", "没有找到时间"),
    ({"when": "过几天提醒我开会"}, "When is that? ““过几天”是什么时候？", "“过几天”是什么时候？请写一个确切的时间"),
    ({"when": "2月30号提醒我"}, "That day or hour does not exist.", "没有“2月30号”这个时间"),
    ({"when": "昨天提醒我开会"}, "That time is past.", "已经过去了"),
    ({"when": "明天8点开会", "people": "dora"}, "This app has no such receiver: dora.", "没有这个接收者：dora。"),
    ({"when": "明天8点开会", "people": ""}, "Name who is to be reminded.", "请写提醒谁"),
    ({"when": "开会", "at": "tomorrow"}, "Give a date and a time", "请写能读懂的日期"),
    ({"when": "", "at": "2026-11-20T09:00"}, "Say what to remind of", "请写提醒什么"),
    ({"when": "开会", "at": "2026-11-01T09:00"}, "That time is past", "这个时间已经过去"),
    ({"when": "明天8点开会", "url": "javascript:alert(1)"}, "The link must be", "链接必须是网址"),
    ({"when": "明天8点"}, "Say what to remind of", "请写提醒什么"),
]  # fmt: skip


async def test_a_refusal_stands_beside_what_was_typed(admin: Browser, office: Office) -> None:
    form = await admin.open(WRITE)
    for typed, english, _ in REFUSALS:
        page = await admin.submit(form, WRITE, **{"people": "alice", **typed})
        assert page.status in (400, 422), english
        assert [english in one for one in errors(page)] == [True], english
        shown = page.form(WRITE, "See how it is understood")
        assert shown.find("input", name="when")[0]["value"] == typed["when"]

    await chinese(admin)
    for typed, _, words in REFUSALS:
        page = await admin.submit(form, WRITE, **{"people": "alice", **typed})
        assert [words in one for one in errors(page)] == [True], words


async def test_each_person_is_named_once_however_they_are_written(
    admin: Browser, office: Office, keeper: Caller
) -> None:
    names = ["bob", "carol", "dave", "eve"]
    await bound(keeper, {"id": office.app}, *names)
    page = await admin.open(WRITE)

    twice = await admin.submit(
        page, WRITE, when="明天8点开会", people=f"alice\n{office.uid}\no_alice"
    )
    many = await admin.submit(page, WRITE, when="明天8点开会", people=f"alice\n{','.join(names)}")
    saved = await admin.submit(many, f"{WRITE}/save")
    await chinese(admin)
    (row,) = (await admin.open(LIST)).table()

    assert twice.facts()["To"] == "alice"
    assert many.facts()["To"] == saved.facts()["To"] == "alice, bob, carol and 2 more"
    assert row["接收者"] == "alice、bob、carol和另外 2 人"


async def test_one_of_several_readings_is_taken(admin: Browser, office: Office) -> None:
    several = await admin.submit(
        await admin.open(WRITE), WRITE, button="See how it is understood",
        when="明天8点送孩子，9点开会", people="alice",
    )  # fmt: skip
    second = several.root.one("main").find("ol")[0].find("button")[1]

    read = await admin.submit_form(
        several.root.one("form", id=second["form"]), people="", topics=["*"],
        **{second["name"]: second["value"]},
    )  # fmt: skip

    assert [
        one.text for one in several.root.one("main").find("ol")[0].find("li", lang="zh-CN")
    ] == [
        "2026年11月19日 周四 早上8:00 提醒“送孩子”Take this",
        "2026年11月19日 周四 上午9:00 提醒“开会”Take this",
    ]
    assert (read.facts()["Title"], read.facts()["When"]) == ("开会", "Thu 19 Nov 09:00")
    assert read.facts()["To"] == "all subscribers"  # as the form says now


async def test_the_agenda_shows_what_rings_tomorrow_and_this_week(
    admin: Browser, office: Office
) -> None:
    await office.remind(time=..., title=..., when="每天早上8点提醒我吃药")
    await office.remind(time=..., title=..., when="明天9点提醒我开会", to=[office.topic])

    tomorrow = await admin.open(f"{AGENDA}?day=2026-11-19")
    week = await admin.open(f"{AGENDA}?day=2026-11-18&span=week&uid={office.uid}")
    await chinese(admin)
    empty = await admin.open(f"{AGENDA}?day=2026-11-18")

    assert rings(tomorrow) == [
        "08:00吃药every day at 08:00 · alice · shop", "09:00开会topic news · shop",
    ]  # fmt: skip
    assert [one.text for one in week.root.find("h2")] == [
        "Thu 19 Nov", "Fri 20 Nov", "Sat 21 Nov", "Sun 22 Nov", "Mon 23 Nov", "Tue 24 Nov",
    ]  # fmt: skip
    assert len(rings(week)) == 6
    assert "这段时间没有提醒" in empty.text
    assert empty.root.one("h2").text == "11月18日 周三"


async def test_the_overview_leads_to_the_reminders_of_the_hours_that_it_counts(
    admin: Browser, office: Office
) -> None:
    for title, at in (("tonight", "18T20:00"), ("tomorrow", "19T08:00"), ("later", "19T12:00")):
        await office.remind(title=title, time=f"2026-11-{at}:00+08:00")

    overview = await admin.open("/")
    (count,) = [
        one
        for one in overview.root.one("section", id="standing").find("a", class_="large")
        if "agenda" in one["href"]
    ]
    page = await admin.open(count["href"])

    assert count.text == "2"
    assert [one[:8] for one in rings(page)] == ["20:00ton", "08:00tom"]
    assert "Next ›" in page.text
    assert page.title == "The next 24 hours"


async def test_the_agenda_leads_from_day_to_day_and_from_page_to_page(
    admin: Browser, office: Office
) -> None:
    await office.remind(rule="FREQ=MINUTELY;INTERVAL=5")
    page = await admin.open(f"{AGENDA}?day=2026-11-19&app={office.app}")

    links = {one.text: one["href"] for one in page.root.one("main").find("a")}
    following = await admin.open(links["Next ›"])
    more = await admin.open(links["Next page"])
    wrong = await admin.open(f"{AGENDA}?day=2026-13-99&span=year")

    assert following.root.one("h2").text == "Fri 20 Nov"
    assert (len(rings(page)), len(rings(more))) == (100, 92)  # every five minutes from 08:00 on
    assert wrong.root.one("h2").text == "Wed 18 Nov"


async def test_reminders_are_found_by_text_state_and_person(admin: Browser, office: Office) -> None:
    made = (await office.remind(title="Water the plants", rule="FREQ=WEEKLY")).result
    await office.remind(title="浇花", to=["*"])
    await office.call("POST", f"/v1/reminders/{made['id']}/pause")

    active = await admin.open(LIST)
    every = await admin.open(f"{LIST}?state=")
    paused = await admin.open(f"{LIST}?state=paused&text=WATER&uid={office.uid}&app={office.app}")
    none = await admin.open(f"{LIST}?text=nothing")

    assert [row["Reminder"] for row in active.table()] == ["浇花"]
    assert sorted(row["Reminder"] for row in every.table()) == ["Water the plants", "浇花"]
    assert paused.table() == [
        {
            "Reminder": "Water the plants", "Next time": "–", "Recurs": "every week on Thursday at 08:00",
            "To": "alice", "App": "shop", "State": "paused",
        }
    ]  # fmt: skip
    assert "No reminder here fits." in none.text
    assert "Only reminders in the state “active” are shown. All states" in active.text
    assert "Only reminders in the state “active” are shown." in none.text
    assert "are shown." not in every.text
    led = {one.text: one["href"] for one in active.root.one("section", id="reminders").find("a")}
    assert [row["State"] for row in (await admin.open(led["The paused ones"])).table()] == [
        "paused"
    ]
    ways = [one["href"] for one in paused.root.one("section", id="reminders").find("a")]
    assert f"{LIST}?app={office.app}&uid={office.uid}&state=&text=WATER" in ways


async def test_a_reminder_is_paused_resumed_and_moved(admin: Browser, office: Office) -> None:
    made = (await office.remind(rule="FREQ=DAILY", defer=-10)).result
    path = f"{LIST}/{made['id']}"

    paused = await admin.submit(await admin.open(path), f"{path}/pause")
    resumed = await admin.submit(paused, f"{path}/resume")
    asked = await admin.submit(resumed, f"{path}/move", when="每周一上午9点")
    moved = await admin.submit(asked, f"{path}/move/save")
    asked_once = await admin.submit(moved, f"{path}/move", at="2026-11-21T20:00")
    once = await admin.submit(asked_once, f"{path}/move/save")
    refused = await admin.submit(once, f"{path}/move", when="昨天9点")
    nothing = await admin.submit(once, f"{path}/move")

    assert (paused.facts()["State"], resumed.facts()["State"]) == ("paused", "active")
    assert "Thu 19 Nov 07:50" in resumed.text
    assert moved.facts()["Recurs"] == "every week on Monday at 09:00"
    assert (moved.facts()["Sent next"], moved.title) == ("Mon 23 Nov 09:00", "浇花")
    assert (once.facts()["Recurs"], once.facts()["Sent next"]) == ("once", "Sat 21 Nov 20:00")
    assert (refused.status, errors(refused)[0][:18]) == (422, "That time is past.")
    assert (nothing.status, errors(nothing)) == (400, ["Write another time, or choose a date."])


async def test_a_repetition_ends_only_after_a_preview_that_says_so(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind(rule="FREQ=WEEKLY;BYDAY=FR")).result
    path, stored = f"{LIST}/{made['id']}", f"/v1/reminders/{made['id']}"

    asked = await admin.submit(await admin.open(path), f"{path}/move", when="周末吧")
    kept = (await office.call("GET", stored)).result
    other = await admin.submit(asked, f"{path}/move/save", when="周日晚上8点")
    links = [one["href"] for one in asked.root.find("a") if one["href"].startswith(f"{WRITE}?")]
    another = await admin.open(links[0])
    still = (await office.call("GET", stored)).result
    ended = await admin.submit(other, f"{path}/move/save")

    assert asked.facts()["Until now"] == "every week on Friday at 08:00"
    assert asked.facts()["New time"] == "Sat 21 Nov 08:00"
    assert "This ends the repetition" in asked.root.one("section", id="understood").text
    assert (kept["rule"], still["rule"]) == (made["rule"], made["rule"])
    assert "The form was changed after the preview" in other.text
    assert another.root.one("input", name="at")["value"] == "2026-11-21T08:00"
    assert another.root.one("input", name="title")["value"] == "浇花"
    assert ended.facts()["Sent next"] == "Sun 22 Nov 20:00"


async def test_the_form_beside_a_repetition_has_the_time_of_its_app_and_holds_what_an_address_can(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind(rule="FREQ=DAILY", zone="America/New_York")).result
    crowd = [{"external_id": f"u{number}", "openid": f"o_u{number}"} for number in range(130)]
    await office.call("POST", f"/v1/apps/{office.app}/subscribers", body=crowd)
    names = [one["external_id"] for one in crowd]
    many = (await office.remind(rule="FREQ=DAILY", to=names)).result

    asked, crowded = [
        await admin.submit(
            await admin.open(f"{LIST}/{one['id']}"),
            f"{LIST}/{one['id']}/move",
            at="2026-11-21T20:00",
        )
        for one in (made, many)
    ]

    links = [one["href"] for one in asked.root.find("a") if one["href"].startswith(f"{WRITE}?")]
    another = await admin.open(links[0])
    assert "New_York" in asked.facts()["New time"]
    assert another.root.one("input", name="at")["value"] == "2026-11-22T09:00"
    assert "This ends the repetition" in crowded.text
    assert [one for one in crowded.root.find("a") if one["href"].startswith(f"{WRITE}?")] == []


async def test_a_page_that_answers_a_form_follows_nothing(admin: Browser, office: Office) -> None:
    """Its address takes forms alone, so that it cannot be read again."""
    path = f"{LIST}/{(await office.remind(rule='FREQ=DAILY')).result['id']}"

    page = await admin.open(path)
    refused = await admin.submit(page, f"{path}/move", when="昨天9点")

    assert [one.root.one("form", id_="written")["data-page"] for one in (page, refused)] == [
        path
    ] * 2
    further = await admin.open(f"{path}?after=alice&outcome=x")
    assert further.root.one("form", id_="written")["data-page"] == f"{path}?after=alice&outcome=x"
    assert page.root.one("body")["data-follows"]
    assert "data-follows" not in refused.root.one("body").attributes


async def test_the_occurrence_that_a_person_saw_is_moved_and_no_later_one(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    made = (await office.remind(time="2026-11-18T10:31:00+08:00", rule="FREQ=DAILY")).result
    path = f"{LIST}/{made['id']}"
    page = await admin.open(path)
    shown = await admin.submit(page, f"{path}/move", at="2026-11-18T15:00", only_next="on")
    clock.advance(timedelta(minutes=2))
    await office.daemon.cores.reminders.clockwork.run_once()

    asked = await admin.submit(shown, f"{path}/move/save")
    kept = (await office.call("GET", f"/v1/reminders/{made['id']}")).result

    assert asked.root.find("section", id="understood")
    assert (kept["time"], kept["rule"]) == ("2026-11-19T10:31:00+08:00", "FREQ=DAILY")


async def test_a_time_that_another_gave_meanwhile_is_shown_before_it_is_overwritten(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind()).result
    path, stored = f"{LIST}/{made['id']}", f"/v1/reminders/{made['id']}"
    shown = await admin.submit(await admin.open(path), f"{path}/move", at="2026-11-20T09:00")
    await office.call("PATCH", stored, body={"time": "2026-11-21T10:00:00+08:00"})

    asked = await admin.submit(shown, f"{path}/move/save")
    kept = (await office.call("GET", stored)).result["time"]
    await admin.submit(asked, f"{path}/move/save")
    last = (await office.call("GET", stored)).result["time"]

    assert asked.facts()["Until now"] == "Sat 21 Nov 10:00"
    assert (kept, last) == ("2026-11-21T10:00:00+08:00", "2026-11-20T09:00:00+08:00")


async def test_a_move_back_is_offered_while_its_time_is_to_come(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    made = (await office.remind(time="2026-11-18T10:31:00+08:00", rule="FREQ=DAILY")).result
    path, body = (
        f"/v1/reminders/{made['id']}",
        {"only_next": True, "time": "2026-11-18T15:00:00+08:00"},
    )
    changed = (await office.call("PATCH", path, body=body)).result
    offered = await admin.open(f"{LIST}/{made['id']}")
    clock.advance(timedelta(minutes=2))

    page = await admin.open(f"{LIST}/{made['id']}")

    assert "Move the next time back" in offered.text
    assert "Move the next time back" not in page.text
    assert changed["time"] == "2026-11-18T15:00:00+08:00"


async def test_what_another_saved_meanwhile_is_kept_or_asked_about(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind(text="两盆\r\n一盆\n")).result
    path, stored = f"{LIST}/{made['id']}", f"/v1/reminders/{made['id']}"
    mine, theirs = await admin.open(path), await admin.open(path)

    await admin.submit(mine, f"{path}/words", title="买花")
    first = (await office.call("GET", stored)).result
    await admin.submit(theirs, f"{path}/words", text="三盆")
    both = (await office.call("GET", stored)).result
    asked = await admin.submit(theirs, f"{path}/words", title="卖花", text="四盆")
    kept = (await office.call("GET", stored)).result
    await admin.submit(asked, f"{path}/words")
    last = (await office.call("GET", stored)).result

    assert (first["title"], first["text"]) == ("买花", "两盆\r\n一盆\n")
    assert (both["title"], both["text"]) == ("买花", "三盆")
    assert (asked.status, kept["title"], kept["text"]) == (409, "买花", "三盆")
    assert errors(asked) == [
        f"Another person changed this meanwhile, to: {words}. Save again to overwrite it."
        for words in ("买花", "三盆")
    ]
    assert (last["title"], last["text"]) == ("卖花", "四盆")


async def test_a_change_of_the_longest_text_is_undone(admin: Browser, office: Office) -> None:
    made = (await office.remind(text="文" * 20_000)).result
    path = f"{LIST}/{made['id']}"

    changed = await admin.submit(await admin.open(path), f"{path}/words", title="买花", text="花")
    undone = await admin.submit(changed, f"{path}/restore")
    kept = (await office.call("GET", f"/v1/reminders/{made['id']}")).result

    assert "It is restored." in undone.text
    assert (kept["title"], kept["text"]) == ("浇花", "文" * 20_000)


async def test_a_form_that_was_sent_before_offers_no_undo_of_nothing(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind()).result
    path = f"{LIST}/{made['id']}"
    shown = await admin.submit(await admin.open(path), f"{path}/move", when="周六")

    first, second = [await admin.submit(shown, f"{path}/move/save") for _ in range(2)]
    undone = await admin.submit(first, f"{path}/restore")

    assert "It was so already: nothing changed." in second.text
    assert "Undo" not in second.text
    assert "It is restored." in undone.text
    assert (await office.call("GET", f"/v1/reminders/{made['id']}")).result["time"] == made["time"]


async def test_the_next_time_alone_is_moved_and_all_of_it_is_undone(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    made = (await office.remind(rule="FREQ=WEEKLY;BYDAY=FR", defer=-10)).result
    path, stored = f"{LIST}/{made['id']}", f"/v1/reminders/{made['id']}"

    ended = await admin.submit(await admin.open(path), f"{path}/move", when="周六")
    (only,) = ended.root.find("button", name="only_next")
    form = ended.root.one("form", id=only["form"])
    asked = await admin.submit_form(form, pressed=only)
    moved = await admin.submit(asked, f"{path}/move/save")
    kept = (await office.call("GET", stored)).result
    back = await admin.submit(moved, button="Move the next time back to where the rule has it")
    too_far = await admin.submit(
        moved, button="See the new time", at="2026-11-27T09:00", only_next="on"
    )
    reloaded = await admin.open(moved.url.raw_path_qs)
    undone = await admin.submit(reloaded, f"{path}/restore")
    again = (await office.call("GET", stored)).result
    log = (await office.call("GET", "/v1/audit?action=reminder.changed")).result
    audit = await admin.open("/console/access/audit")

    assert asked.facts()["New time"] == (
        "every week on Friday at 08:00 (the next one moved to 2026-11-21 08:00)"
    )
    assert asked.facts()["Hour"] == "none is written: 08:00 is assumed"
    assert [one.text for one in asked.root.one("section", id="understood").find("li")][:2] == [
        "Sat 21 Nov 07:50", "Fri 27 Nov 07:50",
    ]  # fmt: skip
    assert "This ends the repetition" not in asked.text
    assert (kept["time"], kept["defer"]) == ("2026-11-21T08:00:00+08:00", -10)
    assert "It has its new time. Until 10:31:00 that can be undone." in moved.text
    assert back.facts()["New time"] == "every week on Friday at 08:00"
    assert errors(too_far) == [
        "Only the next time is moved: write one single time, before the one after it."
    ]
    assert "It is restored." in undone.text
    assert {**again, "names": {}} == {**made, "names": {}, "last_counts": {}}
    assert [one["object"].count("/") for one in log] == [3]
    assert "2026-11-20 08:00 → 2026-11-21 08:00" in audit.text
    assert f"{LIST}/{made['id']}" in {one["href"] for one in audit.root.find("a")}


async def test_a_reminder_is_put_off_by_a_length(admin: Browser, office: Office) -> None:
    made = (await office.remind(defer=-10)).result
    path, stored = f"{LIST}/{made['id']}", f"/v1/reminders/{made['id']}"
    before = datetime.fromisoformat(made["time"])

    page = await admin.open(path)
    workdays = await admin.submit(page, f"{path}/move", when="推迟三个工作日")
    far = await admin.submit(page, f"{path}/move", when="推迟99999999小时")
    asked = await admin.submit(page, f"{path}/move", when="推迟半小时")
    await admin.submit(asked, f"{path}/move/save")
    kept = (await office.call("GET", stored)).result

    assert workdays.facts()["New time"] == "Tue 24 Nov 08:00"
    assert (far.status, errors(far)) == (422, ["That time is too far away. “这个时间太远了”"])
    assert datetime.fromisoformat(kept["time"]) == before + timedelta(minutes=30)
    assert kept["defer"] == -10


async def test_two_errands_of_each_workday_are_offered_one_by_one(
    admin: Browser, office: Office
) -> None:
    said = "工作日早上九点打卡，下午六点下班打卡"

    page = await admin.submit(await admin.open(WRITE), WRITE, when=said, people="alice")

    (readings,) = page.root.one("main").find("ol")
    assert len(readings.find("button")) == 2


async def test_an_hour_that_is_not_written_is_said_to_be_assumed(
    admin: Browser, office: Office
) -> None:
    page = await admin.open(WRITE)
    read = await admin.submit(page, WRITE, when="明天下午提醒我开会", people="alice")
    told = await admin.submit(page, WRITE, when="明天下午3点提醒我开会", people="alice")
    await chinese(admin)
    translated = await admin.submit(page, WRITE, when="明天提醒我开会", people="alice")

    assert read.facts()["Hour"] == "none is written: 13:00 is assumed"
    assert "Hour" not in told.facts()
    assert translated.facts()["几点"] == "没有写几点，按 08:00"


async def test_receivers_are_shown_then_changed_and_one_is_removed(
    admin: Browser, office: Office, keeper: Caller
) -> None:
    await bound(keeper, {"id": office.app}, "bob", "carol")
    made = (await office.remind(title="浇花")).result
    path = f"{LIST}/{made['id']}"
    await office.call("PUT", f"/v1/reminders/{made['id']}/people/carol")

    page = await admin.open(path)
    asked = await admin.submit(page, f"{path}/receivers", people="bob", topics=[str(office.topic)])
    (save,) = asked.root.find("button", form="receivers")[-1:]
    form = asked.root.one("form", id="receivers")
    other = await admin.submit_form(form, pressed=save, people="dora")
    kept = (await office.call("GET", f"/v1/reminders/{made['id']}")).result["joined"]
    saved = await admin.submit_form(form, pressed=save)
    unknown = await admin.submit(page, f"{path}/receivers", people="dora")
    for name in ("bob", "carol"):
        call = f"/v1/apps/{office.app}/subscribers/{name}"
        await keeper.call("PATCH", call, body={"nickname": "小红"})
    several = await admin.submit(page, f"{path}/receivers", people="小红")
    lists = [await admin.open(f"{LIST}{tail}?uid=小红") for tail in ("", "/agenda")]
    form = several.root.one("form", id="receivers")
    choice = several.root.find("button", name="meant")[0]["value"]
    chosen = await admin.submit_form(form, meant=choice)
    stale = await admin.submit(page, f"{path}/receivers", people="bob")
    nobody = await admin.submit(saved, f"{path}/receivers", topics=[])
    (leave,) = [
        one
        for one in saved.root.find("form")
        if one["action"] == f"{path}/people/remove"
        and one.one("input", name="uid")["value"] == office.uid
    ]
    left = await admin.submit_form(leave)
    again = await admin.submit_form(leave)

    assert asked.facts()["Until now"] == "alice, carol"
    assert asked.facts()["Then"] == "alice, carol, bob, topic news"
    assert (other.status, kept, errors(other)) == (400, 2, ["This app has no such receiver: dora."])
    assert saved.facts()["To"] == "alice, bob, carol, topic news"
    for shown in lists:
        assert shown.status == 400
        assert shown.root.one("input", name="uid")["value"] == "小红"
        assert "this name fits several users" in errors(shown)[0].lower()
    assert "The receivers are changed." in saved.text
    assert errors(unknown) == ["This app has no such receiver: dora."]
    assert several.root.find("section", id="understood") == []
    assert chosen.root.one("textarea", id="field-people").text.startswith("UID_")
    assert chosen.facts()["Then"].startswith("alice, bob, carol")
    assert stale.facts()["Then"] == "alice, bob, carol, topic news"
    assert nobody.facts()["Then"] == "alice, bob, carol"
    assert sorted(row["User"] for row in left.table("Who joined")) == ["bob", "carol"]
    assert again.status == 200


async def test_a_deletion_is_undone_for_a_minute(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    path = f"{LIST}/{(await office.remind()).result['id']}"

    deleted = await admin.submit(await admin.open(path), f"{path}/delete")
    gone = (await admin.open(path)).status
    reloaded = await admin.open(deleted.url.raw_path_qs)
    restored = await admin.submit(reloaded, f"{path}/restore")
    again = await admin.submit(restored, f"{path}/delete")
    clock.advance(timedelta(minutes=1, seconds=1))
    late = await admin.submit(again, f"{path}/restore")
    reread = await admin.open(again.url.raw_path_qs)
    of_nobody = await admin.open(f"{path}/delete")

    assert "“浇花” is deleted. Until 10:31:00" in deleted.text
    assert "gone for good" in deleted.text
    assert (gone, restored.title) == (404, "浇花")
    assert "It is restored." in restored.text
    assert (late.status, late.title) == (409, "Too late")
    assert (reread.title, reread.root.one("main").find("button")) == ("Deleted", [])
    assert of_nobody.url.path == LIST


async def test_the_page_of_a_reminder_says_who_joined_and_what_was_sent(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    soon = "2026-11-18T11:00:00+08:00"
    made = (await office.remind(url="https://shop.example/1", text="阳台", time=soon)).result
    await office.call(
        "PATCH", f"/v1/apps/{office.app}/subscribers/alice", body={"nickname": "阿丽"}
    )
    clock.advance(timedelta(minutes=31))
    await office.daemon.cores.reminders.clockwork.run_once()

    page = await admin.open(f"{LIST}/{made['id']}")
    chinese = await admin.open(f"{LIST}/{made['id']}", Accept_Language="zh-CN")

    assert chinese.facts()["来源"] == "接口或控制台"
    assert page.table("Who joined") == [
        {"User": "alice", "uid": office.uid, "Reminders": "Reminders", "Actions": "Remove"}
    ]
    assert (page.facts()["State"], page.facts()["Times sent"]) == ("done", "1")
    assert "It is over. A new time makes it active again." in page.text
    became = page.root.one("section", id="sent")
    (message,) = [one["href"] for one in became.find("a") if "/messages/" in one["href"]]
    shown = await admin.open(message)
    assert "浇花" in shown.title
    (delivery,) = {
        one["href"]
        for one in shown.root.find("a")
        if one["href"].startswith("/console/deliveries/")
    }
    for path in (message, delivery):
        told = await admin.open(path, Accept_Language="zh-CN")
        assert told.facts()["提醒"].startswith("浇花")
        assert f"{LIST}/{made['id']}" in {one["href"] for one in told.root.find("a")}
    assert "1" in became.one("ul", class_="counts").text
    (join,) = [
        one["href"]
        for one in page.root.one("main").find("a", class_="button")
        if "codes" in one["href"]
    ]
    assert (await admin.open(join)).root.one(id="field-reminder")["value"] == made["id"]
    links = [one["href"] for one in page.root.one("main").find("a")]
    sent = next(one for one in links if one.startswith("/console/messages?"))
    assert "浇花" in (await admin.open(sent)).text
    assert sent == f"/console/messages?reminder={made['id']}"
    other = await admin.open(f"/console/messages?reminder={'0' * 32}")
    assert "No delivery matches." in other.text
    (row,) = (await admin.open(f"{LIST}?state=done")).table("Reminders")
    assert row["State"] == "doneWaiting 1 its deliveries"
    damage = Statement("UPDATE reminders SET title = x'ff' RETURNING id", ())
    await office.daemon.ground.database.write(lambda: rows_of(damage))
    unread = await admin.open(message)
    assert unread.facts()["Reminder"] == made["id"]
    gone = Statement("DELETE FROM reminders RETURNING id", ())
    await office.daemon.ground.database.write(lambda: rows_of(gone))
    assert (await admin.open(message)).facts()["Reminder"] == "a reminder that was deleted"


async def test_a_reminder_to_all_subscribers_says_that_it_reaches_them(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind(title="浇花", to=["*"])).result

    page = await admin.open(f"{LIST}/{made['id']}")
    await chinese(admin)
    translated = await admin.open(f"{LIST}/{made['id']}")

    assert "It is sent to all subscribers of the app" in page.text
    assert "No user joined it." not in page.text
    assert "它发给应用的所有订阅者" in translated.text


async def test_a_reminder_to_a_topic_that_was_removed_keeps_its_page(
    admin: Browser, office: Office
) -> None:
    base = f"/v1/apps/{office.app}/topics"
    topic = (await office.call("POST", base, body={"name": "花友"})).result["id"]
    made = (await office.remind(title="浇花", to=[topic])).result
    await office.call("DELETE", f"{base}/{topic}")

    page = await admin.open(f"{LIST}/{made['id']}")

    assert (page.status, page.title, page.facts()["People now"]) == (200, "浇花", "0")


async def test_the_people_of_very_many_topics_are_not_counted(
    admin: Browser, office: Office
) -> None:
    base = f"/v1/apps/{office.app}/topics"
    names = [{"name": f"花友{number}"} for number in range(21)]
    topics = [(await office.call("POST", base, body=name)).result["id"] for name in names]
    made = (await office.remind(title="浇花", to=topics)).result

    page = await admin.open(f"{LIST}/{made['id']}")

    assert page.facts()["People now"] == "not counted: it goes to 21 groups"


async def test_what_a_reminder_cannot_do_is_said_before_and_after(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    read = await admin.submit(
        await admin.open(WRITE), WRITE, when="31分钟后提醒我喝水", people="alice"
    )
    saved = await admin.submit(read, f"{WRITE}/save")
    clock.advance(timedelta(minutes=31))
    await office.daemon.cores.reminders.clockwork.run_once()
    await office.daemon.cores.reminders.clockwork.run_once()
    await office.settle()
    rung = await admin.open(f"{LIST}/{saved.facts()['Id']}")

    assert "The app has no template for reminders" in read.root.one("p", class_="advice").text
    assert "It has sent nothing yet." in saved.root.one("section", id="sent").text
    assert saved.root.one("section", id="sent").find("a") == []
    assert "Failed 1" in rung.root.one("section", id="sent").text
    assert "did not arrive everywhere" in rung.root.one("section", id="sent").text


async def test_a_paused_reminder_is_moved_and_stays_paused_and_says_so(
    admin: Browser, office: Office
) -> None:
    path = f"{LIST}/{(await office.remind(rule='FREQ=DAILY')).result['id']}"

    paused = await admin.submit(await admin.open(path), f"{path}/pause")
    asked = await admin.submit(paused, f"{path}/move", when="每周一上午9点")
    moved = await admin.submit(asked, f"{path}/move/save")

    assert "unless you resume it before" in paused.root.one("section", id="next").text
    assert "stays paused: resume it" in moved.text


async def test_a_key_sees_and_changes_the_reminders_of_its_own_apps(
    visitor: Browser, office: Office
) -> None:
    made = (await office.remind(rule="FREQ=DAILY")).result
    stranger = await make(office, "push", appids=[OTHER])
    await visitor.sign_in(stranger.text)

    pages = [await visitor.open(path) for path in (LIST, f"{AGENDA}?day=2026-11-19", WRITE, BOT)]
    one = await visitor.open(f"{LIST}/{made['id']}")

    assert [page.status for page in pages] == [200] * 4
    assert not any("浇花" in page.text or "shop" in page.text for page in pages)
    assert one.status == 404
    assert "Your key sees no app." in pages[2].text


async def test_the_bot_is_shown_with_what_only_the_configuration_changes(
    admin: Browser, office: Office
) -> None:
    await office.call("PUT", f"/callbacks/{APPID}", body={"token": "token"})

    page = await admin.open(BOT)

    assert page.table("Accounts") == [
        {
            "Account": APPID, "Hears users": "not known: URL not verified, no push yet", "App of its reminders": "shop",
            "After 48 hours": "not reached: no template for reminders", "Time zone": "Asia/Shanghai",
        }
    ]  # fmt: skip
    assert page.facts()["What the bot takes"].startswith("on:")
    assert "WECHAT_SCHEDULER_REMINDERS_BOT" in page.text


async def test_settings_are_for_keys_of_administrators(visitor: Browser, office: Office) -> None:
    pushing = await make(office, "push")
    await visitor.sign_in(pushing.text)
    assert "keys with the scope admin" in (await visitor.open(BOT)).text


async def test_a_reminder_of_an_account_without_an_app_leads_to_none_until_one_is_made(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    user = await keeper.daemon.ground.stores.subscribers.follow(
        APPID, "o_alice", uid="UID_alice", now=clock.now()
    )
    wanted = Reminder(
        app_id=0, source="bot", owner=user.uid, title="浇花", start=clock.now() + timedelta(hours=1),
        created_at=clock.now(),
    )  # fmt: skip
    made = await keeper.daemon.cores.reminders.desk.create(wanted)

    pages = [await admin.open(path) for path in (LIST, AGENDA, f"{LIST}/{made.id}")]
    await keeper.call("POST", "/v1/apps", body={"name": "shop", "appid": APPID})
    after = await admin.open(f"{LIST}/{made.id}")

    assert all("the account's bot" in page.text for page in pages)
    assert not any(
        "/console/apps/0" in one["href"] for page in pages for one in page.root.find("a")
    )
    assert after.facts()["App"] == "shop"


async def test_the_words_of_a_reminder_are_changed_and_those_of_one_that_is_over_are_not(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind(text="阳台")).result
    url = f"{LIST}/{made['id']}"

    page = await admin.open(url)
    empty = await admin.submit(page, f"{url}/words", title=" ", text="窗台")
    saved = await admin.submit(page, f"{url}/words", title="浇水", text="窗台\r\n门口")
    told = (await office.call("GET", f"/v1/reminders/{made['id']}")).result["text"]
    page = await admin.open(url)
    await office.call("POST", f"/v1/reminders/{made['id']}/cancel")
    over = await admin.open(url)
    late = await admin.submit(page, f"{url}/words", title=" ", text="窗台")

    for one in (empty, late):
        assert (one.status, errors(one)) == (
            400,
            ["Say what to remind of, in 1 to 500 characters."],
        )
    assert empty.root.one("textarea", name="text").text == "窗台"
    assert (saved.title, "窗台" in saved.text) == ("浇水", True)
    assert told == "窗台\n门口"
    assert "Its words are changed." in saved.text
    assert f"{url}/words" not in over.html


async def test_another_app_is_chosen_without_losing_what_was_typed(
    admin: Browser, keeper: Caller, office: Office
) -> None:
    other = (await keeper.call("POST", "/v1/apps", body={"name": "game", "appid": APPID})).result
    await bound(office, other, "alice")
    page = await admin.open(f"{WRITE}?app={office.app}")
    typed = {"when": "明天下午3点开会", "people": "alice", "topics": [str(office.topic), "*"]}

    first = await admin.submit(page, WRITE, **typed)
    second = await admin.submit(first, WRITE, app=str(other["id"]))

    assert first.facts()["People now"] == "2 at most: some may be in several groups"
    assert second.root.one("input", name="when")["value"] == "明天下午3点开会"
    assert (second.facts()["Title"], second.facts()["To"]) == ("开会", "alice, all subscribers")
    assert "news" not in second.text


async def test_what_was_typed_stays_where_the_app_was_removed_meanwhile(
    admin: Browser, keeper: Caller, office: Office
) -> None:
    other = (await keeper.call("POST", "/v1/apps", body={"name": "game", "appid": APPID})).result
    await bound(office, other, "alice")
    page = await admin.open(f"{WRITE}?app={office.app}")
    typed = {"when": "明天下午3点开会", "people": "alice", "topics": ["*"], "text": "带电脑"}
    shown = await admin.submit(page, WRITE, **typed)
    await keeper.call("DELETE", f"/v1/apps/{office.app}")

    read = await admin.submit(page, WRITE, **typed)
    saved = await admin.submit(shown, f"{WRITE}/save")

    for asked in (read, saved):
        again = await admin.submit(asked, WRITE, app=str(other["id"]))
        assert "Choose the app that sends it." in asked.text
        assert again.facts()["To"] == "alice, all subscribers"
        assert again.root.one("textarea", name="text").text == "带电脑"


async def test_a_reminder_says_until_when_quiet_hours_hold_it(
    admin: Browser, office: Office, clock: FakeClock
) -> None:
    path = f"/v1/apps/{office.app}/subscribers/alice"
    await office.call("PATCH", path, body={"quiet": "10:00-13:00"})
    held = "It waits for the end of the user's quiet hours, in 2 h (2026-11-18 13:00)."
    page = await admin.open(WRITE)

    read = await admin.submit(page, WRITE, when="1分钟后提醒喝水", people="alice")
    later = await admin.submit(page, WRITE, when="下午2点提醒喝水", people="alice")
    saved = await admin.submit(read, f"{WRITE}/save")
    (made,) = (await office.call("GET", "/v1/reminders")).result
    one = f"{LIST}/{made['id']}"
    moved = await admin.submit(saved, f"{one}/move", when="11点")
    clock.advance(timedelta(minutes=2))
    await office.daemon.cores.reminders.clockwork.run_once()
    await office.daemon.cores.delivery.clockwork.run_once()
    after = await admin.open(one)

    assert held in read.text
    assert held not in later.text
    assert held in moved.text
    assert "waits until Wed 18 Nov 13:00: the user's quiet hours" in after.text


async def test_a_reminder_is_found_by_the_number_that_the_bot_told(
    admin: Browser, office: Office
) -> None:
    made = (await office.remind()).result["id"]
    await office.remind(title="喝水")
    await office.call("POST", f"/v1/reminders/{made}/cancel")
    number = made[:6]

    found = await admin.open(f"{LIST}?text={number.upper()}&state=active")
    shown = await admin.open(f"{LIST}/{number}")
    unknown = await admin.open(f"{LIST}/{int(number, 16) ^ 1:06x}")

    assert "浇花" in found.text
    assert "喝水" not in found.text
    assert (shown.title, shown.url.path) == ("浇花", f"{LIST}/{made}")
    assert unknown.status == 404
