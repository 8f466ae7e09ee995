"""Finds the running daemon, and calls it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from yarl import URL

from wechat_scheduler.access.local import is_loopback
from wechat_scheduler.cli.options import client_global_options, store_options, take
from wechat_scheduler.cli.usage_errors import as_typed
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.client.checks import usable_key
from wechat_scheduler.client.client import Client
from wechat_scheduler.config import loading
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.daemon_commands import daemon_commands
from wechat_scheduler.errors import (
    ConfigError,
    InvalidRequestError,
    StateError,
    UnauthorizedError,
    UnprocessableError,
    UnreachableError,
)
from wechat_scheduler.reasons import Reason

T = TypeVar("T")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])

HOW_TO_FIND = "say where it is with --state, --url or $WECHAT_SCHEDULER_URL"
HOW_TO_NAME = "start one there, or correct --url or $WECHAT_SCHEDULER_URL"
HOW_TO_OPEN = (
    "give one of the daemon's keys in $WECHAT_SCHEDULER_KEY, or run this as a user who may read "
    "admin.key in the daemon's state folder"
)


class DaemonAddress(NamedTuple):
    """The daemon's URL and an API key. If the key is empty, `no_key` says why; `silent` says what to do
    where no daemon answers."""

    url: str
    key: str
    no_key: str = HOW_TO_OPEN
    silent: str = HOW_TO_NAME


def client_options(command: CommandT) -> CommandT:
    """Gives `command` the options that lead to a daemon; `ask` and `connect` read them."""
    return _url_and_key(client_global_options(command))


def administration_options(command: CommandT) -> CommandT:
    """The same for a command that uses the store where no daemon runs."""
    return _url_and_key(store_options(command))


def keyless_options(command: CommandT) -> CommandT:
    """The same for a command that needs no key."""
    return _url_and_key(client_global_options(command), needs_key=False)


def _url_and_key(command: CommandT, *, needs_key: bool = True) -> CommandT:
    key = click.option(
        "--key",
        metavar="KEY",
        hidden=not needs_key,
        help="Use this API key (default admin.key in the state folder, which goes to the daemon on that "
        "folder alone). Other users can see it in the process list: better set $WECHAT_SCHEDULER_KEY, "
        "or $WECHAT_SCHEDULER_KEY_FILE to a file that holds it.",
    )
    url = click.option(
        "--url",
        metavar="URL",
        help="Call the daemon at this address (default the one that uses the state folder). "
        "[$WECHAT_SCHEDULER_URL]",
    )
    return url(key(command))


def ask(
    given: dict[str, Any],
    form: type[T],
    method: str,
    *path: str | int,
    query: Mapping[str, object] | None = None,
    body: Mapping[str, Any] | None = None,
) -> T:
    """The result of one route of the daemon, as `Admin.ask` decodes it. Raises what connect raises."""
    return connect(given, lambda admin: admin.ask(form, method, *path, query=query, body=body))


def connect(
    given: dict[str, Any], use: Callable[[Admin], Awaitable[T]], *, keyless: bool = False
) -> T:
    """What `use` returns with a client of the daemon that the options lead to.

    Raises what Client raises, with advice added, and ConfigError, StateError.
    """
    return asyncio.run(reach(given, use, keyless=keyless))


async def reach(
    given: dict[str, Any], use: Callable[[Admin], Awaitable[T]], *, keyless: bool = False
) -> T:
    """The same, in a loop that runs. Who looks again later calls it again: the daemon may have ended,
    and another program listen at its address."""
    address = _find(given, keyless=keyless)
    try:
        async with Admin(address.url, address.key, patience=timedelta(0)) as admin:
            found = await use(admin)
            if admin.note:
                click.echo(admin.note, err=True)
            return found
    except (InvalidRequestError, UnprocessableError) as error:
        raise as_typed(error) from error
    except UnreachableError as error:
        raise UnreachableError(f"{error}; {address.silent}") from error
    except UnauthorizedError as error:
        if address.key:
            raise UnauthorizedError(f"{error}: {HOW_TO_OPEN}", reason=Reason.KEY_INVALID) from error
        sentence = f"this needs an API key: {address.no_key}"
        raise UnauthorizedError(sentence, reason=Reason.KEY_MISSING) from error


def is_named(given: dict[str, Any]) -> bool:
    """Whether the options or the environment name a daemon or a key for it."""
    environment = loading.client_settings(loading.read_environ())
    return bool(given["url"] or given["key"] or environment.url or environment.key)


def _find(given: dict[str, Any], *, keyless: bool) -> DaemonAddress:
    """The options come first, then the environment, then the state folder. The state folder is read
    only if it is needed: another machine's daemon has none here. No address is guessed: another
    program may listen there, and would get the key."""
    environment = loading.client_settings(loading.read_environ())
    url = (given["url"] or "").strip() or environment.url or ""
    in_url = _key_in(url)
    key = _usable((given["key"] or "").strip() or environment.key or in_url)
    if url and (key or keyless or not _is_here(url)):
        return DaemonAddress(url, key)
    folder = take(given).load().config.state.dir
    if url:
        return _named(url, folder)
    return _running(folder, key, keyless=keyless)


def _running(folder: Path, key: str, *, keyless: bool) -> DaemonAddress:
    """The daemon on the folder."""
    how = daemon_commands(folder)
    try:
        url = state.running_at(folder)
    except StateError as error:
        raise StateError(f"{error}; or {HOW_TO_FIND}") from error
    if url is None and (file := _file_at(folder)):
        raise StateError(f"{file} is not a folder; {HOW_TO_FIND}")
    if url is None:
        raise UnreachableError(f"no daemon runs on {folder}: {how.start}; or {HOW_TO_FIND}")
    if not url:
        raise UnreachableError(f"the daemon on {folder} does not listen yet: try again in a moment")
    return DaemonAddress(
        url,
        key or ("" if keyless else state.read_admin_key(folder)),
        no_key=f"there is no {state.ADMIN_KEY} in {folder}; give a key in $WECHAT_SCHEDULER_KEY",
        silent=f"but one runs on {folder}: {how.read_log}",
    )


def _file_at(folder: Path) -> Path | None:
    """What stands in the place of the folder, or of one above it, and is none."""
    ways = (folder, *folder.parents)
    return next((one for one in ways if os.path.exists(one) and not os.path.isdir(one)), None)


def _named(url: str, folder: Path) -> DaemonAddress:
    """The address that a person named without a key. The folder's key is for the folder's daemon."""
    try:
        if _is_same(url, state.running_at(folder) or ""):
            return _running(folder, "", keyless=False)
        trouble = f"no daemon on {folder} has this address, so the key in the folder is not sent"
    except StateError as error:
        trouble = str(error)
    how = "name the folder of that daemon with --state, or give its key in $WECHAT_SCHEDULER_KEY"
    return DaemonAddress(url, "", no_key=f"{how}; {trouble}")


def _is_same(url: str, running: str) -> bool:
    """Whether a URL on this machine is the daemon's; `localhost` is one of its names."""
    named, known = URL(url), URL(running)
    is_there = named.host in (known.host, "localhost") and named.port == known.port
    return is_there and named.scheme == known.scheme and named.path == known.path


def _usable(key: str) -> str:
    """Raises ConfigError, without quoting it, if no header can have it."""
    try:
        return usable_key(key)
    except ValueError as error:
        raise ConfigError(f"--key or $WECHAT_SCHEDULER_KEY: {error}; copy it again") from None


def _key_in(url: str) -> str:
    """Raises ConfigError if it is not a URL, without quoting it: it may hold a key."""
    try:
        if url:
            Client(url)
        return URL(url).password or ""
    except ValueError as error:
        raise ConfigError("--url or $WECHAT_SCHEDULER_URL: expected http(s)://HOST:PORT") from error


def _is_here(url: str) -> bool:
    """Whether it is this machine's: the key in the state folder is sent to no other machine."""
    return is_loopback(URL(url).host or "")
