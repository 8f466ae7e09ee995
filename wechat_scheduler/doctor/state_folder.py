"""Examines the state folder: who may read it, and whether a daemon uses it."""

import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

from wechat_scheduler.client.client import Client
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.daemon_commands import daemon_commands
from wechat_scheduler.config.os_errors import AS_ROOT
from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.errors import CallError, StateError
from wechat_scheduler.storage.sqlite.database import path_of

# A transaction may be as large.
LEAST_ROOM = 16 * 1024 * 1024


def folder(settings: StateSettings) -> Iterator[Finding]:
    """Whether the daemon can use it, and no other user."""
    try:
        yield from _folder(settings)
    except OSError as error:
        said = (error.strerror or "").lower()
        yield fail("state", f"cannot access {error.filename}: {said}", AS_ROOT)


def _folder(settings: StateSettings) -> Iterator[Finding]:
    path = settings.dir
    if not path.exists():
        yield warn("state", f"{path} does not exist yet", "start the daemon, which makes it")
    elif not path.is_dir():
        yield fail("state", f"{path} is a file", "name a folder with --state")
    elif not os.access(path, os.W_OK | os.X_OK):
        yield fail("state", f"you cannot write to {path}", AS_ROOT)
    else:
        yield _privacy(path, [path, *_files(settings)])


def _files(settings: StateSettings) -> Iterator[Path]:
    names = [settings.dir / state.ADMIN_KEY]
    if settings.database.startswith("sqlite:"):
        names.append(path_of(settings.database))
    yield from (path for path in names if path.exists())


def _privacy(folder: Path, paths: list[Path]) -> Finding:
    open_ones = [path for path in paths if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if not open_ones:
        return ok("state", f"only the owner has access to {folder}")
    names = " ".join(map(str, open_ones))
    return fail("state", f"other users have access to {names}", f"chmod go= {names}")


def room(settings: StateSettings) -> Iterator[Finding]:
    """A failure for each file system without room for what the daemon writes."""
    folders = [settings.dir]
    if settings.database.startswith("sqlite:"):
        folders.append(path_of(settings.database).parent)
    for path in dict.fromkeys(folder for folder in folders if os.path.isdir(folder)):
        free = shutil.disk_usage(path).free
        if free < LEAST_ROOM:
            says = f"the disk of {path} has {free // 1024} KiB left"
            yield fail(
                "disk",
                says,
                "free some space: until then nothing is stored; a running daemon then continues by itself",
            )


def is_in_use(settings: StateSettings) -> bool:
    """Whether a daemon runs on the folder, as far as this user can see."""
    try:
        return state.is_held(settings.dir)
    except StateError:
        return True


async def daemon(settings: StateSettings) -> AsyncIterator[Finding]:
    """Whether a daemon uses the folder, and answers."""
    try:
        url = state.running_at(settings.dir)
    except StateError as error:
        yield fail("daemon", str(error).removesuffix(f": {AS_ROOT}"), AS_ROOT)
        return
    how = daemon_commands(settings.dir)
    if url is None:
        yield warn("daemon", "no daemon runs on this state", how.start)
        return
    if not url:
        yield warn("daemon", "it runs, but does not listen yet", "try again in a moment")
        return
    try:
        async with Client(url, patience=timedelta(0)) as client:
            await client.check()
    except CallError as error:
        yield fail("daemon", str(error), how.read_log)
    else:
        yield ok("daemon", f"it answers at {url}")
