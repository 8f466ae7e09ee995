"""Commands that may not look into the daemon's state folder."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.commands import Ended, execute
from tests.house import daemon

# Root without any capability has the rights of an ordinary user.
WITHOUT_RIGHTS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")
ANOTHER_USER = 65534
# One process for all commands: most of their time is for imports.
SCRIPT = """
import dataclasses, json, sys
from tests.cli.commands import invoke
ended = [dataclasses.asdict(invoke(*words)) for words in json.loads(sys.argv[1])]
print(json.dumps(ended))
"""
COMMANDS = [
    ["healthcheck"],
    ["jobs", "list"],
    ["keys", "list"],
    ["keys", "create", "shop", "--scope", "read"],
    ["keys", "rotate-sealing"],
    ["apps", "list"],
    ["audit"],
    ["messages", "show", "1"],
    ["deliveries", "list"],
    ["reminders", "list"],
    ["backup", "/tmp/wechat-scheduler.db"],
    ["restore", "/etc/hostname", "--force"],
    ["serve", "-p", "0"],
]

pytestmark = pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="needs root, and setpriv"
)


@pytest.fixture
async def state(tmp_path: Path) -> Path:
    """The state folder of another user's daemon."""
    folder = tmp_path / "private" / "state"
    async with daemon(folder, "http://127.0.0.1:9", loops=False):
        pass
    os.chown(folder, ANOTHER_USER, ANOTHER_USER)
    return folder


async def without_rights(*commands: list[str]) -> list[Ended]:
    words = (*WITHOUT_RIGHTS, sys.executable, "-c", SCRIPT, json.dumps(commands))
    return [Ended(**one) for one in json.loads((await execute(*words)).out)]


async def test_every_command_says_who_may_run_it(state: Path) -> None:
    ended = await without_rights(*([*words, "--state", str(state)] for words in COMMANDS))

    assert [one.code for one in ended] == [1] * len(COMMANDS)
    for one in ended:
        assert "permission denied: run this as root, or as the daemon's user" in one.sentence


@pytest.mark.parametrize("closed", ["state", "private"])
async def test_doctor_fails_the_checks_of_the_folder_and_goes_on(state: Path, closed: str) -> None:
    folder = state if closed == "state" else state.parent
    folder.chmod(0o700)
    os.chown(folder, ANOTHER_USER, ANOTHER_USER)

    (ended,) = await without_rights(
        ["doctor", "--state", str(state), "--wechat-api", "http://127.0.0.1:9"]
    )

    assert (ended.code, ended.err) == (1, "")
    failed = {line.split()[1] for line in ended.out.splitlines() if line.startswith("FAIL")}
    assert failed == {"state", "daemon", "wechat", "store"}


async def test_commands_that_need_nothing_of_the_folder_go_on_without_it(state: Path) -> None:
    where = ["--state", str(state)]

    shown, checked = await without_rights(["config", "show", *where], ["check-config", *where])

    assert shown.code == 0
    assert shown.out.startswith("# the running daemon was not asked: cannot access ")
    assert checked.code == 0
    assert "permission denied, so it is not checked" in checked.err
