"""`wechat-scheduler agent`, a process of its own, with a daemon and a sandbox."""

import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import warm
from tests.agent.workshop import CREDENTIAL, until
from tests.cli.commands import run_warm
from tests.documents import ROOT, blocks
from tests.house import APPID, Caller, daemon, in_memory, wechat
from tests.program import ENVIRONMENT, Log
from wechat_scheduler.engine.clock import SystemClock

AGENT = ROOT / "docs" / "agent.md"


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Caller]:
    async with (
        wechat(SystemClock()) as weixin,
        daemon(
            tmp_path / "state",
            weixin.url,
            opener=in_memory,
            wechat__access_token_endpoint="token",  # each refresh is a rotation
        ) as caller,
    ):
        await caller.register({"type": 0})
        yield caller


def agent_file(folder: Path, keeper: Caller, text: str, *, key: str = "", mode: int = 0o600) -> str:
    file = folder / "agent.toml"
    head = f'[daemon]\nurl = "{keeper.daemon.url}"\nkey = "{key or keeper.daemon.admin_key}"\n'
    file.write_text(f"{head}{CREDENTIAL}{text}", encoding="utf-8")
    file.chmod(mode)
    return str(file)


def file_at(path: Path) -> str:
    return f'[[files]]\npath = "{path}"\nform = "json"\n'


async def test_it_follows_rotations_until_it_is_told_to_end(keeper: Caller, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    file = agent_file(tmp_path, keeper, file_at(path))
    async with warm.pipe() as (lines, end):
        process = await warm.start(
            "agent", "--config", file, environ=ENVIRONMENT, streams=(0, 1, end)
        )
        os.close(end)
        log = Log(lines)

        await until(path.exists)
        first = path.read_text()
        await keeper.call("POST", f"/task/{APPID}/0/refresh")
        await until(lambda: path.read_text() != first)
        process.send_signal(signal.SIGTERM)
        await log.read()

        assert await process.wait() == 0
    assert json.loads(path.read_text())["access_token"]["value"] == await keeper.value(f"{APPID}/0")
    # The line of the last file may come behind it: the file is there before it is told.
    assert "agent.stopped" in [entry["event"] for entry in log.events][-2:]


async def test_what_is_wrong_at_the_start_is_one_sentence(keeper: Caller, tmp_path: Path) -> None:
    wrong_key = agent_file(tmp_path, keeper, file_at(tmp_path / "t"), key="wsk_wrong")

    refused = await run_warm("agent", "--config", wrong_key)
    no_folder = await run_warm(
        "agent", "--config", agent_file(tmp_path, keeper, file_at(tmp_path / "none/t"))
    )
    unread = await run_warm("agent", "--config", str(tmp_path / "none.toml"))

    assert [it.code for it in (refused, no_folder, unread)] == [1, 1, 2]
    assert "wsk_wrong" not in refused.err
    assert "API key" in refused.err.splitlines()[-1]
    assert refused.err.rstrip().endswith(f"; the key comes from daemon.key in {wrong_key}")
    assert no_folder.sentence.endswith(f"there is no folder {tmp_path}/none: create it")
    assert unread.sentence.endswith("none.toml: no such file or directory")


async def test_signals_that_are_not_for_it_leave_an_agent_to_its_files(
    keeper: Caller, tmp_path: Path
) -> None:
    path = tmp_path / "token.json"
    file = agent_file(tmp_path, keeper, file_at(path), mode=0o644)
    async with warm.pipe() as (lines, end):
        process = await warm.start(
            "agent", "--config", file, environ=ENVIRONMENT, streams=(0, 1, end)
        )
        os.close(end)
        log = Log(lines)
        await until(path.exists)
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            process.send_signal(number)
        first = path.read_text()
        await keeper.call("POST", f"/task/{APPID}/0/refresh")
        await until(lambda: path.read_text() != first)
        process.send_signal(signal.SIGQUIT)
        await log.read()

        assert await process.wait() == 0
    ignored = {it["signal"] for it in log.events if it["event"] == "agent.signal_ignored"}
    assert ignored == {"SIGHUP", "SIGUSR1", "SIGUSR2"}
    assert log.events[0]["event"] == "agent.file_exposed"


async def test_one_update_with_nothing_but_a_child_says_so(keeper: Caller, tmp_path: Path) -> None:
    file = agent_file(tmp_path, keeper, '[exec]\nrun = ["true"]\n')

    ended = await run_warm("agent", "--config", file, "--once")

    assert ended.code == 2
    assert ended.sentence.endswith(
        "agent.toml: exec: --once starts no child, and there is no other output"
    )


async def test_the_file_of_the_page_is_checked_without_a_change_and_handed_over_once(
    keeper: Caller, tmp_path: Path
) -> None:
    written = next(block.text for block in blocks(AGENT) if "[[files]]" in block.text)
    (tmp_path / "agent.key").write_text(f"{keeper.daemon.admin_key}\n")
    for place, real in (
        ("http://127.0.0.1:9001", keeper.daemon.url),
        ("/etc/wechat-scheduler", str(tmp_path)),
        ("/run/wechat-scheduler-agent", str(tmp_path)),
    ):
        written = written.replace(place, real)
    (tmp_path / "agent.toml").write_text(written, encoding="utf-8")
    before, words = sorted(os.listdir(tmp_path)), ("agent", "--config", f"{tmp_path}/agent.toml")

    checked = await run_warm(*words, "--check")
    after = sorted(os.listdir(tmp_path))
    once = await run_warm(*words, "--once")

    assert (checked.code, checked.out, checked.err) == (0, "all is well\n", "")
    assert after == before
    value = await keeper.value(f"{APPID}/0")
    assert once.code == 0
    assert json.loads((tmp_path / "token.json").read_text())["access_token"]["value"] == value
    assert value not in once.err
