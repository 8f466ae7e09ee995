"""A file of the agent: whole at each moment, gone when its value expires, kept by one agent alone."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.agent.workshop import LIFE, TOKEN, kept
from tests.clock import FakeClock
from wechat_scheduler.agent import forms
from wechat_scheduler.agent.files import FileOutput
from wechat_scheduler.errors import OutputError

MINUTE = timedelta(minutes=1)


def output(path: Path, clock: FakeClock, *, mode: int = 0o600) -> FileOutput:
    return FileOutput(path, (TOKEN,), render=forms.as_raw, mode=mode, clock=clock)


async def written(path: Path, clock: FakeClock, value: str = "t1") -> FileOutput:
    file = output(path, clock)
    await file.open()
    await file.settle((kept(value, clock),))
    return file


async def test_a_file_has_the_value_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"

    await written(path, FakeClock())

    assert path.read_text() == "t1"
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_file_gets_the_mode_that_is_set_whatever_the_umask(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = output(path, clock, mode=0o644)
    await file.open()
    before = os.umask(0o077)

    try:
        await file.settle((kept("t1", clock),))
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o644


async def test_a_new_value_is_a_new_file_and_readers_of_the_old_one_keep_it(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = await written(path, clock)

    with path.open() as reader:
        await file.settle((kept("t2", clock, version=2),))

        assert reader.read() == "t1"
    assert path.read_text() == "t2"


async def test_the_same_value_writes_nothing(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = await written(path, clock)
    before = path.stat()

    await file.settle((kept("t1", clock),))

    assert path.stat() == before


async def test_a_file_that_was_removed_or_changed_comes_back(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file, value = await written(path, clock), kept("t1", clock)
    found = []

    path.unlink()
    await file.settle((value,))
    found.append(path.read_text())
    path.write_text("something else")
    await file.settle((value,))
    found.append(path.read_text())
    path.chmod(0o666)
    path.touch()
    await file.settle((value,))

    assert found == ["t1", "t1"]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_file_is_there_to_the_expiry_of_its_value_and_no_longer(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = await written(path, clock)
    there = []

    clock.advance(LIFE - timedelta(seconds=1))
    await file.settle(None)
    there.append(path.exists())
    clock.advance(timedelta(seconds=1))
    await file.settle(None)
    there.append(path.exists())

    assert there == [True, False]


async def test_the_next_agent_removes_what_expired_while_none_ran(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    await (await written(path, clock)).close()
    clock.advance(LIFE)

    await output(path, clock).open()

    assert not path.exists()


async def test_the_next_agent_keeps_what_is_valid_and_removes_it_in_time(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    await (await written(path, clock)).close()
    clock.advance(LIFE - MINUTE)
    file, there = output(path, clock), []

    await file.open()
    await file.settle(None)
    there.append(path.exists())
    clock.advance(MINUTE)
    await file.settle(None)
    there.append(path.exists())

    assert there == [True, False]


@pytest.mark.parametrize("record", ["0", "000", "x y z", "999999999999999"])
async def test_a_record_that_was_not_finished_counts_as_expired(
    record: str, tmp_path: Path
) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    await (await written(path, clock)).close()
    (tmp_path / ".token.agent").write_text(record)

    await output(path, clock).open()

    assert not path.exists()


async def test_a_file_that_no_agent_wrote_stays_until_there_is_a_value(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    path.write_text("by hand")
    file = output(path, clock)

    await file.open()
    await file.settle(None)
    stood = path.read_text()
    await file.settle((kept("t1", clock),))

    assert (stood, path.read_text()) == ("by hand", "t1")


async def test_half_a_file_of_a_killed_agent_is_removed(tmp_path: Path) -> None:
    half = tmp_path / ".token.new"
    half.write_text("t0")

    await output(tmp_path / "token", FakeClock()).open()

    assert not half.exists()


async def test_a_value_that_ends_sooner_than_the_one_before_is_recorded_first(
    tmp_path: Path,
) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = await written(path, clock)

    await file.settle((kept("t2", clock, version=2, life=MINUTE),))
    await file.close()
    clock.advance(MINUTE)
    await output(path, clock).open()

    assert not path.exists()


async def test_a_second_agent_is_refused(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = await written(path, clock)

    with pytest.raises(OutputError, match="another agent keeps this file"):
        await output(path, clock).open()
    await file.close()
    await output(path, clock).open()


async def test_a_link_leads_to_the_file_that_is_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "real", tmp_path / "token"
    link.symlink_to(target)

    await written(link, FakeClock())

    assert link.is_symlink()
    assert target.read_text() == "t1"


async def test_the_owner_of_a_file_stays(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    clock, path = FakeClock(), tmp_path / "token"
    path.write_text("by hand")
    os.chown(path, 4711, 4712)

    await written(path, clock)

    found = path.stat()
    assert (found.st_uid, found.st_gid, path.read_text()) == (4711, 4712, "t1")


async def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "of another user"
    target.write_text("as it was")
    (tmp_path / ".token.agent").symlink_to(target)

    with pytest.raises(OutputError, match="too many levels of symbolic links"):
        await written(tmp_path / "token", FakeClock())

    assert target.read_text() == "as it was"


@pytest.fixture
def another_user() -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only root becomes another user")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that only its owner may enter."""
    with TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


async def test_a_folder_of_another_user_is_refused_with_the_reason(
    closed_folder: Path, another_user: None
) -> None:
    with pytest.raises(OutputError, match="the agent's user cannot write to /etc"):
        await output(Path("/etc/token"), FakeClock()).check()
    with pytest.raises(OutputError, match=f"the agent's user cannot write to {closed_folder}"):
        await output(closed_folder / "token", FakeClock()).check()


@pytest.fixture
def foreign_file(another_user: None) -> Iterator[Path]:
    """In a folder in which the agent's user may write."""
    os.seteuid(0)
    with TemporaryDirectory(dir="/tmp") as folder:
        path = Path(folder, "token")
        path.touch()
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        yield path
        os.seteuid(0)


async def test_a_file_of_another_user_is_refused_by_an_agent_that_cannot_give_it_back(
    foreign_file: Path,
) -> None:
    with pytest.raises(OutputError, match="belongs to another user: run the agent as"):
        await output(foreign_file, FakeClock()).check()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none/token", "there is no folder .*/none: create it"),
        ("folder", "is a folder"),
        ("/", "is a folder"),
        ("folder/..", "is a folder"),
        ("file/token", "there is no folder .*/file: create it"),
        ("x" * 250, "file name too long"),
    ],
)
async def test_a_path_that_cannot_be_kept_is_refused_with_its_reason(
    name: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(OutputError, match=sentence):
        await output(tmp_path / name, FakeClock()).open()


async def test_a_disk_that_fails_leaves_the_last_file_and_no_half_one(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token"
    file = await written(path, clock)
    (tmp_path / ".token.new").mkdir()  # where the new file would be written

    with pytest.raises(OutputError, match="/token: "):
        await file.settle((kept("t2", clock, version=2),))

    assert path.read_text() == "t1"


async def test_a_json_file_says_what_its_values_are(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "token.json"
    file = FileOutput(path, (TOKEN,), render=forms.as_json, mode=0o600, clock=clock)
    await file.open()

    await file.settle((kept("t1", clock, version=7),))

    assert json.loads(path.read_text()) == {
        "access_token": {
            "appid": TOKEN.appid,
            "type": "access_token",
            "subject": "",
            "value": "t1",
            "version": 7,
            "expires_at": "2026-11-18T04:30:00Z",
        }
    }
