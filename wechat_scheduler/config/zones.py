"""Finds time zones by the names that people and phones give them."""

from typing import Final
from zoneinfo import ZoneInfo

# Folders and files among the zones that are none: clocks with leap seconds, copies, and this machine's own.
_FOLDERS: Final = ("right/", "posix/")
_NONE: Final = frozenset(("Factory", "localtime", "posixrules"))


def named_zone(name: str) -> ZoneInfo:
    """Raises KeyError, ValueError or OSError for an unknown name, a bad path, or a folder."""
    if name.startswith(_FOLDERS) or name in _NONE:
        raise ValueError(name)
    return ZoneInfo(name)
