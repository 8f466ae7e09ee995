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
    """The state folder of another user's daemon, in a folder that all may enter."""
    folder = tmp_path / "private" / "state"
    async with daemon(folder, "http://127.0.0.1:9", loops=False):
        pass
    os.chown(folder, ANOTHER_USER, ANOTHER_USER)
    return folder


def enclosed(state: Path) -> Path:
    """The same in a folder that only that user may enter."""
    inner = state.parent.parent / "closed" / "state"
    shutil.copytree(state, inner)
    inner.parent.chmod(0o700)
    os.chown(inner.parent, ANOTHER_USER, ANOTHER_USER)
    return inner


async def without_rights(*commands: list[str]) -> list[Ended]:
    words = (*WITHOUT_RIGHTS, sys.executable, "-c", SCRIPT, json.dumps(commands))
    return [Ended(**one) for one in json.loads((await execute(*words)).out)]


async def test_every_command_says_who_may_run_it_or_needs_nothing_of_the_folder(
    state: Path,
) -> None:
    where, within = ["--state", str(state)], ["--state", str(enclosed(state))]
    wechat = ["--wechat-api", "http://127.0.0.1:9"]

    *refused, closed, private, shown, checked = await without_rights(
        *([*words, *where] for words in COMMANDS),
        *(["doctor", *folder, *wechat] for folder in (where, within)),
        *([*words, *where] for words in (["config", "show"], ["check-config"])),
    )

    assert [one.code for one in refused] == [1] * len(COMMANDS)
    for one in refused:
        assert "permission denied: run this as root, or as the daemon's user" in one.sentence
    for examined in (closed, private):  # doctor fails the checks of the folder, and goes on
        assert (examined.code, examined.err) == (1, "")
        failed = {line.split()[1] for line in examined.out.splitlines() if line.startswith("FAIL")}
        assert failed == {"state", "daemon", "wechat", "store"}
    assert shown.code == 0
    assert shown.out.startswith("# the running daemon was not asked: cannot access ")
    assert checked.code == 0
    assert "permission denied, so it is not checked" in checked.err
