"""PostgreSQL alone: collisions, lost connections and signals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from importlib.resources.abc import Traversable

import asyncpg
import pytest

from tests.clock import FakeClock
from tests.databases import Open
from tests.postgres import PostgresServer, connected
from tests.storage.scripts import ChangedMindError, names, outcomes, put
from tests.web.wire import LOOPS
from tests.wire import Wire, wired
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.postgres.change_listener import FIRST_PAUSE
from wechat_scheduler.storage.postgres.connections import IDLE
from wechat_scheduler.storage.postgres.connector import LONGEST_PAUSE
from wechat_scheduler.storage.postgres.database import (
    STATEMENT_TIMEOUT,
    PostgresDatabase,
    connect,
    open_postgres,
)

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

COLLIDE = Statement("DO $$ BEGIN RAISE serialization_failure; END $$")
END_OWN_SESSION = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
END_LISTENER = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"


class Heard:
    """Signals, to be awaited one by one."""

    def __init__(self, database: Database) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        database.on_signal(self._queue.put_nowait)

    async def next(self) -> str:
        async with asyncio.timeout(60):
            return await self._queue.get()


def announce(database: Database, payload: str) -> Callable[[], Script[None]]:
    return lambda: database.dialect.signal(payload)


async def test_a_unit_that_collides_with_another_is_run_again(database: Database) -> None:
    runs: list[int] = []

    def collide_twice() -> Script[None]:
        runs.append(len(runs))
        yield from put(f"run {len(runs)}")
        if len(runs) < 3:
            yield COLLIDE

    await database.write(collide_twice)

    assert await names(database) == ["run 3"]


async def test_a_unit_that_always_collides_is_given_up(database: Database) -> None:
    def collide() -> Script[None]:
        yield COLLIDE

    with pytest.raises(StorageError, match="collided with others 5 times"):
        await database.write(collide)


async def test_a_schema_that_changed_under_a_prepared_statement_is_no_error(
    open_again: Open,
) -> None:
    def look() -> Script[int]:
        rows = yield Statement("SELECT * FROM items")
        return len(rows)

    def widen() -> Script[None]:
        yield Statement("ALTER TABLE items ADD COLUMN colour TEXT")

    database, other = await open_again(), await open_again()
    await database.write(lambda: put("a"))
    await database.write(look)
    await other.write(widen)

    assert await database.write(look) == 1


async def test_a_connection_lost_in_the_middle_changes_nothing(database: Database) -> None:
    def lose() -> Script[None]:
        yield from put("lost")
        yield END_OWN_SESSION
        yield from put("never")

    with pytest.raises(StorageError, match="PostgreSQL failed"):
        await database.write(lose)

    await database.write(lambda: put("next"))
    assert await names(database) == ["next"]


async def test_a_connection_lost_between_the_steps_of_a_statement_is_no_crash(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = asyncpg.Connection._get_statement

    async def prepare_and_lose(
        connection: asyncpg.Connection, *args: object, **named: object
    ) -> object:
        prepared = await prepare(connection, *args, **named)
        connection.terminate()  # as the server's own goodbye, once its answer is there
        connection._protocol = None
        return prepared

    monkeypatch.setattr(asyncpg.Connection, "_get_statement", prepare_and_lose)
    found = await outcomes(database.read("SELECT 1"), database.write(lambda: put("lost")))
    monkeypatch.undo()
    await database.write(lambda: put("next"))

    assert [type(error) for error in found] == [StorageError, StorageError]
    assert await names(database) == ["next"]


async def test_another_connection_hears_what_was_committed_and_only_that(
    open_again: Open,
) -> None:
    database, other = await open_again(), await open_again()
    heard = Heard(other)
    assert await heard.next() == ""

    def announce_then_fail() -> Script[None]:
        yield from database.dialect.signal("never")
        raise ChangedMindError

    with pytest.raises(ChangedMindError):
        await database.write(announce_then_fail)
    await database.write(announce(database, "job:1"))

    assert await heard.next() == "job:1"


async def test_a_listener_that_lost_its_connection_looks_again_and_goes_on(
    database_url: str, migrations: Traversable, postgres: PostgresServer
) -> None:
    clock = FakeClock()
    async with Supervisor() as supervisor:
        database = await open_database(
            database_url, migrations=migrations, clock=clock, supervisor=supervisor
        )
        heard = Heard(database)
        assert await heard.next() == ""

        async with postgres.connected() as outsider:
            await outsider.execute(END_LISTENER)
        time = supervisor.contained("time", clock.flow(FIRST_PAUSE))

        assert await heard.next() == ""
        await database.write(announce(database, "after"))
        assert await heard.next() == "after"
        time.cancel()
        await database.close()


async def test_a_server_that_is_not_there_is_refused_without_the_password(
    database_url: str, migrations: Traversable
) -> None:
    with pytest.raises(StateError, match="cannot open the database at") as refusal:
        await open_url("postgresql://someone:hunter2@127.0.0.1:1/name", migrations)

    assert str(refusal.value) == (
        "cannot open the database at 127.0.0.1:1: PostgreSQL failed: connection refused; "
        "start PostgreSQL there, or correct state.database"
    )


async def test_a_database_that_is_not_there_is_refused(
    postgres: PostgresServer, database_url: str, migrations: Traversable
) -> None:
    with pytest.raises(StateError, match='database "nowhere" does not exist'):
        await open_url(postgres.url("nowhere"), migrations)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_malformed_url_is_refused_without_showing_it(
    database_url: str, migrations: Traversable, loop: str
) -> None:
    for place in ("@h:hunter2/x", "@[hunter2/x", "@127.0.0.1:99999/x", "@/x?host=h&port=99999"):
        with (
            asyncio.Runner(loop_factory=LOOPS[loop]) as runner,
            pytest.raises(StateError, match="not a valid postgresql:// URL") as refusal,
        ):
            runner.run(open_url(f"postgresql://someone:hunter2{place}", migrations))

        assert "hunter2" not in str(refusal.value), place
        assert refusal.value.__cause__ is None, place


async def open_url(url: str, migrations: Traversable) -> Database:
    return await open_database(
        url, migrations=migrations, clock=FakeClock(), supervisor=Supervisor()
    )


@pytest.fixture
async def wire(database_url: str) -> AsyncIterator[Wire]:
    async with wired(database_url) as wire:
        yield wire


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def far(
    wire: Wire, migrations: Traversable, clock: FakeClock
) -> AsyncIterator[PostgresDatabase]:
    """The database, at the other end of the wire."""
    async with Supervisor() as supervisor:
        database = await open_postgres(
            wire.url, migrations=migrations, clock=clock, supervisor=supervisor, emptied=""
        )
        yield database
        wire.heal()
        await database.close()


def fall_silent(far: PostgresDatabase, wire: Wire) -> None:
    """No statement is answered any more, nor waited for for long."""
    far.patience = 0.05
    wire.hold()


def insert_then_hold(far: PostgresDatabase, wire: Wire) -> Script[None]:
    yield from put("begun")
    fall_silent(far, wire)
    yield Statement("SELECT 1")


async def test_a_statement_without_an_answer_is_given_up_and_rolled_back(
    far: PostgresDatabase, wire: Wire, database: Database
) -> None:
    with pytest.raises(StorageError):
        await far.write(lambda: insert_then_hold(far, wire))
    wire.heal()
    far.patience = STATEMENT_TIMEOUT
    await far.write(lambda: put("after"))

    assert await names(database) == ["after"]


async def test_what_a_process_locked_that_stands_still_is_free_for_others_soon(
    database: PostgresDatabase, far: PostgresDatabase, wire: Wire
) -> None:
    await database.write(lambda: put("shared"))
    ((limit,),) = await far.read("SHOW idle_in_transaction_session_timeout")
    held = asyncio.Event()

    def change(note: str) -> Script[None]:
        yield Statement("UPDATE items SET note = $1 WHERE name = 'shared'", (note,))

    def stand_still() -> Script[None]:
        yield from change("theirs")
        yield Statement("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        wire.hold()
        held.set()
        yield from change("late")

    async with asyncio.TaskGroup() as group:
        stood = group.create_task(outcomes(far.write(stand_still)))
        await held.wait()
        await database.write(lambda: change("ours"))
        wire.heal()

    assert limit == f"{IDLE.total_seconds():g}s"
    assert isinstance((await stood)[0], StorageError)
    assert [row[0] for row in await far.read("SELECT note FROM items")] == ["ours"]


async def test_a_commit_without_an_answer_is_given_up(far: PostgresDatabase, wire: Wire) -> None:
    def script() -> Script[None]:
        yield from put("done or not")
        fall_silent(far, wire)

    with pytest.raises(StorageError):
        await far.write(script)


@pytest.mark.parametrize("act", ["read", "write"])
async def test_a_caller_that_gives_up_does_not_wait_for_a_silent_server(
    far: PostgresDatabase, wire: Wire, act: str
) -> None:
    wire.hold()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await (far.read("SELECT 1") if act == "read" else far.write(lambda: put("never")))
    wire.heal()

    assert [row[0] for row in await far.read("SELECT 1")] == [1]


async def test_units_of_work_that_wait_for_a_lost_server_make_one_attempt_together(
    far: PostgresDatabase, wire: Wire, clock: FakeClock
) -> None:
    await far.read("SELECT 1")
    wire.cut()
    await outcomes(far.read("SELECT 1"))
    before = wire.attempts

    lost = await outcomes(*(far.read("SELECT 1") for _ in range(20)))
    during = wire.attempts - before
    wire.heal()
    clock.advance(LONGEST_PAUSE)
    found = await outcomes(*(far.read("SELECT 1") for _ in range(20)))

    assert {type(error) for error in lost} == {StorageError}
    assert during <= 1
    assert [[row[0] for row in rows] for rows in found] == [[1]] * 20


@pytest.fixture
async def narrow(postgres: PostgresServer, database_url: str) -> AsyncIterator[str]:
    """The URL of the database for a user who may have one connection."""
    async with postgres.connected() as outsider:
        await outsider.execute("CREATE ROLE narrow LOGIN CONNECTION LIMIT 1")
        yield database_url.replace("postgres@", "narrow@")
        await outsider.execute("DROP ROLE narrow")


async def test_units_of_work_share_the_connections_that_a_full_server_left_them(
    narrow: str,
) -> None:
    async with Supervisor() as supervisor:
        database = await connect(narrow, clock=SystemClock(), supervisor=supervisor)

        found = await outcomes(*(database.read("SELECT 1 FROM pg_sleep(0.01)") for _ in range(20)))
        await database.close()

    assert [[row[0] for row in rows] for rows in found] == [[1]] * 20


async def test_a_full_server_is_named_with_the_remedy(narrow: str) -> None:
    async with Supervisor() as supervisor, connected(narrow):
        with pytest.raises(StateError, match=r"no connection left .* lower state\.connections"):
            await connect(narrow, clock=FakeClock(), supervisor=supervisor)


async def test_a_daemon_opens_no_more_connections_than_it_is_told(
    database_url: str, migrations: Traversable, wire: Wire
) -> None:
    async with Supervisor() as supervisor:
        database = await connect(wire.url, clock=FakeClock(), supervisor=supervisor, connections=3)

        await outcomes(*(database.read("SELECT 1 FROM pg_sleep(0.01)") for _ in range(20)))
        await database.close()

    assert wire.attempts == 3
