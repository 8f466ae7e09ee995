"""The sources of settings: flags, environment, file, and surroundings.

Each source gives a `Layer`: its values by the path of the setting, unchecked, each with its place. A
value for a setting that does not exist adds a sentence to `problems`.
"""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from wechat_scheduler.config.notation import sort_of
from wechat_scheduler.config.secret_files import read_secret
from wechat_scheduler.config.settings import PREFIX, SECTIONS, SETTINGS
from wechat_scheduler.config.state_folder import is_held
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import ConfigError, StateError

Flags: TypeAlias = Mapping[str, str | int | bool | None]
Environ: TypeAlias = Mapping[str, str]


class SourceValue(NamedTuple):
    """A value from a source. Sentences about mistakes in it begin with `where`."""

    raw: object
    origin: str
    where: str
    is_text: bool


Layer: TypeAlias = dict[str, SourceValue]


def from_flags(flags: Flags) -> Layer:
    """The keys of `flags` are paths of settings; None and "" mean not given."""
    layer: Layer = {}
    for path, raw in flags.items():
        if raw is not None and raw != "":
            origin = f"flag {SETTINGS[path].flag}"
            layer[path] = SourceValue(raw, origin, origin, isinstance(raw, str))
    return layer


def from_environment(environ: Environ, problems: list[str]) -> Layer:
    """The variables with our prefix; an empty one counts as not given."""
    layer: Layer = {}
    paths = {setting.variable: setting.path for setting in SETTINGS.values()}
    for name, text in environ.items():
        origin = f"environment {name}"
        if name in paths and text:
            layer[paths[name]] = SourceValue(text, origin, origin, is_text=True)
        elif name not in paths and name.startswith(PREFIX) and not _is_no_setting(name, text):
            problems.append(f"{origin}: unknown variable; {_nearest(name, paths)}")
    return layer


_OTHERS = {PREFIX + name for name in ("CONFIG", "URL", "KEY", "KEY_FILE")}

# Kubernetes sets these variables in every pod if a service is called wechat-scheduler; a daemon that
# refused them could not start there.
_SERVICE_LINK = pattern(PREFIX + r"(SERVICE_(HOST|PORT\w*)|PORT_\d+_(TCP|UDP)\w*)")


def _is_no_setting(name: str, text: str) -> bool:
    if name == f"{PREFIX}PORT":
        return text.startswith(("tcp://", "udp://"))
    return name in _OTHERS or _SERVICE_LINK.fullmatch(name) is not None


def from_document(source: Path | None, document: dict[str, Any], problems: list[str]) -> Layer:
    """The settings in the parsed file; `source` is its name."""
    layer: Layer = {}
    for path, raw in _flatten(document):
        where = f"{source}: {path}"
        if path not in SETTINGS:
            problems.append(f"{where}: {_unknown(path, raw)}")
        elif raw != "" or SETTINGS[path].notation.wire is not str:
            layer[path] = SourceValue(raw, f"file {source}", where, is_text=False)
    return layer


def _flatten(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and (value or path in SECTIONS):
            yield from _flatten(value, f"{path}.")
        else:
            yield path, value


def _unknown(path: str, raw: object) -> str:
    if path in SECTIONS:
        return f"expected a table, got {sort_of(raw)}"
    return f"unknown key; {_nearest(path, [*SETTINGS, *SECTIONS])}"


def _nearest(name: str, known: Iterable[str]) -> str:
    """Asks whether the most similar of `known` was meant; for a key in the wrong table, the key of
    that name elsewhere. If none is similar, lists the sections."""
    known = list(known)
    leaf = name.rpartition(".")[2]
    likely = difflib.get_close_matches(name, known, n=1)
    likely += [path for path in known if path.endswith(f".{leaf}")]
    if likely:
        return f"did you mean {likely[0]}?"
    return f"the sections are {', '.join(SECTIONS)}"


def from_surroundings(environ: Environ, installed: Path | None) -> Layer:
    """Settings derived from systemd's variables, from the XDG conventions, and from the state folder of
    an `installed` daemon, if it may be taken."""
    layer: Layer = {}
    found = next(_state_folders(environ), None)
    if installed is not None and "STATE_DIRECTORY" not in environ:
        found = _rather(installed, found)
    if found is not None:
        folder, origin = found
        layer["state.dir"] = SourceValue(str(folder), origin, "state.dir", is_text=True)
    for path, credential in _credentials(environ):
        if credential.exists():
            origin = "environment CREDENTIALS_DIRECTORY"
            layer[path] = SourceValue(str(credential), origin, origin, is_text=True)
    return layer


def _rather(installed: Path, own: tuple[Path, str] | None) -> tuple[Path, str] | None:
    """The folder of the daemon that a command means, where nothing names one: the user's own while a
    daemon runs on it, else the installed one's if that runs, or if the user has none."""
    if own is None or not _runs_on(own[0]):
        is_there = os.path.lexists(installed)  # another user cannot follow systemd's link
        if is_there and (_runs_on(installed) or own is None or not os.path.exists(own[0])):
            return installed, "the installed daemon"
    return own


def _runs_on(folder: Path) -> bool:
    try:
        return is_held(folder)
    except StateError:  # a folder of another user's
        return False


def _state_folders(environ: Environ) -> Iterator[tuple[Path, str]]:
    folders = environ.get("STATE_DIRECTORY", "").split(":")
    for given, below, origin in (
        (folders[0], "", "environment STATE_DIRECTORY"),
        (environ.get("XDG_STATE_HOME", ""), "wechat-scheduler", "environment XDG_STATE_HOME"),
        (environ.get("HOME", ""), ".local/state/wechat-scheduler", "default"),
    ):
        folder = Path(given, below)
        if folder.is_absolute():  # the XDG specification: relative paths have to be ignored
            yield folder, origin


def _credentials(environ: Environ) -> Iterator[tuple[str, Path]]:
    """The files that `LoadCredential=` of the unit may provide, by setting."""
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        yield "state.database_file", Path(folder, "database")
        yield "state.sealing_key_file", Path(folder, "sealing.key")


def open_files(layer: Layer, problems: list[str]) -> None:
    """Replace `x_file` by `x` with the content of the file. Both in one layer is a mistake."""
    for path, given in list(layer.items()):
        target = path.removesuffix("_file")
        if target == path or target not in SETTINGS:
            continue
        if target in layer:
            problems.append(f"{given.where}: give this or {target}, not both")
        else:
            _open_file(layer, target, given, problems)


def _open_file(layer: Layer, target: str, given: SourceValue, problems: list[str]) -> None:
    try:
        secret = read_secret(Path(str(given.raw)), given.where)
    except ConfigError as error:
        problems.append(str(error))
    else:
        layer[target] = given._replace(raw=secret, is_text=True)
