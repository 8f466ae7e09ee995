"""`quota` shows and clears what WeChat counts of an account's calls."""

from typing import Any

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import confirm, json_option, yes_option
from wechat_scheduler.cli.showing import show_facts, show_json
from wechat_scheduler.web.native.quotas import QuotaResult

PATH = ("v1", "quotas")
UNNAMED = "not named"
appid_option = click.option(
    "--appid", required=True, metavar="APPID", help="The account whose calls are counted."
)


@click.group()
def quota() -> None:
    """Show and clear WeChat's count of an account's calls.

    \b
    Example:
      wechat-scheduler quota show /cgi-bin/menu/get --appid wx1111111111111111
    """


@quota.command()
@click.argument("path")
@appid_option
@json_option
@client_options
def show(path: str, appid: str, as_json: bool, **given: Any) -> None:
    """Show WeChat's numbers of today for PATH, and who made the most calls.

    \b
    Example:
      wechat-scheduler quota show /cgi-bin/menu/get --appid wx1111111111111111
    """
    found = ask(given, QuotaResult, "GET", *PATH, appid, query={"path": path})
    if as_json:
        show_json(found)
        return
    limited = found.daily_limit > 0  # WeChat names none of some paths
    left = found.remain if limited else UNNAMED
    numbers = (("limit", found.daily_limit or UNNAMED), ("used", found.used), ("left", left))
    users = ((use.caller, f"{use.calls} calls, {use.errors} errors") for use in found.largest)
    show_facts((*numbers, *users))


@quota.command()
@click.argument("path")
@appid_option
@yes_option
@client_options
def clear(path: str, appid: str, yes: bool, **given: Any) -> None:
    """Reset WeChat's count of today's calls of PATH.

    WeChat allows this 50 times a month for an account.

    \b
    Example:
      wechat-scheduler quota clear /cgi-bin/menu/get --appid wx1111111111111111
    """
    confirm(lambda: f"Spend one of this month's 50 clearings of {appid} on {path}?", yes=yes)
    ask(given, str, "POST", *PATH, appid, "clear", body={"path": path})
    click.echo("cleared")
