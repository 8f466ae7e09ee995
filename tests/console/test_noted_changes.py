"""What a person changes in the console is in the audit, by the key of the session."""

from typing import Any

from tests.console.visitor import Browser
from tests.house import APPID, Caller, WeChat
from tests.web.tenants import bound, deliveries, made_app, send
from tests.web.test_reminders import Office
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.native.routes import NATIVE
from wechat_scheduler.web.native.session_changes import CHANGES

_APP = "/v1/apps/{app}"
PARCEL = {"text": "", "template": "parcel-is-here", "data": {"thing1": "here"}}


async def noted(keeper: Caller, *kinds: str) -> list[dict[str, Any]]:
    """The entries of these kinds of objects, the oldest first."""
    entries = (await keeper.call("GET", "/v1/audit?limit=100")).result
    return [
        {name: one[name] for name in ("action", "object", "count")}
        for one in reversed(entries)
        if one["action"].partition(".")[0] in kinds
    ]


async def test_messages_and_what_is_done_to_deliveries_are_noted_for_people_alone(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    weixin.sandbox.people.follow(APPID, "o_alice")
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=None)
    for number in range(2):
        await send(keeper, app, "alice", **PARCEL, title=f"letter {number}")
    await keeper.settle()
    by_programs = await noted(keeper, "message", "delivery", "user")

    page = await admin.open(f"/console/messages?app={app['id']}")
    ids = [one["id"] for one in await deliveries(keeper)]
    picked = [str(one) for one in ids]
    asked = await admin.submit(page, "/console/messages/choose", id=picked, what="replay")
    await admin.submit(asked, "/console/messages/change")
    await keeper.settle()
    path = f"/console/deliveries/{ids[0]}"
    await admin.submit(await admin.open(path), f"{path}/replay")

    assert by_programs == []
    assert await noted(keeper, "message", "delivery") == [
        {"action": "delivery.replayed", "object": "delivery", "count": 2},
        {"action": "delivery.replayed", "object": f"delivery/{ids[0]}", "count": 1},
    ]
    of_one, of_many = [
        row["Object"] for row in (await admin.open("/console/access/audit")).table()
    ][:2]
    assert (of_one, of_many) == (f"letter 1 delivery/{ids[0]}", "delivery")


async def test_the_audit_shows_messages_by_their_titles(admin: Browser, keeper: Caller) -> None:
    await keeper.register({"type": 0})
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    wish = {"app": str(app["id"]), "to": "alice", "title": "Parcel", "text": "It is here."}
    write = "/console/messages/write"
    shown = await admin.submit(await admin.open(write), write, **wish)
    await admin.submit(shown, f"{write}/send")
    (message,) = (await keeper.call("GET", "/v1/messages")).result
    others = await keeper.call("GET", f"/v1/messages?ids={message['id'] + 1},7")
    same = await keeper.call("GET", f"/v1/messages?ids={message['id']}")

    (row, *_) = (await admin.open("/console/access/audit?action=message.sent")).table()

    assert row["Object"] == f"Parcel message/{message['id']}"
    assert (others.result, same.result) == ([], [message])


async def test_reminders_topics_and_bindings_are_noted(admin: Browser, keeper: Caller) -> None:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    write, topics = "/console/reminders/write", f"/console/apps/{office.app}/topics"
    read = await admin.submit(
        await admin.open(write), write, when="每天早上8点喝水", people="alice"
    )

    saved = await admin.submit(read, f"{write}/save")
    await admin.submit(read, f"{write}/save")
    path = f"/console/reminders/{saved.facts()['Id']}"
    paused = await admin.submit(saved, f"{path}/pause")
    asked = await admin.submit(paused, f"{path}/move", when="每天早上9点")
    moved = await admin.submit(asked, f"{path}/move/save")
    undone = await admin.submit(moved, f"{path}/restore")
    worded = await admin.submit(undone, f"{path}/words", title="喝热水", text="secret")
    unworded = await admin.submit(worded, f"{path}/restore")
    (audited, *_) = (await admin.open("/console/access/audit")).table()
    typed = await admin.submit(unworded, f"{path}/receivers", topics="*")
    received = await admin.submit(typed, f"{path}/receivers/save")
    removed = await admin.submit(received, f"{path}/delete")
    await admin.submit(removed, f"{path}/restore")
    made = await admin.submit(
        await admin.open(topics), topics, button="Make a topic", name="parcels"
    )
    (topic,) = [row for row in made.table() if "parcels" in row.values()]
    await admin.submit(made, f"{topics}/{topic['Id']}/remove")
    await admin.submit(
        await admin.open(f"/console/apps/{office.app}/subscribers"),
        button="Bind a user", external_id="amy", openid="o_amy",
    )  # fmt: skip

    reminder = path.removeprefix("/console/").replace("reminders", "reminder")
    assert audited["Action"] == "Change of a reminder undone reminder.undone"
    assert audited["Object"] == f"喝水 {reminder} Title, Text"
    assert [tuple(one.values()) for one in await noted(keeper, "reminder", "topic", "user")] == [
        ("reminder.created", reminder, 1),
        ("reminder.paused", reminder, 1),
        (
            "reminder.changed",
            f"{reminder}/2026-11-19T08:00:00+08:00/2026-11-19T09:00:00+08:00",
            1,
        ),
        (
            "reminder.undone",
            f"{reminder}/2026-11-19T09:00:00+08:00/2026-11-19T08:00:00+08:00",
            1,
        ),
        ("reminder.changed", f"{reminder}/title,text", 1),
        ("reminder.undone", f"{reminder}/title,text", 1),
        ("reminder.changed", f"{reminder}/to", 1),
        ("reminder.removed", f"{reminder}/喝水", 1),
        ("reminder.restored", reminder, 1),
        ("topic.created", f"{office.app}/topics/{topic['Id']}", 1),
        ("topic.removed", f"{office.app}/topics/{topic['Id']}", 1),
        ("user.bound", f"{office.app}/subscribers/amy", 1),
    ]


async def test_the_audit_says_what_was_deleted(admin: Browser, keeper: Caller) -> None:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    titles = ("浇花/两盆", f"{'长' * 39}：完了", "停")
    ids = [(await office.remind(title=title)).result["id"] for title in titles]
    for each in ids[:2]:
        page = await admin.open(f"/console/reminders/{each}")
        await admin.submit(page, f"/console/reminders/{each}/delete")
    paused = await admin.open(f"/console/reminders/{ids[2]}")
    stopped = await admin.submit(paused, f"/console/reminders/{ids[2]}/pause")
    await admin.submit(stopped, f"/console/reminders/{ids[2]}/delete")

    page = await admin.open("/console/access/audit")
    shown = [one["Object"] for one in page.table()][:4]
    one = await noted(keeper, "reminder")

    assert shown == [
        f"停 reminder/{ids[2]}",
        f"停 reminder/{ids[2]}",
        f"{'长' * 39}… reminder/{ids[1]}",
        f"浇花/两盆 reminder/{ids[0]}",
    ]
    assert [each["object"] for each in one] == [
        f"reminder/{ids[0]}/浇花/两盆",
        f"reminder/{ids[1]}/{'长' * 39}…",
        f"reminder/{ids[2]}",
        f"reminder/{ids[2]}/停",
    ]


def test_a_change_that_people_can_make_is_noted_or_is_none() -> None:
    """Those without an entry store nothing, or their handlers note them (`noting`)."""
    changes = {(one.method, one.path) for one in NATIVE if isinstance(one.scope, Scope)}
    others = {one for one in changes if one[0] != "GET"} - {*CHANGES}

    assert {*CHANGES} <= changes
    assert {path for _, path in others if path.startswith("/v1/")} == {
        "/v1/accounts/{appid}", "/v1/registrations/check", "/v1/jssdk/{appid}/signature", "/v1/jssdk/{appid}/origins",
        "/v1/keys", "/v1/keys/{id}", "/v1/consumers", "/v1/consumers/{consumer}",
        "/v1/consumers/{consumer}/secret", "/v1/alerts/{alert}/mute",
        "/v1/apps", _APP, f"{_APP}/token", f"{_APP}/links", f"{_APP}/templates",
        f"{_APP}/templates/preview", f"{_APP}/subscribers/{{name}}/token",
        f"{_APP}/subscribers/{{name}}/spt", f"{_APP}/subscribers/{{name}}/openid",
        "/v1/messages/preview", "/v1/reminders/preview", "/v1/reminders/{reminder}/preview", "/v1/reminders/parse",
    }  # fmt: skip
