"""`consumers` makes, lists, rotates and revokes consumers of the gateway."""

from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import json_option, limit_option, rows_option
from wechat_scheduler.cli.showing import show_facts, show_json, show_result, show_results
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.consumers import (
    MOST_CALLS,
    ConsumerResult,
    MadeConsumerResult,
)
from wechat_scheduler.web.native.usage import UseResult

PATH = ("v1", "consumers")
COLUMNS = "NAME STATE STAND-IN=stand_in LAST-USED=last_used_at APPIDS"
USES = "CALLS ERRORS CALLER APPID PATH"
NO_LIMIT = "no limit"
CALLS = click.IntRange(0, MOST_CALLS)


@click.group()
def consumers() -> None:
    """Make, list and revoke consumers: business systems that call WeChat through this daemon.

    A consumer has a secret of its own, which it uses in place of the AppSecret.

    \b
    Example:
      wechat-scheduler consumers create shop --appid wx1111111111111111
    """


@consumers.command()
@click.argument("name")
@click.option(
    "--appid",
    "appids",
    multiple=True,
    required=True,
    metavar="APPID",
    help="Let it use this account. Repeatable.",
)
@click.option(
    "--allow",
    "networks",
    multiple=True,
    metavar="NETWORK",
    help="Accept its secret and its stand-ins only from this network, such as 10.0.0.0/8. Repeatable.",
)
@click.option(
    "--per-minute",
    type=CALLS,
    default=0,
    metavar="N",
    help="Allow at most this many calls a minute (default no limit). Needs --stand-in.",
)
@click.option(
    "--per-day",
    type=CALLS,
    default=0,
    metavar="N",
    help="Allow at most this many calls a day (default no limit). Needs --stand-in.",
)
@click.option(
    "--allow-path",
    "allow_paths",
    multiple=True,
    metavar="PATH",
    help="Let only these calls pass, such as /cgi-bin/menu/*. Repeatable. Needs --stand-in.",
)
@click.option(
    "--deny-path",
    "deny_paths",
    multiple=True,
    metavar="PATH",
    help="Let these calls not pass, such as 'POST /cgi-bin/menu/create'. Repeatable. Needs --stand-in.",
)
@click.option(
    "--stand-in",
    is_flag=True,
    help="Give it stand-in tokens, which only this daemon understands, in place of WeChat's.",
)
@json_option
@client_options
def create(
    name: str,
    appids: Sequence[str],
    networks: Sequence[str],
    per_minute: int,
    per_day: int,
    allow_paths: Sequence[str],
    deny_paths: Sequence[str],
    stand_in: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Make a consumer called NAME, and show its secret this once.

    \b
    Examples:
      wechat-scheduler consumers create shop --appid wx1111111111111111
      wechat-scheduler consumers create crm --appid wx1111111111111111 --stand-in \\
          --allow 10.0.0.0/8 --per-minute 600
    """
    wish = {
        "name": name,
        "appids": appids,
        "networks": networks,
        "per_minute": per_minute,
        "per_day": per_day,
        "allow_paths": allow_paths,
        "deny_paths": deny_paths,
        "stand_in": stand_in,
    }
    _show_secret(ask(given, MadeConsumerResult, "POST", *PATH, body=wish), as_json=as_json)


@consumers.command("list")
@rows_option
@client_options
def list_consumers(as_json: bool, **given: Any) -> None:
    """List all consumers, revoked ones too.

    \b
    Example:
      wechat-scheduler consumers list
    """
    found = ask(given, list[ConsumerResult], "GET", *PATH)
    show_results(found, COLUMNS, as_json=as_json)


@consumers.command()
@click.argument("name")
@json_option
@client_options
def show(name: str, as_json: bool, **given: Any) -> None:
    """Show a consumer, without its secret.

    \b
    Example:
      wechat-scheduler consumers show shop
    """
    found = ask(given, ConsumerResult, "GET", *PATH, name)
    show_result(
        found,
        as_json=as_json,
        per_minute=found.per_minute or NO_LIMIT,
        per_day=found.per_day or NO_LIMIT,
    )


@consumers.command()
@click.argument("name")
@json_option
@client_options
def rotate(name: str, as_json: bool, **given: Any) -> None:
    """Give a consumer a new secret, and show it this once.

    Its former secret and its stand-in tokens end at once: give it the new secret right after.

    \b
    Example:
      wechat-scheduler consumers rotate shop
    """
    made = ask(given, MadeConsumerResult, "POST", *PATH, name, "secret")
    _show_secret(made, as_json=as_json)


@consumers.command()
@click.argument("name")
@client_options
def revoke(name: str, **given: Any) -> None:
    """Revoke a consumer at once and for good.

    Its secret and its stand-in tokens end in all daemons of a shared database.

    \b
    Example:
      wechat-scheduler consumers revoke shop
    """
    ask(given, str, "DELETE", *PATH, name)
    click.echo("revoked")


@consumers.command()
@click.argument("name", required=False)
@click.option("--appid", metavar="APPID", help="Show only the calls for this account.")
@click.option("--day", metavar="DAY", help="Show this day, such as 2026-11-18 (default today).")
@limit_option(LARGEST_PAGE)
@rows_option
@client_options
def usage(
    name: str | None,
    appid: str | None,
    day: str | None,
    limit: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Show who made which calls in a day, the most first.

    Days are those of Shanghai, in which WeChat counts. A caller's paths beyond 200 in a day are one row, `other`.

    \b
    Examples:
      wechat-scheduler consumers usage
      wechat-scheduler consumers usage shop --appid wx1111111111111111
    """
    wanted = {
        "caller": f"consumer/{name}" if name else None,
        "appid": appid,
        "day": day,
        "limit": limit,
    }
    found = ask(given, list[UseResult], "GET", "v1", "usage", query=wanted)
    if name and not found:
        ask(given, ConsumerResult, "GET", *PATH, name)  # an unknown one is an error
    show_results(found, USES, as_json=as_json)


def _show_secret(made: MadeConsumerResult, *, as_json: bool) -> None:
    if as_json:
        show_json(made)
        return
    show_facts((("name", made.name), ("secret", made.secret)))
    click.echo("Store it now, in the place of the AppSecret: it is not shown again.", err=True)
