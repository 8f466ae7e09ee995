"""What a wrong path leads to is refused at once, and not read without end."""

import os
from pathlib import Path

import pytest

from wechat_scheduler.config.loading import read_toml
from wechat_scheduler.config.secret_files import read_secret
from wechat_scheduler.engine.regular_files import LARGEST, read_regular
from wechat_scheduler.errors import ConfigError


def test_a_device_and_a_pipe_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for file in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(ConfigError, match=f"^{file}: it is a device or a pipe"):
            read_toml(file)
        with pytest.raises(ConfigError, match=f"^flag: {file}: it is a device or a pipe"):
            read_secret(file, "flag")


def test_a_folder_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a directory"):
        read_toml(tmp_path)


def test_a_file_of_the_greatest_size_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"a" * LARGEST)
    content = read_regular(file, "ascii")
    file.write_bytes(b"a" * (LARGEST + 1))

    with pytest.raises(OSError, match="more than 1048576 bytes"):
        read_regular(file, "ascii")

    assert len(content) == LARGEST
