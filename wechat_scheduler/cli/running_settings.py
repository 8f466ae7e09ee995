"""Asks the daemon that runs on the state folder for its settings."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.errors import SchedulerError

# The daemon was found through it.
FOUND_BY = "state.dir"


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
