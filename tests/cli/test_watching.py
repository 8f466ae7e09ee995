"""`jobs watch` and `deliveries watch`: on a terminal, in a pipe, and when the daemon is gone."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests import warm
from tests.cli.commands import terminal
from tests.cli.test_jobs import caller
from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon
from tests.program import ENVIRONMENT
from tests.web.tenants import bound, made_app, send

__all__ = ["caller"]

OFTEN = ("--every", "50ms")
PATIENCE = 60


@asynccontextmanager
async def watching(*words: str, state: Path) -> AsyncIterator[warm.Piped]:
    """The command, with pipes for its output and its errors."""
    async with warm.piped(*words, *OFTEN, "--state", str(state)) as process:
        yield process


async def line(stream: asyncio.StreamReader) -> list[str]:
    """The words of the next line. A line that never comes fails the test."""
    async with asyncio.timeout(PATIENCE):
        return (await stream.readline()).decode().split()


async def test_a_pipe_gets_a_line_for_each_job_and_each_change(
    caller: Caller, tmp_path: Path
) -> None:
    await caller.register({"type": 0})
    async with watching("jobs", "watch", state=tmp_path) as process:
        heading = await line(process.stdout)
        first = await line(process.stdout)
        await caller.settle()
        changed = await line(process.stdout)
        await caller.register({"type": 0}, {"type": 1})
        another = await line(process.stdout)
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()

    assert heading[0] == "APPID"
    assert (first[0], first[3]) == (APPID, "pending")
    assert (changed[0], changed[3]) == (APPID, "fresh")
    assert another[1] == "jsapi_ticket"
    assert (process.returncode, errors) == (0, b"")


async def test_a_watch_ends_when_its_reader_leaves_though_nothing_changes(
    caller: Caller, tmp_path: Path
) -> None:
    await caller.register({"type": 0})
    async with warm.pipe() as (errors, to_errors):
        reader, writer = os.pipe()
        words = ("jobs", "watch", *OFTEN, "--state", str(tmp_path))
        process = await warm.start(*words, environ=ENVIRONMENT, streams=(0, writer, to_errors))
        os.close(writer)
        os.close(to_errors)
        with os.fdopen(reader) as output:
            heading = await asyncio.to_thread(output.readline)

        assert heading.startswith("APPID")
        assert (await process.wait(), await errors.read()) == (0, b"")


async def test_deliveries_are_watched_too_the_newest_last(caller: Caller, tmp_path: Path) -> None:
    app = await made_app(caller)
    await bound(caller, app, "alice")
    await send(caller, app, "alice", title="First")
    async with watching("deliveries", "watch", state=tmp_path) as process:
        heading = await line(process.stdout)
        first = await line(process.stdout)
        await send(caller, app, "alice", title="Second")
        second = await line(process.stdout)

    assert heading == ["ID", "TIME", "STATE", "APP", "TITLE", "PERSON", "REASON"]
    assert first[2:6] == ["pending", "shop", "First", "alice"]
    assert second[2:6] == ["pending", "shop", "Second", "alice"]


async def test_a_daemon_that_ends_is_a_sentence_and_the_watch_goes_on(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with daemon(tmp_path, "http://127.0.0.1:9", clock=FakeClock()) as opened:
            await opened.register({"type": 0})
            process = await stack.enter_async_context(watching("jobs", "watch", state=tmp_path))
            await line(process.stdout)
        trouble = await line(process.stderr)
        process.send_signal(signal.SIGINT)
        await process.communicate()

    assert " ".join(trouble).startswith(f"no daemon runs on {tmp_path}: ")
    assert process.returncode == 0


async def test_a_terminal_shows_a_live_table_and_keeps_the_last_one(
    caller: Caller, tmp_path: Path
) -> None:
    await caller.register({"type": 0})
    async with terminal("jobs", "watch", *OFTEN, "--state", str(tmp_path)) as person:
        shown = await person.until("Ctrl-C ends this")
        person.process.send_signal(signal.SIGINT)
        kept = await person.end()

    assert APPID in shown
    assert APPID in kept
    assert person.process.returncode == 0
