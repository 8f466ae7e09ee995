"""What a plain install brings is enough, whatever the machine has."""

import shutil
import zoneinfo

import pytest


@pytest.mark.parametrize("program", ["fc-match", "initdb", "postgres", "git", "curl", "openssl"])
def test_the_programs_of_this_machine_are_hidden(program: str) -> None:
    assert shutil.which(program) is None


def test_time_zones_come_from_a_package() -> None:
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo.no_cache("Asia/Shanghai").key == "Asia/Shanghai"
