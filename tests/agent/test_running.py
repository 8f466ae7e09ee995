"""An agent from its start to its end: rotations, failures, and what follows them."""

import asyncio
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.agent.workshop import (
    APPID,
    CREDENTIAL,
    LIFE,
    TOKEN,
    YEAR,
    TurningDaemon,
    agent,
    holds,
    is_alive,
    read,
    running,
    until,
)
from tests.clock import FakeClock
from wechat_scheduler.agent.files import FileOutput
from wechat_scheduler.agent.forms import as_raw
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.errors import (
    NotFoundError,
    OutputError,
    UnauthorizedError,
    UnavailableError,
    UnreachableError,
)
from wechat_scheduler.reasons import Reason

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def file_at(path: Path, more: str = "") -> str:
    return f'[[files]]\npath = "{path}"\nform = "raw"\n{more}\n'


def command(script: str, more: str = "") -> str:
    return f"[[commands]]\nrun = ['sh', '-c', '{script}']\n{more}\n"


def ended_process() -> int:
    gone = subprocess.Popen(["true"])
    gone.wait()
    return gone.pid


def a_listener(file: Path, told: Path, ready: Path) -> subprocess.Popen[bytes]:
    """Appends the content of the file to what it was told, on each SIGHUP."""
    script = """
import signal, sys
from pathlib import Path
file, told, ready = map(Path, sys.argv[1:])
signal.signal(signal.SIGHUP, lambda *_: told.open("a").write(file.read_text() + "\\n"))
ready.write_text("ready")
while True:
    signal.pause()
"""
    return subprocess.Popen([sys.executable, "-c", script, *map(str, (file, told, ready))])


async def test_each_rotation_reaches_the_file_and_then_the_command(tmp_path: Path) -> None:
    daemon, path, told = TurningDaemon(FakeClock()), tmp_path / "token", tmp_path / "told"
    text = file_at(path) + command(f"cat {path} >> {told}; echo >> {told}")
    daemon.turn("t0")

    async with running(agent(tmp_path, text, daemon)):
        for number in range(1, 4):
            await until(holds(told, number, "\n"))
            daemon.turn(f"t{number}")
        await until(lambda: read(told).count("\n") == 4)

    assert read(told).split() == ["t0", "t1", "t2", "t3"]


async def test_a_command_without_a_file_has_the_value_in_its_environment_alone(
    tmp_path: Path,
) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    script = f"echo $WECHAT_ACCESS_TOKEN $WECHAT_ACCESS_TOKEN_EXPIRES_AT >> {told}"
    daemon.turn("t1")

    async with running(agent(tmp_path, command(script), daemon)):
        await until(lambda: "\n" in read(told))

    assert read(told) == "t1 2026-11-18T04:30:00Z\n"


async def test_a_command_is_run_again_until_it_succeeds(tmp_path: Path) -> None:
    clock = FakeClock()
    daemon, path, told = TurningDaemon(clock), tmp_path / "token", tmp_path / "told"
    script = f"echo x >> {told}; test -e {tmp_path}/may || exit 3"
    daemon.turn("t1", life=YEAR)

    with capture_logs() as events:
        async with running(agent(tmp_path, file_at(path) + command(script), daemon)):
            await until(lambda: any(it["event"] == "agent.output_failed" for it in events))
            (tmp_path / "may").touch()
            await until(lambda: read(told) != "x\n", meanwhile=lambda: clock.advance(MINUTE))
            await until(lambda: any(it["event"] == "agent.output_recovered" for it in events))

    failed = [it for it in events if it["event"] == "agent.output_failed"]
    assert [it["message"] for it in failed] == ["commands[0] (sh): ended with exit code 3"]


async def test_a_command_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    daemon.turn("t1")
    text = command(f"sleep 600 & echo $! > {told}; wait", 'timeout = "300ms"')

    with capture_logs() as events:
        async with running(agent(tmp_path, text, daemon)):
            await until(lambda: any(it["event"] == "agent.output_failed" for it in events))

    await until(lambda: not any(is_alive(int(pid)) for pid in read(told).split()))


async def test_a_restart_runs_no_command_for_what_it_knows(tmp_path: Path) -> None:
    daemon, path, told = TurningDaemon(FakeClock()), tmp_path / "token", tmp_path / "told"
    text = file_at(path) + command(f"cat {path} >> {told}; echo >> {told}")
    daemon.turn("t1")
    await agent(tmp_path, text, daemon).once()
    await agent(tmp_path, text, daemon).once()
    daemon.turn("t2")

    await agent(tmp_path, text, daemon).once()

    assert read(told).split() == ["t1", "t2"]


async def test_what_an_agent_wrote_and_told_no_command_is_told_by_the_next(tmp_path: Path) -> None:
    daemon, path, told = TurningDaemon(FakeClock()), tmp_path / "token", tmp_path / "told"
    daemon.turn("t1")
    with pytest.raises(OutputError):
        await agent(tmp_path, file_at(path) + command("exit 1"), daemon).once()

    await agent(tmp_path, file_at(path) + command(f"cat {path} >> {told}"), daemon).once()

    assert read(told) == "t1"


async def test_a_process_gets_a_signal_after_each_rotation(tmp_path: Path) -> None:
    daemon, path, told = TurningDaemon(FakeClock()), tmp_path / "token", tmp_path / "told"
    pid_file = tmp_path / "app.pid"
    app = a_listener(path, told, tmp_path / "ready")
    text = file_at(path) + f'[[signals]]\npid_file = "{pid_file}"\nsignal = "HUP"\n'
    try:
        await until(lambda: read(tmp_path / "ready") == "ready")
        pid_file.write_text(f"{app.pid}\n")
        daemon.turn("t1")
        async with running(agent(tmp_path, text, daemon)):
            await until(lambda: read(told) == "t1\n")
            daemon.turn("t2")
            await until(lambda: read(told) == "t1\nt2\n")
    finally:
        app.kill()
        app.wait()


async def test_a_process_that_does_not_run_needs_no_signal(tmp_path: Path) -> None:
    daemon, pid_file = TurningDaemon(FakeClock()), tmp_path / "app.pid"
    daemon.turn("t1")
    text = f'[[signals]]\npid_file = "{pid_file}"\n'

    with capture_logs() as events:
        await agent(tmp_path, text, daemon).once()
        pid_file.write_text(str(ended_process()))
        await agent(tmp_path, text, daemon).once()

    assert [it["event"] for it in events] == [
        "agent.no_pid_file",
        "agent.no_process",
        "agent.no_process",
    ]


async def test_the_last_value_stays_to_its_expiry_while_the_daemon_is_away(tmp_path: Path) -> None:
    clock = FakeClock()
    daemon, path = TurningDaemon(clock), tmp_path / "token"
    daemon.turn("t1")

    async with running(agent(tmp_path, file_at(path), daemon)):
        await until(lambda: read(path) == "t1")
        daemon.fail(UnreachableError("no daemon answers"))
        clock.advance(LIFE - SECOND)
        before = read(path)
        await until(lambda: not path.exists(), meanwhile=lambda: clock.advance(SECOND))
        daemon.error = None
        daemon.turn("t2", life=YEAR)
        await until(lambda: read(path) == "t2", meanwhile=lambda: clock.advance(MINUTE))

    assert before == "t1"


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("no daemon answers at http://127.0.0.1:9001"),
        UnavailableError("still being fetched", reason=Reason.TASK_PENDING, retry_after=SECOND),
    ],
)
async def test_a_daemon_that_is_away_at_the_start_is_waited_for(
    error: UnreachableError | UnavailableError, tmp_path: Path
) -> None:
    clock = FakeClock()
    daemon, path = TurningDaemon(clock), tmp_path / "token"
    daemon.fail(error)

    with capture_logs() as events:
        async with running(agent(tmp_path, file_at(path), daemon)):
            await until(lambda: any(it["event"] == "agent.waits" for it in events))
            daemon.error = None
            daemon.turn("t1", life=YEAR)
            await until(lambda: read(path) == "t1", meanwhile=lambda: clock.advance(MINUTE))


@pytest.mark.parametrize(
    "error",
    [
        UnauthorizedError("this API key is unknown", reason=Reason.KEY_INVALID),
        NotFoundError(f"no access_token is registered for {APPID}", reason=Reason.TASK_UNKNOWN),
    ],
)
async def test_a_daemon_that_refuses_at_the_start_ends_the_agent(
    error: UnauthorizedError | NotFoundError, tmp_path: Path
) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.fail(error)

    with pytest.raises(OutputError, match=str(error)):
        await agent(tmp_path, file_at(tmp_path / "token"), daemon).check()
    with pytest.raises(OutputError, match=str(error)):
        await agent(tmp_path, file_at(tmp_path / "token"), daemon).run(asyncio.Event())


async def test_an_agent_that_is_stopped_while_the_daemon_hangs_ends_at_once(
    tmp_path: Path,
) -> None:
    daemon = TurningDaemon(FakeClock())  # without a value it never answers

    async with running(agent(tmp_path, file_at(tmp_path / "token"), daemon)) as stop:
        await until(lambda: daemon.asked == 1)
        stop.set()

    assert not (tmp_path / "token").exists()


@pytest.mark.parametrize("wait", [timedelta(0), MINUTE])
async def test_one_update_waits_for_a_daemon_that_is_away_no_longer_than_it_may(
    wait: timedelta, tmp_path: Path
) -> None:
    clock = FakeClock()
    daemon, started = TurningDaemon(clock), clock.boottime()
    daemon.fail(UnreachableError("no daemon answers"))

    async with asyncio.TaskGroup() as group:
        task = group.create_task(_refused(agent(tmp_path, file_at(tmp_path / "t"), daemon), wait))
        await until(task.done, meanwhile=lambda: clock.advance(SECOND))

    assert task.result() == "no daemon answers"
    assert clock.boottime() - started >= wait.total_seconds()
    assert daemon.asked > 10 if wait else daemon.asked == 1


async def _refused(agent: Agent, wait: timedelta) -> str:
    with pytest.raises(OutputError) as raised:
        await agent.once(wait)
    return str(raised.value)


async def test_one_update_goes_on_once_the_daemon_is_there(tmp_path: Path) -> None:
    clock = FakeClock()
    daemon, path = TurningDaemon(clock), tmp_path / "token"
    daemon.fail(UnreachableError("no daemon answers"))

    async with asyncio.TaskGroup() as group:
        task = group.create_task(agent(tmp_path, file_at(path), daemon).once(MINUTE))
        await until(lambda: daemon.asked > 1 or bool(clock.advance(SECOND)))
        daemon.error = None
        daemon.turn("t1", life=YEAR)
        await until(task.done, meanwhile=lambda: clock.advance(SECOND))

    assert read(path) == "t1"


async def test_a_refusal_later_is_told_with_its_count_at_growing_pauses(tmp_path: Path) -> None:
    clock = FakeClock()
    daemon, path = TurningDaemon(clock), tmp_path / "token"
    daemon.turn("t1")

    with capture_logs() as events:
        async with running(agent(tmp_path, file_at(path), daemon)):
            await until(lambda: read(path) == "t1")
            daemon.fail(UnauthorizedError("this API key is unknown", reason=Reason.KEY_INVALID))
            await until(lambda: daemon.asked > 1)
            for _ in range(60):
                await clock.asleep()
                clock.advance(MINUTE)

    failures = [it["failures"] for it in events if it["event"] == "agent.fetch_failed"]
    assert failures == list(range(1, len(failures) + 1))
    assert read(path) == "t1"


async def test_all_mistakes_of_a_start_are_told_at_once(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.fail(UnauthorizedError("this API key is unknown", reason=Reason.KEY_INVALID))
    text = (
        file_at(tmp_path / "none/token")
        + '[[commands]]\nrun = ["no-such-program"]\n'
        + f'[[signals]]\npid_file = "{tmp_path}/agent.toml"\n'
    )

    with pytest.raises(OutputError) as raised:
        await agent(tmp_path, text, daemon).check()

    assert len(str(raised.value).splitlines()) == 4
    assert "no-such-program was not found in $PATH" in str(raised.value)


async def test_one_output_that_fails_keeps_no_other_from_its_turn(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    folder, good = tmp_path / "gone", tmp_path / "good"
    folder.mkdir()
    daemon.turn("t1")

    async with running(agent(tmp_path, file_at(folder / "token") + file_at(good), daemon)):
        await until(lambda: read(folder / "token") == "t1")
        (folder / ".token.new").mkdir()
        daemon.turn("t2")
        await until(lambda: read(good) == "t2")

    assert read(folder / "token") == "t1"


async def test_a_file_of_two_credentials_waits_for_both(tmp_path: Path) -> None:
    daemon, path = TurningDaemon(FakeClock()), tmp_path / "app.env"
    other = CREDENTIAL.replace("access_token", "jsapi_ticket")
    text = f'[[files]]\npath = "{path}"\nform = "dotenv"\n'
    daemon.turn("t1")

    await agent(tmp_path, text, daemon, credentials=CREDENTIAL + other).once()

    assert read(path).splitlines() == [
        "WECHAT_ACCESS_TOKEN=t1",
        "WECHAT_ACCESS_TOKEN_EXPIRES_AT=2026-11-18T04:30:00Z",
        "WECHAT_JSAPI_TICKET=t1",
        "WECHAT_JSAPI_TICKET_EXPIRES_AT=2026-11-18T04:30:00Z",
    ]


def test_the_names_of_signals_are_those_of_the_system() -> None:
    names = {"HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "WINCH"}

    assert names <= {one.name.removeprefix("SIG") for one in signal.Signals}


class Failing:
    """An output that cannot be closed."""

    label, wanted, until = "failing", (), 0.0

    async def check(self) -> None: ...

    async def open(self) -> None: ...

    async def settle(self, values: object) -> None: ...

    async def close(self) -> None:
        raise OutputError("failing: cannot be closed")


async def test_an_output_that_cannot_be_closed_leaves_no_other_open(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    daemon = TurningDaemon(clock)
    file = FileOutput(path, (TOKEN,), render=as_raw, mode=0o600, clock=clock)
    daemon.turn("token-1")
    kept = Agent(
        (TOKEN,), stores=[file, Failing()], hooks=[], child=None,
        daemon=daemon, clock=clock, rng=random.Random(7),
    )  # fmt: skip

    with pytest.raises(OutputError, match="cannot be closed"):
        await kept.once()
    await agent(tmp_path, file_at(path), daemon).once()

    assert path.read_text() == "token-1"
