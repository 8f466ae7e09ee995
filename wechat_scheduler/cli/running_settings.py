"""Asks the daemon that runs on the state folder for its settings."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.changes import as_running
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.config.secret_files import read_secret
from wechat_scheduler.config.settings import Config, shown
from wechat_scheduler.errors import ConfigError, SchedulerError

# The daemon was found through it.
FOUND_BY = "state.dir"
DATABASE = "state.database"


class SettingsInForce(NamedTuple):
    """`url` is the daemon's, empty if none runs; `values` are its settings by path, None if it does not
    give them, and `trouble` says why."""

    url: str
    values: Mapping[str, str] | None = None
    trouble: str = ""


class Difference(NamedTuple):
    """The daemon runs with `value`; here `origin` says `other`."""

    path: str
    value: str
    origin: str
    other: str


def running_settings(loaded: Loaded) -> SettingsInForce:
    """The settings of the daemon on the state folder of `loaded`. Raises nothing."""
    folder = loaded.config.state.dir
    try:
        url = state.running_at(folder)
        if not url:
            return SettingsInForce("")
        return SettingsInForce(url, asyncio.run(_asked(url, state.read_admin_key(folder))))
    except SchedulerError as error:
        return SettingsInForce("", None, str(error))


async def _asked(url: str, key: str) -> Mapping[str, str]:
    # They take long to import, and are needed only if a daemon runs.
    from wechat_scheduler.client.admin import Admin
    from wechat_scheduler.web.native.settings import SettingResult

    async with Admin(url, key) as admin:
        found = await admin.ask(list[SettingResult], "GET", "v1", "settings")
    return {one.path: one.value for one in found}


def differences(loaded: Loaded, values: Mapping[str, str]) -> Iterator[Difference]:
    """The settings of the daemon that are others here."""
    for path, mine, origin in loaded.origins:
        theirs = values.get(path, mine)
        if theirs != mine and path != FOUND_BY:
            yield Difference(path, theirs, origin, mine)


def in_force(config: Config, values: Mapping[str, str]) -> Config:
    """`config` with the `values` of the running daemon, and with the password that the file of its
    database's URL holds, if it can be read here."""
    config = as_running(config, values)
    file = config.state.database_file
    if file is None or values.get(DATABASE) in (None, shown(config)[DATABASE]):
        return config
    state = msgspec.structs.replace(config.state, database=_secret(file))
    opened = msgspec.structs.replace(config, state=state)
    return opened if shown(opened)[DATABASE] == values[DATABASE] else config


def is_same_secret(difference: Difference) -> bool:
    """Whether two files with different names hold the same secret: `LoadCredential=` copies files."""
    if not difference.path.endswith("_file"):
        return False
    held = _secret(Path(difference.value))
    return bool(held) and held == _secret(Path(difference.other))


def _secret(file: Path) -> str:
    try:
        return read_secret(file, str(file))
    except ConfigError:
        return ""
