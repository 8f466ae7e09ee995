"""The settings of the agent: the tables of its file.

`[daemon]`, `[log]` and `[exec]` are there once at most; `[[credentials]]`, `[[files]]`, `[[commands]]`, `[[signals]]`
and `[[redis]]` may be repeated. `contrib/agent.example.toml` says what each is for.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from wechat_scheduler.agent import notations
from wechat_scheduler.config import notation
from wechat_scheduler.config.notation import one_of
from wechat_scheduler.config.section import Duration, Section
from wechat_scheduler.config.settings import LogSettings

FileForm: TypeAlias = Literal["json", "dotenv", "raw", "template"]
SignalName: TypeAlias = Literal["HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "WINCH"]
AfterExit: TypeAlias = Literal["exit", "restart"]

Command: TypeAlias = Annotated[tuple[str, ...], notations.COMMAND]
Names: TypeAlias = Annotated[tuple[str, ...], notations.NAMES]
Signal: TypeAlias = Annotated[SignalName, one_of(SignalName)]


class DaemonSettings(Section, frozen=True, kw_only=True):
    """The daemon that the agent asks, and the API key with which it does."""

    url: Annotated[str, notation.PUBLIC_URL] = ""
    key: Annotated[str, notations.SECRET] = ""
    key_file: Annotated[Path | None, notation.PATH] = None


class CredentialSettings(Section, frozen=True, kw_only=True):
    """A credential to hand over. By default, `name` is its type, and `variable` is WECHAT_ and the name."""

    appid: Annotated[str, notations.WORD]
    type: Annotated[str, notations.KIND]
    subject: Annotated[str, notations.TEXT] = ""
    name: Annotated[str, notations.NAME] = ""
    variable: Annotated[str, notations.VARIABLE] = ""


class FileSettings(Section, frozen=True, kw_only=True):
    """A file to keep, with the values of `credentials` (all if empty)."""

    path: Annotated[Path, notation.PATH]
    form: Annotated[FileForm, one_of(FileForm)] = "json"
    credentials: Names = ()
    mode: Annotated[int, notations.MODE] = 0o600
    template: Annotated[str, notations.TEXT] = ""
    template_file: Annotated[Path | None, notation.PATH] = None


class CommandSettings(Section, frozen=True, kw_only=True):
    """A command to run on rotation, with the values in its environment."""

    run: Command
    credentials: Names = ()
    timeout: Duration = timedelta(minutes=1)


class SignalSettings(Section, frozen=True, kw_only=True):
    """A signal to the process of `pid_file` on rotation."""

    pid_file: Annotated[Path, notation.PATH]
    signal: Signal = "HUP"
    credentials: Names = ()


class ChildSettings(Section, frozen=True, kw_only=True):
    """A child to start with the values in its environment, and to start again on rotation."""

    run: Command
    credentials: Names = ()
    stop_signal: Signal = "TERM"
    stop_timeout: Duration = timedelta(seconds=30)
    on_exit: Annotated[AfterExit, one_of(AfterExit)] = "exit"


class MirrorSettings(Section, frozen=True, kw_only=True):
    """A Redis in which the values are kept, under the keys of WxJava or under `key`."""

    url: Annotated[str, notations.REDIS_URL] = ""
    url_file: Annotated[Path | None, notation.PATH] = None
    prefix: Annotated[str, notations.TEXT] = "wx"
    key: Annotated[str, notations.TEXT] = ""
    credentials: Names = ()


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file, checked. Secrets that it names files for are read; `key_from` says where the
    API key was, and
    `holds_secret` whether the file itself has a key or a password."""

    source: Path
    key_from: str
    holds_secret: bool
    daemon: DaemonSettings
    log: LogSettings
    credentials: tuple[CredentialSettings, ...]
    files: tuple[FileSettings, ...] = ()
    commands: tuple[CommandSettings, ...] = ()
    signals: tuple[SignalSettings, ...] = ()
    redis: tuple[MirrorSettings, ...] = ()
    exec: ChildSettings | None = None
