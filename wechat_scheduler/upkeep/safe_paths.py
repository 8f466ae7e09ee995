"""Decides where a copy of the database may be written: never over what the daemon needs."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.config.state_folder import ADDRESS, ADMIN_KEY, LOCK
from wechat_scheduler.engine.durable_files import draft_of
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.sqlite.backup import is_backup
from wechat_scheduler.storage.sqlite.database import path_of


def place_for_backup(
    file: Path, state: StateSettings, config_file: Path | None, *, force: bool
) -> Path:
    """Where the links of `file` lead. Raises StateError if that is one of the daemon's own files or no plain
    file, or, without `force`, if it is there and no backup."""
    place = regular(file)
    if place == path_of(state.database) or _is_same(place, path_of(state.database)):
        raise StateError(f"{file} is the database itself")
    _refuse_own(file, place, state, config_file)
    if not force and os.path.lexists(place) and not _is_backup(place):
        raise StateError(f"{file} exists and is not a backup: give --force to replace it")
    return place


def place_of_database(state: StateSettings, config_file: Path | None = None) -> Path:
    """Where the links of the database's path lead. Raises StateError if that is another of the daemon's own
    files or no plain file."""
    database = path_of(state.database)
    place = regular(database)
    _refuse_own(database, place, state, config_file)
    return place


def regular(file: Path) -> Path:
    """Where the links of `file` lead: a regular file, or nothing yet. Raises StateError for all else."""
    place = Path(os.path.realpath(file))
    try:
        mode = place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return place
    except OSError as error:
        raise StateError(f"cannot access {file}: {reason(error)}") from error
    if stat.S_ISDIR(mode):
        raise StateError(f"{file} is a folder: name a file in it")
    if not stat.S_ISREG(mode):
        raise StateError(f"{file} is not a regular file: name another")
    return place


def _refuse_own(file: Path, place: Path, state: StateSettings, config_file: Path | None) -> None:
    for own in (*_own_files(state), *filter(None, (config_file,))):
        if place == Path(os.path.realpath(own)) or _is_same(place, own):
            raise StateError(f"{file} is the daemon's own file {own}: name another")


def _own_files(state: StateSettings) -> Iterator[Path]:
    """The daemon's files, including those that do not exist now."""
    yield state.sealing_key_file
    yield from (state.dir / name for name in (ADMIN_KEY, ADDRESS, LOCK))
    yield from (draft_of(state.dir / name) for name in (ADMIN_KEY, ADDRESS))
    if state.database_file is not None:
        yield state.database_file
    database = path_of(state.database)
    for beside in (database, Path(os.path.realpath(database))):
        yield from (
            beside.with_name(f"{beside.name}{end}") for end in (".lock", "-wal", "-shm", "-journal")
        )


def _is_same(one: Path, other: Path) -> bool:
    """Whether both are there and are one file, by two names."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _is_backup(place: Path) -> bool:
    """Whether the file is a copy that `backup` made, and no database that a daemon uses."""
    return not place.with_name(f"{place.name}.lock").exists() and is_backup(place)
