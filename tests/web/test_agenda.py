"""The agenda of reminders, their lists, and removals that are undone, over HTTP."""

from datetime import timedelta
from urllib.parse import quote

import pytest_asyncio

from tests.access.doors import make
from tests.clock import FakeClock
from tests.house import Caller
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.test_reminders import OTHER, Office

__all__ = ["clock", "keeper", "weixin"]

THURSDAY = "since=2026-11-19T00:00:00%2B08:00&until=2026-11-20T00:00:00%2B08:00"


@pytest_asyncio.fixture(loop_scope="module")
async def office(keeper_of_the_file: Caller) -> Office:
    """An app of this test alone. No test of this file moves the time of the daemon."""
    office = Office(keeper_of_the_file.daemon, keeper_of_the_file._session)
    await office.open()
    return office


async def test_an_agenda_tells_what_is_sent_tomorrow(office: Office) -> None:
    daily = (await office.remind(title="daily", rule="FREQ=DAILY")).result
    await office.remind(title="nine", time=..., when="明天9点提醒我开会", to=[office.topic])
    await office.remind(title="Friday", time="2026-11-20T00:00:00+08:00")

    agenda = (await office.call("GET", f"/v1/reminders/agenda?{THURSDAY}&app={office.app}")).result

    assert [(ring["at"], ring["title"]) for ring in agenda["rings"]] == [
        ("2026-11-19T08:00:00+08:00", "daily"), ("2026-11-19T09:00:00+08:00", "nine"),
    ]  # fmt: skip
    assert agenda["rings"][0] == {
        "at": "2026-11-19T08:00:00+08:00", "id": daily["id"], "app": office.app, "title": "daily",
        "rule": "FREQ=DAILY", "zone": "Asia/Shanghai", "owner": "", "to": [office.uid], "joined": 1,
        "names": {office.uid: "alice"},
    }  # fmt: skip
    assert (agenda["rings"][1]["to"], agenda["complete"]) == ([office.topic], True)


async def test_an_agenda_has_the_moved_occurrence_in_the_place_of_the_old_one(
    office: Office,
) -> None:
    made = (await office.remind(rule="FREQ=DAILY", defer=-10)).result
    body = {"only_next": True, "time": "2026-11-18T15:00:00+08:00"}
    await office.call("PATCH", f"/v1/reminders/{made['id']}", body=body)

    path = f"/v1/reminders/agenda?until=2026-11-21T00:00:00%2B08:00&app={office.app}"
    agenda = (await office.call("GET", path)).result

    assert [(ring["at"], ring["rule"]) for ring in agenda["rings"]] == [
        ("2026-11-18T14:50:00+08:00", "FREQ=DAILY\nRECURRENCE-ID:20261119T000000Z"),
        ("2026-11-20T07:50:00+08:00", "FREQ=DAILY"),
    ]


async def test_an_agenda_is_read_in_pages(office: Office) -> None:
    await office.remind(rule="FREQ=HOURLY")
    path, hours = f"/v1/reminders/agenda?limit=9&app={office.app}", list[str]()

    while path:
        page = await office.call("GET", path)
        hours += [ring["at"] for ring in page.result["rings"]]
        path = page.headers.get("Link", "").partition(">")[0][1:]

    assert len(hours) == len({*hours}) == 3  # from 08:00 to 10:00, of the day from now on
    week = (
        await office.call("GET", f"/v1/reminders/agenda?limit=9&app={office.app}&uid={office.uid}")
    ).result
    assert (len(week["rings"]), week["after"]) == (3, "")


async def test_wrong_spans_and_places_are_refused(office: Office) -> None:
    for query, field in (
        ("since=yesterday", "since"), ("since=2026-11-19T00:00:00", "since"),
        ("until=2026-01-01T00:00:00Z", "until"), ("until=2027-11-19T00:00:00Z", "until"),
        (f"{THURSDAY}&after=x", "after"), (f"{THURSDAY}&after=0001-01-01T00:00:00Z_", "after"),
        (f"{THURSDAY}&after=2026-11-19T00:00:00Z_zz", "after"), ("limit=0", "limit"),
    ):  # fmt: skip
        refused = await office.call("GET", f"/v1/reminders/agenda?{query}")

        assert (refused.status, refused.json["message"].partition(":")[0]) == (400, field)


async def test_a_key_sees_the_agenda_of_its_own_apps(office: Office) -> None:
    await office.remind(rule="FREQ=DAILY")
    stranger = await make(office, "push", appids=[OTHER])

    agenda = await office.call("GET", f"/v1/reminders/agenda?{THURSDAY}", key=stranger.text)
    by_person = await office.call("GET", f"/v1/reminders?uid={office.uid}", key=stranger.text)
    chosen = await office.call("GET", f"/v1/reminders/agenda?app={office.app}", key=stranger.text)

    assert (agenda.result["rings"], by_person.result, chosen.status) == ([], [], 404)


async def test_reminders_are_found_by_person_and_by_text(office: Office) -> None:
    await office.remind(title="Water 浇花")
    await office.remind(title="to all", to=["*"])

    assert await office.titles(f"?app={office.app}&uid={office.uid}") == ["Water 浇花"]
    assert await office.titles(f"?app={office.app}&text={quote('浇花')}&state=active") == [
        "Water 浇花"
    ]
    assert await office.titles(f"?app={office.app}&text=water") == ["Water 浇花"]
    assert await office.titles(f"?app={office.app}&text=%25") == []
    assert (await office.call("GET", f"/v1/reminders?text={'x' * 501}")).status == 400


async def test_reminders_are_listed_by_their_next_time(office: Office) -> None:
    for day in (21, 19, 20):
        await office.remind(title=f"{day}", time=f"2026-11-{day}T08:00:00+08:00")
    path = f"/v1/reminders?app={office.app}&state=active&sort=due&limit=2"
    days = list[str]()

    while path:
        page = await office.call("GET", path)
        days += [one["title"] for one in page.result]
        path = page.headers.get("Link", "").partition(">")[0][1:]

    assert days == ["19", "20", "21"]
    for query in ("sort=due", "sort=due&state=done", "sort=x", "state=active&sort=due&after=x"):
        assert (await office.call("GET", f"/v1/reminders?{query}")).status == 400


async def test_a_removal_is_undone_within_a_minute(keeper: Caller, clock: FakeClock) -> None:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    made = (await office.remind(rule="FREQ=DAILY")).result
    path = f"/v1/reminders/{made['id']}"
    before = (await office.call("GET", path)).result

    removed = await office.call("POST", f"{path}/remove")
    gone = await office.call("GET", path)
    restored = await office.call("POST", f"{path}/restore", body={"undo": removed.result["undo"]})

    assert (removed.result["until"], gone.status) == ("2026-11-18T02:31:00Z", 404)
    assert restored.result == made | {"undone": "removal", "before": None, "changed": []}
    assert (await office.call("GET", path)).result == before
    again = (await office.call("POST", f"{path}/remove")).result
    clock.advance(timedelta(minutes=1, seconds=1))
    late = await office.call("POST", f"{path}/restore", body={"undo": again["undo"]})
    assert (late.status, late.json["reason"]) == (409, "reminder.state")


async def test_no_removal_is_undone_in_an_app_that_is_gone(office: Office) -> None:
    made = (await office.remind()).result
    path = f"/v1/reminders/{made['id']}"
    undo = (await office.call("POST", f"{path}/remove")).result["undo"]
    await office.call("DELETE", f"/v1/apps/{made['app']}")

    late = await office.call("POST", f"{path}/restore", body={"undo": undo})

    assert (late.status, late.json["reason"]) == (404, "reminder.unknown")
    assert (await office.call("GET", path)).status == 404


async def test_a_removal_is_undone_by_its_own_text_and_by_a_key_that_reaches_it(
    office: Office,
) -> None:
    first, second = [(await office.remind()).result["id"] for _ in range(2)]
    undo = (await office.call("POST", f"/v1/reminders/{first}/remove")).result["undo"]
    stranger = await make(office, "push", appids=[OTHER])

    tries = [
        await office.call("POST", f"/v1/reminders/{second}/restore", body={"undo": undo}),
        await office.call("POST", f"/v1/reminders/{first}/restore", body={"undo": "x"}),
        await office.call(
            "POST", f"/v1/reminders/{first}/restore", body={"undo": undo}, key=stranger.text
        ),
    ]

    assert [(each.status, each.json["reason"]) for each in tries] == [(404, "reminder.unknown")] * 3
    assert (await office.call("GET", f"/v1/reminders/{first}")).status == 404
