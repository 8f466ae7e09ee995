"""How commands find the daemon that is running, and talk to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from yarl import URL

from wechat_scheduler.cli.options import client_global_options, take
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.client.client import Client
from wechat_scheduler.config import loading
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.errors import ConfigError, UnauthorizedError, UnreachableError
from wechat_scheduler.reasons import Reason

T = TypeVar("T")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])

HOW_TO_FIND = (
    "start one with `wechat-scheduler`, or say where it is with --state, --url or "
    "$WECHAT_SCHEDULER_URL"
)
HOW_TO_OPEN = (
    "give the daemon's in $WECHAT_SCHEDULER_KEY, or be the user who may read admin.key in its state "
    "folder"
)


class Place(NamedTuple):
    """Where a daemon is, and the key that opens it; empty if none was found. `folder` is the state
    folder, if it was looked into."""

    url: str
    key: str
    folder: Path | None = None


def client_options(command: CommandT) -> CommandT:
    """Give `command` what leads to a daemon; `ask` reads it."""
    key = click.option(
        "--key",
        metavar="KEY",
        help="Open the daemon with this API key, else with admin.key from the state folder. Others "
        "see it in the list of processes: rather give $WECHAT_SCHEDULER_KEY or, in a file, "
        "$WECHAT_SCHEDULER_KEY_FILE.",
    )
    url = click.option(
        "--url",
        metavar="URL",
        help="Talk to the daemon there, else to the one on the state folder. "
        "[$WECHAT_SCHEDULER_URL]",
    )
    return url(key(client_global_options(command)))


def ask(
    given: dict[str, Any], call: Callable[[Admin], Awaitable[T]], *, keyless: bool = False
) -> T:
    """What `call` gets from the daemon that the options lead to.

    Raises what Client raises, with what to do about it, and ConfigError, StateError.
    """
    place = _find(given, keyless=keyless)
    try:
        return asyncio.run(_call(place, call))
    except UnreachableError as error:
        raise UnreachableError(f"{error}; {HOW_TO_FIND}") from error
    except UnauthorizedError as error:
        raise UnauthorizedError(
            _no_key(place) or f"{error}: {HOW_TO_OPEN}",
            reason=Reason.KEY_INVALID if place.key else Reason.KEY_MISSING,
        ) from error


def _no_key(place: Place) -> str:
    """Why none was sent, and where one is to be had; empty if one was."""
    if place.key:
        return ""
    if place.folder is None:
        return f"this needs an API key: {HOW_TO_OPEN}"
    return (
        f"no {state.ADMIN_KEY} in {place.folder}: name the daemon's folder with --state or "
        "$WECHAT_SCHEDULER_STATE_DIR, or give a key in $WECHAT_SCHEDULER_KEY"
    )


async def _call(place: Place, call: Callable[[Admin], Awaitable[T]]) -> T:
    async with Admin(place.url, place.key, patience=timedelta(0)) as client:
        return await call(client)


def is_elsewhere(given: dict[str, Any]) -> bool:
    """Whether a daemon, or a key for one, was said outright; else the state folder says."""
    environment = loading.client_settings(loading.read_environ())
    return bool(given["url"] or given["key"] or environment.url or environment.key)


def _find(given: dict[str, Any], *, keyless: bool) -> Place:
    """What was said outright, then what the state folder says; that is looked at only if need be,
    for somebody else's daemon can be talked to without one."""
    environment = loading.client_settings(loading.read_environ())
    url = given["url"] or environment.url or ""
    in_url = _key_in(url)
    key = given["key"] or environment.key or in_url
    if url and (key or keyless or not _is_here(url)):
        return Place(url, key)
    config = take(given).load().config
    folder = config.state.dir
    url = url or state.read_address(folder) or f"http://127.0.0.1:{config.server.port}"
    return Place(url, key or ("" if keyless else state.read_admin_key(folder)), folder)


def _key_in(url: str) -> str:
    """Raises ConfigError for what is no URL, and does not quote it: a key may stand in it."""
    try:
        if url:
            Client(url)
        return URL(url).password or ""
    except ValueError as error:
        raise ConfigError("--url or $WECHAT_SCHEDULER_URL: expected http(s)://HOST:PORT") from error


def _is_here(url: str) -> bool:
    """The key in the state folder opens this machine's daemon and is shown to no other machine."""
    host = URL(url).host or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
