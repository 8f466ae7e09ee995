"""What the bot remembers of a user outlives the process, and is forgotten after two days."""

from dataclasses import replace

from tests.reminders.remembering import DAY, draft
from tests.stores.samples import NOW
from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.reminders.conversation import BotAct, BotEdit, BotQuestion, Conversation
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.reminders import conversations
from wechat_scheduler.storage.reminders.conversations import SqlConversations
from wechat_scheduler.storage.upkeep import retention

REMINDER = draft(NOW + DAY, owner="UID_a", detail="“<x>”", topics=(1, 2))
SAID = Conversation(
    act=BotAct(
        event="wx1/1",
        at=NOW,
        did=BotDeedKind.MOVED,
        edits=(BotEdit(before=REMINDER, after=replace(REMINDER, start=NOW + 2 * DAY)),),
        half_assumed=True,
    ),
    question=BotQuestion(at=NOW, command="取消明天的提醒", ids=(REMINDER.id,)),
    helped_at=NOW,
)


async def test_a_conversation_is_kept_as_it_was_last_written(database: Database) -> None:
    store = SqlConversations(database)
    await store.write("UID_a", Conversation(), now=NOW)
    await store.write("UID_a", SAID, now=NOW)

    again = SqlConversations(database)

    assert await again.read("UID_a") == SAID
    assert await again.read("UID_b") == Conversation()


async def test_an_act_that_an_earlier_release_kept_assumed_nothing(database: Database) -> None:
    store = SqlConversations(database)
    await store.write("UID_a", SAID, now=NOW)
    older = "UPDATE conversations SET said = REPLACE(said, ',\"half_assumed\":true', '')"
    await database.write(lambda: rows_of(Statement(older, ())))

    act = (await store.read("UID_a")).act

    assert SAID.act is not None
    assert act == replace(SAID.act, half_assumed=False)


async def test_what_cannot_be_read_is_forgotten(database: Database) -> None:
    store = SqlConversations(database)
    await store.write("UID_a", SAID, now=NOW)
    await database.write(
        lambda: rows_of(Statement("""UPDATE conversations SET said = '{"act": 1}'""", ()))
    )

    assert await store.read("UID_a") == Conversation()


async def test_a_conversation_ends_after_two_days(database: Database) -> None:
    store = SqlConversations(database)
    for uid, at in (("UID_a", NOW - conversations.KEPT - DAY), ("UID_b", NOW)):
        await store.write(uid, SAID, now=at)

    gone = await retention.ended(database, retention.CONVERSATIONS)(NOW - conversations.KEPT, 9)

    assert gone == 1
    assert [await store.read(uid) for uid in ("UID_a", "UID_b")] == [Conversation(), SAID]
