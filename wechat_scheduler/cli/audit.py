"""`audit`: who read and changed what."""

from collections.abc import Iterator, Sequence
from typing import Any

import click
import msgspec

from wechat_scheduler.access.audit import Action
from wechat_scheduler.cli.desk import at_desk
from wechat_scheduler.cli.reach import client_options
from wechat_scheduler.cli.times import rfc3339
from wechat_scheduler.client.admin import AuditEntry

HEADINGS = ("TIME", "KEY", "ADDRESS", "ACTION", "COUNT", "OBJECT")


@click.command()
@click.option("--by", default="", metavar="ID", help="Only what was done with this key.")
@click.option(
    "--action",
    metavar="ACTION",
    type=click.Choice([action.value for action in Action]),
    help=f"Only this: {', '.join(Action)}.",
)
@click.option(
    "--object",
    "name",
    default="",
    metavar="OBJECT",
    help="Only this account, job or key: wx1, wx1/access_token, key_5f0a61c3b2d4.",
)
@click.option(
    "--limit", default=100, type=click.IntRange(1, 100_000), help="So many, 100 if not given."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def audit(by: str, action: str | None, name: str, limit: int, as_json: bool, **given: Any) -> None:
    """Tell who read and changed what, the newest first.

    Each change has a line with the address that it came from. Reads have one for each key, job and
    hour, with their number; a running daemon adds the latest within a minute.

    \b
    Examples:
      wechat-scheduler audit --object wx1111111111111111
      wechat-scheduler audit --by key_5f0a61c3b2d4 --action credential.read --limit 1000
    """
    found = at_desk(
        given, lambda desk: desk.audit(key=by, action=action or "", name=name, limit=limit)
    )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        click.echo("\n".join(_lines(found)))


def _lines(entries: Sequence[AuditEntry]) -> Iterator[str]:
    rows = [HEADINGS, *(tuple(_fields(entry)) for entry in entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _fields(entry: AuditEntry) -> Iterator[str]:
    yield from (rfc3339(entry.at), entry.key, entry.address or "-", entry.action)
    yield from (str(entry.count), entry.object)
