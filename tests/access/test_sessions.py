"""Sessions of people in a browser: in a database of each kind, in memory, and by the API."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.access.doors import make
from tests.clock import START, FakeClock
from tests.console.visitor import browser
from tests.house import Caller
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.access.keyring import KeyDraft, Keyring
from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.access.sessions import (
    LASTS,
    MOST,
    PER_MINUTE,
    Session,
    SessionDesk,
    new_session_id,
)
from wechat_scheduler.errors import StorageError, ThrottledError
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.access.sessions import SqlSessions
from wechat_scheduler.storage.database import Database, Statement, each

SECOND = timedelta(seconds=1)


def session(number: int, **fields: Any) -> Session:
    named = {
        "id": f"ses_{number}",
        "hash": f"hash {number}",
        "key_id": "key_1",
        "key_hash": "key hash",
        "address": "127.0.0.1",
        "user_agent": "Mozilla/5.0",
        "created_at": START + number * SECOND,
        "expires_at": START + LASTS,
    }
    return Session(**{**named, **fields})


class Counting:
    """A store that counts what is read of it."""

    def __init__(self, store: SqlSessions) -> None:
        self._store = store
        self.reads = 0
        self.add, self.remove, self.on_change = store.add, store.remove, store.on_change

    async def all_sessions(self) -> Sequence[Session]:
        self.reads += 1
        return await self._store.all_sessions()

    async def has_session(self, digest: str) -> bool:
        self.reads += 1
        return await self._store.has_session(digest)


class House:
    """Two processes on one store, with a key."""

    def __init__(self) -> None:
        database, self.clock = memory_database(), FakeClock()
        self.store = Counting(SqlSessions(database))
        self.keyring = Keyring(SqlKeys(database, VAULT), clock=self.clock)
        self.here, self.there = (
            SessionDesk(self.store, self.keyring, b"secret", clock=self.clock) for _ in range(2)
        )

    async def key(self, **fields: Any) -> Key:
        draft = KeyDraft(name="shop", scopes=frozenset((Scope.READ,)), **fields)
        return (await self.keyring.make(draft)).key

    async def open(self, key: Key) -> tuple[Session, str]:
        return await self.here.open(key, new_session_id(), address=None, user_agent="x" * 999)


@pytest.fixture
def house() -> House:
    return House()


async def test_sessions_come_back_as_they_were_added_and_a_removed_one_is_gone(
    database: Database,
) -> None:
    store = SqlSessions(database)
    for number in range(2):
        await store.add(session(number), most=MOST)

    assert await store.all_sessions() == [session(0), session(1)]
    assert [await store.has_session(f"hash {number}") for number in range(3)] == [True, True, False]
    assert [await store.remove("ses_0") for _ in range(2)] == [True, False]
    assert await store.all_sessions() == [session(1)]


async def test_of_a_key_with_too_many_sessions_the_oldest_go(database: Database) -> None:
    store = SqlSessions(database)
    await store.add(session(9, key_hash="of another key"), most=2)
    for number in range(4):
        await store.add(session(number), most=2)

    assert [one.id for one in await store.all_sessions()] == ["ses_2", "ses_3", "ses_9"]


@pytest.mark.parametrize("damaged", ["x", -(2**63), 2**62])
async def test_a_row_that_cannot_be_read_is_no_session(damaged: object) -> None:
    database = memory_database()
    store = SqlSessions(database)
    for number in range(2):
        await store.add(session(number), most=MOST)
    database.run(
        each([Statement("UPDATE sessions SET expires_at = $1 WHERE id = 'ses_0'", (damaged,))])
    )

    assert [one.id for one in await store.all_sessions()] == ["ses_1"]


async def test_a_key_opens_so_many_sessions_in_a_minute_and_no_more(house: House) -> None:
    key, other = await house.key(), await house.key()
    for _ in range(PER_MINUTE):
        await house.open(key)

    with pytest.raises(ThrottledError):
        await house.open(key)
    await house.open(other)
    house.clock.advance(timedelta(minutes=1))
    await house.open(key)

    assert len(house.here.all_open()) == PER_MINUTE + 2


async def test_the_name_of_a_browser_may_be_any_bytes(database: Database) -> None:
    clock = FakeClock()
    keyring = Keyring(SqlKeys(database, VAULT), clock=clock)
    desk = SessionDesk(SqlSessions(database), keyring, b"secret", clock=clock)
    key = (await keyring.make(KeyDraft(name="shop", scopes=frozenset((Scope.READ,))))).key

    opened = await desk.open(key, "ses_1", address=None, user_agent="Caf\udce9 \ufffd😀")

    assert opened.session.user_agent == "Caf? \ufffd😀"
    assert [one.user_agent for one in desk.all_open()] == ["Caf? \ufffd😀"]


async def test_a_session_is_found_without_reading_the_store(house: House) -> None:
    opened, text = await house.open(await house.key())
    reads = house.store.reads

    found = [await house.here.seek(text) for _ in range(100)]

    assert found == [opened] * 100
    assert house.store.reads == reads
    assert len(opened.user_agent) == 200
    assert text not in repr(opened)


async def test_a_session_of_another_process_is_found_at_once_and_an_unknown_text_asks_once(
    house: House,
) -> None:
    opened, text = await house.open(await house.key())

    assert await house.there.seek(text) == opened
    reads = house.store.reads
    assert [await house.there.seek("unknown") for _ in range(9)] == [None] * 9
    assert house.store.reads == reads + 1


async def test_a_session_that_ends_is_gone_at_once_and_in_another_process_after_a_reread(
    house: House,
) -> None:
    opened, text = await house.open(await house.key())
    await house.there.load()
    told: list[str] = []
    house.there.on_change(lambda: told.append("there"))

    await house.here.end(opened)
    await house.there.load()

    assert [await desk.seek(text) for desk in (house.here, house.there)] == [None, None]
    assert told == ["there"]


async def test_a_session_ends_also_if_the_store_cannot_be_read_after_it(house: House) -> None:
    opened, text = await house.open(await house.key())

    async def silent() -> Sequence[Session]:
        raise StorageError("the database does not answer")

    house.store.all_sessions = silent  # type: ignore[method-assign]
    house.here._rereads._read = silent
    with pytest.raises(StorageError):
        await house.here.end(opened)

    assert await house.here.seek(text) is None


async def test_a_session_ends_with_its_key(house: House) -> None:
    revoked, expiring = await house.key(), await house.key(lifetime=SECOND)
    texts = [(await house.open(key))[1] for key in (revoked, expiring)]

    await house.keyring.revoke(revoked.id, by=expiring)
    house.clock.advance(SECOND)

    assert [await house.here.seek(text) for text in texts] == [None, None]
    assert house.here.all_open() == []


async def test_a_clock_that_is_set_back_makes_no_session_longer(house: House) -> None:
    _, text = await house.open(await house.key())

    house.clock.advance(LASTS - SECOND)
    house.clock.jump(-LASTS)
    await house.here.load()
    assert await house.here.seek(text)
    house.clock.advance(SECOND)

    assert await house.here.seek(text) is None


async def test_a_proof_is_of_one_text_and_one_secret(house: House) -> None:
    other = SessionDesk(house.store, house.keyring, b"other", clock=house.clock)

    assert house.here.proves(house.there.proof("text"), "text")
    assert not house.here.proves(house.here.proof("text"), "other text")
    assert not house.here.proves(other.proof("text"), "text")
    assert not house.here.proves("\N{SNOWMAN}", "text")


async def test_an_admin_key_lists_and_ends_all_sessions_and_another_key_its_own(
    keeper: Caller,
) -> None:
    shop, till = await make(keeper, "read"), await make(keeper, "push")
    async with browser(keeper) as first, browser(keeper) as second:
        await first.sign_in(shop.text)
        await second.sign_in(till.text)
        seen = {
            key.id: (await keeper.call("GET", "/v1/sessions", key=key.text)).result
            for key in (shop, till)
        }
        every = (await keeper.call("GET", "/v1/sessions")).result
        page = await keeper.call("GET", "/v1/sessions?limit=1")
        rest = await keeper.call("GET", page.headers["Link"].partition("<")[2].partition(">")[0])
        ids = {name: one["id"] for name, (one,) in seen.items()}
        strange = await keeper.call("DELETE", f"/v1/sessions/{ids[till.id]}", key=shop.text)
        own = await keeper.call("DELETE", f"/v1/sessions/{ids[shop.id]}", key=shop.text)
        again = await keeper.call("DELETE", f"/v1/sessions/{ids[shop.id]}")
        by_admin = await keeper.call("DELETE", f"/v1/sessions/{ids[till.id]}")
        doors = [(await one.open("/")).url.path for one in (first, second)]

    assert {one["key"] for one in every} == {shop.id, till.id}
    assert page.result + rest.result == every
    assert [one.status for one in (strange, own, again, by_admin)] == [404, 200, 404, 200]
    assert doors == ["/console/sign-in"] * 2
    entries = (await keeper.call("GET", "/v1/audit?limit=6")).result
    assert [(one["action"], one["key"], one["object"]) for one in entries][:4] == [
        ("session.ended", "admin", ids[till.id]),
        ("session.ended", shop.id, ids[shop.id]),
        ("session.opened", till.id, ids[till.id]),
        ("session.opened", shop.id, ids[shop.id]),
    ]
    assert entries[2]["address"] == "127.0.0.1"


async def test_a_session_that_has_ended_leaves_the_store(keeper: Caller, clock: FakeClock) -> None:
    async with browser(keeper) as visitor:
        await visitor.sign_in(keeper.daemon.admin_key)
    database = keeper.daemon.ground.database
    assert len(await database.read("SELECT id FROM sessions")) == 1

    clock.advance(LASTS + SECOND)
    await keeper.daemon.cores.retention.housekeeping.forget()

    assert await database.read("SELECT id FROM sessions") == []


async def test_a_stream_of_a_page_ends_with_its_session(keeper: Caller) -> None:
    key = await make(keeper, "read")
    async with browser(keeper) as visitor:
        await visitor.sign_in(key.text)
        async with visitor.session.get(f"{keeper.daemon.url}/console/live") as stream:
            begun = await stream.content.readuntil(b"\n\n")
            (one,) = (await keeper.call("GET", "/v1/sessions")).result
            await keeper.call("DELETE", f"/v1/sessions/{one['id']}")
            rest = await stream.content.read()

    assert begun.startswith(b"retry:")
    assert b"event: hello" in rest
