"""`keys`: API keys, made, listed and ended."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click
import msgspec
from rich.console import Console

from wechat_scheduler.access.model import Scope
from wechat_scheduler.cli.completion import complete_type
from wechat_scheduler.cli.desk import at_desk
from wechat_scheduler.cli.key_list import lines, table
from wechat_scheduler.cli.parameters import Duration
from wechat_scheduler.cli.reach import client_options
from wechat_scheduler.cli.sealing import rotate_sealing
from wechat_scheduler.engine.clock import SystemClock


@click.group()
def keys() -> None:
    """API keys: what business systems open the daemon with.

    While a daemon runs it is asked, over HTTP; where none does, the store in the state folder is
    used.

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
    help="What it is for: read values, register tasks, push, or everything. Repeat it for more.",
)
@click.option("--appid", "appids", multiple=True, help="Only for this account. Repeat it for more.")
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    shell_complete=complete_type,
    help="Only for this type of credential, by number or name. Repeat it for more.",
)
@click.option("--expires", type=Duration(), metavar="90d", help="Only for so long.")
@click.option(
    "--allow",
    "networks",
    multiple=True,
    metavar="NETWORK",
    help="Only from this network, such as 10.0.0.0/8. Repeat it for more.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
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
    """Make a key called NAME, and show it this once.

    With it comes a signing secret, which the notifications to its owner are signed with.

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
    made = at_desk(given, lambda desk: desk.create_key(wish))
    if as_json:
        _echo_json(made)
        return
    for what, value in (
        ("id", made.id),
        ("key", made.key),
        ("signing secret", made.signing_secret),
    ):
        click.echo(f"{what:<15} {value}")
    click.echo("Keep both now: they are not shown again.", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def list_keys(as_json: bool, **given: Any) -> None:
    """List the keys there are, and those that ended.

    \b
    Examples:
      wechat-scheduler keys list
      wechat-scheduler keys list --json | jq '.[] | select(.state == "active") | .name'
    """
    found = at_desk(given, lambda desk: desk.keys())
    console = Console()
    if as_json:
        _echo_json(found)
    elif console.is_terminal:
        console.print(table(found, SystemClock().now()))
    else:
        click.echo("\n".join(lines(found)))


@keys.command()
@click.argument("key_id", metavar="ID")
@client_options
def revoke(key_id: str, **given: Any) -> None:
    """End the key with that ID, at once and for good.

    What was registered with it is kept on, but nobody is notified or asked for params on its behalf
    any more. `keys revoke admin` ends the admin keys of former and other state folders.

    \b
    Example:
      wechat-scheduler keys revoke key_5f0a61c3b2d4
    """
    at_desk(given, lambda desk: desk.revoke_key(key_id))
    click.echo("revoked")


keys.add_command(rotate_sealing)


def _echo_json(found: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
