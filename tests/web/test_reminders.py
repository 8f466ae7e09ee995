"""Reminders over HTTP: made, listed, changed, and sent to their receivers."""

from datetime import timedelta
from typing import Any

import pytest_asyncio

from tests.access.doors import make
from tests.clock import FakeClock
from tests.house import APPID, Answer, Caller
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound

__all__ = ["clock", "keeper", "weixin"]

# The clock stands at 10:30 in Shanghai on Wednesday, 18 November 2026.
EIGHT = "2026-11-19T08:00:00+08:00"
OTHER = "wx9999999999999999"


class Office(Caller):
    """An app with a topic and one user, whose name is alice."""

    app: int
    topic: int
    uid: str

    async def open(self) -> None:
        if not await self.jobs():
            await self.register({"type": 0})
            await self.daemon.cores.credentials.clockwork.run_once()
        made = await self.call("POST", "/v1/apps", body={"name": "shop", "appid": APPID})
        self.app = made.result["id"]
        topic = await self.call("POST", f"/v1/apps/{self.app}/topics", body={"name": "news"})
        self.topic = topic.result["id"]
        path = f"/v1/apps/{self.app}/subscribers/alice"
        bound = await self.call("PUT", path, body={"openid": "o_alice"})
        self.uid = bound.result["uid"]

    async def remind(
        self, path: str = "", headers: dict[str, str] | None = None, **fields: Any
    ) -> Answer:
        body = {"app": self.app, "title": "浇花", "time": EIGHT, "to": ["alice"]} | fields
        written = {name: value for name, value in body.items() if value is not ...}
        return await self.call("POST", f"/v1/reminders{path}", body=written, headers=headers)

    async def titles(self, query: str = "", **options: Any) -> list[str]:
        """Of the app's reminders, unless `query` says more."""
        query = query or f"?app={self.app}"
        found = (await self.call("GET", f"/v1/reminders{query}", **options)).result
        return sorted(each["title"] for each in found)


@pytest_asyncio.fixture(loop_scope="module")
async def office(keeper_of_the_file: Caller) -> Office:
    """An app of this test alone. No test of this file moves the time of the daemon."""
    office = Office(keeper_of_the_file.daemon, keeper_of_the_file._session)
    await office.open()
    return office


async def test_a_reminder_is_kept_shown_and_said(keeper: Caller, clock: FakeClock) -> None:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    made = (
        await office.remind(rule="FREQ=MONTHLY", text="阳台", defer=-30, priority="urgent")
    ).result

    shown = (await office.call("GET", f"/v1/reminders/{made['id']}")).result
    clock.advance(timedelta(hours=21))
    await office.daemon.cores.reminders.clockwork.run_once()

    (delivery,) = (await office.call("GET", "/v1/deliveries")).result
    after = (await office.call("GET", f"/v1/reminders/{made['id']}")).result
    assert shown == {**made, "names": {office.uid: "alice"}, "last_counts": {}}
    assert after["last_counts"] == {"pending": 1}
    assert (made["time"], made["rule"], made["due_at"]) == (
        EIGHT, "FREQ=MONTHLY;BYMONTHDAY=19", "2026-11-18T23:30:00Z",
    )  # fmt: skip
    assert (made["to"], made["state"], made["defer"]) == ([office.uid], "active", -30)
    assert (delivery["to"], delivery["state"]) == (office.uid, "pending")
    assert (after["fired"], after["time"]) == (1, "2026-12-19T08:00:00+08:00")


async def test_a_program_that_asks_for_a_reminder_is_not_asked_whether_it_does(
    office: Office,
) -> None:
    for text, title in (
        ("明天下午3点部门日报", "部门日报"),
        ("周五张总讲话", "张总讲话"),
        ("我后天去体检", "去体检"),
    ):
        parsed = await office.call("POST", "/v1/reminders/parse", body={"text": text})
        made = await office.remind(time=..., title=..., when=text)

        assert parsed.json["reason"] == "sentence.unsure", text
        assert made.result["title"] == title


async def test_two_times_for_a_reminder_are_asked_about(office: Office) -> None:
    refused = await office.remind(time=..., when="3点或4点")

    assert (refused.status, refused.json["reason"]) == (422, "sentence.ambiguous")


async def test_when_is_said_in_a_sentence(office: Office) -> None:
    made = await office.remind(time=..., title=..., when="每月25号提前10分钟提醒我还信用卡")
    own = await office.remind(time=..., when="每天早上7点起床", rule=None, title="起")

    result = made.result
    assert (result["title"], result["rule"]) == ("还信用卡", "FREQ=MONTHLY;BYMONTHDAY=25")
    assert (result["time"], result["defer"]) == ("2026-11-25T08:00:00+08:00", -10)
    assert (own.result["title"], own.result["rule"]) == ("起", None)


async def test_a_sentence_of_several_reminders_makes_none_and_is_read_whole(office: Office) -> None:
    text = "明天8点送孩子，9点开会"

    made = await office.remind(time=..., title=..., when=text)
    read = (await office.call("POST", "/v1/reminders/parse", body={"text": text})).result

    assert (made.status, made.json["reason"]) == (422, "sentence.several")
    assert "送孩子" in made.json["message"]
    assert "开会" in made.json["message"]
    assert (read["title"], [each["title"] for each in read["also"]]) == ("送孩子", ["开会"])
    assert await office.titles() == []


async def test_a_preview_has_each_receiver_once_and_by_name(office: Office) -> None:
    await bound(office, {"id": office.app}, "bob")
    to = ["alice", office.uid, "o_alice", "bob", office.topic, "*"]

    shown = (await office.remind(to=to, path="/preview")).result
    made = (await office.remind(to=to)).result
    (listed,) = (await office.call("GET", f"/v1/reminders?app={office.app}")).result

    assert shown["to"] == made["to"] == listed["to"]
    assert (shown["joined"], shown["to"][0]) == (2, office.uid)
    assert shown["names"] == listed["names"]
    assert sorted(shown["names"].values()) == ["alice", "bob", "news"]


async def test_topics_all_subscribers_and_callbacks_can_be_reminded(office: Office) -> None:
    some = await office.remind(to=["*", office.topic, "alice", office.uid])
    callback = await office.remind(to=..., channel="webhook")

    assert some.result["to"] == [office.uid, "*", office.topic]
    assert (callback.result["to"], callback.result["channel"]) == ([], "webhook")


IMPOSSIBLE = [
    ({"time": "2026-11-17T08:00:00+08:00"}, "time: 2026-11-17T08:00:00+0800 is past"),
    ({"defer": -10_000}, "defer: 2026-11-12T09:20:00+0800 is past"),
    ({"time": "2026-11-19T08:00:00"}, "time: "),
    ({"time": ...}, "time: give a time, or say when"),
    ({"when": "明天"}, "when: give either a time or when"),
    ({"title": ...}, "title: is required"),
    (
        {"title": ..., "time": ..., "when": "明天"},
        "when: the sentence says when, but not what to be reminded of; add it, or give a title",
    ),
    ({"title": " "}, "title: must not be empty"),
    ({"rule": "FREQ=SECONDLY"}, "rule: "),
    ({"rule": "FREQ=MONTHLY;BYMONTHDAY=0"}, "rule: "),
    ({"zone": "Mars"}, "zone: there is no time zone 'Mars'"),
    ({"to": ["alice", "bob"]}, "to[1]: the app knows no user by this name"),
    ({"to": [5]}, "to[0]: the app knows no user by this name"),
    ({"to": ["a\0b"]}, "to[0]: the app knows no user by this name"),
    ({"to": []}, "to: name who is to be reminded"),
    ({"channel": "webhook"}, "to: a webhook goes to the app's callback"),
    ({"url": "ftp://x"}, "url: must begin with http:// or https://"),
    ({"grace": -1}, "grace: "),
    ({"tme": "8:00"}, "tme: is not known here; did you mean time?"),
]


async def test_what_cannot_be_is_refused_by_its_field(office: Office) -> None:
    for fields, message in IMPOSSIBLE:
        answer = await office.remind(**fields)

        assert answer.status == 400, fields
        assert answer.json["message"].startswith(message), fields
    assert await office.titles() == []


async def test_a_sentence_without_a_time_is_422_with_a_reason(office: Office) -> None:
    kept = await office.remind(time=..., when="买菜")
    parsed = await office.call("POST", "/v1/reminders/parse", body={"text": "2月30号开会"})

    assert (kept.status, kept.json["reason"]) == (422, "sentence.nothing")
    assert (parsed.status, parsed.json["reason"]) == (422, "sentence.impossible")
    assert parsed.json["message"].startswith("text: ")


async def test_a_sentence_is_understood_as_the_issue_says(office: Office) -> None:
    body = {
        "text": "每月25号提醒我还信用卡",
        "now": "2026-11-18T10:30:00+08:00",
        "zone": "Asia/Shanghai",
    }

    result = (await office.call("POST", "/v1/reminders/parse", body=body)).result
    once = (await office.call("POST", "/v1/reminders/parse", body={"text": "明天8点开会"})).result

    assert result.pop("understood")
    assert result == {
        "time": "2026-11-25T08:00:00+08:00",
        "rule": "FREQ=MONTHLY;BYMONTHDAY=25",
        "title": "还信用卡",
        "next": [f"{month}-25T08:00:00+08:00" for month in
                 ("2026-11", "2026-12", "2027-01", "2027-02", "2027-03")],
        "advance": None,
        "end": None,
        "also": [],
        "hour_assumed": True,
        "assumed": [{"kind": "hour", "said": "", "meant": "08:00"}],
    }  # fmt: skip
    assert (once["rule"], once["next"], once["hour_assumed"]) == (None, [once["time"]], False)


async def test_the_same_request_twice_is_one_reminder(office: Office) -> None:
    once = {"Idempotency-Key": "a"}

    answers = [await office.remind(headers=once) for _ in range(2)]
    other = await office.remind(headers=once, title="other")

    assert answers[0].json == answers[1].json
    assert (other.status, await office.titles()) == (409, ["浇花"])


async def test_a_reminder_is_changed_paused_and_removed(office: Office) -> None:
    made = (await office.remind(rule="FREQ=DAILY")).result
    path = f"/v1/reminders/{made['id']}"

    changes = [
        (await office.call("PATCH", path, body=body)).result
        for body in ({"title": "施肥"}, {"when": "明天9点"}, {"to": ["*"], "late": "skip"})
    ]
    states = [
        (await office.call("POST", f"{path}/{verb}")).result["state"]
        for verb in ("pause", "resume", "cancel")
    ]
    refused = await office.call("POST", f"{path}/pause")
    gone = [(await office.call(method, path)).status for method in ("DELETE", "GET", "DELETE")]

    assert [each["title"] for each in changes] == ["施肥"] * 3
    assert [(each["time"][11:16], each["rule"]) for each in changes] == [
        ("08:00", "FREQ=DAILY"), ("09:00", None), ("09:00", None),
    ]  # fmt: skip
    assert (changes[2]["to"], changes[2]["late"]) == (["*"], "skip")
    assert states == ["paused", "active", "cancelled"]
    assert (refused.status, gone) == (409, [200, 404, 404])


async def test_what_is_next_is_shown_before_and_after_it_is_kept(office: Office) -> None:
    fields: dict[str, Any] = {"rule": "FREQ=DAILY;COUNT=3", "defer": 5}

    dry = (await office.remind("/preview?n=2", **fields)).result
    before = await office.titles()
    made = (await office.remind(**fields)).result
    kept = (await office.call("GET", f"/v1/reminders/{made['id']}/preview")).result
    bad = await office.call("GET", f"/v1/reminders/{made['id']}/preview?n=21")

    times = [f"2026-11-{day}T08:05:00+08:00" for day in (19, 20, 21)]
    assert (dry["next"], dry["time"], before) == (times[:2], EIGHT, [])
    assert (kept, bad.status) == (times, 400)


async def test_a_preview_says_until_when_quiet_hours_hold_the_first_time(office: Office) -> None:
    path = f"/v1/apps/{office.app}/subscribers/alice"
    await office.call("PATCH", path, body={"quiet": "07:30-09:15"})
    made = (await office.remind(time="2026-11-19T10:00:00+08:00")).result
    change = f"/v1/reminders/{made['id']}/preview"

    held = (await office.remind("/preview")).result
    others = [
        (await office.remind("/preview", priority="urgent")).result,
        (await office.remind("/preview", defer=90)).result,
        (await office.remind("/preview", to=["alice", "*"])).result,
        (await office.remind("/preview", channel="webhook", to=[])).result,
    ]
    moved = (await office.call("POST", change, body={"time": EIGHT})).result

    assert (held["waits_until"], moved["waits_until"]) == ("2026-11-19T01:15:00Z",) * 2
    assert [one["waits_until"] for one in others] == [None] * 4


async def test_they_are_found_by_the_number_that_the_bot_tells(office: Office) -> None:
    made = (await office.remind(title="a")).result["id"]
    await office.remind(title="b")

    found = await office.titles(f"?id={made[:6]}")
    upper = await office.titles(f"?app={office.app}&state=active&id={made.upper()}")
    refused = [
        await office.call("GET", f"/v1/reminders?{query}")
        for query in ("id=504fe", "id=504fzz", f"state=active&sort=due&id={made[:6]}")
    ]

    assert found == upper == ["a"]
    assert [answer.status for answer in refused] == [400] * 3


async def test_they_are_listed_by_app_and_state_a_page_at_a_time(office: Office) -> None:
    for number in range(3):
        made = (await office.remind(title=str(number))).result
    await office.call("POST", f"/v1/reminders/{made['id']}/pause")

    first = await office.call("GET", f"/v1/reminders?app={office.app}&limit=2")
    following = first.headers["Link"].partition("<")[2].partition(">")[0]

    assert (
        len(first.result) + len(await office.titles(following.removeprefix("/v1/reminders"))) == 3
    )
    assert await office.titles(f"?app={office.app}&state=paused") == ["2"]
    for query in ("?state=lost", "?app=x", "?after=x", "?limit=0"):
        assert (await office.call("GET", f"/v1/reminders{query}")).status == 400


async def test_a_key_of_another_account_sees_nothing(office: Office) -> None:
    made = (await office.remind()).result
    stranger = (await make(office, "push", appids=[OTHER])).text
    body = {"app": office.app, "title": "x", "time": EIGHT, "to": ["*"]}

    answers = [
        await office.call(method, f"/v1/reminders/{made['id']}{verb}", body=change, key=stranger)
        for method, verb, change in (
            ("GET", "", None), ("PATCH", "", {"title": "x"}), ("DELETE", "", None),
            ("POST", "/pause", None), ("GET", "/preview", None),
        )
    ]  # fmt: skip
    answers.append(await office.call("POST", "/v1/reminders", body=body, key=stranger))
    answers.append(await office.call("GET", f"/v1/reminders?app={office.app}", key=stranger))

    assert [answer.status for answer in answers] == [404] * 7
    assert (await office.call("GET", "/v1/reminders", key=stranger)).result == []


async def test_the_most_that_is_sent_late_is_said_in_the_echo(office: Office) -> None:
    asked: list[dict[str, Any]] = [
        {"late": "all", "rule": "FREQ=DAILY"},
        {"late": "once", "rule": "FREQ=DAILY"},
        {"late": "all"},
    ]
    answers = [
        (await office.remind(path, **fields)).result
        for fields in asked
        for path in ("", "/preview")
    ]

    note = "if more than 24 occurrences are late, only the newest 24 are sent"
    assert [answer["notes"] for answer in answers[::2]] == [[note], [], []]
    previewed = [answer["notes"] for answer in answers[1::2]]
    assert [notes[:-1] for notes in previewed] == [[note], [], []]
    assert all("has no template for reminders" in notes[-1] for notes in previewed)


async def test_it_is_noted_who_does_not_subscribe_and_that_the_account_cannot_send(
    keeper: Caller, clock: FakeClock
) -> None:
    office = Office(keeper.daemon, keeper._session)
    made = await office.call("POST", "/v1/apps", body={"name": "shop", "appid": OTHER})
    office.app = made.result["id"]
    subscribers = office.daemon.ground.stores.subscribers
    user = await subscribers.follow(OTHER, "o_bob", uid="UID_bob", now=clock.now())

    asked = {"to": [user.uid]}
    planned, made = await office.remind("/preview", **asked), await office.remind(**asked)
    called = await office.remind(to=[], channel="webhook")

    people, account = made.result["notes"]
    assert people.startswith("1 of its people do not subscribe to the app")
    assert account.startswith(f"the account {OTHER} has no credential here")
    assert planned.result["notes"][-2:] == [people, account]
    assert called.status == 422 or called.result["notes"] == []


async def test_the_next_occurrence_alone_is_moved_and_moved_back(office: Office) -> None:
    made = (await office.remind(rule="FREQ=WEEKLY;BYDAY=TH", defer=-10)).result
    path = f"/v1/reminders/{made['id']}"

    async def change(**body: Any) -> Answer:
        return await office.call("PATCH", path, body={"only_next": True, **body})

    shown = (
        await office.call("POST", f"{path}/preview?n=3", body={"only_next": True, "when": "这周六"})
    ).result
    moved = (await change(time="2026-11-21T15:00:00+08:00")).result
    times = (await office.call("GET", f"{path}/preview?n=3")).result
    earlier = (await change(when="明天早上7点")).result
    refused = [
        await change(time="2026-11-26T08:00:00+08:00"), await change(time="2026-11-18T10:35:00+08:00"),
        await change(when="每周六9点"), await change(when="周六9点提前1小时"), await change(when="周六", title="x"),
        await change(),
    ]  # fmt: skip
    back = (await change(time=made["time"])).result

    assert (shown["next"][0], shown["hour_assumed"]) == ("2026-11-21T07:50:00+08:00", True)
    assert (moved["time"], moved["due_at"]) == ("2026-11-21T15:00:00+08:00", "2026-11-21T06:50:00Z")
    assert moved["rule"] == "FREQ=WEEKLY;BYDAY=TH\nRECURRENCE-ID:20261119T000000Z"
    assert [each[:16] for each in times] == [
        "2026-11-21T14:50",
        "2026-11-26T07:50",
        "2026-12-03T07:50",
    ]
    assert earlier["time"] == "2026-11-19T07:00:00+08:00"
    assert [(one.status, one.json["reason"], one.json["message"].partition(":")[0]) for one in refused] == [
        (400, "reminder.only_next", "time"), (400, "time.past", "time"), (400, "reminder.only_next", "when"),
        (400, "reminder.only_next", "when"), (400, "reminder.only_next", "title"), (400, "request.invalid", "time"),
    ]  # fmt: skip
    assert (back["time"], back["rule"]) == (made["time"], made["rule"])


async def test_a_new_time_of_the_repetition_is_not_that_of_one_occurrence(office: Office) -> None:
    made = (await office.remind(rule="FREQ=WEEKLY;BYDAY=TH")).result
    path = f"/v1/reminders/{made['id']}"
    await office.call("PATCH", path, body={"only_next": True, "time": "2026-11-21T15:00:00+08:00"})

    moved = (await office.call("PATCH", path, body={"time": "2026-11-19T09:00:00+08:00"})).result
    once = (await office.remind()).result
    other = await office.call(
        "PATCH",
        f"/v1/reminders/{once['id']}",
        body={"only_next": True, "time": "2026-11-20T09:00:00+08:00"},
    )

    assert (moved["time"], moved["rule"]) == ("2026-11-19T09:00:00+08:00", made["rule"])
    assert (other.result["time"], other.result["rule"]) == ("2026-11-20T09:00:00+08:00", None)


async def test_a_time_that_is_sent_back_as_it_was_shown_keeps_the_others_by_the_rule(
    office: Office,
) -> None:
    made = (await office.remind(rule="FREQ=WEEKLY;BYDAY=TH")).result
    path = f"/v1/reminders/{made['id']}"
    body = {"only_next": True, "time": "2026-11-21T15:00:00+08:00"}
    moved = (await office.call("PATCH", path, body=body)).result

    changed = (
        await office.call("PATCH", path, body={"time": moved["time"], "title": "买花"})
    ).result

    assert (changed["time"], changed["rule"]) == (moved["time"], moved["rule"])


async def test_a_change_that_is_sent_twice_is_undone_by_the_first_answer(office: Office) -> None:
    made = (await office.remind()).result
    path, body = f"/v1/reminders/{made['id']}", {"time": "2026-11-21T15:00:00+08:00"}

    moved, same = [(await office.call("PATCH", path, body=body)).result for _ in range(2)]
    back = await office.call("POST", f"{path}/restore", body={"undo": moved["undo"]})

    assert (same["undo"], same["changed"], same["time"]) == ("", [], moved["time"])
    assert (back.status, back.result["time"]) == (200, made["time"])


async def test_a_change_is_undone_until_another_one(office: Office) -> None:
    made = (await office.remind(rule="FREQ=WEEKLY;BYDAY=TH", defer=-10)).result
    path = f"/v1/reminders/{made['id']}"

    async def change(**body: Any) -> dict[str, Any]:
        return (await office.call("PATCH", path, body=body)).result

    async def restore(undo: str, path: str = path) -> Answer:
        return await office.call("POST", f"{path}/restore", body={"undo": undo})

    moved = await change(time="2026-11-21T15:00:00+08:00", rule=None, defer=0)
    back = [(await restore(moved["undo"])).result for _ in range(2)]
    worded = await change(title="x")
    named = await change(to=["*"])
    late = await restore(worded["undo"])
    other = (await office.remind()).result["id"]
    foreign = await restore(worded["undo"], f"/v1/reminders/{other}")

    assert (moved["before"], worded["before"]) == (made["time"], None)
    undone = {"undone": "change", "before": moved["time"], "changed": ["time", "rule", "defer"]}
    assert back == [made | undone, made | {"undone": "", "before": None, "changed": []}]
    assert (moved["changed"], worded["changed"]) == (["time", "rule", "defer"], ["title"])
    assert (named["undo"], late.status, foreign.status) == ("", 409, 404)
