"""`backup`, `restore` and `keys rotate-sealing` as they are typed."""

import asyncio
from pathlib import Path

import pytest

from tests.cli.commands import Ended, invoke
from tests.house import daemon


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A folder that a daemon has left."""

    async def prepare() -> None:
        async with daemon(tmp_path / "state", "http://127.0.0.1:9", loops=False) as running:
            await running.register({"type": 0})

    asyncio.run(prepare())
    return tmp_path / "state"


def run(*words: str, state: Path) -> Ended:
    return invoke(*words, "--state", str(state))


def test_what_is_backed_up_can_be_restored(state: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.db"

    made = run("backup", str(saved), state=state)
    refused = run("restore", str(saved), state=state)
    restored = run("restore", str(saved), "--force", state=state)

    assert (made.code, refused.code, restored.code) == (0, 1, 0)
    assert f"a restore needs {state}/sealing.key" in made.out
    assert "give --force to replace it" in refused.sentence
    assert restored.out.startswith("restored ")


def test_the_configuration_file_is_replaced_by_no_command(state: Path, tmp_path: Path) -> None:
    saved, file = tmp_path / "saved.db", tmp_path / "config.toml"
    file.write_text(f'[state]\ndir = "{state}"\n')
    named, itself = ("--config", str(file)), ("--database", f"sqlite://{file}")
    made = invoke("backup", str(saved), *named)
    before = file.read_bytes()

    backup = invoke("backup", str(file), "--force", *named)
    restore = invoke("restore", str(saved), "--force", *named, *itself)
    move = invoke("migrate-store", "postgresql://u@h/n", itself[1], *named)

    assert made.code == 0
    for ended in (backup, restore, move):
        assert ended.code == 1
        assert "is the daemon's own file" in ended.sentence
    assert file.read_bytes() == before


def test_a_backup_that_is_not_there_is_a_mistake_on_the_command_line(state: Path) -> None:
    ended = run("restore", str(state / "nothing.db"), state=state)

    assert ended.code == 2
    assert "does not exist" in ended.err


def test_postgresql_is_sent_to_its_own_tools(tmp_path: Path) -> None:
    for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        file = tmp_path / "saved.db"
        file.touch()

        ended = run(command, str(file), "--database", "postgresql://u:pw@h/n", state=tmp_path)

        assert (ended.code, tool in ended.sentence) == (2, True)


def test_the_sealing_key_is_rotated_and_then_the_old_one_forgotten(state: Path) -> None:
    rotated = run("keys", "rotate-sealing", state=state)
    both = (state / "sealing.key").read_text().split()
    forgotten = run("keys", "rotate-sealing", "--forget-old", state=state)
    one = (state / "sealing.key").read_text().split()

    assert (rotated.code, forgotten.code) == (0, 0)
    assert rotated.out.startswith("3 secrets sealed with the new key ")
    assert one == both[:1]
    assert not any(key in rotated.out + forgotten.out for key in both)


def test_a_daemon_that_runs_must_be_stopped_for_it(state: Path) -> None:
    async def refused() -> Ended:
        async with daemon(state, "http://127.0.0.1:9", loops=False):
            return await asyncio.to_thread(run, "keys", "rotate-sealing", state=state)

    ended = asyncio.run(refused())

    assert ended.code == 1
    assert ended.sentence.startswith("wechat-scheduler: a daemon is using the state folder")
    assert "--state" not in ended.sentence
