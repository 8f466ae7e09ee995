"""Finds the running daemon, and calls it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from yarl import URL

from wechat_scheduler.access.local import is_loopback
from wechat_scheduler.cli.options import client_global_options, store_options, take
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.client.client import Client
from wechat_scheduler.config import loading
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.errors import ConfigError, StateError, UnauthorizedError, UnreachableError
from wechat_scheduler.reasons import Reason

T = TypeVar("T")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])

HOW_TO_FIND = (
    "start one with `wechat-scheduler`, or say where it is with --state, --url or "
    "$WECHAT_SCHEDULER_URL"
)
HOW_TO_OPEN = (
    "give one of the daemon's keys in $WECHAT_SCHEDULER_KEY, or run this as a user who may read "
    "admin.key in the daemon's state folder"
)


class DaemonAddress(NamedTuple):
    """The daemon's URL and an API key, empty if none was found. `folder` is the state folder, if it
    was read; `trouble` says why it names no URL, so that the default one is given."""

    url: str
    key: str
    folder: Path | None = None
    trouble: str = ""


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
        help="Use this API key (default admin.key in the state folder). Other users can see it in "
        "the process list: better set $WECHAT_SCHEDULER_KEY, or $WECHAT_SCHEDULER_KEY_FILE to a "
        "file that holds it.",
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
    address = _find(given, keyless=keyless)
    try:
        return asyncio.run(_connected(address, use))
    except UnreachableError as error:
        advice = "; ".join(filter(None, (address.trouble, HOW_TO_FIND)))
        raise UnreachableError(f"{error}; {advice}") from error
    except UnauthorizedError as error:
        raise UnauthorizedError(
            _no_key(address) or f"{error}: {address.trouble or HOW_TO_OPEN}",
            reason=Reason.KEY_INVALID if address.key else Reason.KEY_MISSING,
        ) from error


def _no_key(address: DaemonAddress) -> str:
    """Says why no key was sent, and where to get one; empty if one was sent."""
    if address.key:
        return ""
    if address.folder is None:
        return f"this needs an API key: {HOW_TO_OPEN}"
    return (
        f"no {state.ADMIN_KEY} in {address.folder}: name the daemon's folder with --state or "
        "$WECHAT_SCHEDULER_STATE_DIR, or give a key in $WECHAT_SCHEDULER_KEY"
    )


async def _connected(address: DaemonAddress, use: Callable[[Admin], Awaitable[T]]) -> T:
    async with Admin(address.url, address.key, patience=timedelta(0)) as admin:
        return await use(admin)


def is_named(given: dict[str, Any]) -> bool:
    """Whether the options or the environment name a daemon or a key for it."""
    environment = loading.client_settings(loading.read_environ())
    return bool(given["url"] or given["key"] or environment.url or environment.key)


def _find(given: dict[str, Any], *, keyless: bool) -> DaemonAddress:
    """The options come first, then the environment, then the state folder. The state folder is read
    only if it is needed: another machine's daemon has none here."""
    environment = loading.client_settings(loading.read_environ())
    url = given["url"] or environment.url or ""
    in_url = _key_in(url)
    key = given["key"] or environment.key or in_url
    if url and (key or keyless or not _is_here(url)):
        return DaemonAddress(url, key)
    config = take(given).load().config
    folder = config.state.dir
    key = key or ("" if keyless else state.read_admin_key(folder))
    announced, trouble = ("", "") if url else _announced(folder)
    url = url or announced or f"http://127.0.0.1:{config.server.port}"
    return DaemonAddress(url, key, folder, trouble)


def _announced(folder: Path) -> tuple[str, str]:
    """The URL in the folder, and why there is none; one of them is empty."""
    try:
        url = state.read_address(folder)
    except StateError as error:
        return "", str(error)
    return url, "" if url else f"no daemon runs on {folder}, so the usual address was tried"


def _key_in(url: str) -> str:
    """Raises ConfigError if it is no URL, without quoting it: it may hold a key."""
    try:
        if url:
            Client(url)
        return URL(url).password or ""
    except ValueError as error:
        raise ConfigError("--url or $WECHAT_SCHEDULER_URL: expected http(s)://HOST:PORT") from error


def _is_here(url: str) -> bool:
    """Whether it is this machine's: the key in the state folder is sent to no other machine."""
    return is_loopback(URL(url).host or "")
