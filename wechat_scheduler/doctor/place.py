"""The state folder, who may read it, and whether a daemon is at work there."""

import os
import stat
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

from wechat_scheduler.client.client import Client
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.errors import CallError, StateError
from wechat_scheduler.storage.sqlite import path_of

AS_ROOT = "run this as root, or as the daemon's user"


def folder(settings: StateSettings) -> Iterator[Finding]:
    """Whether the daemon can use it, and nobody else."""
    path = settings.dir
    if not path.exists():
        yield warn("state", f"{path} is not there yet", "the first start makes it")
    elif not path.is_dir():
        yield fail("state", f"{path} is a file", "name a folder with --state")
    elif not os.access(path, os.W_OK | os.X_OK):
        yield fail("state", f"{path} cannot be written by you", AS_ROOT)
    else:
        yield _privacy(path, [path, *_files(settings)])


def _files(settings: StateSettings) -> Iterator[Path]:
    names = [settings.dir / state.ADMIN_KEY]
    if settings.database.startswith("sqlite:"):
        names.append(path_of(settings.database))
    yield from (path for path in names if path.exists())


def _privacy(folder: Path, paths: list[Path]) -> Finding:
    open_ones = [path for path in paths if _mode(path) & (stat.S_IRWXG | stat.S_IRWXO)]
    if not open_ones:
        return ok("state", f"{folder} is for its owner alone")
    names = " ".join(map(str, open_ones))
    return fail("state", f"others have access to {names}", f"chmod go= {names}")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def daemon(settings: StateSettings) -> AsyncIterator[Finding]:
    """Whether one holds the folder, and answers."""
    try:
        held = state.is_held(settings.dir)
    except StateError as error:
        yield fail("daemon", str(error), AS_ROOT)
        return
    if not held:
        yield warn("daemon", "none is running on this state", "systemctl start wechat-scheduler")
        return
    url = state.read_address(settings.dir)
    if not url:
        yield warn("daemon", "it runs, and does not listen yet", "look again in a moment")
        return
    try:
        async with Client(url, patience=timedelta(0)) as client:
            await client.check()
    except CallError as error:
        yield fail("daemon", str(error), "its log says why: journalctl -u wechat-scheduler")
    else:
        yield ok("daemon", f"answers at {url}")
