"""The suite runs as on a Debian that has only Python: what else this machine has is hidden."""

import shutil
import zoneinfo
from collections.abc import Iterator

import pytest

# A bare Debian has all but the last two. The tests of systemd are skipped where it is missing.
PROGRAMS = ("bash", "cat", "env", "sh", "true", "systemd-analyze", "systemd-socket-activate")


@pytest.fixture(scope="session", autouse=True)
def bare_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hides fontconfig, PostgreSQL and every other program, the time zones and the home folder."""
    folder = tmp_path_factory.mktemp("bare")
    for name in PROGRAMS:
        if program := shutil.which(name):
            (folder / name).symlink_to(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder))
        patch.setenv("HOME", str(folder))
        patch.setenv("PYTHONTZPATH", "")
        zoneinfo.reset_tzpath(())
        yield
