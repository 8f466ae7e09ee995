"""`audit` lists who read and changed what."""

from typing import Any

import click

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditFilter
from wechat_scheduler.cli.administration import administer
from wechat_scheduler.cli.daemon_address import administration_options
from wechat_scheduler.cli.parameters import limit_option, rows_option
from wechat_scheduler.cli.showing import show_results
from wechat_scheduler.web.native.audit import AuditEntryResult

COLUMNS = "TIME=at KEY ADDRESS ACTION COUNT OBJECT"


@click.command()
@click.option("--by", default="", metavar="ID", help="List only actions with this API key.")
@click.option(
    "--action",
    metavar="ACTION",
    type=click.Choice([action.value for action in Action]),
    help=f"List only this action: {', '.join(Action)}.",
)
@click.option(
    "--object",
    "name",
    default="",
    metavar="OBJECT",
    help="List only this account, job or key: wx1, wx1/access_token, key_5f0a61c3b2d4.",
)
@limit_option(100_000)
@rows_option
@administration_options
def audit(by: str, action: str | None, name: str, limit: int, as_json: bool, **given: Any) -> None:
    """List who read and changed what, the newest first.

    Each change has a line with the address of its caller. Reads have a line for each key, job and
    hour, with their number; a running daemon adds the latest within a minute.

    \b
    Examples:
      wechat-scheduler audit --object wx1111111111111111
      wechat-scheduler audit --by key_5f0a61c3b2d4 --action credential.read --limit 1000
    """
    wanted = AuditFilter(key=by, action=action or "", object=name, limit=limit)
    query = {"key": by, "action": wanted.action, "object": name}
    found = administer(
        given,
        lambda admin: admin.first(limit, list[AuditEntryResult], "v1", "audit", query=query),
        lambda stored: stored.audit(wanted),
    )
    show_results(found, COLUMNS, as_json=as_json)
