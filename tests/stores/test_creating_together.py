"""What is created at the same time is stored by the same statements, and each fails by itself."""

from dataclasses import replace

import pytest

from tests.stores.mailing import NOW, Mail
from tests.stores.suite import VAULT
from wechat_scheduler.access.once import Once, RepeatedError
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.delivery.model import Content, Message, Target, TargetKind
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.errors import ConflictError, StorageError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.recent import RecentRows
from wechat_scheduler.storage.stored_responses import SqlStoredResponses

MANY = 40


def message(mail: Mail, text: str = "hi") -> Message:
    return Message(id=new_id(), app_id=mail.app.id, content=Content(text=text), created_at=NOW)


def once(key: str) -> Once:
    return Once(scope="messages", key=key, digest="d", response=f"response {key}")


async def put(mail: Mail, message: Message, asked: Once | None = None) -> str:
    """The stored response to a request that came before; else empty."""
    target = Target(delivery_id=new_id(), kind=TargetKind.PERSON, name=mail.uids["amy"])
    try:
        await mail.messages.put(message, [target], once=asked, now=NOW)
    except RepeatedError as error:
        return error.response
    return ""


async def deliveries_of(mail: Mail, message: Message) -> int:
    view = await mail.messages.message(message.id)
    return 0 if view is None else sum(view.counts.values())


async def test_each_of_many_is_stored_with_its_response(mail: Mail) -> None:
    messages = [message(mail) for _ in range(MANY)]

    await together([put(mail, one, once(str(n))) for n, one in enumerate(messages)])

    assert [await deliveries_of(mail, one) for one in messages] == [1] * MANY
    again = [await put(mail, message(mail), once(str(n))) for n in range(MANY)]
    assert again == [f"response {n}" for n in range(MANY)]


async def test_a_repeated_request_fails_alone(mail: Mail) -> None:
    await put(mail, message(mail), once("7"))
    messages = [message(mail) for _ in range(MANY)]

    responses = await together([put(mail, one, once(str(n))) for n, one in enumerate(messages)])

    assert responses == ["response 7" if n == 7 else "" for n in range(MANY)]
    stored = [await deliveries_of(mail, one) for one in messages]
    assert stored == [0 if n == 7 else 1 for n in range(MANY)]


async def test_a_message_that_is_known_stays_as_it_is(mail: Mail) -> None:
    known = message(mail, "first")
    await put(mail, known)
    others = [message(mail) for _ in range(MANY)]
    changed = replace(known, content=Content(text="second"))

    await together([put(mail, one) for one in (changed, *others)])

    assert [await deliveries_of(mail, one) for one in (known, *others)] == [1] * (MANY + 1)
    view = await mail.messages.message(known.id)
    assert view is not None
    assert view.message.content.text == "first"


async def test_a_change_is_seen_by_the_next_who_asks(mail: Mail) -> None:
    amy = mail.uids["amy"]
    before = await mail.subscribers.by_uid(amy)
    assert before is not None
    assert await mail.subscribers.by_uid(amy) == before

    await mail.subscribers.unfollow(before.appid, before.openid, now=NOW)
    after = await mail.subscribers.by_uid(amy)

    assert after is not None
    assert not after.follows


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_was_read_before_a_change_is_not_kept_after_it(
    database: Database, mail: Mail
) -> None:
    rows: RecentRows[str, str] = RecentRows(database, "subscribers")
    version = rows.version()
    await mail.subscribers.follow(mail.app.appid, "o-new", uid="UID_new", now=NOW)

    rows.keep(version, {"a": "old"})

    assert rows.known(["a"]) == {}


async def test_a_new_message_whose_id_is_taken_is_refused_and_no_other(mail: Mail) -> None:
    taken = message(mail)
    await put(mail, taken)
    others = [message(mail) for _ in range(MANY)]

    async def put_new(one: Message) -> bool:
        try:
            await mail.messages.put(one, [], once=once(str(one.id)), now=NOW, is_new=True)
        except StorageError:
            return False
        return True

    stored = await together([put_new(one) for one in (taken, *others)])

    assert stored == [False, *[True] * MANY]
    assert await put(mail, message(mail), once(str(taken.id))) == ""


async def test_each_who_asks_for_a_response_gets_its_own(mail: Mail) -> None:
    for key in ("1", "2"):
        await put(mail, message(mail), once(key))
    responses = SqlStoredResponses(mail.database, VAULT)

    async def find(key: str, digest: str) -> str | None:
        try:
            return await responses.find("messages", key, digest)
        except ConflictError:
            return "conflict"

    asked = [("1", "d"), ("2", "d"), ("2", "other"), ("3", "d"), ("1", "d")]
    found = await together([find(*one) for one in asked])

    assert found == ["response 1", "response 2", "conflict", None, "response 1"]
