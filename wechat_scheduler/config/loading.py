"""Reads TOML, environment and flags into one frozen `Config`. The only reader of the first two.

Precedence: flag > environment > file > surroundings (systemd, $HOME) > default. Every mistake is
reported, not only the first. Nothing is expanded: no `${}`, no `~`. An empty string means "not
given", as `VARIABLE=` does in most container set-ups.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from wechat_scheduler.config.contradictions import contradictions
from wechat_scheduler.config.misplaced import masked
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.config.secret_files import read_secret
from wechat_scheduler.config.settings import (
    PREFIX,
    SECTIONS,
    SETTINGS,
    Config,
    Setting,
    SystemdSettings,
)
from wechat_scheduler.config.sources import (
    Environ,
    Flags,
    Layer,
    SourceValue,
    from_document,
    from_environment,
    from_flags,
    from_surroundings,
    open_files,
)
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.regular_files import read_regular
from wechat_scheduler.errors import ConfigError

DEFAULT_FILE = Path("/etc/wechat-scheduler/config.toml")
DATABASE_NAME = "wechat-scheduler.db"


class SettingOrigin(NamedTuple):
    """A line of `config show`. `origin`: "flag --port", "environment …", "file …" or "default"."""

    path: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The configuration, the origin of every setting in the order of the example, and the file."""

    config: Config
    origins: tuple[SettingOrigin, ...]
    file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """The settings in the environment for commands that call a running daemon."""

    url: str | None
    key: str | None = field(repr=False)


def read_environ() -> dict[str, str]:
    """A copy of the process's environment."""
    return dict(os.environ)


def journal_stream() -> str:
    """The device and inode of the stream that systemd reads for the journal; empty without systemd."""
    return os.environ.get("JOURNAL_STREAM", "")


def load(
    *, file: Path | None, flags: Flags, environ: Environ, installed: Path | None = None
) -> Loaded:
    """Read and check all settings. The keys of `flags` are paths of settings; None means not given.

    `file` defaults to $WECHAT_SCHEDULER_CONFIG, else to /etc/wechat-scheduler/config.toml if that
    exists. If nothing names the state folder, and the user's own is not in use, it is `installed`, the
    folder of a daemon that is. Raises ConfigError with one line for each mistake.
    """
    source, document = _read_document(file, environ)
    problems: list[str] = []
    layers = (
        from_flags(flags),
        from_environment(environ, problems),
        from_document(source, document, problems),
        from_surroundings(environ, installed),
    )
    given = _merge(layers, problems)
    values = _read_values(given, problems)
    config = _build(values, environ)
    _check(config, given)
    return Loaded(config=config, origins=tuple(_origins(values, given)), file=source)


def client_settings(environ: Environ) -> ClientSettings:
    """$WECHAT_SCHEDULER_URL and $WECHAT_SCHEDULER_KEY, or the file that …_KEY_FILE names."""
    key, key_file = environ.get(f"{PREFIX}KEY", "").strip(), environ.get(f"{PREFIX}KEY_FILE")
    if key_file and not key:
        key = read_secret(Path(key_file), f"environment {PREFIX}KEY_FILE")
    return ClientSettings(url=environ.get(f"{PREFIX}URL", "").strip() or None, key=key or None)


def _read_document(file: Path | None, environ: Environ) -> tuple[Path | None, dict[str, Any]]:
    variable = environ.get(f"{PREFIX}CONFIG")
    named = file or (Path(variable) if variable else None)
    source = named or DEFAULT_FILE
    try:
        return source, read_toml(source)
    except ConfigError as error:
        if isinstance(error.__cause__, FileNotFoundError) and not named:
            return None, {}
        raise


def read_toml(source: Path) -> dict[str, Any]:
    """The tables of the file. Raises ConfigError."""
    try:
        text = read_regular(source, "utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{source}: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source}: not valid UTF-8") from error
    import tomllib  # 2 ms, which a start without a file can do without

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        sentence = str(error)
        raise ConfigError(f"{source}: {sentence[:1].lower()}{sentence[1:]}") from error


def _merge(layers: Iterable[Layer], problems: list[str]) -> Layer:
    """The value of each setting from the first layer that has one."""
    merged: Layer = {}
    for layer in layers:
        open_files(layer, problems)
        merged = layer | merged
    return _derived(merged, problems) | merged


def _derived(given: Layer, problems: list[str]) -> Layer:
    """The defaults that depend on the state folder."""
    if "state.dir" not in given:
        problems.append("state.dir: no state folder is configured; give --state")
        return {}
    folder = Path(str(given["state.dir"].raw)).absolute()
    defaults = {
        "state.database": f"sqlite://{folder / DATABASE_NAME}",
        "state.sealing_key_file": str(folder / "sealing.key"),
    }
    return {path: SourceValue(raw, "default", path, is_text=True) for path, raw in defaults.items()}


def _read_values(given: Layer, problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path, setting in SETTINGS.items():
        try:
            values[path] = _read_value(setting, given[path]) if path in given else setting.default
        except ValueError as error:
            if path == "state.dir" or given[path].origin != "default":  # else it follows from that
                problems.append(f"{given[path].where}: {masked(error)}")
    if problems:
        raise ConfigError("\n".join(problems))
    return values


def _read_value(setting: Setting, given: SourceValue) -> object:
    if given.is_text:
        return setting.notation.read(setting.notation.from_text(str(given.raw)))
    return setting.notation.read(given.raw)


def _build(values: dict[str, Any], environ: Environ) -> Config:
    sections: dict[str, Any] = {
        section: kind(**{name: values[f"{section}.{name}"] for name in kind.__struct_fields__})
        for section, kind in SECTIONS.items()
    }
    return Config(**sections, systemd=_systemd(environ))


def _systemd(environ: Environ) -> SystemdSettings:
    watchdog = _number(environ, "WATCHDOG_USEC")
    names = environ.get("LISTEN_FDNAMES")
    return SystemdSettings(
        notify_socket=environ.get("NOTIFY_SOCKET") or None,
        watchdog=timedelta(microseconds=watchdog) if watchdog else None,
        listen_pid=_number(environ, "LISTEN_PID"),
        listen_fds=_number(environ, "LISTEN_FDS") or 0,
        listen_fdnames=tuple(names.split(":")) if names else (),
    )


def _number(environ: Environ, name: str) -> int | None:
    text = environ.get(name, "")
    return int(text) if text.isdecimal() else None


def _check(config: Config, given: Layer) -> None:
    """Raises ConfigError for settings that contradict one another."""
    problems = [
        f"{given[path].where if path in given else path}: {sentence}"
        for path, sentence in contradictions(config)
    ]
    if problems:
        raise ConfigError("\n".join(problems))


def _origins(values: dict[str, Any], given: Layer) -> Iterator[SettingOrigin]:
    for path, setting in SETTINGS.items():
        origin = given[path].origin if path in given else "default"
        yield SettingOrigin(path, setting.notation.show(values[path]), origin)
