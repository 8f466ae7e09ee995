"""The whole demo: three servers, eight credentials."""

import asyncio
import os
import random
import tempfile
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import logs
from tests.clock import FakeClock
from wechat_scheduler.client import Client
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.business import BusinessSystem
from wechat_scheduler.demo.journal import ON_PHONE, EventKind, Journal
from wechat_scheduler.demo.observer import DemoObserver
from wechat_scheduler.demo.phone import PhoneOwner
from wechat_scheduler.demo.run import DemoSettings, run
from wechat_scheduler.demo.setup import CREDENTIALS, SECRETS
from wechat_scheduler.demo.snapshot import DemoSnapshot, Places
from wechat_scheduler.demo.view import curl_lines
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StartError

TWO_HOURS = timedelta(hours=2)
LONG = DemoSettings(token_lifetime=TWO_HOURS)
NO_DAEMON = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the demo makes its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def _undo_logging() -> Iterator[None]:
    with logs.restored():
        yield


class Audience:
    """Watches until all credentials are fresh and notified, and, with `until`, such an event is shown."""

    def __init__(self, until: EventKind | None = None) -> None:
        self._until = until
        self.frames: list[DemoSnapshot] = []
        self.satisfied = asyncio.Event()
        self._next = asyncio.Event()

    async def shown(self, key: JobKey) -> None:
        """Wait until this credential is on the screen."""
        while key not in {row.key for row in self.frames[-1].rows}:
            self._next.clear()
            await self._next.wait()

    def show(self, snapshot: DemoSnapshot) -> None:
        self.frames.append(snapshot)
        self._next.set()
        awaited = self._until is None or self._until in {it.kind for it in snapshot.on_phone}
        if awaited and not snapshot.never_fresh and snapshot.notifications >= len(CREDENTIALS):
            self.satisfied.set()


async def watch(
    audience: Audience, stop: asyncio.Event, settings: DemoSettings = LONG
) -> DemoSnapshot:
    async with asyncio.timeout(60):
        return await run(
            settings, show=audience.show, stop=stop, clock=SystemClock(), rng=random.Random(7)
        )


async def _discard(work: Coroutine[Any, Any, DemoSnapshot]) -> None:
    await work


async def run_as_shell(command: str) -> list[str]:
    """Runs `command` in `sh`. Returns the words that `curl` would get."""
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{command}\n"
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return said.decode().splitlines()


async def test_all_eight_are_notified_and_the_command_on_the_screen_fetches_one(
    temporary: Path,
) -> None:
    audience, stop = Audience(), asyncio.Event()
    async with Supervisor() as supervisor, aiohttp.ClientSession() as session:
        supervisor.essential("demo", _discard(watch(audience, stop)))
        await audience.satisfied.wait()
        shown = audience.frames[-1]

        pasted = "   \n".join(curl_lines(shown.places))
        url, flag, header = await run_as_shell(pasted)
        async with session.get(url, headers=dict([header.split(": ")])) as response:
            fetched = (await response.json())["result"]

        key = shown.places.key_file.read_text().strip()
        body = {"appid": "wx_mine", "appsecret": "sandbox-secret", "tasks": [{"type": 0}]}
        async with Client(shown.places.daemon, key) as client:
            await client.register(body)
        await audience.shown(JobKey("wx_mine", "access_token"))
        stop.set()

    assert [row.key for row in shown.rows] == list(CREDENTIALS)
    assert {row.state for row in shown.rows} == {Freshness.FRESH}
    assert {(row.version, row.notified, bool(row.value)) for row in shown.rows} == {(1, 1, True)}
    assert shown.summary == "8 credentials, 8 rotations, 8 notifications, 0 failures"
    told = [(event.kind, event.text) for event in shown.events]
    rotated = told.index((EventKind.ROTATED, "access_token of wx_tea, version 1"))
    assert rotated < told.index((EventKind.NOTIFIED, "access_token of wx_tea"))
    assert (flag, fetched) == ("-H", shown.rows[0].value)
    assert audience.frames[-1].rows[-1].key.appid == "wx_mine"  # that of another program
    assert shown.places.key_file.parent.parent == temporary
    assert os.listdir(temporary) == []


async def test_a_sentence_becomes_a_reminder_and_reaches_the_phone() -> None:
    audience = Audience(until=EventKind.REMINDED)
    # Shorter-lived tokens die on a busy machine before the reminder is sent.
    short = DemoSettings(token_lifetime=timedelta(seconds=6))

    last = await watch(audience, audience.satisfied, short)

    steps = {entry.kind: entry.text for frame in audience.frames for entry in frame.on_phone}
    assert list(steps) == list(ON_PHONE)
    assert steps[EventKind.WROTE].startswith("3秒后提醒我喝茶: ")
    assert "提醒你喝茶" in steps[EventKind.ANSWERED]
    assert steps[EventKind.REMINDED] == "喝茶: it is on the phone of o_alice"
    assert set(ON_PHONE) <= {entry.kind for entry in last.events}


async def test_the_demo_ends_after_its_duration() -> None:
    audience = Audience()
    at_once = DemoSettings(token_lifetime=TWO_HOURS, duration=timedelta(microseconds=1))

    last = await watch(audience, asyncio.Event(), at_once)

    assert audience.frames == [last]


async def test_no_room_for_a_temporary_folder_is_one_sentence(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "missing"))

    with pytest.raises(StartError, match=r"^cannot make a temporary folder: No such file"):
        await watch(Audience(), asyncio.Event())


async def test_a_daemon_that_does_not_answer_is_a_failure() -> None:
    places = Places(
        sandbox="", daemon=NO_DAEMON, business="", key_file=Path(), token_lifetime=TWO_HOURS
    )
    clock = FakeClock()
    journal = Journal(clock)
    business = BusinessSystem(SECRETS, journal)
    async with (
        Client(NO_DAEMON, clock=clock, patience=timedelta(0)) as client,
        aiohttp.ClientSession() as session,
    ):
        phone = PhoneOwner(session, "", journal, clock=clock, delay=TWO_HOURS)
        observer = DemoObserver(client, business, journal, phone, places=places, clock=clock)

        snapshot = await observer.look()

    assert snapshot.never_fresh == CREDENTIALS
    assert [event.text for event in snapshot.events] == [
        f"no daemon answers at {NO_DAEMON}: connection refused"
    ]
