"""A password on the command line is a warning at the start."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import run

EVENT = "daemon.password_visible"


async def warnings(folder: Path, *words: str, **environ: str) -> tuple[list[Any], str]:
    """The warnings of a start that finds no database, and all that it says."""
    ended = await run("serve", "-p", "0", "--state", str(folder), *words, **environ)
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


async def test_a_password_elsewhere_is_none(tmp_path: Path) -> None:
    url = "postgresql://wechat:planted0@127.0.0.1:1/wechat"

    by_variable, _ = await warnings(tmp_path, WECHAT_SCHEDULER_STATE_DATABASE=url)
    without, _ = await warnings(tmp_path, "--database", "postgresql://wechat@127.0.0.1:1/wechat")

    assert by_variable == without == []
