"""Everything sealed is sealed anew, whatever comes between."""

from collections.abc import Callable, Sequence
from importlib.resources.abc import Traversable
from typing import Any

import pytest

from tests.upkeep.planting import called_sealed, plant, read_back, run, sealed_texts
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Row, Script, T
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.storage.upkeep import sealed as sealed_room
from wechat_scheduler.storage.upkeep.sealed import COLUMNS, has_older, reseal

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def test_every_column_that_a_migration_calls_sealed_is_sealed_anew(
    migrations: Traversable,
) -> None:
    assert sorted(called_sealed(migrations)) == sorted(map(str, COLUMNS))


async def test_what_was_sealed_anew_reads_as_before_and_needs_no_older_key(
    database: Database,
) -> None:
    await plant(database, Sealer([OLD]))
    before = await read_back(database, Sealer([OLD]))
    texts = await sealed_texts(database)
    assert all(texts.values()), "plant a row for each sealed column"

    resealed = await reseal(database, Sealer([NEW, OLD]))

    assert resealed.texts == sum(map(len, texts.values()))
    assert resealed.unreadable == ()
    assert await read_back(database, Sealer([NEW])) == before
    assert not await has_older(database, Sealer([NEW, OLD]))


async def test_nothing_is_sealed_twice(database: Database) -> None:
    await plant(database, Sealer([NEW]))
    texts = await sealed_texts(database)

    assert (await reseal(database, Sealer([NEW, OLD]))).texts == 0
    assert await sealed_texts(database) == texts


class Breaking:
    """A database that answers so many writes, and no more."""

    def __init__(self, database: Database, writes: int) -> None:
        self.dialect = database.dialect
        self._database = database
        self._left = writes

    async def write(self, script: Callable[[], Script[T]]) -> T:
        if not self._left:
            raise StorageError("killed")
        self._left -= 1
        return await self._database.write(script)

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        return await self._database.read(sql, *params)

    def version(self, *tables: str) -> None: ...

    def on_signal(self, listener: Callable[[str], None]) -> None: ...

    async def close(self) -> None: ...


async def test_stopped_anywhere_it_has_done_no_harm_and_goes_on_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_room, "BATCH", 1)
    await plant(database, Sealer([OLD]))
    before = await read_back(database, Sealer([OLD]))
    both, resealed, writes = Sealer([NEW, OLD]), 0, 0

    while await has_older(database, both):
        writes += 1
        with pytest.raises(StorageError):
            await reseal(Breaking(database, writes), both)
        assert await read_back(database, both) == before
        resealed += 1

    assert resealed > len(COLUMNS)
    assert await read_back(database, Sealer([NEW])) == before


async def test_a_text_that_cannot_be_opened_is_named_and_left_as_it_is(
    database: Database,
) -> None:
    await plant(database, Sealer([OLD]))
    lost = Sealer([bytes(32)]).seal("lost", context="account:wx1")
    await run(database, "UPDATE accounts SET secret = $1", lost)

    resealed = await reseal(database, Sealer([NEW, OLD]))

    assert resealed.unreadable == ("accounts.secret of wx1",)
    assert (await sealed_texts(database))["accounts.secret"] == [lost]


async def test_what_a_daemon_wrote_meanwhile_is_not_overwritten(database: Database) -> None:
    await plant(database, Sealer([OLD]))
    both = Sealer([NEW, OLD])
    newer = both.seal("newer", context="account:wx1")

    class Interfering(Sealer):
        def reseal(self, sealed: str, *, context: str) -> str:
            if context == "account:wx1":
                changes.append("UPDATE accounts SET secret = $1")
            return super().reseal(sealed, context=context)

    changes: list[str] = []
    await reseal(Overtaken(database, changes, newer), Interfering([NEW, OLD]))

    assert (await sealed_texts(database))["accounts.secret"] == [newer]


class Overtaken(Breaking):
    """Before the update of a row that was read, somebody else changes it."""

    def __init__(self, database: Database, changes: list[str], value: str) -> None:
        super().__init__(database, 1_000)
        self._changes = changes
        self._value = value

    async def write(self, script: Callable[[], Script[T]]) -> T:
        def overtaken() -> Script[T]:
            inner = script()
            statement = next(inner)
            while True:
                rows: Sequence[Any] = yield statement
                try:
                    statement = inner.send(rows)
                except StopIteration as done:
                    value: T = done.value
                    return value
                while self._changes:
                    yield statement._replace(sql=self._changes.pop(), params=(self._value,))

        return await super().write(overtaken)
