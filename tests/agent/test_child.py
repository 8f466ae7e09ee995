"""A child of the agent: started with the values, started again with newer ones, ended with the agent."""

import signal
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests import warm
from tests.agent.test_command import agent_file, file_at, keeper
from tests.agent.workshop import (
    CREDENTIAL,
    TurningDaemon,
    agent,
    holds,
    is_alive,
    read,
    running,
    until,
)
from tests.clock import FakeClock
from tests.house import APPID, Caller
from tests.program import ENVIRONMENT
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.errors import OutputError

__all__ = ["keeper"]  # the fixture

STEP = timedelta(milliseconds=20)


def child(script: str, more: str = "") -> str:
    return f"[exec]\nrun = ['sh', '-c', '''{script}''']\n{more}\n"


def code_of(agent: Agent) -> int:
    assert agent.child is not None
    return agent.child.code


async def test_a_child_starts_with_the_values_and_again_with_newer_ones(tmp_path: Path) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    script = f"echo $WECHAT_ACCESS_TOKEN >> {told}; exec sleep 600"
    started = agent(tmp_path, child(script), daemon)

    async with running(started):
        for number in range(1, 4):
            daemon.turn(f"t{number}")
            await until(holds(told, number, "\n"))

    assert read(told).split() == ["t1", "t2", "t3"]
    assert code_of(started) == 128 + signal.SIGTERM


async def test_the_same_value_with_a_later_end_restarts_no_child_and_runs_no_command(
    tmp_path: Path,
) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    path, count = tmp_path / "token.json", tmp_path / "count"
    text = (
        f'[[files]]\npath = "{path}"\ncredentials = ["access_token"]\n'
        f'[[commands]]\nrun = ["sh", "-c", "echo x >> {count}"]\ncredentials = ["jsapi_ticket"]\n'
    )
    script = f"echo $WECHAT_ACCESS_TOKEN >> {told}; exec sleep 600"
    ticket = CREDENTIAL.replace("access_token", "jsapi_ticket")
    started = agent(tmp_path, text + child(script), daemon, credentials=CREDENTIAL + ticket)

    async with running(started):
        daemon.turn("t1")
        await until(lambda: (read(told), read(count)) == ("t1\n", "x\n"))
        daemon.turn("t1")
        await until(lambda: '"version": 2' in read(path))
        daemon.turn("t2")
        await until(lambda: read(told).endswith("t2\n") and read(count).count("x") > 1)

    assert (read(told), read(count)) == ("t1\nt2\n", "x\nx\n")


async def test_the_child_before_has_ended_when_the_next_starts(tmp_path: Path) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    script = f"""
trap "sleep 0.05; echo end >> {told}; exit 0" TERM
echo begin >> {told}
sleep 600 & wait
"""
    async with running(agent(tmp_path, child(script), daemon)):
        for number in range(1, 4):
            daemon.turn(f"t{number}")
            await until(holds(told, number, "begin"))

    assert read(told).split() == ["begin", "end"] * 3


async def test_a_child_that_ends_by_itself_ends_the_agent_with_its_code(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")
    started = agent(tmp_path, child("exit 7"), daemon)

    async with running(started) as stop:
        await stop.wait()

    assert code_of(started) == 7


async def test_a_child_that_is_killed_ends_the_agent_as_a_shell_says_it(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")
    started = agent(tmp_path, child("kill -SEGV $$"), daemon)

    async with running(started) as stop:
        await stop.wait()

    assert code_of(started) == 128 + signal.SIGSEGV


async def test_a_child_may_be_started_again_whenever_it_ends_at_growing_pauses(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    daemon, told = TurningDaemon(clock), tmp_path / "told"
    daemon.turn("t1")
    text = child(f"echo x >> {told}; exit 1", 'on_exit = "restart"')

    with capture_logs() as events:

        def number_of(event: str) -> int:
            return sum(it["event"] == f"agent.child_{event}" for it in events)

        def pause() -> None:
            """Time that passes while a child runs would make it one that lived for long."""
            if number_of("started") == number_of("ended"):
                clock.advance(STEP)

        async with running(agent(tmp_path, text, daemon)):
            instants = []
            for number in range(1, 5):
                await until(lambda number=number: number_of("ended") == number, meanwhile=pause)
                instants.append(clock.boottime())

    pauses = [later - earlier for earlier, later in pairwise(instants)]
    assert all(pause > 0.9 * least for pause, least in zip(pauses, (1, 2, 4), strict=True))


async def test_a_child_that_does_not_end_is_killed_in_time(tmp_path: Path) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    script = f'trap "" TERM; echo $$ >> {told}; while :; do sleep 600; done'
    daemon.turn("t1")

    async with running(agent(tmp_path, child(script, 'stop_timeout = "50ms"'), daemon)):
        await until(lambda: "\n" in read(told))

    assert not is_alive(int(read(told)))


async def test_a_child_whose_values_expire_runs_on_and_is_told_of_once(tmp_path: Path) -> None:
    clock = FakeClock()
    daemon, told = TurningDaemon(clock), tmp_path / "told"
    daemon.turn("t1", life=timedelta(hours=1))

    with capture_logs() as events:

        def late() -> int:
            return sum(it["event"] == "agent.child_outdated" for it in events)

        async with running(agent(tmp_path, child(f"echo x >> {told}; exec sleep 600"), daemon)):
            await until(lambda: read(told) == "x\n")
            before = late()
            await until(lambda: late() == 1, meanwhile=lambda: clock.advance(timedelta(minutes=10)))
            clock.advance(timedelta(minutes=10))
            daemon.turn("t2")
            await until(lambda: read(told) == "x\nx\n")

    assert (before, late()) == (0, 1)


async def test_a_program_that_does_not_exist_is_told_at_the_start(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")

    with pytest.raises(OutputError, match=r"exec \(no-such\): no-such was not found in \$PATH"):
        await agent(tmp_path, '[exec]\nrun = ["no-such"]\n', daemon).check()


async def test_once_starts_no_child(tmp_path: Path) -> None:
    daemon, told = TurningDaemon(FakeClock()), tmp_path / "told"
    daemon.turn("t1")

    await agent(tmp_path, child(f"echo x > {told}"), daemon).once()

    assert not told.exists()


@pytest.mark.parametrize(
    ("script", "number", "code"),
    [
        ("exec sleep 600", signal.SIGTERM, 128 + signal.SIGTERM),
        ("sleep 600 & wait", signal.SIGHUP, 5),
        ("sleep 600 & wait", signal.SIGINT, 6),
    ],
)
async def test_a_signal_to_the_agent_is_one_to_the_child(
    script: str, number: signal.Signals, code: int, keeper: Caller, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    text = child(f'trap "exit 5" HUP; trap "exit 6" INT; echo x > {told}; {script}')
    file = agent_file(tmp_path, keeper, text)
    process = await warm.start("agent", "--config", file, environ=ENVIRONMENT)

    await until(told.exists)
    process.send_signal(number)

    assert await process.wait() == code


async def test_the_child_of_an_agent_that_is_killed_ends_too_and_never_had_its_key(
    keeper: Caller, tmp_path: Path
) -> None:
    told, path = tmp_path / "told", tmp_path / "token.json"
    script = f"echo $$ $WECHAT_ACCESS_TOKEN $WECHAT_SCHEDULER_KEY $WECHAT_SCHEDULER_URL > {told}; exec sleep 600"
    file = agent_file(tmp_path, keeper, child(script) + file_at(path))
    key, url = keeper.daemon.admin_key, keeper.daemon.url
    given = {
        **ENVIRONMENT,
        "WECHAT_SCHEDULER_KEY": key,
        "WECHAT_SCHEDULER_URL": url.replace("://", f"://x:{key}@"),
    }
    process = await warm.start("agent", "--config", file, environ=given)

    await until(lambda: "\n" in read(told))
    process.kill()
    await process.wait()

    pid, value = read(told).split()
    await until(lambda: not is_alive(int(pid)))
    assert value == await keeper.value(f"{APPID}/0")
    assert read(path)
