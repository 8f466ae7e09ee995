"""Options that stand before or after the subcommand, and what they amount to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from wechat_scheduler.config import loading
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.config.settings import SETTINGS

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


class Port(click.ParamType[int]):
    """A port; `-p=8080`, as the original took it, too."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).removeprefix("=")
        if not text.isdecimal() or int(text) > 65535:
            self.fail(f"{text!r} is not a port: 0 to 65535, 0 for a free one", param, ctx)
        return int(text)


# Parameter name -> setting. What is not a setting (`config_file`) stands apart.
PATHS = {
    "port": "server.port",
    "host": "server.host",
    "state": "state.dir",
    "database": "state.database",
    "public_url": "server.public_url",
    "wechat_api": "wechat.api",
    "insecure_no_auth": "server.insecure_no_auth",
    "log_level": "log.level",
    "log_format": "log.format",
}


def _variable(path: str) -> str:
    return f"[${SETTINGS[path].variable}]"


_OPTIONS = (
    partial(
        click.option,
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Read settings from this TOML file. [$WECHAT_SCHEDULER_CONFIG]",
    ),
    partial(
        click.option,
        "-p",
        "--port",
        type=Port(),
        help=f"Listen on this port, 9001 if not given; 0 takes a free one. {_variable('server.port')}",
    ),
    partial(
        click.option,
        "--host",
        metavar="ADDRESS",
        help=f"Listen on this address, 127.0.0.1 if not given. {_variable('server.host')}",
    ),
    partial(
        click.option,
        "--state",
        metavar="DIR",
        help=f"Keep the database and the keys in this folder. {_variable('state.dir')}",
    ),
    partial(
        click.option,
        "--database",
        metavar="URL",
        help="sqlite:///path or postgresql://…; SQLite in the state folder if not given. "
        + _variable("state.database"),
    ),
    partial(
        click.option,
        "--public-url",
        metavar="URL",
        help="Where people reach the daemon: links in messages lead there. "
        + _variable("server.public_url"),
    ),
    partial(
        click.option,
        "--wechat-api",
        metavar="URL",
        help=f"Where WeChat is: its own address, or a sandbox's. {_variable('wechat.api')}",
    ),
    partial(
        click.option,
        "--insecure-no-auth",
        is_flag=True,
        default=None,
        help="Ask nobody on this machine for a key. Loopback only.",
    ),
    partial(
        click.option,
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        help="Say more or less.",
    ),
    partial(
        click.option,
        "--log-format",
        type=click.Choice(["auto", "text", "json"]),
        help="auto: text on a terminal, JSON elsewhere.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line said, the subcommand's word before the group's."""

    config_file: Path | None
    flags: dict[str, str | int | bool | None]

    def load(self) -> Loaded:
        """Raises ConfigError."""
        return loading.load(file=self.config_file, flags=self.flags, environ=loading.read_environ())


def global_options(command: CommandT) -> CommandT:
    """Give `command` the options that the whole program has; `take` reads them."""
    return _with_options(command, hidden=())


def client_global_options(command: CommandT) -> CommandT:
    """The same for a command that talks to a running daemon: it takes them all, and lists those
    that lead to one."""
    return _with_options(command, hidden=[name for name in PATHS if name != "state"])


def _with_options(command: CommandT, hidden: Collection[str]) -> CommandT:
    for option in reversed(_OPTIONS):
        name = option.args[-1].lstrip("-").replace("-", "_")
        command = option(hidden=name in hidden)(command)
    return command


def take(given: dict[str, Any]) -> Options:
    """The options of this command over those that stood before it."""
    outer = click.get_current_context().find_object(Options) or Options(config_file=None, flags={})
    flags = {path: given.get(name) for name, path in PATHS.items()}
    flags = {path: value for path, value in flags.items() if value is not None}
    return Options(
        config_file=given.get("config_file") or outer.config_file, flags=outer.flags | flags
    )
