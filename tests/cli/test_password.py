"""A password on the command line is a warning at the start."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.cli.commands import run_warm
from wechat_scheduler.cli.options import global_options, take

EVENT = "daemon.password_visible"


async def warnings(folder: Path, *words: str) -> tuple[list[Any], str]:
    """The warnings of a start that finds no database, and all that it says."""
    ended = await run_warm("serve", "-p", "0", "--state", str(folder), *words)
    entries = [json.loads(line) for line in ended.err.splitlines() if line.startswith("{")]
    return [it for it in entries if it.get("event") == EVENT], ended.out + ended.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://wechat:planted0@127.0.0.1:1/wechat",
        "postgresql://wechat@127.0.0.1:1/wechat?password=planted0",
    ],
)
async def test_a_password_in_a_flag_is_a_warning_that_names_the_way_out(
    tmp_path: Path, url: str
) -> None:
    (warning,), said = await warnings(tmp_path, "--database", url)

    assert warning["level"] == "warning"
    assert "state.database_file" in warning["advice"]
    assert "planted0" not in said


def test_a_password_elsewhere_is_none() -> None:
    variable = {
        "WECHAT_SCHEDULER_STATE_DATABASE": "postgresql://wechat:planted0@127.0.0.1:1/wechat"
    }
    found = []

    @click.command()
    @global_options
    def command(**given: Any) -> None:
        found.append(take(given).shows_password)

    for words in ([], ["--database", "postgresql://wechat@127.0.0.1:1/wechat"]):
        CliRunner().invoke(command, words, env=variable, catch_exceptions=False)

    assert found == [False, False]
