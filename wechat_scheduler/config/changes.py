"""Applies a new configuration to a running daemon, as far as that needs no restart."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from wechat_scheduler.config.contradictions import contradictions
from wechat_scheduler.config.notation import MASK
from wechat_scheduler.config.settings import SETTINGS, Config, Setting, shown
from wechat_scheduler.engine.records import dataclass

# The other settings are built into sockets, sessions and files when the daemon starts.
LIVE: Final = frozenset(
    (
        "server.fetch_deadline",
        "refresh.slots",
        "refresh.lease",
        "refresh.retry_cap",
        "refresh.daily_calls",
        "refresh.quota_share",
        "callbacks.slots",
        "callbacks.answer_limit",
        "callbacks.retry_cap",
        "delivery.give_up",
        "delivery.retention",
        "reminders.slots",
        "reminders.shortest",
        "reminders.retention",
        "gateway.allow",
        "gateway.deny",
        "gateway.user_tokens",
        "gateway.account_connections",
        "gateway.account_calls",
        "alerts.targets",
        "alerts.rules",
        "alerts.pause",
        "alerts.ticket_age",
        "alerts.quota_share",
        "alerts.dead_letters",
        "alerts.commit_time",
        "log.level",
        "log.format",
    )
)


@dataclass(slots=True)
class RunningConfig:
    """The configuration of a running daemon: a reload replaces it."""

    config: Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`config` is in force from now on; `taken` are the paths of its changed settings, `waiting` those
    of the settings that change with the next restart."""

    config: Config
    taken: tuple[str, ...]
    waiting: tuple[str, ...]


def change(running: Config, wanted: Config) -> Change:
    """The change from `running` to as much of `wanted` as needs no restart.

    A live setting that contradicts one which waits for the restart waits too.
    """
    changed = [path for path in SETTINGS if _value(running, path) != _value(wanted, path)]
    live = [path for path in changed if path in LIVE]
    refused = {path for path, _ in contradictions(_take_over(running, wanted, live))}
    taken = [path for path in live if path not in refused]
    return Change(
        config=_take_over(running, wanted, taken),
        taken=tuple(taken),
        waiting=tuple(path for path in changed if path not in taken),
    )


def as_running(config: Config, values: Mapping[str, str]) -> Config:
    """`config` with the values of a running daemon, as `settings.shown` gives them. A value that is
    masked, or not known to this version, is left as it is."""
    mine = shown(config)
    for path, text in values.items():
        if path in mine and text != mine[path] and MASK not in text:
            config = _with(config, SETTINGS[path], _read(SETTINGS[path], text))
    return config


def _read(setting: Setting, text: str) -> object:
    default = setting.default
    if default is not msgspec.NODEFAULT and text == setting.notation.show(default):
        return default  # what is empty cannot be read
    return setting.notation.read(setting.notation.from_text(text))


def _take_over(running: Config, wanted: Config, paths: Collection[str]) -> Config:
    config = running
    for path in paths:
        config = _with(config, SETTINGS[path], _value(wanted, path))
    return config


def _with(config: Config, setting: Setting, value: object) -> Config:
    section = msgspec.structs.replace(getattr(config, setting.section), **{setting.name: value})
    return msgspec.structs.replace(config, **{setting.section: section})


def _value(config: Config, path: str) -> object:
    setting = SETTINGS[path]
    return getattr(getattr(config, setting.section), setting.name)
