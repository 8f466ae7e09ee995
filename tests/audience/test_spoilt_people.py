"""A row about a user that cannot be read is left out: their acts are handled all the same."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from tests.audience.named_by_openid import by_openid
from tests.audience.people import CALLBACK, HOUR, Office, a_scene, an_app
from tests.clock import START
from tests.reminders.remembering import DAY
from tests.stores.suite import VAULT
from wechat_scheduler.audience.model import Alias
from wechat_scheduler.audience.use_counts import UseChange, UseCount, UseReport
from wechat_scheduler.audience.user_acts import UserActKind
from wechat_scheduler.doctor.store import damaged
from wechat_scheduler.errors import RequestError
from wechat_scheduler.reminders.conversation import Conversation
from wechat_scheduler.storage.database import Statement, rows_of
from wechat_scheduler.storage.reminders.conversations import SqlConversations

FOLLOW, UNFOLLOW, SCAN = UserActKind.FOLLOW, UserActKind.UNFOLLOW, UserActKind.SCAN
TEXT = UserActKind.TEXT
SHOP, OTHER = an_app(callback=CALLBACK, welcome="hello"), an_app("other", callback=CALLBACK)


@pytest.fixture
async def office() -> Office:
    return await Office().open(SHOP, OTHER)


async def spoil(office: Office, sql: str) -> None:
    await office.database.write(lambda: rows_of(Statement(sql)))


async def doctors(office: Office) -> str:
    return " ".join([finding.says async for finding in damaged(office.database, VAULT)])


@pytest.mark.parametrize(
    "damage", ["created_at = 'abc'", "created_at = x'00'", "app_id = 'abc'", "topic_id = 'abc'"]
)
async def test_a_text_reaches_the_apps_whose_subscriptions_can_be_read(
    office: Office, damage: str
) -> None:
    for app in (SHOP, OTHER):
        await office.scenes.add(a_scene(app, id=f"scene{app.id}"), once=None)
        await office.receive(SCAN, event_id=app.name, scene=f"scene{app.id}")
    await spoil(office, f"UPDATE subscriptions SET {damage} WHERE app_id = {SHOP.id}")

    with capture_logs() as logs:
        await office.receive(TEXT, event_id="2", text="hi")

    assert [act.text for act in office.lists.offered][:1] == ["hi"]
    assert {log["table"] for log in logs if log["event"] == "store.row_unreadable"} == {
        "subscriptions"
    }
    assert "1 row of the table subscriptions cannot be read" in await doctors(office)


async def test_who_subscribes_again_mends_the_row_and_stays_muted(office: Office) -> None:
    await office.scenes.add(a_scene(SHOP), once=None)
    await office.receive(SCAN, scene="scene1")
    await spoil(office, "UPDATE subscriptions SET created_at = 'abc', muted = 1")

    with capture_logs():
        await office.receive(SCAN, event_id="2", scene="scene1")

    (kept,) = await office.subscriptions.of_person(await office.uid())
    assert (kept.created_at, kept.muted) == (START, True)


async def test_who_leaves_has_left_even_if_their_row_cannot_be_read(office: Office) -> None:
    await office.receive(FOLLOW)
    await spoil(office, "UPDATE subscribers SET quiet = '7-x'")

    with capture_logs():
        await office.receive(UNFOLLOW, event_id="2", at=START + HOUR)
    await spoil(office, "UPDATE subscribers SET quiet = ''")

    left = await by_openid(office.subscribers, "wx1", "o1")
    assert left is not None
    assert not left.follows


async def test_a_user_whose_own_row_cannot_be_read_is_an_error_that_names_the_table(
    office: Office,
) -> None:
    await office.receive(FOLLOW)
    await spoil(office, "UPDATE subscribers SET created_at = 'abc'")

    with capture_logs(), pytest.raises(RequestError, match="correct it in the table subscribers"):
        await office.receive(TEXT, event_id="2", text="hi")


async def test_a_name_that_cannot_be_read_hides_no_other(office: Office) -> None:
    uid, names = "UID_a", office.aliases
    for alias in (Alias(app_id=SHOP.id, name=name, uid=uid) for name in ("good", "bad")):
        await names.change(SHOP.id, uid, lambda _: alias)  # noqa: B023 - run at once
    await spoil(office, "UPDATE aliases SET openkey_until = 'abc' WHERE name = 'bad'")

    with capture_logs():
        found = await names.of_person(SHOP.id, uid)
        own = await names.names_of(SHOP.id, ["UID_b", uid])
        seen = await names.change(SHOP.id, uid, lambda known: replace(known[0], consented=True))

    assert [alias.name for alias in found] == ["good"]
    assert own == {uid: ["bad", "good"]}
    assert (seen.name, seen.consented) == ("good", True)


async def test_a_use_count_that_cannot_be_read_is_counted_anew(office: Office) -> None:
    for template_id, event in (("T", "1"), ("U", "2")):
        report = UseReport(template_id=template_id, change=UseChange.GRANTED)
        await office.uses.count("wx1", "o1", [report], event=event, now=START)
    await spoil(office, "UPDATE use_counts SET changed_at = 'abc' WHERE template_id = 'T'")

    with capture_logs():
        one, listed = (
            await office.uses.get("wx1", "o1", "T"),
            await office.uses.of_person("wx1", "o1"),
        )
        report = UseReport(template_id="T", change=UseChange.GRANTED)
        await office.uses.count("wx1", "o1", [report], event="3", now=START + DAY)

    again = UseCount(template_id="T", remaining=1, granted_at=START + DAY, changed_at=START + DAY)
    assert (one, [count.template_id for count in listed]) == (None, ["U"])
    assert await office.uses.get("wx1", "o1", "T") == again


@pytest.mark.parametrize("damage", ["'['", "x'ff'", "7", "'[]'"])
async def test_a_conversation_that_cannot_be_read_is_forgotten(office: Office, damage: str) -> None:
    store = SqlConversations(office.database)
    await store.write("UID_a", Conversation(), now=START)
    await spoil(office, f"UPDATE conversations SET said = {damage}")

    assert await store.read("UID_a") == Conversation()
