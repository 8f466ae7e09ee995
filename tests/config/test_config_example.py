"""The example is the manual: it has every setting, explained, at its default."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

from wechat_scheduler.config import loading as config
from wechat_scheduler.config import settings
from wechat_scheduler.config.loading import Loaded

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
EMPTY = Path("/dev/null")


def load(file: Path) -> Loaded:
    return config.load(file=file, flags={}, environ={"HOME": "/home/keeper"})


def uncommented() -> str:
    """The example with every setting switched on: prose has one space after its #."""
    return re.sub(r"(?m)^#(?=[^ \n]|  )", "", EXAMPLE.read_text("utf-8"))


def test_example_as_it_stands_changes_nothing() -> None:
    loaded = load(EXAMPLE)

    assert loaded.config == load(EMPTY).config


def test_example_says_what_the_defaults_are(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(uncommented(), encoding="utf-8")

    loaded = load(file)

    assert loaded.config == load(EMPTY).config


def test_example_has_every_setting_in_the_order_of_config_show() -> None:
    document = tomllib.loads(uncommented())

    written = [f"{section}.{name}" for section, table in document.items() for name in table]

    assert written == list(settings.SETTINGS)
    assert written == [setting.path for setting in load(EMPTY).origins]


def test_every_setting_of_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()

    bare = [
        line
        for before, line in pairwise(lines)
        if re.match(r"#\w+ = ", line) and not before.startswith("# ")
    ]

    assert bare == []
