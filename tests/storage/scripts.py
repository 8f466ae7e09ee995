"""Units of work for the tests, and ways to run several of them at once."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeAlias

from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.database import Database, Script, Statement, each

INSERT = "INSERT INTO items (name, note) VALUES ($1, $2) RETURNING id"

Make: TypeAlias = Callable[[], Script[Any]]


class ChangedMindError(Exception):
    """Raised by a script that stops on purpose."""


def put(name: str, note: str = "") -> Script[int]:
    rows = yield Statement(INSERT, (name, note))
    number: int = rows[0]["id"]
    return number


def put_then_fail(name: str) -> Script[NoReturn]:
    yield from put(name)
    raise ChangedMindError(name)


async def names(database: Database) -> list[str]:
    rows = await database.read("SELECT name FROM items ORDER BY name")
    return [row["name"] for row in rows]


async def outcomes(*calls: Awaitable[Any]) -> list[Any]:
    """The result or error of each of several concurrent calls, in their order."""
    found: list[Any] = [None] * len(calls)

    async def run(index: int, call: Awaitable[Any]) -> None:
        try:
            found[index] = await call
        except Exception as error:  # noqa: BLE001 - the test judges it
            found[index] = error

    async with Supervisor() as supervisor:
        for index, call in enumerate(calls):
            supervisor.essential(f"call {index}", run(index, call))
    return found


async def one_batch(database: Database, scripts: Sequence[Make]) -> list[Any]:
    """As `outcomes`, of writes that SQLite commits together: its writer is held up until all wait."""
    loop, held, queued = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    release = threading.Event()

    def hold() -> Script[None]:
        loop.call_soon_threadsafe(held.set)
        assert release.wait(60)
        yield from each(())

    async def write(script: Make) -> Any:
        if script is scripts[-1]:
            queued.set()
        return await database.write(script)

    async def let_go() -> None:
        await queued.wait()
        release.set()

    async def after_hold() -> list[Any]:
        await held.wait()
        return await outcomes(*(write(script) for script in scripts), let_go())

    _, found = await outcomes(database.write(hold), after_hold())
    return list(found[:-1])
