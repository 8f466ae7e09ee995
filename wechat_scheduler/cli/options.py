"""The options of the whole program, which stand before or after the subcommand."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from wechat_scheduler.cli.parameters import GoOption, Port
from wechat_scheduler.config import loading
from wechat_scheduler.config.daemon_commands import INSTALLED_STATE
from wechat_scheduler.config.database_urls import DATABASE
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.config.settings import PREFIX, SETTINGS
from wechat_scheduler.engine.records import dataclass

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


class _GlobalOption(NamedTuple):
    """An option that gives a value to the setting at `path`; only `--config` has none."""

    name: str
    flags: tuple[str, ...]
    path: str
    help: str
    more: dict[str, Any]

    def option(self, *, hidden: bool) -> Callable[[CommandT], CommandT]:
        variable = SETTINGS[self.path].variable if self.path else f"{PREFIX}CONFIG"
        text = f"{self.help} [${variable}]"
        return click.option(
            *self.flags, self.name, cls=GoOption, help=text, hidden=hidden, **self.more
        )


def _option(*flags: str, path: str = "", name: str = "", help: str, **more: Any) -> _GlobalOption:  # noqa: A002 - click's word
    derived = flags[-1].removeprefix("--").replace("-", "_")
    return _GlobalOption(name or derived, flags, path, help, more)


_OPTIONS = (
    _option(
        "--config",
        name="config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Read the settings from this TOML file.",
    ),
    _option(
        "-p",
        "--p",
        "--port",
        path="server.port",
        type=Port(),
        help="Listen on this port (default 9001); 0 chooses a free one.",
    ),
    _option(
        "--host",
        path="server.host",
        metavar="ADDRESS",
        help="Listen on this address (default 127.0.0.1).",
    ),
    _option(
        "--state",
        path="state.dir",
        metavar="DIR",
        help="Use this state folder, which holds the database and the keys.",
    ),
    _option(
        "--database",
        path="state.database",
        metavar="URL",
        help="Use this database, sqlite:///PATH or postgresql://… (default SQLite in the state "
        "folder).",
    ),
    _option(
        "--public-url",
        path="server.public_url",
        metavar="URL",
        help="Put this address into links for people; it must lead to the daemon.",
    ),
    _option(
        "--wechat-api",
        path="wechat.api",
        metavar="URL",
        help="Call WeChat's API at this address; a sandbox has its own.",
    ),
    _option(
        "--insecure-no-auth",
        path="server.insecure_no_auth",
        is_flag=True,
        default=None,
        help="Require no API key. Works on loopback only.",
    ),
    _option(
        "--log-level",
        path="log.level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        help="Log events of this level and above (default info).",
    ),
    _option(
        "--log-format",
        path="log.format",
        type=click.Choice(["auto", "text", "json"]),
        help="Log in this format (default auto: text on a terminal, JSON elsewhere).",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command line: those after the subcommand over those before it."""

    config_file: Path | None
    flags: dict[str, str | int | bool | None]

    def load(self, *, installed: Path | None = INSTALLED_STATE) -> Loaded:
        """The settings of the daemon that a command is about: where nothing names its state folder,
        that of the `installed` daemon counts too. Raises ConfigError."""
        environ = loading.read_environ()
        return loading.load(
            file=self.config_file, flags=self.flags, environ=environ, installed=installed
        )

    @property
    def shows_password(self) -> bool:
        """Whether the command line has the database's password in it, where all users can read it."""
        url = str(self.flags.get("state.database") or "")
        return DATABASE.show(url) != url


def global_options(command: CommandT) -> CommandT:
    """Gives `command` the options of the whole program; `take` reads them."""
    return _with_options(command, [option.name for option in _OPTIONS])


def client_global_options(command: CommandT) -> CommandT:
    """The same for a command that talks to a running daemon: it accepts all, and its help lists
    those that lead to a daemon."""
    return _with_options(command, ("config_file", "state"))


def store_options(command: CommandT) -> CommandT:
    """The same for a command that reads or writes the state itself."""
    return _with_options(command, ("config_file", "state", "database"))


def examined_options(command: CommandT) -> CommandT:
    """The same for `doctor`: its help lists those that change what it examines."""
    shown = ("config_file", "state", "database", "public_url", "wechat_api")
    return _with_options(command, shown)


def _with_options(command: CommandT, shown: Collection[str]) -> CommandT:
    for found in reversed(_OPTIONS):
        command = found.option(hidden=found.name not in shown)(command)
    return command


def take(given: dict[str, Any]) -> Options:
    """The options in `given`, a command's parameters, over those before the subcommand."""
    outer = click.get_current_context().find_object(Options) or Options(config_file=None, flags={})
    flags = {found.path: given.get(found.name) for found in _OPTIONS if found.path}
    flags = {path: value for path, value in flags.items() if value is not None}
    return Options(
        config_file=given.get("config_file") or outer.config_file, flags=outer.flags | flags
    )
