"""What a running daemon takes over of a configuration that was read anew."""

import re
from pathlib import Path
from typing import Any

import pytest

from wechat_scheduler.config import loading
from wechat_scheduler.config.changes import LIVE, change
from wechat_scheduler.config.settings import SETTINGS, Config


def config(folder: Path, **settings: Any) -> Config:
    flags = {path.replace("__", "."): value for path, value in settings.items()}
    return loading.load(file=None, flags={"state.dir": str(folder), **flags}, environ={}).config


def test_nothing_changes_by_itself(tmp_path: Path) -> None:
    running = config(tmp_path)

    done = change(running, config(tmp_path))

    assert done.config == running
    assert done.taken == done.waiting == ()


def test_what_is_live_is_taken_and_the_rest_waits(tmp_path: Path) -> None:
    running = config(tmp_path)

    done = change(running, config(tmp_path, log__level="debug", server__port=1, refresh__slots=3))

    assert set(done.taken) == {"log.level", "refresh.slots"}
    assert done.waiting == ("server.port",)
    assert done.config == config(tmp_path, log__level="debug", refresh__slots=3)


def test_what_waits_is_named_at_every_reload(tmp_path: Path) -> None:
    wanted = config(tmp_path, server__port=1)

    first = change(config(tmp_path), wanted)
    second = change(first.config, wanted)

    assert first.waiting == second.waiting == ("server.port",)


def test_a_lease_waits_with_the_timeout_that_allows_it(tmp_path: Path) -> None:
    running = config(tmp_path)
    wanted = config(tmp_path, wechat__timeout="2s", callbacks__timeout="2s", refresh__lease="10s")

    done = change(running, wanted)

    assert done.taken == ()
    assert set(done.waiting) == {"wechat.timeout", "callbacks.timeout", "refresh.lease"}
    assert done.config == running


@pytest.mark.parametrize("path", sorted(LIVE))
def test_what_is_live_is_a_setting_and_said_to_be_live(path: str) -> None:
    example = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
    header = example.partition("\n[")[0]

    assert path in SETTINGS
    assert re.search(rf"[ \n]{re.escape(path)}[,.\n]", header)
