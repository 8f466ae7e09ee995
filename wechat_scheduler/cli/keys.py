"""`keys` makes, lists and revokes API keys, and replaces the sealing key."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from wechat_scheduler.access.model import Scope
from wechat_scheduler.cli.administration import administer
from wechat_scheduler.cli.completion import complete_type
from wechat_scheduler.cli.daemon_address import administration_options
from wechat_scheduler.cli.options import store_options, take
from wechat_scheduler.cli.parameters import Duration, json_option, rows_option
from wechat_scheduler.cli.showing import clean, show_facts, show_json, show_lines, show_rows
from wechat_scheduler.cli.tables import Column, table
from wechat_scheduler.cli.times import relative
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.web.native.keys import LONGEST_LIFE, KeyResult, MadeKeyResult

PATH = ("v1", "keys")
COLOURS = {"active": "green", "expired": "yellow", "revoked": "red"}
HEADINGS = ("ID", "NAME", "STATE", "SCOPES", "EXPIRES", "LAST-USED", "LIMITS")


@click.group()
def keys() -> None:
    """Make, list and revoke API keys, with which business systems call the daemon.

    These commands call the running daemon; without one they use the store in the state folder.

    \b
    Example:
      wechat-scheduler keys create shop --scope read --scope register
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="Allow it to look only (view), read values, register tasks, push messages, or do everything. Repeatable; view goes with neither read nor admin.",
)
@click.option(
    "--appid",
    "appids",
    multiple=True,
    metavar="APPID",
    help="Limit it to this account. Repeatable.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    shell_complete=complete_type,
    help="Limit it to this type of credential, by number or name. Repeatable.",
)
@click.option(
    "--expires",
    type=Duration(timedelta(seconds=LONGEST_LIFE)),
    metavar="DURATION",
    help="Let it expire after this time, such as 90d (default never).",
)
@click.option(
    "--allow",
    "networks",
    multiple=True,
    metavar="NETWORK",
    help="Accept it only from this network, such as 10.0.0.0/8. Repeatable.",
)
@json_option
@administration_options
def create(
    name: str,
    scopes: Sequence[str],
    appids: Sequence[str],
    types: Sequence[str],
    expires: timedelta | None,
    networks: Sequence[str],
    as_json: bool,
    **given: Any,
) -> None:
    """Make an API key called NAME, and show it once.

    The daemon signs notifications to the key's owner with the signing secret that is made with it.

    \b
    Examples:
      wechat-scheduler keys create shop --scope read --scope register
      wechat-scheduler keys create audit-desk --scope read --appid wx1111111111111111 --type 0 \\
          --expires 90d --allow 10.0.0.0/8
    """
    wish = {
        "name": name,
        "scopes": scopes,
        "appids": appids,
        "types": types,
        "networks": networks,
        "expires_in": None if expires is None else int(expires.total_seconds()),
    }
    made = administer(
        given,
        lambda admin: admin.ask(MadeKeyResult, "POST", *PATH, body=wish),
        lambda stored: stored.create_key(wish),
    )
    if as_json:
        show_json(made)
        return
    show_facts((("id", made.id), ("key", made.key), ("signing secret", made.signing_secret)))
    click.echo("Store both now: they are not shown again.", err=True)


@keys.command("list")
@rows_option
@administration_options
def list_keys(as_json: bool, **given: Any) -> None:
    """List all API keys, expired and revoked ones too.

    \b
    Examples:
      wechat-scheduler keys list
      wechat-scheduler keys list --json | jq '.[] | select(.state == "active") | .name'
    """
    found = administer(
        given, lambda admin: admin.ask(list[KeyResult], "GET", *PATH), lambda stored: stored.keys()
    )
    console = Console()
    if as_json:
        show_json(found)
    elif console.is_terminal:
        show_lines(console, _drawn(found, SystemClock().now(), console.width))
    else:
        show_rows(HEADINGS, map(_row, found))


def _row(key: KeyResult) -> Sequence[object]:
    limits = _limits(key)
    return (key.id, key.name, key.state, key.scopes, key.expires_at, key.last_used_at, limits)


def _drawn(found: Sequence[KeyResult], now: datetime, width: int) -> Sequence[Text]:
    columns = [Column(heading.replace("-", " "), heading == "NAME") for heading in HEADINGS]
    return table(columns, [list(_cells(key, now)) for key in found], width)


def _cells(key: KeyResult, now: datetime) -> Iterator[Text]:
    yield Text(key.id)
    yield Text(clean(key.name))
    yield Text(key.state, COLOURS.get(key.state, ""))
    yield Text(", ".join(key.scopes))
    yield Text(relative(key.expires_at, now) if key.expires_at else "-")
    yield Text(relative(key.last_used_at, now) if key.last_used_at else "never")
    yield Text(", ".join(_limits(key)) or "-")


def _limits(key: KeyResult) -> Sequence[str]:
    return (*key.appids, *key.types, *key.networks)


@keys.command()
@click.argument("key_id", metavar="ID")
@administration_options
def revoke(key_id: str, **given: Any) -> None:
    """Revoke the API key with the id ID, at once and permanently.

    The daemon keeps the credentials that were registered with it, but no longer calls their
    `notify` and `params`. `keys revoke admin` revokes the admin keys of former and other state folders.

    \b
    Example:
      wechat-scheduler keys revoke key_5f0a61c3b2d4
    """
    note = administer(
        given,
        lambda admin: _revoke(admin, key_id),
        lambda stored: stored.revoke_key(key_id),
    )
    click.echo(note or "revoked")


async def _revoke(admin: Admin, key_id: str) -> str:
    await admin.ask(str, "DELETE", *PATH, key_id)
    note, admin.note = admin.note, ""
    return note


@keys.command("rotate-sealing")
@click.option(
    "--forget-old",
    is_flag=True,
    help="Only remove the old keys from the key file, once nothing needs them.",
)
@store_options
def rotate_sealing(forget_old: bool, **given: Any) -> None:
    """Make a new sealing key, and encrypt all secrets with it.

    Stop every daemon on this state first. The new key comes before the old one in the key file;
    earlier backups need the old one. Once you keep no such backup, remove the old key with
    --forget-old. If the command is interrupted, run it again.

    \b
    Examples:
      wechat-scheduler keys rotate-sealing
      wechat-scheduler keys rotate-sealing --forget-old
    """
    from wechat_scheduler.upkeep import (
        sealing,  # with the store, which the other commands seldom need
    )

    config = take(given).load().config
    clock = SystemClock()
    file = config.state.sealing_key_file
    if forget_old:
        kept = asyncio.run(sealing.forget_older(config, clock=clock))
        click.echo(f"{file} holds key {kept.newest} alone; backups from before it cannot be opened")
        return
    done = asyncio.run(sealing.rotate(config, clock=clock))
    what = "" if done.made else "an earlier rotation is now complete: "
    click.echo(f"{what}{done.texts} secrets sealed with the new key {done.newest}, first in {file}")
    click.echo(f"backups from before need the older keys in it: {', '.join(done.older)}")
    if not config.state.database.startswith("sqlite:"):
        click.echo(f"copy {file} to every other daemon on this database before you start it")
